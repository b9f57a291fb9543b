"""Rows of a table with more of them than an audit takes: which ones, and how they are read without the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet

from reportgen.errors import DataError
from reportgen.memory import FLOOR, gigabytes
from reportgen.records.base import Code

Places = npt.NDArray[np.int64]
BATCH = 65_536
"""Rows held at once while those that are wanted are picked from them."""


CELL = 40
"""Bytes that a cell takes at the peak of a run: the table as it was understood, and its parts; half of it is room."""
INPUT = 28
"""Bytes that a cell takes as the network sees it: in single precision, and once more in double for its rivals."""
COLUMN = 300_000
"""Bytes that an encoded column takes whatever the rows: samples of them, networks, pages."""
EVERY = 2**62
"""More rows than any file has: where so many are asked for, none may be left out."""
LEAST = 1_000
"""Rows below which nothing is drawn: an audit of fewer says little."""


@dataclass(frozen=True)
class Draw:
    """Which rows to take of a table whose rows are not counted yet.

    `most` rows, and no more than fit into `memory` bytes where there are `columns` of them and the table is of `size`
    bytes before it is parted into cells.
    """

    most: int
    memory: int | None = None
    columns: int = 0
    size: int = 0

    def takes_all(self, rows: int) -> bool:
        """Whether a table of so many rows, or fewer, is read whole."""
        return rows <= self.most_of(rows)

    def of(self, rows: int) -> Places | None:
        """The numbers of the rows to take; None for all."""
        return drawn(rows, self.most_of(rows))

    def most_of(self, rows: int) -> int:
        """How many rows to take of so many. Raises DataError where the memory bears not even a sample."""
        if self.memory is None or self.most >= EVERY:
            return self.most
        return min(self.most, fitting(rows, self.memory, self.columns, width=self.size / max(rows, 1)))


def needed(rows: int, columns: int, encoded: int, width: float = 0.0) -> float:
    """The bytes that an audit takes at its peak, of rows that were `width` bytes each before they were parted."""
    return FLOOR + COLUMN * encoded + rows * (width + CELL * columns + INPUT * encoded)


def fitting(rows: int, memory: int, columns: int, encoded: int | None = None, width: float = 0.0) -> int:
    """How many of the rows an audit can hold in so many bytes: all, or a number of two digits and zeros.

    `encoded` columns are what the network gets of them, and `width` the bytes of a row before it was parted. Raises
    DataError where not even the least sample fits.
    """
    seen = columns if encoded is None else encoded
    if needed(rows, columns, seen, width) <= memory:
        return rows
    least = needed(min(rows, LEAST), columns, seen, width)
    if least > memory or rows <= LEAST:
        raise DataError(
            f"{gigabytes(memory)} of memory are too little for an audit of {columns:,} columns, which takes "
            f"{gigabytes(least)}; allow more with --memory, or drop columns"
        )
    whole = needed(0, columns, seen, width)
    fit = int((memory - whole) / (needed(1, columns, seen, width) - whole))
    digits = len(str(fit)) - 2
    return int(fit // 10**digits * 10**digits)


def drawn(rows: int, most: int) -> Places | None:
    """Row numbers of a simple random sample without replacement, in order; None where there are not more than `most`.

    The same rows for every seed of the audit, so that another seed is another network on the same table.
    """
    if rows <= most:
        return None
    chosen = np.random.default_rng([rows, most]).choice(rows, most, replace=False, shuffle=False)
    return np.sort(chosen).astype(np.int64)


def share_of_rows(rows: int, of: int) -> Code:
    """What the report says of it: how far any share of rows in the sample may lie from that in the whole table.

    The bound holds at 95 % for all values of a column at once, as if rows had been drawn with replacement
    (Dvoretzky-Kiefer-Wolfowitz with Massart's constant 1990, Ann Probab 18:1269; the sample is at least as good:
    Hoeffding 1963, JASA 58:13, section 6).
    """
    return Code(code="rows_drawn", facts={"rows": rows, "of": of, "off": float(np.sqrt(np.log(2 / 0.05) / (2 * rows)))})


def read_parquet(stream: BinaryIO, draw: Draw) -> tuple[pa.Table, Places | None, int]:
    """The table or so many of its rows, their numbers, and how many rows the file has.

    Only a batch of rows and what was picked are in memory at once.
    """
    file = pyarrow.parquet.ParquetFile(stream)
    rows = file.metadata.num_rows
    wanted = _sized(draw, file, rows).of(rows)
    table = file.read() if wanted is None else _picked(file, wanted)
    table.validate(full=True)  # a torn file may name places beyond its end
    return table, wanted, rows


def _sized(draw: Draw, file: pyarrow.parquet.ParquetFile, rows: int) -> Draw:
    """What is to be drawn of so many rows, with the columns and, by the first rows, how much of the file is text."""
    first = next(_batches(file, BATCH // 8), None)
    if first is None or not first.num_rows:
        return draw
    texts = [column.nbytes for column in first.columns if pa.types.is_primitive(column.type) is False]
    size = sum(texts) * (rows / first.num_rows)
    return replace(draw, columns=first.num_columns, size=int(size))


def _batches(file: pyarrow.parquet.ParquetFile, rows: int) -> Iterator[pa.RecordBatch]:
    """The rows, some at a time, one row group after the other: over several the reader keeps what it has read."""
    for group in range(file.num_row_groups):
        yield from file.iter_batches(batch_size=rows, row_groups=[group])


def _picked(file: pyarrow.parquet.ParquetFile, wanted: Places) -> pa.Table:
    picked, start = [], 0
    for batch in _batches(file, BATCH):
        first, last = np.searchsorted(wanted, [start, start + batch.num_rows])
        picked.append(batch.take(pa.array(wanted[first:last] - start)))
        start += batch.num_rows
    return pa.Table.from_batches(picked, file.schema_arrow).replace_schema_metadata()


def shares(parts: Sequence[Path], draw: Draw) -> tuple[int, ...]:
    """How many rows of each part of one table to read: a share in proportion of Parquet files, all of other parts."""
    counts = [_count(part) for part in parts]
    rows = sum(counts)
    if not all(counts):
        return (EVERY,) * len(parts)
    with parts[0].open("rb") as stream:
        most = _sized(draw, pyarrow.parquet.ParquetFile(stream), rows).most_of(rows)
    if rows <= most:
        return (most,) * len(parts)
    ends = np.round(np.cumsum(counts) * (most / rows)).astype(int)
    return tuple(int(share) for share in np.diff(ends, prepend=0))


def _count(part: Path) -> int:
    """The rows of a Parquet file; 0 where it is none."""
    with part.open("rb") as stream:
        if stream.read(4) != b"PAR1":
            return 0
        stream.seek(0)
        try:
            return int(pyarrow.parquet.ParquetFile(stream).metadata.num_rows)
        except (pa.ArrowException, OSError, ValueError):
            return 0
