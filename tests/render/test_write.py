"""Files appear whole or not at all."""

from pathlib import Path

import pytest

from reportgen import render
from reportgen.errors import OutputError, RenderError
from reportgen.render import PdfUnavailable, to_html, to_json, to_junit, to_markdown, write
from tests.samples import HOSTILE, binary, regression


def test_each_format_has_its_file(tmp_path: Path) -> None:
    written = write(regression(), tmp_path, ("html", "json", "md", "junit"), "en")
    assert [path.name for path in written.paths] == ["report.html", "report.json", "report.md", "junit.xml"]
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        "report.html": to_html(regression(), "en"),
        "report.json": to_json(regression()),
        "report.md": to_markdown(regression(), "en"),
        "junit.xml": to_junit(regression()),
    }
    assert written.notes == ()


def test_a_fault_in_one_format_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> str:
        raise RenderError("no")

    monkeypatch.setattr(render, "to_markdown", fail)
    with pytest.raises(RenderError):
        write(regression(), tmp_path, ("html", "json", "md"), "en")
    assert list(tmp_path.iterdir()) == []


def test_without_pango_the_rest_is_written_and_a_note_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lack(*_args: object) -> bytes:
        raise PdfUnavailable("get Pango")

    monkeypatch.setattr(render, "to_pdf", lack)
    written = write(regression(), tmp_path, ("pdf", "json"), "en")
    assert written.notes == ("get Pango",)
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_file_that_cannot_be_placed_leaves_no_other_name(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    with pytest.raises(OutputError, match="cannot write"):
        write(regression(), tmp_path, ("json",), "en")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write to the folder"):
        write(regression(), tmp_path / "none", ("json",), "en")


def test_the_summary_holds_verdict_numbers_and_findings() -> None:
    text = to_markdown(binary(), "en")
    assert text.startswith("# Audit report: Audit of &lt;script&gt;alert(1)&lt;/script&gt;\n\n**◆ Use with caution.** ")
    assert "| Accuracy (share of right answers) | 81.7% | 72.7% to 90.7% | 60 |\n" in text
    assert "| warning | **One class outweighs the others.** " in text


def test_hostile_names_stay_letters_in_markdown() -> None:
    document = binary()
    finding = document.findings[0].model_copy(update={"columns": (HOSTILE[7],)})
    for name in (HOSTILE[0], HOSTILE[3], HOSTILE[7]):
        facts = dict(document.findings[0].evidence) | {"largest": name}
        text = to_markdown(document.model_copy(update={"findings": (finding.model_copy(update={"evidence": facts}),)}))
        rows = [line for line in text.splitlines() if line.startswith("| warning")]
        assert len(rows) == 1
        assert rows[0].replace("\\|", "").count("|") == 4
        assert "<" not in rows[0]
