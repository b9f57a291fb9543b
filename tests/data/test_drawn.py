"""Tables of more rows than an audit takes: which rows are read, and what is said of it."""

import json
import sqlite3
from contextlib import closing

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import orc

from reportgen.config import Config, ReadingConfig
from reportgen.data import load
from reportgen.data.formats.drawn import CELL, COLUMN, EVERY, INPUT, Draw, drawn, share_of_rows, shares
from reportgen.data.source import read
from reportgen.data.text import read_text
from reportgen.errors import DataError
from reportgen.memory import FLOOR


@pytest.fixture
def table():
    rows = np.arange(5_000)
    return pd.DataFrame({"row": rows, "text": [f"t{n % 7}" for n in rows], "target": np.where(rows % 5, "a", "b")})


def test_rows_are_drawn_once_each_and_the_same_every_time():
    first = drawn(5_000, 1_000)
    assert len(first) == 1_000
    assert (np.diff(first) > 0).all()
    assert first[0] >= 0
    assert first[-1] < 5_000
    assert (first == drawn(5_000, 1_000)).all()
    assert drawn(1_000, 1_000) is None


def test_every_row_is_as_likely():
    """Of 400 draws, the counts of ten tenths of the table scatter as chance has it (chi-square, p = 0.001)."""
    counts = np.zeros(10)
    for most in range(1_000, 1_400):
        counts += np.histogram(drawn(11_000, most), bins=10, range=(0, 11_000))[0] / most
    expected = counts.sum() / 10
    variance = np.sum([0.09 / most * (1 - most / 11_000) for most in range(1_000, 1_400)])
    assert ((counts - expected) ** 2 / variance).sum() * 0.9 < 27.9


def arrow_file(table, path, opening=pa.ipc.new_file, **options):
    whole = pa.Table.from_pandas(table, preserve_index=False)
    with opening(str(path), whole.schema, **options) as writer:
        writer.write_table(whole, max_chunksize=700)


def sqlite_file(table, path):
    with closing(sqlite3.connect(path)) as connection:
        table.to_sql("t", connection, index=False)


def duckdb_file(table, path):
    with pytest.importorskip("duckdb").connect(str(path)) as connection:
        connection.register("given", table)
        connection.execute("CREATE TABLE t AS SELECT * FROM given")


def workbook(table, path):
    pytest.importorskip("python_calamine")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("t")
    sheet.append(["a title"])
    for row in [table.columns, *table.itertuples(index=False)]:
        sheet.append([None, *row])
    book.save(path)


def sqlite_url(table, path):
    sqlite_file(table, path)
    return f"sqlite:///{path}"


ZIPPED = pa.ipc.IpcWriteOptions(compression="zstd")
WRITERS = {
    "csv": lambda table, path: table.to_csv(path, index=False),
    "parquet": lambda table, path: table.to_parquet(path, row_group_size=700),
    "feather": arrow_file,
    "feather, one batch": lambda table, path: table.to_feather(path, compression="lz4", chunksize=10_000),
    "arrow stream": lambda table, path: arrow_file(table, path, pa.ipc.new_stream),
    "arrow stream, zipped": lambda table, path: arrow_file(table, path, pa.ipc.new_stream, options=ZIPPED),
    "orc": lambda table, path: orc.write_table(pa.Table.from_pandas(table), path, stripe_size=2_000, batch_size=700),
    "json lines": lambda table, path: table.to_json(path, orient="records", lines=True),
    "json records": lambda table, path: table.to_json(path, orient="records", indent=1),
    "json columns": lambda table, path: path.write_text(json.dumps(table.to_dict("list"))),
    "sqlite": sqlite_file,
    "sqlite url": sqlite_url,
    "duckdb": duckdb_file,
    "workbook": workbook,
    "frame": lambda table, path: table,
}


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("memory", [None, FLOOR + 3 * COLUMN + 1_000 * 3 * (CELL + INPUT) + 40_000])
def test_cells_stay_with_their_row_number(monkeypatch, tmp_path, table, kind, memory):
    """Whether so many rows are asked for, or no more fit; a little fewer do where a text's length takes more room."""
    monkeypatch.setattr("reportgen.data.formats.records.PIECE", 5_000)
    monkeypatch.setattr("reportgen.data.formats.streamed.CELLS", 2_000)
    source = WRITERS[kind](table, tmp_path / "t")
    source = str(tmp_path / "t") if source is None or isinstance(source, int) else source
    asked = ReadingConfig(max_rows=1_000) if memory is None else ReadingConfig(memory=memory)
    raw = read(source, asked)
    assert raw.rows == 5_000
    count = len(raw.frame)
    assert count == 1_000 if memory is None else count in {1_000, 1_100}
    assert raw.frame["row"].astype(int).tolist() == raw.frame.index.tolist() == drawn(5_000, count).tolist()
    (note,) = [note for note in raw.reading.notes if note.code == "rows_drawn"]
    assert note.facts["rows"] == count
    assert note.facts["of"] == 5_000
    assert note.facts["off"] == pytest.approx(np.sqrt(np.log(40) / (2 * count)))


