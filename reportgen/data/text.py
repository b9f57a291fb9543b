"""Bytes of a text file to a table of strings: its encoding, its delimiter, its rows."""

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import BinaryIO

import numpy as np
import pandas as pd

from reportgen.data.formats.drawn import Draw, Places
from reportgen.data.plain import is_plain, line_ends, plain_frame
from reportgen.errors import DataError
from reportgen.records.base import Code

DELIMITERS = ",;\t|"
SAMPLE_ROWS = 200
SAMPLE_CHARACTERS = 2_000_000
SAMPLE_BYTES = 1_000_000
CHUNK_CELLS = 500_000
CHUNK_BYTES = 2**20
FIELD_LIMIT = 10_000_000
MOST_TITLES = 10
"""Lines above a header; where there are more, the file is a text with a table in it."""

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
PLAIN = frozenset({"utf-8", "utf-8-sig"})
GUESSED = frozenset({"cp1252", "cp1251", "cp932", "gb18030"})
PLAUSIBLE = 0.8
"""So many of the letters beyond ASCII must be common ones of the script before an encoding is believed."""


@dataclass(frozen=True)
class Text:
    """A text file as a table of strings, and how it was understood.

    Of a file of `rows` rows those of the numbers `places` were read; None for all.
    """

    frame: pd.DataFrame
    encoding: str
    delimiter: str
    notes: tuple[Code, ...]
    rows: int
    places: Places | None


def read_text(
    data: bytes | BinaryIO,
    name: str,
    encoding: str | None = None,
    delimiter: str | None = None,
    draw: Draw | None = None,
) -> Text:
    """Decode, find the delimiter, and part the text into rows of equal length; what was asked for is believed.

    The bytes are read three times (encoding, delimiter, rows), once more where there are more rows than `draw` takes,
    and never held as one text.
    """
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    found = encoding or find_encoding(stream, name)
    head = _head(stream, found)
    if not head.strip():
        raise DataError(f"{name} is empty; give a table with a line of column names and rows below it")
    look = _look(head, delimiter)
    spaced = _spaced(look.sample, look.delimiter)
    draw = _sized(draw, stream, look.sample, look.delimiter)
    quick = found in PLAIN and not spaced and "\n" in look.sample and is_plain(stream, look.skipped)
    table = _quickly(stream, look.sample, look.delimiter, name, look.skipped, draw) if quick else None

    def records() -> Iterator[list[str]]:
        lines = islice(_lines(stream, found, "\n" if "\n" in head else "\r", name), look.skipped, None)
        return (row for row in _rows(lines, look.delimiter, name, spaced, look.skipped) if row)

    frame, unnamed, places, rows = table or _table(records, name, _wanted(records, stream, draw))
    guessed = found if encoding is None and found in GUESSED else None
    return Text(frame, found.removesuffix("-sig"), look.delimiter, _notes(guessed, look, unnamed), rows, places)


@dataclass(frozen=True)
class _Look:
    """What the first characters of a text show: `sample` of them begins with the header, `titles` stand above it.

    `skipped` counts the lines above the header: titles, and one that declares the delimiter.
    """

    delimiter: str
    sample: str
    titles: tuple[str, ...]
    skipped: int


def _look(head: str, asked: str | None) -> _Look:
    """Find the delimiter, as it was asked for, as the text declares it or as its lines agree, and the header."""
    declared = re.match(r"sep=([,;\t|])\r?\n", head)
    sample = head[declared.end() :] if declared else head
    delimiter = asked or (declared[1] if declared else find_delimiter(sample))
    titles = 0
    if asked is None and not declared and not _evenness(sample, delimiter)[0]:
        titles, delimiter = _titles(sample) or (0, delimiter)
    below = _below(sample, titles) if titles else sample
    return _Look(delimiter, below, tuple(sample.splitlines()[:titles]), titles + (1 if declared else 0))


def _notes(guessed: str | None, look: _Look, unnamed: tuple[str, ...]) -> tuple[Code, ...]:
    """What a reader should know of how the text was understood."""
    notes = [Code(code="encoding_guessed", facts={"encoding": guessed})] if guessed else []
    if look.titles:
        said = " / ".join(line.strip() for line in look.titles if line.strip())
        notes.append(Code(code="title_rows", facts={"count": len(look.titles), "text": said[:120]}))
    if unnamed:
        notes.append(Code(code="unnamed_columns", facts={"columns": unnamed}))
    return tuple(notes)


