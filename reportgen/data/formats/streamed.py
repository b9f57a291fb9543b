"""Rows that come some thousands at a time: all of them, or those that were drawn, without holding the others."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from reportgen.data.formats.arrow import Columns
from reportgen.data.formats.drawn import Draw, Places
from reportgen.errors import DataError

CELLS = 500_000
"""Python's values that are held at once."""


@dataclass(frozen=True)
class Chunk:
    """So many rows, and what makes a table of those wanted of them; of all where nobody says which."""

    rows: int
    take: Callable[[Places | None], pa.Table]


Chunks = Generator[Chunk, None, None]

Gathered = tuple[pa.Table, Places | None, int]
"""The rows that were taken, their numbers (None for all), and how many rows there are."""


def gathered(begin: Callable[[], Chunks], draw: Draw, known: int | None = None) -> Gathered:
    """The rows, or so many as are drawn of them, read once where they fit or are counted already, else twice.

    `begin` gives all rows from the first on, the same ones each time. Raises DataError where it does not.
    """
    if known is None:
        with closing(begin()) as chunks:
            table, known, draw = _while_they_fit(chunks, draw)
        if table is not None:
            return table, None, known
    with closing(begin()) as chunks:
        first = next(chunks, None)
        if first is None:
            return pa.table({}), None, 0
        wanted = (draw if draw.columns else _sized(draw, first, known)).of(known)
        return _stacked(_picked(chain([first], chunks), wanted, known)), wanted, known


def _while_they_fit(chunks: Iterable[Chunk], draw: Draw) -> tuple[pa.Table | None, int, Draw]:
    """All rows as long as an audit of them fits; beyond that they are counted, and measured by those before."""
    kept: list[pa.Table] | None = []
    rows = measured = size = 0
    for chunk in chunks:
        rows += chunk.rows
        if kept is None:
            continue
        kept.append(chunk.take(None))
        measured, size = rows, size + text_bytes(kept[-1])
        draw = replace(draw, columns=max(draw.columns, kept[-1].num_columns), size=size)
        if not draw.takes_all(rows):
            kept = None
    if kept is not None:
        return _stacked(kept), rows, draw
    return None, rows, replace(draw, size=int(size / measured * rows))


def _sized(draw: Draw, first: Chunk, rows: int) -> Draw:
    table = first.take(None)
    size = text_bytes(table) * (rows / max(table.num_rows, 1))
    return replace(draw, columns=table.num_columns, size=int(size))


def text_bytes(table: pa.Table | pa.RecordBatch) -> int:
    """The bytes of what is no number: what a cell takes beyond its place in a row."""
    return sum(column.nbytes for column in table.columns if not pa.types.is_primitive(column.type))


def _picked(chunks: Iterable[Chunk], wanted: Places | None, rows: int) -> Iterator[pa.Table]:
    start = 0
    for chunk in chunks:
        if wanted is None:
            yield chunk.take(None)
        else:
            first, last = np.searchsorted(wanted, [start, start + chunk.rows])
            if last > first:
                yield chunk.take(wanted[first:last] - start)
        start += chunk.rows
    if start != rows:
        raise DataError(
            f"the table had {rows:,} rows and then {start:,}: it was written to while it was read; run again when "
            "nobody writes to it"
        )


def _stacked(tables: Iterable[pa.Table]) -> pa.Table:
    """One table below the other; those of unlike columns as rows of Python values are."""
    parts = list(tables)
    if len({part.schema for part in parts}) == 1:
        return pa.concat_tables(parts)
    columns = Columns()
    for part in parts:
        columns.add({name: part.column(name).combine_chunks() for name in part.column_names}, part.num_rows)
    return columns.table()


def of_batches(batches: Iterable[pa.RecordBatch]) -> Chunks:
    """Arrow's rows; each batch is checked before its places are trusted."""
    for batch in batches:
        batch.validate(full=True)

        def take(places: Places | None, batch: pa.RecordBatch = batch) -> pa.Table:
            return pa.Table.from_batches([batch if places is None else batch.take(pa.array(places))])

        yield Chunk(batch.num_rows, take)


def of_rows(names: Sequence[str], some: Iterable[Sequence[Sequence[Any]]]) -> Chunks:
    """Rows of Python's values, of which those that are taken are packed."""
    for rows in some:

        def take(places: Places | None, rows: Sequence[Sequence[Any]] = rows) -> pa.Table:
            chosen = rows if places is None else [rows[place] for place in places]
            return packed_table(dict(zip(names, zip(*chosen, strict=True), strict=True)), len(chosen))

        yield Chunk(len(rows), take)


def packed_table(columns: dict[str, Sequence[Any]], rows: int) -> pa.Table:
    """Columns of Python's values as Arrow has them."""
    packing = Columns()
    packing.add(columns, rows)
    return packing.table()


def at_once(columns: int) -> int:
    """Of so many columns, the rows of which not too many cells are held at once."""
    return max(1, min(20_000, CELLS // max(columns, 1)))
