"""One file as a table: what its first bytes say it is, whatever its name says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeAlias

import pyarrow as pa

from reportgen.config import ReadingConfig
from reportgen.data.formats.apart import read_orc
from reportgen.data.formats.database import read_duckdb, read_sqlite
from reportgen.data.formats.drawn import Draw, Places, read_parquet
from reportgen.data.formats.ipc import read_feather, read_stream
from reportgen.data.formats.packing import unpacked
from reportgen.data.formats.records import read_json
from reportgen.data.formats.streamed import Gathered
from reportgen.data.formats.workbook import read_sheet
from reportgen.data.text import find_encoding, read_text
from reportgen.errors import DataError
from reportgen.memory import ceiling
from reportgen.records.table import Reading

FOREIGN = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF"),
    (b"\x89HDF", "an HDF5 file"),
    (b"CDF\x01", "a NetCDF file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"Obj\x01", "an Avro file"),
    (b"RDX", "an R file"),
    (b"\x80\x04", "a Python pickle"),
    (b"\x80\x05", "a Python pickle"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"PARE", "an encrypted Parquet file"),
    (b"<stata_dta>", "a Stata file"),
    (b"$FL2", "an SPSS file"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x7fELF", "a program"),
)
COMPOUND = b"\xd0\xcf\x11\xe0"
TAR = (257, b"ustar")
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


Table: TypeAlias = Any
"""A pyarrow Table or a pandas frame: text comes as strings in a frame, all else as Arrow."""


@dataclass(frozen=True)
class Found:
    """A table as a file held it, and how the file was understood.

    Where a file of `rows` rows was read in part, `places` are the numbers of the rows that were.
    """

    table: Table
    reading: Reading
    rows: int | None = None
    places: Places | None = None


def table_of(stream: BinaryIO, name: str, asked: ReadingConfig) -> Found:
    """Read a file of any known format. Raises DataError with one sentence that says what to mend."""
    with unpacked(stream, name) as inner:
        head = inner.read(512)
        inner.seek(0)
        read = _reader(head)
        found = read(inner, name, asked) if read else _text(inner, head, name, asked)
    _refuse_unused(found.reading.format, name, asked)
    return found


UNREADABLE = (pa.ArrowException, OSError, ValueError, EOFError, RuntimeError, TypeError, MemoryError)
"""What Arrow raises for a damaged file; memory runs out where the damage is a length."""
Read = Callable[[BinaryIO, str, ReadingConfig], Found]


def _reader(head: bytes) -> Read | None:
    """How a file that begins so is read; None for text."""
    known: tuple[tuple[bool, Read], ...] = (
        (head.startswith(b"PAR1"), _parquet),
        (head.startswith((b"ARROW1", b"FEA1")), _feather),
        (head.startswith(b"\xff\xff\xff\xff"), _arrow_stream),
        (head.startswith(b"ORC"), _orc),
        (head.startswith(b"SQLite format 3\0"), _sqlite),
        (head[8:12] == b"DUCK", _duckdb),
        (head.startswith(COMPOUND) or head.startswith(b"PK\x03\x04"), _workbook),
    )
    return next((read for fits, read in known if fits), None)


def _damaged(name: str, kind: str, error: Exception) -> DataError:
    """What to say of a file that cannot be read. Raises the error again where only memory was lacking."""
    if isinstance(error, MemoryError):
        raise error
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
    return DataError(f"{name} is {kind} that cannot be read ({reason}); write it again")


def _arrow(read: Callable[[BinaryIO, Draw], Gathered], kind: str, words: str) -> Read:
    """A reader of one of the formats that Arrow reads."""

    def reader(stream: BinaryIO, name: str, asked: ReadingConfig) -> Found:
        try:
            return _found(read(stream, _draw(asked)), Reading(format=kind))
        except UNREADABLE as error:
            raise _damaged(name, words, error) from None

    return reader


def _draw(asked: ReadingConfig) -> Draw:
    return Draw(asked.max_rows, ceiling(asked.memory))


def _found(gathered: Gathered, reading: Reading) -> Found:
    table, places, rows = gathered
    return Found(table, reading, rows, places)


_parquet = _arrow(read_parquet, "parquet", "a Parquet file")
_feather = _arrow(read_feather, "feather", "an Arrow (Feather) file")
_arrow_stream = _arrow(read_stream, "arrow stream", "a stream of Arrow")
_orc = _arrow(read_orc, "orc", "an ORC file")


def _sqlite(stream: BinaryIO, name: str, asked: ReadingConfig) -> Found:
    return _found(read_sqlite(stream, name, asked, _draw(asked)), Reading(format="sqlite"))


def _duckdb(stream: BinaryIO, name: str, asked: ReadingConfig) -> Found:
    return _found(read_duckdb(stream, name, asked, _draw(asked)), Reading(format="duckdb"))


def _workbook(stream: BinaryIO, name: str, asked: ReadingConfig) -> Found:
    gathered, notes = read_sheet(stream, name, asked.sheet, _draw(asked))
    return _found(gathered, Reading(format="workbook", notes=notes))


def _text(stream: BinaryIO, head: bytes, name: str, asked: ReadingConfig) -> Found:
    _refuse_foreign(head, name)
    if asked.delimiter is None and _looks_like_json(head):
        encoding = asked.encoding or find_encoding(stream, name)
        try:
            gathered, kind = read_json(stream, name, encoding, _draw(asked))
            return _found(gathered, Reading(format=kind, encoding=encoding.removesuffix("-sig")))
        except DataError:
            if _certainly_json(head, name):
                raise
    text = read_text(stream, name, asked.encoding, asked.delimiter, _draw(asked))
    kind = "tsv" if text.delimiter == "\t" else "csv"
    reading = Reading(format=kind, encoding=text.encoding, delimiter=text.delimiter, notes=text.notes)
    return Found(text.frame, reading, text.rows, text.places)


def _bare(head: bytes) -> bytes:
    """The beginning of a text without its mark, its blanks and the zeros of wide letters."""
    for mark in MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"").lstrip()


def _looks_like_json(head: bytes) -> bool:
    return _bare(head).startswith((b"{", b"["))


def _certainly_json(head: bytes, name: str) -> bool:
    """By its name, or by a first record; a header of a text file may begin with a bracket, too."""
    start = b"".join(_bare(head)[:40].split())
    named = name.lower().partition(".json")[1] or name.lower().partition(".ndjson")[1]
    return bool(named) or start.startswith((b'{"', b'[{"', b"[[", b"[]", b"{}", b"[{}"))


def _refuse_foreign(head: bytes, name: str) -> None:
    """Files that are often taken for tables, by what they begin with."""
    what = next((words for magic, words in FOREIGN if head.startswith(magic)), None)
    what = "a tar archive" if head[TAR[0] :].startswith(TAR[1]) else what
    if what:
        raise DataError(f"{name} is not a table but {what}; save the table as CSV or Parquet")
    start = _bare(head)[:200].lower()
    if start.startswith(b"version https://git-lfs"):
        raise DataError(f"{name} is a pointer of Git LFS and not the table; fetch it with git lfs pull")
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise DataError(f"{name} is a web page and not a table, an error page perhaps; fetch the table itself")
    if start.startswith((b"<?xml", b"<!doctype", b"<workbook")):
        raise DataError(f"{name} is XML and not a table; save the table as CSV or Parquet")


USES = {"sheet": ("workbook",), "table": ("sqlite", "duckdb"), "sql": ("sqlite", "duckdb")}
WHOSE = {"sheet": "a workbook", "table": "a database", "sql": "a database"}


def _refuse_unused(kind: str, name: str, asked: ReadingConfig) -> None:
    """What was asked of a file that has no such thing would be passed over in silence."""
    for option, kinds in USES.items():
        if getattr(asked, option) is not None and kind not in kinds:
            raise DataError(f"{name} is {kind} and not {WHOSE[option]}; leave --{option} out")
