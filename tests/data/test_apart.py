"""ORC is read by another process, so that its reader may crash without taking the audit along."""

from io import BytesIO

import pytest

from reportgen.config import Config
from reportgen.data import load
from reportgen.data.formats import apart
from reportgen.data.formats.drawn import Draw
from reportgen.errors import DataError
from tests.hostile.files import arrow, orced


def test_the_table_comes_back_as_it_was() -> None:
    table, places, rows = apart.read_orc(BytesIO(orced(arrow())), Draw(1_000))
    assert table.equals(arrow())
    assert (places, rows) == (None, arrow().num_rows)


def test_what_the_reader_says_of_a_damaged_file_is_told() -> None:
    with pytest.raises(ValueError, match=r"\w"):
        apart.read_orc(BytesIO(orced(arrow())[:100]), Draw(1_000))


def test_where_the_system_ended_the_reader_memory_was_lacking(monkeypatch) -> None:
    monkeypatch.setattr(apart, "CONVERT", "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(MemoryError):
        apart.read_orc(BytesIO(orced(arrow())), Draw(1_000))


@pytest.mark.parametrize("end", ["os.abort()", "os.kill(os.getpid(), 11)"])
def test_a_crash_of_the_reader_is_one_sentence(monkeypatch, tmp_path, end: str) -> None:
    monkeypatch.setattr(apart, "CONVERT", f"import os; {end}")
    path = tmp_path / "t.orc"
    path.write_bytes(orced(arrow()))
    with pytest.raises(DataError, match=r"is an ORC file that cannot be read.*write it again"):
        load(path, Config())
