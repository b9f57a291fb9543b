"""Where a table comes from: a built-in name, a file, many files of one table, an address, a database, a frame."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Protocol, runtime_checkable
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pyarrow as pa
from sklearn import datasets

from reportgen.config import ReadingConfig
from reportgen.data.formats.arrow import frame_of, texts
from reportgen.data.formats.database import read_url
from reportgen.data.formats.drawn import Draw, Places, share_of_rows, shares
from reportgen.data.formats.origin import opened
from reportgen.data.formats.table import Found, Table, table_of
from reportgen.data.text import refuse_duplicates
from reportgen.errors import DataError
from reportgen.memory import ceiling
from reportgen.naming import beside_of, dataset_name, is_built_in, is_database, is_url, parts_of, shown
from reportgen.output import sha256_of_parts
from reportgen.records.base import Code
from reportgen.records.table import Reading

Loader = Callable[[], Any]
BUILT_IN: dict[str, tuple[Loader, str]] = {
    "iris": (datasets.load_iris, "species"),
    "wine": (datasets.load_wine, "cultivar"),
    "breast_cancer": (datasets.load_breast_cancer, "diagnosis"),
    "digits": (datasets.load_digits, "digit"),
    "diabetes": (datasets.load_diabetes, "progression"),
}
CHUNK_BYTES = 2**20


@runtime_checkable
class Stream(Protocol):
    """Any table that gives its columns as a stream of Arrow: of polars, pyarrow, DuckDB and others."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The Arrow C stream of the rows."""


Source = str | os.PathLike[str] | pd.DataFrame | Stream


@dataclass(frozen=True)
class Raw:
    """A table as it was found: columns of strings (text files) or of whatever the source held.

    `rows` are those of the source where it has more than were drawn from it; the frame's index holds row numbers.
    """

    name: str
    source: str
    sha256: str
    frame: pd.DataFrame
    reading: Reading
    rows: int | None = None


def read(source: Source, asked: ReadingConfig = ReadingConfig()) -> Raw:  # noqa: B008 - frozen
    """Fetch a table as it stands, without judging its columns. Raises DataError where that cannot be done."""
    raw = _read(source, asked)
    memory = ceiling(asked.memory) if raw.rows is None else None
    wanted = Draw(asked.max_rows, memory, len(raw.frame.columns)).of(len(raw.frame))
    if wanted is None:
        return raw
    return _in_part(replace(raw, frame=raw.frame.iloc[wanted]), raw.rows or len(raw.frame))


def _in_part(raw: Raw, rows: int) -> Raw:
    """The rows drawn from a table of so many, said so."""
    told = raw.reading.model_copy(update={"notes": (*raw.reading.notes, share_of_rows(len(raw.frame), rows))})
    return replace(raw, reading=told, rows=rows)


def _read(source: Source, asked: ReadingConfig) -> Raw:
    if isinstance(source, pd.DataFrame):
        frame = _plain_names(source, "the data frame")
        return Raw("data", "data frame", digest(frame), frame, Reading(format="data frame"))
    if not isinstance(source, (str, os.PathLike)):
        return _from_stream(source)
    place = str(source)
    if is_built_in(place):
        return _built_in(place)
    if is_database(place):
        return _from_database(place, asked)
    parts = () if is_url(place) else parts_of(place)
    return _parts(place, parts, asked) if parts else _file(place, asked)


def digest(frame: pd.DataFrame) -> str:
    """SHA-256 of what a table holds, for tables that are no files.

    For each column in turn: its name, a letter for its type (b, f, m, s), then its cells as 64-bit floats, as
    microseconds since 1970, as bytes 0 and 1, or as UTF-8 texts with their lengths (int64), each with a byte for every
    row that says whether the cell is there. Little-endian; numbers that are not there are 0, texts empty.
    """
    state = hashlib.sha256()
    for name in frame.columns:
        letter, there, cells = _bytes_of(frame[name])
        state.update(f"{name}\0{letter}\0{len(frame)}\0".encode("utf-8", "replace"))
        state.update(there.astype(np.uint8).tobytes())
        for part in cells:
            state.update(part)
    return state.hexdigest()


