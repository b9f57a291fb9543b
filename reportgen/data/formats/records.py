"""JSON: a record a line, or a list of records, or columns by name."""

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any, BinaryIO

import pyarrow as pa

from reportgen.data.formats.drawn import Draw, Places
from reportgen.data.formats.streamed import Chunk, Chunks, Gathered, at_once, gathered, packed_table
from reportgen.errors import DataError
from reportgen.memory import allowing, whole

PIECE = 2**22
"""Characters that are parsed at once of a list of records; a shorter text is parsed whole."""
LONGEST = 2**26
"""Characters of one record at most."""

BLANK = re.compile(r"[ \t\n\r]*")
Record = dict[str, Any]


def read_json(stream: BinaryIO, name: str, encoding: str, draw: Draw) -> tuple[Gathered, str]:
    """The table, or the rows drawn of it, and whether it was "json" or "json lines".

    Records are parsed one after the other; JSON of another form (columns by name, a list within an object) is held
    whole. Raises DataError for JSON that is no table.
    """
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="\n")
    try:
        by_line = _a_record_a_line(text)
        return _gathered(text, _reader(text, name, by_line, draw), draw), "json lines" if by_line else "json"
    finally:
        text.detach()


def _reader(text: io.TextIOWrapper, name: str, by_line: bool, draw: Draw) -> Callable[[], Iterator[Record]]:
    """What gives the records, from the first on each time."""
    if by_line:
        return partial(_lines, text, name)
    text.seek(0)
    head = text.read(PIECE)
    if len(head) == PIECE and "".join(head[:40].split()).removeprefix("\ufeff").startswith("[{"):
        return partial(_listed, text, name)
    with whole(name, "one JSON value", draw.memory), allowing(draw.memory):
        text.seek(0)
        records = _records(_whole(text, name), name)
    return partial(iter, records)


def _gathered(text: io.TextIOWrapper, records: Callable[[], Iterator[Record]], draw: Draw) -> Gathered:
    names: dict[str, None] = {}

    def chunks() -> Chunks:
        text.seek(0)
        left = records()
        first = next(left, None)
        size = at_once(len(first or ()))
        left = iter(()) if first is None else chain([first], left)
        while some := list(islice(left, size)):
            names.update(dict.fromkeys(key for record in some for key in record))
            yield Chunk(len(some), partial(_packed, some))

    table, places, rows = gathered(chunks, draw)
    return _with_all(table, list(names)), places, rows


def _packed(records: Sequence[Record], places: Places | None) -> pa.Table:
    chosen = records if places is None else [records[place] for place in places]
    names = dict.fromkeys(key for record in chosen for key in record)
    return packed_table({name: [record.get(name) for record in chosen] for name in names}, len(chosen))


def _with_all(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """The table with a column for each name that any record had, in the order in which they came."""
    for name in set(names) - set(table.column_names):
        table = table.append_column(name, pa.nulls(table.num_rows))
    return table.select(names)


def _a_record_a_line(text: io.TextIOWrapper) -> bool:
    """The first line that holds anything is a record by itself, and another follows it."""
    filled = (line for line in _lines_of(text) if line.strip())
    try:
        return isinstance(_parsed(next(filled, "")), dict) and bool(next(filled, ""))
    except ValueError:
        return False


def _lines_of(text: io.TextIOWrapper) -> Iterator[str]:
    """The lines, those that are longer than any record in pieces."""
    return iter(partial(text.readline, LONGEST), "")


def _parsed(text: str) -> Any:  # noqa: ANN401 - JSON is of many types
    """The value of a text. Raises ValueError for what is no JSON, and for what nests too deeply to be a table."""
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise ValueError("it nests too deeply") from None


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines_of(text), start=1):
        if not line.strip():
            continue
        if len(line) == LONGEST:
            raise DataError(f"{name}, line {number}: this is longer than {LONGEST:,} letters; write one record a line")
        try:
            record = _parsed(line)
        except ValueError as error:
            raise DataError(f"{name}, line {number}: this is no JSON ({_brief(error)}); mend that line") from None
        if not isinstance(record, dict):
            raise DataError(f"{name}, line {number}: this is no JSON object such as {{...}}; write one record a line")
        yield record


