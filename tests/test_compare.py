"""`reportgen compare` as a user types it: what it prints and writes, and with which exit status it leaves."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.comparison.reports import metric, other_data, saved, target
from tests.runs import reportgen
from tests.samples import binary, regression


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return saved(tmp_path / "old", binary(), target("accuracy", "met"))


def test_nothing_changed_is_0_and_prints_markdown(old: Path) -> None:
    run = reportgen("compare", str(old), str(old.parent))
    assert (run.status, run.err) == (0, "")
    assert run.out.startswith("<!-- reportgen/comparison/1 -->\n# Comparison of two audits")
    assert "Nothing changed" in run.out


@pytest.mark.parametrize(
    ("edits", "status"),
    [
        ((target("accuracy", "missed"),), 1),
        ((target("accuracy", "not_shown"),), 0),
        ((target("accuracy", "met"), other_data, metric("accuracy", 0.5, 0.02)), 1),
        ((target("accuracy", "met"), other_data, metric("brier", 0.9, 0.02)), 0),
        ((target("accuracy", "met"), other_data, metric("accuracy", 0.99, 0.01)), 0),
    ],
)
def test_a_broken_target_or_a_loss_is_1_and_all_else_0(tmp_path: Path, old: Path, edits, status: int) -> None:
    new = saved(tmp_path / "new", binary(), *edits)
    run = reportgen("compare", str(old), str(new), "--quiet")
    assert (run.status, run.out, run.err) == (status, "", "")


@pytest.mark.slow
def test_the_exit_status_reaches_the_shell(tmp_path: Path, old: Path) -> None:
    new = saved(tmp_path / "new", binary(), target("accuracy", "missed"))
    words = [sys.executable, "-m", "reportgen", "compare", str(old), str(new), "--out", str(tmp_path / "out")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[1:] == [
        str(tmp_path / "out" / f"compare.{form}") for form in ("html", "md", "json")
    ]


def test_files_are_written_where_they_are_asked_for(tmp_path: Path, old: Path) -> None:
    out = tmp_path / "out"
    for lang, word in (("en", "Nothing changed"), ("zh", "没有变化")):
        run = reportgen("compare", str(old), str(old), "--out", str(out), "--lang", lang)
        assert run.status == 0
        assert sorted(path.name for path in out.iterdir()) == ["compare.html", "compare.json", "compare.md"]
        assert word in (out / "compare.html").read_text(encoding="utf-8")
    assert json.loads((out / "compare.json").read_text())["level"] == "same"


def test_formats_are_those_asked_for(tmp_path: Path, old: Path) -> None:
    reportgen("compare", str(old), str(old), "--out", str(tmp_path / "out"), "--format", "md")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["compare.md"]


def bad_reports(folder: Path) -> dict[str, tuple[list[str], str]]:
    old = str(saved(folder / "a", binary()))
    (folder / "text").write_text("not JSON")
    (folder / "deep").write_text("[" * 200_000)
    (folder / "other.json").write_text('{"schema": "other/1"}')
    (folder / "list.json").write_text("[1]")
    (folder / "bytes").write_bytes(b"\xff\xfe\x00")
    (folder / "taken").mkdir()
    (folder / "taken" / "compare.md").write_text("my own notes")
    return {
        "none": ([old, str(folder / "none.json")], "there is no report"),
        "no report in the folder": ([old, str(folder)], "there is no report"),
        "not JSON": ([old, str(folder / "text")], "not JSON"),
        "nested too deep": ([old, str(folder / "deep")], "not JSON"),
        "not a report": ([str(folder / "other.json"), old], "not a report"),
        "a list": ([str(folder / "list.json"), old], "not a report"),
        "not text": ([old, str(folder / "bytes")], "cannot be read"),
        "damaged": (
            [old, str(saved(folder / "b", binary(), lambda report: report["task"].update(kind="guess")))],
            "damaged report: task.kind",
        ),
        "another target": ([old, str(saved(folder / "c", regression()))], "cannot be compared"),
        "somebody's file": ([old, old, "--out", str(folder / "taken")], "was not written by reportgen compare"),
        "format without a folder": ([old, old, "--format", "md"], "--out"),
        "an unknown format": ([old, old, "--out", str(folder / "o"), "--format", "pdf"], "html,md,json"),
        "one report": ([old], "'new'"),
    }


@pytest.mark.parametrize(
    "case",
    [
        *("none", "no report in the folder", "not JSON", "nested too deep", "not a report", "a list", "not text"),
        *("damaged", "another target", "somebody's file", "format without a folder", "an unknown format"),
        "one report",
    ],
)
def test_bad_input_is_one_sentence_and_2(tmp_path: Path, case: str) -> None:
    words, said = bad_reports(tmp_path)[case]
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    run = reportgen("compare", *words)
    assert (run.status, run.out) == (2, "")
    assert run.err.count("\n") == 1
    assert said in run.err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