def _bytes_of(column: pd.Series) -> tuple[str, "np.ndarray[Any, np.dtype[np.bool_]]", list[bytes]]:
    there = column.notna().to_numpy()
    kind = column.dtype
    if pd.api.types.is_bool_dtype(kind) and not pd.api.types.is_object_dtype(kind):
        return "b", there, [column.fillna(False).to_numpy(dtype=np.uint8).tobytes()]
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind):
        return "f", there, [np.nan_to_num(column.to_numpy(dtype="<f8", na_value=np.nan), nan=0.0).tobytes()]
    if pd.api.types.is_datetime64_any_dtype(kind):
        moments = column.dt.tz_convert("UTC").dt.tz_localize(None) if getattr(kind, "tz", None) else column
        return "m", there, [moments.astype("datetime64[us]").to_numpy().astype("<i8")[there].tobytes()]
    texts = [str(cell).encode("utf-8", "replace") if known else b"" for cell, known in zip(column, there, strict=True)]
    return "s", there, [np.array([len(text) for text in texts], dtype="<i8").tobytes(), b"".join(texts)]


def _plain_names(frame: pd.DataFrame, source: str) -> pd.DataFrame:
    """The same table with column names of str and rows numbered from 0."""
    names = [str(name) for name in frame.columns]
    refuse_duplicates(names, source)
    if frame.empty:
        raise DataError(f"{source} has no rows; give a table with rows")
    return frame.set_axis(names, axis="columns").reset_index(drop=True)


def _built_in(name: str) -> Raw:
    load, target = BUILT_IN[name]
    bunch = load()
    frame = pd.DataFrame(bunch.data, columns=[str(n) for n in bunch.feature_names])
    labels = getattr(bunch, "target_names", None)
    frame[target] = bunch.target if labels is None else [str(labels[number]) for number in bunch.target]
    frame = _plain_names(frame, f"the {name}")
    text = frame.to_csv(index=False).encode("utf-8", "surrogatepass")
    return Raw(name, name, hashlib.sha256(text).hexdigest(), frame, Reading(format="built-in"))


def _from_stream(source: object) -> Raw:
    """A frame of any library that speaks the Arrow C stream."""
    if not isinstance(source, Stream):
        advice = "; collect() it first" if hasattr(source, "collect") else ""
        raise DataError(
            "a table is a path, a URL, a data frame of pandas, or one that speaks the Arrow C stream (polars, pyarrow) "
            f"and not {type(source).__name__}{advice}"
        )
    try:
        frame, notes = _framed(pa.table(source), "the data frame")
    except (pa.ArrowException, ValueError) as error:
        raise DataError(f"the data frame cannot be read as Arrow ({str(error).splitlines()[0][:160]})") from None
    return Raw("data", "data frame", digest(frame), frame, Reading(format="data frame", notes=notes))