def _sized(draw: Draw | None, stream: BinaryIO, sample: str, delimiter: str) -> Draw | None:
    """What is to be drawn, with the size of the text and how many columns it has."""
    if draw is None:
        return None
    columns = sample.partition("\n")[0].count(delimiter) + 1
    return replace(draw, columns=columns, size=stream.seek(0, 2))


def _wanted(
    records: Callable[[], Iterator[list[str]]], stream: BinaryIO, draw: Draw | None
) -> tuple[int, Places | None]:
    """How many rows there are below the header, counted only where they may be too many, and which to read."""
    if draw is None or draw.takes_all(line_ends(stream)):
        return 0, None
    rows = sum(1 for _ in records()) - 1
    return rows, draw.of(rows)


def find_encoding(data: bytes | BinaryIO, name: str) -> str:
    """The encoding of a text: by its mark, as UTF-8, or by which script its letters are common ones of.

    Raises DataError where none makes sense of the bytes.
    """
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    stream.seek(0)
    head = stream.read(4096)
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark) and _decodes(stream, encoding):
            return encoding
    wide = _wide(head, stream)
    if wide:
        return wide
    if any(CONTROLS.search(chunk) for chunk in _chunks_of(stream)):
        raise DataError(f"{name} is not a table of text (it holds bytes that no text holds); save it as CSV or Parquet")
    if _decodes(stream, "utf-8"):
        return "utf-8"
    sample = _telling(stream)
    for encoding, plausible in SCRIPTS.items():
        if plausible(sample) and _decodes(stream, encoding):
            return encoding
    raise DataError(
        f"{name} cannot be decoded as UTF-8, UTF-16, GB18030, Shift-JIS or Windows-1252; save it as UTF-8, or name its "
        "encoding under [reading] in reportgen.toml"
    )


