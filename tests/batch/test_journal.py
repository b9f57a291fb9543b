"""A journal survives whatever ends its writer, and says where every dataset stands."""

import errno
import os
from pathlib import Path

import pytest

from reportgen.batch import journal as journal_module
from reportgen.batch.journal import MOST_PAST, Journal, State, read_states
from reportgen.batch.result import Failure, Past, Result, Score
from reportgen.errors import OutputError


def result(value: float, at: str = "2026-01-01") -> Result:
    return Result(status="done", at=at, level="sound", sha256="ab" * 32, score=Score(name="accuracy", value=value))


FAILED = Result(status="failed", at="2026-01-02", failure=Failure(why="timeout", detail="5", log="… 中文 \u2028 end"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_the_last_line_of_a_dataset_says_where_it_stands(file):
    with Journal(file) as journal:
        journal.planned(["a", "b", "c"], "1")
        journal.note("a", "running", "2")
        journal.note("a", "done", "3", "hash", result(0.9))
        journal.note("b", "running", "4")
        journal.note("c", "failed", "5", "other", FAILED)
    states = read_states([file])
    assert states["a"] == State("done", "hash", result(0.9))
    assert states["b"] == State("running")
    assert states["c"] == State("failed", "other", FAILED)


def test_earlier_reports_are_kept_and_failures_are_none(file):
    with Journal(file) as journal:
        for number in range(3):
            journal.note("a", "done", f"{number}", "h", result(number / 10, f"{number}"))
        journal.note("a", "failed", "4", "h", FAILED)
        journal.note("a", "done", "5", "h", result(0.5, "5"))
    past = read_states([file])["a"].past
    assert past == tuple(
        Past(f"{number}", "sound", "accuracy", number / 10, None, None, "abababababab") for number in range(3)
    )


def test_a_line_cut_short_is_cut_off_and_the_next_follows(file):
    with Journal(file) as journal:
        journal.note("a", "done", "1", "h", result(0.1))
        journal.note("b", "done", "2", "h", result(0.2))
    whole = file.read_bytes()
    for cut in range(whole.index(b"\n") + 2, len(whole), 17):
        file.write_bytes(whole[:cut])
        with Journal(file) as journal:
            journal.note("c", "running", "3")
        assert set(read_states([file])) == {"a", "c"}


def test_a_line_that_was_damaged_is_passed_over(file):
    with Journal(file) as journal:
        journal.note("a", "done", "1", "h", result(0.1))
        journal.note("b", "done", "2", "h", result(0.2))
    file.write_bytes(file.read_bytes().replace(b'"value":0.1', b'"value":0.9'))
    assert set(read_states([file])) == {"b"}


def test_a_full_disk_leaves_whole_lines_and_is_one_sentence(file, monkeypatch):
    write = os.pwrite

    def half(handle, content, place):
        write(handle, bytes(content)[: len(content) // 2], place)
        raise OSError(errno.ENOSPC, "No space left on device")

    with Journal(file) as journal:
        journal.note("a", "running", "1")
        before = file.read_bytes()
        monkeypatch.setattr(os, "pwrite", half)
        with pytest.raises(OutputError, match="No space left on device"):
            journal.note("a", "done", "2", "h", result(0.1))
        assert file.read_bytes() == before
        monkeypatch.undo()
        journal.note("a", "done", "3", "h", result(0.2))
    assert read_states([file])["a"].result == result(0.2)


def test_every_line_is_on_the_disk_before_work_goes_on(file, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    with Journal(file) as journal:
        journal.note("a", "running", "1")
        assert synced[-1] == file.stat().st_size > 0


def test_a_long_journal_is_written_anew_and_says_the_same(file, monkeypatch):
    monkeypatch.setattr(journal_module, "SMALL", 1000)
    with Journal(file) as journal:
        for night in range(40):
            for key in ("a", "b"):
                journal.note(key, "running", f"{night:02}")
                journal.note(key, "done", f"{night:02}", "h", result(night / 40, f"{night:02}"))
    long, before = file.stat().st_size, read_states([file])
    with Journal(file) as journal:
        journal.note("b", "dropped", "99")
    assert file.stat().st_size < long / 4
    after = read_states([file])
    assert after["a"] == before["a"]
    assert len(after["a"].past) == MOST_PAST
    assert (after["b"].event, after["b"].result) == ("dropped", before["b"].result)
    assert [path.name for path in file.parent.iterdir()] == ["journal.jsonl"]


def test_journals_of_shards_are_read_together(tmp_path):
    for number, at in ((1, "2026-01-01"), (2, "2026-01-02")):
        with Journal(tmp_path / f"journal-{number}-of-2.jsonl") as journal:
            journal.note("a", "done", at, "h", result(number / 10, at))
            journal.note(f"only_{number}", "done", at, "h", result(0.7, at))
    states = read_states(sorted(tmp_path.glob("journal*")))
    assert set(states) == {"a", "only_1", "only_2"}
    assert states["a"].result == result(0.2, "2026-01-02")


def test_a_journal_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        Journal(tmp_path / "file" / "journal.jsonl")