def _framed(table: Table, name: str) -> tuple[pd.DataFrame, tuple[Code, ...]]:
    if isinstance(table, pd.DataFrame):
        return _plain_names(table, name), ()
    refuse_duplicates(table.column_names, name)
    try:
        frame, notes = frame_of(table)
    except (pa.ArrowException, ValueError, OverflowError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
        raise DataError(f"{name} holds a column that cannot be read ({reason}); write it again") from None
    return _plain_names(frame, name), notes


def _from_database(source: str, asked: ReadingConfig) -> Raw:
    _refuse_both(source, asked)
    (table, places, rows), kind = read_url(source, asked, Draw(asked.max_rows, ceiling(asked.memory)))
    frame, notes = _framed(table, shown(source))
    name, reading = dataset_name(source, asked.table), Reading(format=kind, notes=notes)
    raw = Raw(name, shown(source), digest(frame), frame, reading)
    return raw if places is None else _in_part(replace(raw, frame=frame.set_axis(places)), rows)


def _refuse_both(source: str, asked: ReadingConfig) -> None:
    if asked.sql is not None and asked.table is not None:
        raise DataError(f"{shown(source)} is asked for a query and for a table; leave --sql or --table out")
    if asked.sheet is not None:
        raise DataError(f"{shown(source)} is a database and not a workbook; leave --sheet out")


def _file(source: str, asked: ReadingConfig) -> Raw:
    name = dataset_name(source, asked.table)
    with opened(source) as stream:
        sha = _sha256(stream)
        found = table_of(stream, _short(source), asked)
    notes = found.reading.notes
    frame, more = _framed(found.table, _short(source))
    raw = Raw(name, shown(source), sha, frame, found.reading.model_copy(update={"notes": notes + more}))
    return raw if found.places is None else _in_part(replace(raw, frame=frame.set_axis(found.places)), found.rows or 0)


def _short(source: str) -> str:
    """What a file is called in a sentence about it."""
    return shown(source).partition("?")[0].rpartition("/")[2] or shown(source) if is_url(source) else Path(source).name


def _sha256(stream: BinaryIO) -> str:
    state = hashlib.sha256()
    while chunk := stream.read(CHUNK_BYTES):
        state.update(chunk)
    stream.seek(0)
    return state.hexdigest()


def _parts(source: str, parts: Sequence[Path], asked: ReadingConfig) -> Raw:
    """Many files as one table, one below the other."""
    found: list[Found] = []
    draw = Draw(asked.max_rows, ceiling(asked.memory))
    for part, share in zip(parts, shares(parts, draw), strict=True):
        beside = beside_of(source, part)
        with opened(str(part)) as stream:
            one = table_of(stream, beside, asked.model_copy(update={"max_rows": share, "memory": None}))
        found.append(replace(one, table=_with_folders(one.table, beside)))
        _refuse_unlike(found[0], found[-1], str(parts[0]), str(part))
    notes: list[Code] = [Code(code="parts", facts={"count": len(parts)})]
    for note in (note for one in found for note in one.reading.notes):
        notes += [note] if note not in notes else []
    reading = found[0].reading
    frame, more = _framed(_stacked([one.table for one in found]), source)
    reading = reading.model_copy(update={"notes": (*notes, *more)})
    raw = Raw(dataset_name(source, asked.table), source, sha256_of_parts(source, parts), frame, reading)
    if all(one.places is None for one in found):
        return raw
    return _in_part(replace(raw, frame=frame.set_axis(_places(found))), sum(one.rows or 0 for one in found))


def _places(found: Sequence[Found]) -> Places:
    """Row numbers of the whole table, of those that were read of each part."""
    starts = np.cumsum([0, *(one.rows or 0 for one in found)])
    rows = [np.arange(one.rows or 0) if one.places is None else one.places for one in found]
    return np.concatenate([start + places for start, places in zip(starts, rows, strict=False)])


def _with_folders(table: Table, beside: str) -> Table:
    """The table with a column for each folder called name=value that its file lies in."""
    pairs = [part.partition("=") for part in Path(beside).parts[:-1] if "=" in part]
    for name, _, value in pairs:
        if isinstance(table, pd.DataFrame):
            table = table.assign(**{name: pd.Series([unquote(value)] * len(table), dtype="str")})
        else:
            table = table.append_column(name, pa.array([unquote(value)] * table.num_rows, pa.large_string()))
    return table


def _refuse_unlike(first: Found, other: Found, here: str, there: str) -> None:
    """Parts of one table have one format and the same columns, in any order."""
    if first.reading.format != other.reading.format:
        raise DataError(
            f"{here} is {first.reading.format} and {there} is {other.reading.format}; the parts of one table must "
            "be of one format"
        )
    one, two = _names(first.table), _names(other.table)
    odd = [name for name in (*one, *two) if (name in one) != (name in two)]
    if odd:
        has, lacks = (here, there) if odd[0] in one else (there, here)
        raise DataError(
            f"{has} has a column {odd[0][:60]!r} and {lacks} has none; the parts of one table must have the "
            "same columns"
        )


def _names(table: Table) -> list[str]:
    return [str(name) for name in (table.columns if isinstance(table, pd.DataFrame) else table.column_names)]


def _stacked(tables: Sequence[Table]) -> Table:
    """One table below the other; columns that are of different types in different parts become text."""
    frames = [table for table in tables if isinstance(table, pd.DataFrame)]
    if frames:
        return pd.concat(frames, ignore_index=True)
    names = _names(tables[0])
    alike = [table.select(names).replace_schema_metadata() for table in tables]
    try:
        return pa.concat_tables(alike, promote_options="permissive")
    except pa.ArrowException:
        columns = {name: [table.column(name) for table in alike] for name in names}
        return pa.table({name: _joined(parts) for name, parts in columns.items()})


def _joined(parts: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    if len({part.type for part in parts}) == 1:
        return pa.chunked_array([chunk for part in parts for chunk in part.chunks], parts[0].type)
    return pa.chunked_array([texts(part.to_pylist()) for part in parts])
