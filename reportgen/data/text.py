"""Bytes of a text file to a table of strings: its encoding, its delimiter, its rows."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice

import pandas as pd

from reportgen.errors import DataError
from reportgen.records.base import Code

DELIMITERS = ",;\t|"
SAMPLE_ROWS = 200
SAMPLE_CHARACTERS = 2_000_000
CHUNK_CELLS = 500_000
FIELD_LIMIT = 10_000_000
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x19\x1c-\x1f]")
HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
WESTERN = frozenset("€£§°ºª«»“”‘’–—…·•±µ²³½¼×©®¿¡ \xa0")


@dataclass(frozen=True)
class Text:
    """A text file as a table of strings, and how it was understood."""

    frame: pd.DataFrame
    encoding: str
    delimiter: str
    notes: tuple[Code, ...]


def read_text(data: bytes, name: str) -> Text:
    """Decode, find the delimiter, and part the text into rows of equal length."""
    encoding = find_encoding(data, name)
    text = data.decode(encoding).removeprefix("\ufeff").removesuffix("\x1a")
    if not text.strip():
        raise DataError(f"{name} is empty; give a table with a line of column names and rows below it")
    declared = re.match(r"sep=([,;\t|])\r?\n", text)
    text = text[declared.end() :] if declared else text
    delimiter = declared[1] if declared else find_delimiter(text)
    notes: tuple[Code, ...] = ()
    notes += (Code(code="encoding_guessed", facts={"encoding": encoding}),) if encoding in {"cp1252", "gb18030"} else ()
    frame, unnamed = _table(text, delimiter, name)
    notes += (Code(code="unnamed_columns", facts={"columns": unnamed}),) if unnamed else ()
    return Text(frame, encoding.removesuffix("-sig"), delimiter, notes)


def find_encoding(data: bytes, name: str) -> str:
    """The encoding of a text: by its mark, by what only UTF-8 or GB18030 can be, cp1252 as the last resort."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark) and _decodes(data, encoding):
            return encoding
    wide = _wide(data)
    if wide:
        return wide
    if CONTROLS.search(data):
        raise DataError(f"{name} is not a table of text (it holds bytes that no text holds); save it as CSV or Parquet")
    for encoding, plausible in (("utf-8", True), ("gb18030", _pairs(data)), ("cp1252", _western(data))):
        if plausible and _decodes(data, encoding):
            return encoding
    raise DataError(f"{name} cannot be decoded as UTF-8, UTF-16, GB18030 or Windows-1252; save it as UTF-8")


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: mostly ASCII, so that nearly every second byte is zero."""
    sample = data[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    for encoding, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > 0.6 * (len(sample) / 2) and not others and _decodes(data, encoding):
            return encoding
    return None


def _pairs(data: bytes) -> bool:
    """High bytes come in twos, as in Chinese text; in Western text they mostly stand alone among letters."""
    lengths = [len(run) for run in HIGH_RUNS.findall(data[:1_000_000])]
    return sum(length % 2 == 0 for length in lengths) >= 0.9 * len(lengths)


def _western(data: bytes) -> bool:
    """High bytes read as letters and the usual signs, as they do in Western text and not in noise."""
    high = data[:1_000_000].decode("cp1252", "replace")
    strange = [c for c in high if ord(c) > 127]
    return sum(c.isalpha() or c in WESTERN for c in strange) >= 0.9 * len(strange)


def find_delimiter(text: str) -> str:
    """The character that parts the first rows most evenly, into the most columns; a comma where none does."""
    scores = {delimiter: _evenness(text, delimiter) for delimiter in DELIMITERS}
    return max(scores, key=lambda delimiter: scores[delimiter])


def _evenness(text: str, delimiter: str) -> tuple[bool, int]:
    """Whether nine rows in ten are as long as the header, and how long that is (0 where it is one column)."""
    lengths = []
    with suppress(DataError):
        for row in islice(_rows(text[:SAMPLE_CHARACTERS], delimiter, ""), SAMPLE_ROWS):
            lengths += [len(row)] if row else []
    if not lengths or lengths[0] < 2:
        return (False, 0)
    return (lengths.count(lengths[0]) >= 0.9 * len(lengths), lengths[0])


def _rows(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    """The records of the text; a quote that is never closed is an error of one sentence."""
    csv.field_size_limit(FIELD_LIMIT)
    lines = _lines(text) if "\n" in text else iter(text.splitlines(keepends=True))
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=_spaced(text, delimiter))
    line = 1
    try:
        for row in reader:
            yield row
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{name}, line {line}: the quotes do not match from here on ({error}); mend that line"
        ) from None


def _lines(text: str) -> Iterator[str]:
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start : end + 1]
        start = end + 1
    yield text[start:]


def _spaced(text: str, delimiter: str) -> bool:
    """Every delimiter of the first line is followed by a blank, which then belongs to the delimiter."""
    head = text.split("\n", 1)[0]
    return delimiter in head and head.count(delimiter) == head.count(delimiter + " ")


def _table(text: str, delimiter: str, name: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    rows = (row for row in _rows(text, delimiter, name) if row)
    header = [cell.strip() for cell in next(rows)]
    if len(header) < 2:
        raise DataError(f"{name} has one column; a table needs two, parted by commas, semicolons, tabs or bars (|)")
    names = [cell or f"column {number}" for number, cell in enumerate(header, start=1)]
    first = list(islice(rows, 1))
    if not first:
        raise DataError(f"{name} has a header and no rows; give a table with rows below its column names")
    refuse_duplicates(names, name)
    frame = pd.concat(list(_chunks(chain(first, rows), names, name)), ignore_index=True)
    return frame, tuple(n for n, cell in zip(names, header, strict=True) if not cell)


def refuse_duplicates(names: list[str], source: str) -> None:
    """Column names must tell the columns apart."""
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        listed = ", ".join(repr(name[:60]) for name in repeated[:5])
        raise DataError(f"{source} has more than one column called {listed}; give every column a name of its own")


def _chunks(rows: Iterator[list[str]], names: list[str], name: str) -> Iterator[pd.DataFrame]:
    done = 0
    size = max(1, CHUNK_CELLS // len(names))
    while chunk := list(islice(rows, size)):
        for number, row in enumerate(chunk, start=done):
            if len(row) != len(names):
                raise DataError(
                    f"{name}, data row {number} (0 is the first below the header) has {len(row)} fields where the "
                    f"header has {len(names)} (it begins {row[0][:40]!r}); mend it, or quote the field that holds it"
                )
        columns = zip(*chunk, strict=True)
        yield pd.DataFrame({n: pd.Series(c, dtype="str") for n, c in zip(names, columns, strict=True)})
        done += len(chunk)