def _chunks_of(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks_of(stream):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _wide(head: bytes, stream: BinaryIO) -> str | None:
    """UTF-16 without a mark: delimiters, digits and line ends are ASCII, whose other byte is zero, on one side only."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    for encoding, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > 0.1 * (len(head) / 2) and not others and _decodes(stream, encoding):
            text = head[: len(head) // 2 * 2].decode(encoding, "ignore")
            if all(unicodedata.category(letter) not in STRANGE or letter in "\r\n\t\x1a" for letter in text):
                return encoding
    return None


STRANGE = frozenset({"Cc", "Cn", "Co", "Cs"})


def _telling(stream: BinaryIO) -> bytes:
    """The lines that hold bytes beyond ASCII, as many as tell."""
    found: list[bytes] = []
    size = 0
    rest = b""
    for chunk in _chunks_of(stream):
        *lines, rest = (rest + chunk).splitlines(keepends=True) or [b""]
        high = [line for line in lines if HIGH_RUNS.search(line)]
        found += high
        size += sum(map(len, high))
        if size > SAMPLE_BYTES:
            break
    return b"".join([*found, rest])[: 2 * SAMPLE_BYTES]


def _common(encoding: str, usual: Callable[[str], bool]) -> Callable[[bytes], bool]:
    """Whether the letters beyond ASCII, read so, are mostly common ones of the script."""

    def plausible(sample: bytes) -> bool:
        strange = [letter for letter in sample.decode(encoding, "replace") if ord(letter) > 127]
        return sum(map(usual, strange)) >= PLAUSIBLE * len(strange)

    return plausible


def _chinese(letter: str) -> bool:
    """Signs and the 3,755 commonest characters of GB 2312, which stand before the rarer ones."""
    code = letter.encode("gb18030", "replace")
    return len(code) == 2 and (0xA1 <= code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7) and code[1] >= 0xA1


def _japanese(letter: str) -> bool:
    """Kana, signs and the 2,965 commonest characters of JIS X 0208."""
    code = letter.encode("cp932", "replace")
    return len(code) == 2 and 0x81 <= code[0] <= 0x98


def _mean_run(sample: bytes) -> float:
    runs = HIGH_RUNS.findall(sample)
    return sum(map(len, runs)) / max(1, len(runs))


def _western(sample: bytes) -> bool:
    """High bytes read as letters and the usual signs, mostly alone among others: Western text, and not noise."""
    strange = [letter for letter in sample.decode("cp1252", "replace") if ord(letter) > 127]
    usual = sum(letter.isalpha() or letter in WESTERN for letter in strange)
    return usual >= 0.9 * len(strange) and _mean_run(sample) < 3


def _cyrillic(sample: bytes) -> bool:
    letters = sample.decode("cp1251", "replace")
    strange = [letter for letter in letters if ord(letter) > 127]
    small = sum("а" <= letter <= "ё" for letter in strange)
    return small + sum("А" <= letter <= "Я" for letter in strange) >= 0.9 * len(strange) and small >= 0.5 * len(strange)


SCRIPTS: dict[str, Callable[[bytes], bool]] = {
    "gb18030": _common("gb18030", _chinese),
    "cp932": _common("cp932", _japanese),
    "cp1252": _western,
    "cp1251": _cyrillic,
}
"""Encodings without a mark, in the order in which they are tried; each tells by the letters of its script."""


def _head(stream: BinaryIO, encoding: str) -> str:
    """The first characters, without a mark."""
    stream.seek(0)
    try:
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        text = decoder.decode(stream.read(2 * SAMPLE_CHARACTERS))[:SAMPLE_CHARACTERS]
    except (LookupError, UnicodeError):
        raise DataError(f"there is no encoding {encoding!r}; name one such as utf-8, big5 or euc-kr") from None
    return text.removeprefix("\ufeff").removesuffix("\x1a")


def _lines(stream: BinaryIO, encoding: str, end: str, name: str) -> Iterator[str]:
    """The lines with their ends, decoded a piece at a time; a mark at the beginning and at the end are left out."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline=end)
    try:
        for number, line in enumerate(text):
            yield (line.removeprefix("\ufeff") if not number else line).removesuffix("\x1a")
    except UnicodeError:
        raise DataError(f"{name} cannot be decoded as {encoding}; name another encoding under [reading]") from None
    finally:
        with suppress(ValueError):
            text.detach()


def find_delimiter(text: str) -> str:
    """The character that parts the first rows most evenly, into the most columns; a comma where none does."""
    scores = {delimiter: _evenness(text, delimiter) for delimiter in DELIMITERS}
    return max(scores, key=lambda delimiter: scores[delimiter])


def _evenness(text: str, delimiter: str) -> tuple[bool, int]:
    """Whether nine rows in ten are as long as the header, and how long that is (0 where it is one column)."""
    lengths = []
    sample = text[:SAMPLE_CHARACTERS]
    with suppress(DataError):
        for row in islice(_rows(_split(sample), delimiter, "", _spaced(sample, delimiter)), SAMPLE_ROWS):
            lengths += [len(row)] if row else []
    if not lengths or lengths[0] < 2:
        return (False, 0)
    return (lengths.count(lengths[0]) >= 0.9 * len(lengths), lengths[0])


def _titles(sample: str) -> tuple[int, str] | None:
    """How many lines stand above the header, and the delimiter below them; None where that makes no table.

    Each such line has one field at most, and the header that then follows no field that is a number: otherwise a
    header that is too short would pass for a title.
    """
    for count in range(1, MOST_TITLES + 1):
        rest = _below(sample, count)
        if not rest.strip():
            return None
        delimiter = find_delimiter(rest)
        if not _evenness(rest, delimiter)[0]:
            continue
        header = next(row for row in _rows(_split(rest), delimiter, "", _spaced(rest, delimiter)) if row)
        above = sample.splitlines()[:count]
        single = all(sum(bool(part.strip()) for part in line.split(delimiter)) <= 1 for line in above)
        return (count, delimiter) if single and not any(map(_is_number, header)) else None
    return None


def _is_number(text: str) -> bool:
    with suppress(ValueError):
        float(text.replace(",", "."))
        return True
    return False


def _below(text: str, lines: int) -> str:
    parts = text.split("\n" if "\n" in text else "\r", lines)
    return parts[-1] if len(parts) > lines else ""


def _rows(lines: Iterator[str], delimiter: str, name: str, spaced: bool = False, above: int = 0) -> Iterator[list[str]]:
    """The records of the lines; a quote that is never closed is an error of one sentence."""
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=spaced)
    line = 1
    try:
        for row in reader:
            yield row
            line = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            raise DataError(
                f"{name}, line {line + above}: a cell of more than {FIELD_LIMIT:,} letters begins in the row from here "
                "on; close its quotes, or shorten it"
            ) from None
        raise DataError(
            f"{name}, line {line + above}: the quotes do not match from here on ({error}); mend that line"
        ) from None