def _listed(text: io.TextIOWrapper, name: str) -> Iterator[Record]:
    """The records of a list, each parsed by itself, so that the text is never held whole."""
    pieces = _Pieces(text, name)
    pieces.sign()
    after = ","
    while after == ",":
        record = pieces.value()
        if not isinstance(record, dict):
            raise DataError(_no_table(name))
        yield record
        after = pieces.sign()
    if after != "]" or pieces.sign():
        raise pieces.fault("Expecting a comma or the end", -1)


class _Pieces:
    """A text of JSON of which a piece is held, from the place that is reached on."""

    def __init__(self, text: io.TextIOWrapper, name: str) -> None:
        self._text, self._name = text, name
        self._held, self._place, self._before = text.read(PIECE).removeprefix("\ufeff"), 0, 0
        self._parse = json.JSONDecoder().raw_decode

    def sign(self) -> str:
        """The next sign that is no blank, which is stepped over; none at the end."""
        self._skip()
        self._place += 1
        return self._held[self._place - 1 : self._place]

    def value(self) -> Any:  # noqa: ANN401 - JSON is of many types
        """The next value. Raises DataError where there is none, or one too long for a row of a table."""
        self._skip()
        while True:
            try:
                found, self._place = self._parse(self._held, self._place)
            except RecursionError:
                raise self.fault("it nests too deeply", 0) from None
            except json.JSONDecodeError as error:
                if len(self._held) - self._place > LONGEST or not self._more():
                    raise self.fault(error.msg, error.pos - self._place) from None
            else:
                return found

    def fault(self, words: str, ahead: int) -> DataError:
        """What to say of the text, so many signs ahead of the place that is reached."""
        place = self._before + self._place + ahead
        return DataError(f"{self._name} is no whole JSON file ({words}: character {place:,}); write it again")

    def _skip(self) -> None:
        while (place := self._blank()) == len(self._held) and self._more():
            pass
        self._place = place

    def _blank(self) -> int:
        found = BLANK.match(self._held, self._place)
        return found.end() if found else self._place

    def _more(self) -> bool:
        """Read on, twice as much as is held, and let go of what was parsed."""
        piece = self._text.read(max(PIECE, len(self._held) - self._place))
        self._before += self._place
        self._held, self._place = self._held[self._place :] + piece, 0
        return bool(piece)


def _whole(text: io.TextIOWrapper, name: str) -> Any:  # noqa: ANN401
    try:
        return _parsed(text.read())
    except ValueError as error:
        raise DataError(f"{name} is no whole JSON file ({_brief(error)}); write it again") from None


def _brief(error: ValueError) -> str:
    return str(error).split("\n", maxsplit=1)[0][:120]


def _records(content: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401
    """Records, from a list of them, alone or as the one list of an object, or from columns."""
    if isinstance(content, dict):
        content = _within(content)
    if isinstance(content, list) and content and all(isinstance(one, dict) for one in content):
        return content
    raise DataError(_no_table(name))


def _no_table(name: str) -> str:
    return f"{name} is JSON but no table; write a list of records such as [{{...}}, {{...}}], or one record a line"


def _within(content: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """What pandas and web services wrap a table in: columns and data, columns by name, or one list among facts."""
    names, rows = content.get("columns"), content.get("data")
    if isinstance(names, list) and isinstance(rows, list) and all(isinstance(row, list) for row in rows):
        return [dict(zip(map(str, names), row, strict=False)) for row in rows]
    values = list(content.values())
    if _are_columns(values):
        return [dict(zip(content, row, strict=True)) for row in zip(*values, strict=True)]
    if values and all(isinstance(value, dict) for value in values):
        return _by_label(content)
    lists = [value for value in values if isinstance(value, list) and value and isinstance(value[0], dict)]
    return lists[0] if len(lists) == 1 else content


def _are_columns(values: list[Any]) -> bool:
    """Lists of one length, and not one list of records."""
    if not values or not all(isinstance(value, list) for value in values):
        return False
    alone = len(values) == 1 and all(isinstance(one, dict) for one in values[0])
    return len({len(value) for value in values}) == 1 and not alone


def _by_label(content: Mapping[str, Mapping[str, Any]]) -> Any:  # noqa: ANN401
    """Columns of cells by row label, as `DataFrame.to_json` writes them."""
    labels = list(next(iter(content.values())))
    if not labels or any(list(column) != labels for column in content.values()):
        return content
    return [{name: column[label] for name, column in content.items()} for label in labels]
