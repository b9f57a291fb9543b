"""Arrow tables, and rows of Python values on their way to one, as plain columns of pandas."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reportgen.data.numerals import EXACT_DIGITS
from reportgen.data.spellings import spelled
from reportgen.records.base import Code

INEXACT = 10**EXACT_DIGITS
"""Whole numbers this large are kept as text, as those of a text file are: a float would change them."""

INDEX = "__index_level_"
"""What pandas calls the row labels that it writes beside the columns."""


def frame_of(table: pa.Table) -> tuple[pd.DataFrame, tuple[Code, ...]]:
    """The table as pandas holds it, each column released as it is converted; pandas' own row labels are left out."""
    kept = [place for place, name in enumerate(table.column_names) if not name.startswith(INDEX)]
    notes = (Code(code="row_labels_left_out"),) if len(kept) < table.num_columns else ()
    names = [str(number) for number in range(len(kept))]
    plain = pa.table([_plain(table.column(place)) for place in kept], names=names)
    labels = [table.column_names[place] for place in kept]
    del table
    frame = plain.to_pandas(split_blocks=True, self_destruct=True, ignore_metadata=True)
    return frame.set_axis(labels, axis="columns"), notes


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:  # noqa: PLR0911 - one line a type reads best
    """A column of numbers, truths, moments, spans or text, whatever Arrow type it had."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type))
    if pa.types.is_dictionary(kind):
        return _plain(column.cast(kind.value_type))
    if pa.types.is_run_end_encoded(kind):
        return _plain(pa.chunked_array([pc.run_end_decode(chunk) for chunk in column.chunks], kind.value_type))
    if column.null_count == len(column):
        return pa.chunked_array([pa.nulls(len(column), pa.large_string())])  # as an empty column of a text file
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return _number(column)
    if pa.types.is_float16(kind):
        return column.cast(pa.float32())
    if pa.types.is_date(kind):
        return column.cast(pa.timestamp("ms")).cast(pa.timestamp("us"))
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us", "UTC" if kind.tz else None), safe=False)
    if pa.types.is_boolean(kind) or pa.types.is_floating(kind) or pa.types.is_duration(kind):
        return column
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or kind == pa.string_view():
        return column.cast(pa.large_string())
    if (pa.types.is_binary(kind) or pa.types.is_large_binary(kind)) and not _is_text(column):
        return column
    return pa.chunked_array([texts(chunk.to_pylist()) for chunk in column.chunks], pa.large_string())


def _is_text(column: pa.ChunkedArray) -> bool:
    """Whether bytes are the letters of a text: writers that know no strings store them so; pictures hold controls."""
    try:
        cells = [cell.decode() for cell in column.to_pylist() if cell is not None]
    except UnicodeDecodeError:
        return False
    return not any("\0" in cell for cell in cells)


def _number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers that a float keeps, fractions as floats; longer numbers as text."""
    kind = column.type
    if pa.types.is_decimal(kind) and kind.scale > 0:
        return column.cast(pa.float64())
    if kind not in (pa.int64(), pa.uint64()) and not pa.types.is_decimal(kind):
        return column
    ends = pc.min_max(column).as_py()
    if any(end is not None and abs(end) >= INEXACT for end in ends.values()):
        return column.cast(pa.large_string())
    return column.cast(pa.float64()) if pa.types.is_decimal(kind) else column


class Columns:
    """Rows of Python values, packed into Arrow arrays some thousands at a time, so that few stay Python's."""

    def __init__(self) -> None:
        self._chunks: dict[str, list[pa.Array]] = {}
        self._rows: list[int] = []

    def add(self, columns: Mapping[str, Sequence[Any] | pa.Array], rows: int) -> None:
        """Put some rows below those that are there; a column that one of them lacks is missing there."""
        if not rows:
            return
        for name in columns:
            self._chunks.setdefault(name, [pa.nulls(count) for count in self._rows])
        for name, chunks in self._chunks.items():
            chunks.append(_packed(columns[name]) if name in columns else pa.nulls(rows))
        self._rows.append(rows)

    def table(self) -> pa.Table:
        """All rows; a column whose parts are of several kinds is text."""
        return pa.table({name: _joined(chunks) for name, chunks in self._chunks.items()})


def _joined(chunks: list[pa.Array]) -> pa.ChunkedArray:
    kinds = {chunk.type for chunk in chunks} - {pa.null()}
    if len(kinds) > 1 and kinds <= {pa.int64(), pa.float64()}:
        return pa.chunked_array([chunk.cast(pa.float64(), safe=False) for chunk in chunks])
    if len(kinds) > 1:
        return pa.chunked_array([texts(chunk.to_pylist()) for chunk in chunks])
    kind = kinds.pop() if kinds else pa.null()
    return pa.chunked_array([chunk.cast(kind) for chunk in chunks], kind)


def _packed(values: Sequence[Any] | pa.Array) -> pa.Array:
    return values if isinstance(values, pa.Array) else packed(values)


def packed(values: Sequence[Any]) -> pa.Array:
    """Python values as an Arrow array of one type: numbers, truths, moments, spans; text where they are of several."""
    kinds = {type(value) for value in values} - {type(None)}
    for known, pack in PACK:
        if kinds and kinds <= known:
            try:
                return pack(values)
            except (OverflowError, ValueError, TypeError, pa.ArrowException):
                break
    return texts(values) if kinds else pa.nulls(len(values))


def _whole(values: Sequence[Any]) -> pa.Array:
    return pa.array(values, pa.int64())


def _floats(values: Sequence[Any]) -> pa.Array:
    return pa.array([None if value is None else float(value) for value in values], pa.float64())


def _moments(values: Sequence[Any]) -> pa.Array:
    """Dates and times; those with a zone in UTC. Raises TypeError where some have one and some have none."""
    moments = [None if value is None else _moment(value) for value in values]
    zones = {moment.tzinfo is not None for moment in moments if moment is not None}
    if len(zones) > 1:
        raise TypeError("moments with and without a zone")
    return pa.array(moments, pa.timestamp("us", "UTC" if True in zones else None))


def _moment(value: date) -> datetime:
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value.astimezone(UTC) if value.tzinfo else value


def texts(values: Sequence[Any]) -> pa.Array:
    """Any values as an Arrow array of text, None where there is none."""
    return pa.array([None if value is None else _text(value) for value in values], pa.large_string())


def _text(value: Any) -> str:  # noqa: ANN401 - whatever a file or a driver gives
    """A value as text: lists and mappings as JSON, bytes as the text they are or in hexadecimal."""
    if isinstance(value, (dict, list, tuple)):
        text = json.dumps(value, ensure_ascii=False, default=_text)
    elif isinstance(value, (bytes, bytearray, memoryview)):
        text = _decoded(bytes(value))
    else:
        text = value.isoformat(sep=" ") if isinstance(value, datetime) else spelled(value)
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()


PACK: tuple[tuple[set[type], Callable[[Sequence[Any]], pa.Array]], ...] = (
    ({bool}, lambda values: pa.array(values, pa.bool_())),
    ({int}, _whole),
    ({int, float, Decimal}, _floats),
    ({str}, texts),
    ({date, datetime}, _moments),
    ({timedelta}, lambda values: pa.array(values, pa.duration("us"))),
)