def _split(text: str) -> Iterator[str]:
    if "\n" not in text:
        yield from text.splitlines(keepends=True)
        return
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start : end + 1]
        start = end + 1
    yield text[start:]


def _spaced(text: str, delimiter: str) -> bool:
    """Every delimiter of the first line is followed by a blank, which then belongs to the delimiter."""
    head = text.split("\n", 1)[0]
    return delimiter in head and head.count(delimiter) == head.count(delimiter + " ")


Table = tuple[pd.DataFrame, tuple[str, ...], Places | None, int]
"""A table, the names that its columns lacked, the numbers of its rows (None for all), and how many rows there are."""


def _table(records: Callable[[], Iterator[list[str]]], name: str, wanted: tuple[int, Places | None]) -> Table:
    rows = records()
    names, unnamed = _names(next(rows, []), name)
    first = list(islice(rows, 1))
    if not first:
        raise DataError(f"{name} has a header and no rows; give a table with rows below its column names")
    refuse_duplicates(names, name)
    counted, places = wanted
    frame = pd.concat(list(_chunks(chain(first, rows), names, name, places)), ignore_index=True)
    return frame, unnamed, places, len(frame) if places is None else counted


def _names(header: list[str], name: str) -> tuple[list[str], tuple[str, ...]]:
    """The names of the columns, and those that had to be made up."""
    cells = [cell.strip() for cell in header]
    if len(cells) < 2:
        raise DataError(f"{name} has one column; a table needs two, parted by commas, semicolons, tabs or bars (|)")
    names = [cell or f"column {number}" for number, cell in enumerate(cells, start=1)]
    return names, tuple(made for made, cell in zip(names, cells, strict=True) if not cell)


def _quickly(stream: BinaryIO, sample: str, delimiter: str, name: str, above: int, draw: Draw | None) -> Table | None:
    """The table of a plain text, None where it has to be read with care after all."""
    header = next((row for row in _rows(_split(sample), delimiter, name, above=above) if row), [])
    names, unnamed = _names(header, name)
    refuse_duplicates(names, name)
    found = plain_frame(stream, names, delimiter, above, draw)
    return None if found is None else (found[0], unnamed, found[1], found[2])


def refuse_duplicates(names: list[str], source: str) -> None:
    """Column names must tell the columns apart."""
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        listed = ", ".join(repr(name[:60]) for name in repeated[:5])
        raise DataError(f"{source} has more than one column called {listed}; give every column a name of its own")


def _chunks(rows: Iterator[list[str]], names: list[str], name: str, wanted: Places | None) -> Iterator[pd.DataFrame]:
    """The rows, or those that are wanted, some thousands at a time; raises DataError for one of another length."""
    done = 0
    size = max(1, CHUNK_CELLS // len(names))
    while chunk := list(islice(rows, size)):
        for number, row in enumerate(chunk, start=done):
            if len(row) != len(names):
                raise DataError(
                    f"{name}, data row {number} (0 is the first below the header) has {len(row)} fields where the "
                    f"header has {len(names)} (it begins {row[0][:40]!r}); mend it, or quote the field that holds it"
                )
        start, done = done, done + len(chunk)
        if wanted is not None:
            first, last = np.searchsorted(wanted, [start, done])
            chunk = [chunk[place - start] for place in wanted[first:last]]
        columns = zip(*chunk, strict=True) if chunk else [()] * len(names)
        yield pd.DataFrame({n: pd.Series(c, dtype="str") for n, c in zip(names, columns, strict=True)})