def test_parts_give_rows_in_proportion_and_keep_their_numbers(tmp_path, table):
    table[:1_000].to_parquet(tmp_path / "p0.parquet")
    table[1_000:].to_parquet(tmp_path / "p1.parquet")
    raw = read(str(tmp_path / "p*.parquet"), ReadingConfig(max_rows=1_000))
    assert raw.rows == 5_000
    assert raw.frame["row"].tolist() == raw.frame.index.tolist()
    assert (raw.frame["row"] < 1_000).sum() == 200


def test_parts_of_text_are_read_whole(tmp_path, table):
    table[:3_000].to_csv(tmp_path / "p0.csv", index=False)
    table[3_000:].to_csv(tmp_path / "p1.csv", index=False)
    assert shares([tmp_path / "p0.csv", tmp_path / "p1.csv"], Draw(1_000)) == (EVERY, EVERY)
    raw = read(str(tmp_path / "p*.csv"), ReadingConfig(max_rows=1_000))
    assert raw.rows == 5_000
    assert raw.frame["row"].astype(int).tolist() == raw.frame.index.tolist()


def test_a_dataset_says_how_many_rows_its_file_has(tmp_path, table):
    table.loc[:99, "target"] = None
    table.to_parquet(tmp_path / "t.parquet")
    data = load(str(tmp_path / "t.parquet"), Config(target="target", reading=ReadingConfig(max_rows=1_000)))
    assert (data.rows, data.rows_read) == (5_000, 1_000)
    assert len(data.frame) + len(data.missing_target_rows) == 1_000
    assert set(data.missing_target_rows) == {row for row in drawn(5_000, 1_000).tolist() if row < 100}
    assert set(data.frame.index) == {row for row in drawn(5_000, 1_000).tolist() if row >= 100}


def test_the_bound_holds_the_shares_of_a_whole_column():
    """A thousand of 20,000 values: the largest gap of shares exceeds it in 5 of 100 draws (20 of 200: p 0.001)."""
    off = share_of_rows(1_000, 20_000).facts["off"]
    over = 0
    for seed in range(200):
        taken = np.sort(np.random.default_rng(seed).choice(20_000, 1_000, replace=False))
        gap = np.abs(np.arange(1, 1_001) / 1_000 - (taken + 1) / 20_000).max()
        over += gap > off
    assert over <= 20


def texts(rows, delimiter=",", end="\n", quote="", blank=0):
    """A table in text: row numbers, a word in quotes or none, a target."""
    lines = [delimiter.join(("row", "word", "target"))]
    for row in range(rows):
        lines.append(delimiter.join((str(row), f"{quote}w{row % 7}{quote}", "ab"[row % 2])))
        lines += [""] if blank and row % blank == 0 else []
    return end.join(lines) + end


