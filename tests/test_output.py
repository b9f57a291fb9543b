"""Files appear whole or not at all, inside their folder, and never over another dataset's."""

import errno
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import OutputError
from reportgen.output import (
    abandon,
    default_folder,
    listed,
    refuse_other,
    settle,
    sha256,
    staged,
    write_manifest,
)

OURS = {"schema": "reportgen/manifest/1", "dataset": {"identity": "/a.csv"}, "outputs": {"report.html": "0"}}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_move_to_the_folder_at_the_end(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    with staged(out) as stage:
        (stage / "report.json").write_text("{}")
        assert not (out / "report.json").exists()
    assert names(out) == ["report.json"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), staged(tmp_path / "a" / "b") as stage:
        (stage / "report.json").write_text("{}")
        raise error
    assert names(tmp_path) == []


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No space left on device; nothing was left there"), staged(tmp_path / "a"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert names(tmp_path) == []


def test_an_error_leaves_an_older_report_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("old")
    with pytest.raises(ValueError, match="x"), staged(tmp_path) as stage:
        (stage / "report.json").write_text("new")
        raise ValueError("x")
    assert (tmp_path / "report.json").read_text() == "old"
    assert names(tmp_path) == ["report.json"]


def test_a_new_report_leaves_no_stale_format_behind(tmp_path: Path) -> None:
    for name in ("report.pdf", "report.html", "notes.txt"):
        (tmp_path / name).write_text("old")
    with staged(tmp_path, replaces=("report.pdf", "report.html")) as stage:
        (stage / "report.html").write_text("new")
    assert names(tmp_path) == ["notes.txt", "report.html"]


def test_a_file_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot make the folder"), staged(tmp_path / "file" / "out"):
        pass


def test_a_process_that_leaves_at_once_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), staged(tmp_path / "a" / "b") as stage:
        (stage / "report.json").write_text("{}")
        assert abandon()
        assert names(tmp_path) == []
    assert abandon()


def test_files_on_their_way_are_not_abandoned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = []
    place = Path.replace

    def replace(file: Path, target: Path) -> Path:
        answers.append(abandon())
        return place(file, target)

    monkeypatch.setattr(Path, "replace", replace)
    with staged(tmp_path / "out") as stage:
        (stage / "report.json").write_text("{}")
    assert answers == [False]
    assert names(tmp_path / "out") == ["report.json"]


def test_another_datasets_report_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(OURS))
    (tmp_path / "report.html").write_text("")
    refuse_other(tmp_path, "/a.csv")
    with pytest.raises(OutputError, match=r"holds the report of another dataset \(/a.csv\)"):
        refuse_other(tmp_path, "/b.csv")


def test_files_that_are_not_ours_are_refused(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text("another tool's")
    with pytest.raises(OutputError, match=r"did not write \(junit.xml\)"):
        refuse_other(tmp_path, "/a.csv")


def test_another_tools_manifest_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"schema": "web/1", "dataset": "x"}')
    with pytest.raises(OutputError, match=r"did not write \(manifest.json\)"):
        refuse_other(tmp_path, "/a.csv")


