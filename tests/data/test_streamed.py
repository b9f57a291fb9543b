"""Rows that come some at a time: how often they are asked for, and what is said where they cannot be had."""

import json
import sqlite3
from contextlib import closing
from io import BytesIO

import pyarrow as pa
import pytest

from reportgen import memory
from reportgen.config import ReadingConfig
from reportgen.data.formats import database, records
from reportgen.data.formats.drawn import Draw, drawn
from reportgen.data.formats.streamed import at_once, gathered, of_rows
from reportgen.errors import DataError


class Source:
    """So many rows each time that it is asked, ten at a time."""

    def __init__(self, *rows):
        self.rows, self.asked = list(rows), 0

    def __call__(self):
        rows = self.rows[min(self.asked, len(self.rows) - 1)]
        self.asked += 1
        yield from of_rows(
            ["n", "t"], ([(n, f"t{n}") for n in range(at, min(at + 10, rows))] for at in range(0, rows, 10))
        )


def test_what_fits_is_read_once():
    source = Source(95)
    table, places, rows = gathered(source, Draw(95))
    assert (table["n"].to_pylist(), places, rows, source.asked) == (list(range(95)), None, 95, 1)


def test_what_does_not_fit_is_counted_and_read_again():
    source = Source(95)
    table, places, rows = gathered(source, Draw(40))
    assert table["n"].to_pylist() == places.tolist() == drawn(95, 40).tolist()
    assert (rows, source.asked) == (95, 2)


def test_what_is_counted_is_read_once():
    source = Source(95)
    table, places, rows = gathered(source, Draw(40), 95)
    assert (table["n"].to_pylist(), rows, source.asked) == (places.tolist(), 95, 1)
    assert gathered(Source(0), Draw(40), 0)[0].num_columns == gathered(Source(0), Draw(40))[0].num_columns == 0


def test_a_table_that_is_written_to_meanwhile_is_refused():
    with pytest.raises(DataError, match="the table had 95 rows and then 96: it was written to while it was read"):
        gathered(Source(95, 96), Draw(40))


def test_wide_rows_are_held_fewer_at_a_time():
    assert (at_once(1), at_once(100), at_once(2_000), at_once(10**6)) == (20_000, 5_000, 250, 1)


def test_a_query_through_sqlalchemy_is_drawn_from(tmp_path):
    pytest.importorskip("sqlalchemy")
    with closing(sqlite3.connect(tmp_path / "t.db")) as connection:
        connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, word TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [(n, f"w{n % 3}") for n in range(3_000)])
        connection.commit()
    address = f"sqlite:///{tmp_path / 't.db'}"
    for asked in (ReadingConfig(), ReadingConfig(sql="SELECT n, word FROM t WHERE n >= 0 ORDER BY n;")):
        table, places, rows = database._asked(address, "t", asked, Draw(1_000))
        assert table["n"].to_pylist() == places.tolist() == drawn(3_000, 1_000).tolist()
        assert rows == 3_000


def listed(text, monkeypatch, draw=None):
    monkeypatch.setattr(records, "PIECE", 16)
    return records.read_json(BytesIO(text.encode()), "t.json", "utf-8", draw or Draw(10**6))


def test_a_list_of_records_is_read_piece_by_piece(monkeypatch):
    given = [{"a": n, "b": "{]," * n} | ({"c": True} if n == 30 else {}) for n in range(40)]
    for indent in (None, 2):
        (table, places, rows), kind = listed(json.dumps(given, indent=indent) + "\n", monkeypatch)
        assert table.to_pylist() == [{"c": None} | one for one in given]
        assert (places, rows, kind) == (None, 40, "json")
    (table, places, _), _ = listed(json.dumps(given), monkeypatch, Draw(5))
    assert table.column_names == ["a", "b", "c"]  # though no row drawn may have it
    assert table["a"].to_pylist() == places.tolist()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"a": 1}, {"a": 22222}, {"a": }]', r"is no whole JSON file \(Expecting value: character 31\)"),
        ('[{"a": 1}, {"a": 22222}, {"a": 3}', r"is no whole JSON file \(Expecting a comma or the end"),
        ('[{"a": 1}, {"a": 22222}, {"a"', r"is no whole JSON file \("),
        ('[{"a": 1}, {"a": 22222}] []', r"is no whole JSON file \(Expecting a comma or the end: character 25\)"),
        ('[{"a": 1}, {"a": 22222}, 7, 8]', "is JSON but no table"),
        ('[{"a": ' + "[" * 100_000, "it nests too deeply"),
    ],
)
def test_a_damaged_list_is_one_sentence(monkeypatch, text, said):
    with pytest.raises(DataError, match=rf"^t.json {said}|^t.json is no whole JSON file \({said}"):
        listed(text, monkeypatch)


def test_what_is_held_whole_says_so_where_memory_lacks():
    sentence = (
        "t.xlsx is a workbook, which is read whole, and takes more memory than it may (2 GB); save it as Parquet or "
    )
    with pytest.raises(DataError) as raised, memory.whole("t.xlsx", "a workbook", 2 * 10**9):
        assert memory.held_whole().startswith(sentence)
        raise MemoryError
    assert str(raised.value).startswith(sentence)
    assert memory.held_whole() is None


def test_a_type_is_that_of_the_rows_drawn_below_each_other():
    """Whole numbers above fractions are fractions; words among numbers are text, as in a table read whole."""
    table, _, _ = gathered(lambda: of_rows(["x"], [[(1,), (2,)], [(0.5,)]]), Draw(10))
    assert table["x"].type == pa.float64()
    table, _, _ = gathered(lambda: of_rows(["x"], [[(1,), (2,)], [("w",)]]), Draw(10))
    assert table["x"].to_pylist() == ["1", "2", "w"]