FORMS = {
    "plain": {},
    "tabs": {"delimiter": "\t"},
    "line ends of Windows": {"end": "\r\n"},
    "line ends of old": {"end": "\r"},
    "quotes": {"quote": '"'},
    "blank lines": {"blank": 3},
}


@pytest.mark.parametrize("careful", [True, False])
@pytest.mark.parametrize("form", FORMS)
def test_rows_drawn_while_a_text_is_read_are_those_drawn_from_the_whole(monkeypatch, form, careful):
    monkeypatch.setattr("reportgen.data.plain.FEWEST_BYTES", 2**40 if careful else 1)
    monkeypatch.setattr("reportgen.data.plain.BLOCK_BYTES", 2_000)
    monkeypatch.setattr("reportgen.data.text.CHUNK_CELLS", 900)
    data = texts(5_000, **FORMS[form]).encode()
    whole, part = read_text(data, "t.csv"), read_text(data, "t.csv", draw=Draw(1_000))
    assert (whole.rows, whole.places, part.rows) == (5_000, None, 5_000)
    assert part.places.tolist() == drawn(5_000, 1_000).tolist()
    assert part.frame.equals(whole.frame.iloc[part.places].reset_index(drop=True))
    assert read_text(data, "t.csv", draw=Draw(5_000)).frame.equals(whole.frame)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030"])
def test_rows_of_an_encoded_text_are_drawn_while_it_is_read(encoding):
    data = texts(3_000).replace("target", "城").encode(encoding)
    part = read_text(data, "t.csv", encoding=encoding, draw=Draw(1_000))
    assert part.rows == 3_000
    assert part.frame["row"].astype(int).tolist() == drawn(3_000, 1_000).tolist()
    assert set(part.frame.columns) == {"row", "word", "城"}


def test_a_header_in_quotes_does_not_make_a_large_text_slow(monkeypatch):
    monkeypatch.setattr("reportgen.data.plain.FEWEST_BYTES", 1)
    monkeypatch.setattr("reportgen.data.text._table", None)  # the careful reader's
    data = '"row","word, or two","target"\n' + texts(100).partition("\n")[2]
    with pytest.raises(TypeError):
        read_text(data.encode(), "t.csv")  # a delimiter within quotes is for the careful reader
    data = '"row","word","target"\n' + texts(100).partition("\n")[2]
    assert list(read_text(data.encode(), "t.csv").frame.columns) == ["row", "word", "target"]


def test_a_row_of_another_length_is_an_error_though_it_is_not_drawn():
    lines = texts(3_000).splitlines()
    absent = next(row for row in range(3_000) if row not in set(drawn(3_000, 1_000).tolist()))
    lines[absent + 1] += ",more"
    with pytest.raises(DataError, match=rf"t.csv, data row {absent} .* has 4 fields where the header has 3"):
        read_text("\n".join(lines).encode(), "t.csv", draw=Draw(1_000))


LONG = {
    "a cell": ("a,b,c\n1,2,3\n" + "x" * 12_000_000 + ",2,3\n", "line 3"),
    "a row": ("a,b,c\n1,2,3\n" + "1," * 6_000_000 + "\n", "data row 1 .* has 6000001 fields where the header has 3"),
    "all": ("x" * 12_000_000, "line 1"),
    "a quote without end": ("a,b,c\n" + '"' + "1,2,3\n" * 2_000_000, "line 2: a cell of more than 10,000,000"),
}


@pytest.mark.parametrize("what", LONG)
def test_a_line_of_megabytes_ends_in_a_sentence(monkeypatch, what):
    monkeypatch.setattr("reportgen.data.plain.BLOCK_BYTES", 2**20)
    text, said = LONG[what]
    with pytest.raises(DataError, match=rf"t.csv, {said}"):
        read_text(text.encode(), "t.csv", draw=Draw(1_000_000, 20 * 10**9))