def test_a_report_that_was_killed_while_it_moved_is_ours(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("new")
    (tmp_path / ".reportgen-12").mkdir()
    (tmp_path / ".reportgen-12" / "manifest.json").write_text(json.dumps(OURS))
    refuse_other(tmp_path, "/a.csv")
    assert listed(tmp_path) == {"manifest.json", "report.html"}


@given(st.text())
def test_no_name_leads_out_of_reports(name: str) -> None:
    folder = default_folder(name)
    assert folder.parent == Path("reports")
    assert folder.name not in ("", ".", "..")
    assert len(folder.name.encode()) <= 255


def test_manifest_covers_every_other_file(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_bytes(b"abc")
    write_manifest(tmp_path, {"schema": "x"})
    assert json.loads((tmp_path / "manifest.json").read_text()) == {
        "schema": "x",
        "outputs": {"report.json": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    }
    assert sha256(tmp_path / "report.json").startswith("ba7816bf")


def left_behind(out: Path, files: dict[str, str], moved: tuple[str, ...] = ()) -> None:
    """What a killed process leaves: a stage with these files, some of which have their place already."""
    stage = out / ".reportgen-12"
    stage.mkdir(parents=True)
    for name, text in files.items():
        (stage / name).write_text(text)
    write_manifest(stage, {"schema": "reportgen/manifest/1", "dataset": {"identity": "/a.csv"}})
    for name in moved:
        (stage / name).replace(out / name)


@pytest.mark.parametrize("moved", [(), ("report.json",), ("report.html", "report.json")])
def test_a_whole_report_that_was_being_moved_is_moved_to_its_end(tmp_path: Path, moved: tuple[str, ...]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.md").write_text("old")
    (out / "manifest.json").write_text(json.dumps({**OURS, "outputs": {"report.md": "0"}}))
    left_behind(out, {"report.html": "page", "report.json": "{}"}, moved)
    settle(out)
    assert names(out) == ["manifest.json", "report.html", "report.json"]
    assert (out / "report.html").read_text() == "page"


def test_a_report_that_is_not_whole_is_removed_with_its_folder(tmp_path: Path) -> None:
    stage = tmp_path / "out" / ".reportgen-12"
    stage.mkdir(parents=True)
    (stage / "report.html").write_text("half")
    settle(tmp_path / "out")
    assert names(tmp_path) == []


def test_a_report_whose_bytes_were_lost_is_removed_with_what_was_moved(tmp_path: Path) -> None:
    left_behind(tmp_path / "out", {"report.html": "page", "report.json": "{}"}, ("report.json",))
    (tmp_path / "out" / ".reportgen-12" / "report.html").write_text("")
    settle(tmp_path / "out")
    assert names(tmp_path) == []


def test_an_older_report_outlives_what_a_killed_run_left(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("old")
    (tmp_path / ".reportgen-12").mkdir()
    settle(tmp_path)
    assert names(tmp_path) == ["report.html"]


def test_files_of_a_folder_within_appear_with_the_others_and_go_with_an_older_report(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with staged(out) as stage:
        (stage / "tables").mkdir()
        (stage / "tables" / "columns.csv").write_text("name")
        (stage / "report.json").write_text("{}")
        write_manifest(stage, {"schema": "reportgen/manifest/1", "dataset": {"identity": "/a.csv"}})
    assert names(out) == ["manifest.json", "report.json", "tables"]
    assert listed(out) == {"manifest.json", "report.json", "tables/columns.csv"}
    with staged(out, replaces=listed(out)) as stage:
        (stage / "report.json").write_text("{}")
    assert names(out) == ["report.json"]


def test_files_of_others_within_the_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "mine.csv").write_text("")
    (tmp_path / "tables" / "columns.csv").write_text("")
    with pytest.raises(OutputError, match=r"tables/columns\.csv"):
        refuse_other(tmp_path, "/a.csv")
    with staged(tmp_path, replaces=("tables/columns.csv",)):
        pass
    assert names(tmp_path / "tables") == ["mine.csv"]


def test_a_file_where_the_folder_of_tables_would_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tables").write_text("mine")
    with pytest.raises(OutputError, match=r"did not write \(tables\)"):
        refuse_other(tmp_path, "/a.csv")


def test_a_manifest_that_names_files_elsewhere_removes_none(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("")
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text(
        json.dumps({**OURS, "outputs": {"../precious": "0", f"{tmp_path}/precious": ""}})
    )
    with staged(out, replaces=listed(out)):
        pass
    left_behind(out, {"report.html": "page"})
    (out / ".reportgen-12" / "report.html").unlink()
    settle(out)
    assert (tmp_path / "precious").exists()
