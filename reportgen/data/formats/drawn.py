"""Rows of a table with more of them than an audit takes: which ones, and how they are read without the others."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet

from reportgen.records.base import Code

Places = npt.NDArray[np.int64]
BATCH = 65_536
"""Rows held at once while those that are wanted are picked from them."""


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


def read_parquet(stream: BinaryIO, most: int) -> tuple[pa.Table, Places | None, int]:
    """The table or so many of its rows, their numbers, and how many rows the file has.

    Only a batch of rows and what was picked are in memory at once.
    """
    file = pyarrow.parquet.ParquetFile(stream)
    rows = file.metadata.num_rows
    wanted = drawn(rows, most)
    table = file.read() if wanted is None else _picked(file, wanted)
    table.validate(full=True)  # a torn file may name places beyond its end
    return table, wanted, rows


def _picked(file: pyarrow.parquet.ParquetFile, wanted: Places) -> pa.Table:
    picked, start = [], 0
    for batch in file.iter_batches(batch_size=BATCH):
        first, last = np.searchsorted(wanted, [start, start + batch.num_rows])
        picked.append(batch.take(pa.array(wanted[first:last] - start)))
        start += batch.num_rows
    return pa.Table.from_batches(picked, file.schema_arrow).replace_schema_metadata()


def shares(parts: Sequence[Path], most: int) -> tuple[int, ...]:
    """How many rows of each part of one table to read: a share in proportion of Parquet files, all of other parts."""
    counts = [_count(part) for part in parts]
    rows = sum(counts)
    if not all(counts) or rows <= most:
        return (max(rows, most),) * len(parts)
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
