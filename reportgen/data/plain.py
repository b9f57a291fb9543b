"""Large texts without quotes, parted by Arrow: the same table as the reader of text makes, an order faster."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from reportgen.data.formats.drawn import Draw, Places

FEWEST_BYTES = 2**22
"""Smaller files are read at once in any case."""

CHUNK_BYTES = 2**20
BLOCK_BYTES = 2**24
LINE_ENDS = (b"\n", b"\r\n")


def plain_frame(
    stream: BinaryIO, names: Sequence[str], delimiter: str, above: int, draw: Draw | None = None
) -> tuple[pd.DataFrame, Places | None, int] | None:
    """The rows below the header as strings, or those drawn from them, their numbers, and how many rows there are.

    None where they are of another length, and need a sentence. The text is UTF-8 and `is_plain`; `above` lines stand
    before the header. Where rows are drawn, those are in memory and a block of the text.
    """
    stream.seek(0)
    for _ in range(above):
        stream.readline()
    while (line := stream.readline()) in LINE_ENDS:
        pass
    if line.rstrip(b"\r\n").count(delimiter.encode()) + 1 != len(names):
        return None
    start = stream.tell()
    try:
        rows, wanted = _draw(stream, start, len(names), delimiter, draw)
        table = _picked(_batches(stream, start, len(names), delimiter), wanted)
    except (pa.ArrowException, UnicodeError, ValueError):
        return None
    if table is None or not table.num_rows:
        return None
    rows = table.num_rows if wanted is None else rows
    frame: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
    return frame.set_axis(list(names), axis="columns"), wanted, rows


def _batches(
    stream: BinaryIO, start: int, columns: int, delimiter: str, only: Sequence[str] = ()
) -> Iterator[pa.RecordBatch]:
    """The rows from a place of the stream on, a block at a time."""
    stream.seek(start)
    places = [str(number) for number in range(columns)]
    types = dict.fromkeys(places, pa.large_string())
    yield from csv.open_csv(
        pa.PythonFile(stream, mode="r"),
        csv.ReadOptions(use_threads=False, column_names=places, block_size=BLOCK_BYTES),
        csv.ParseOptions(delimiter=delimiter, quote_char=False),
        csv.ConvertOptions(column_types=types, strings_can_be_null=False, include_columns=list(only)),
    )


def _draw(stream: BinaryIO, start: int, columns: int, delimiter: str, draw: Draw | None) -> tuple[int, Places | None]:
    """How many rows there are, where that must be known, and which of them are to be read; None for all."""
    if draw is None or draw.takes_all(line_ends(stream, start)):
        return 0, None
    rows = sum(batch.num_rows for batch in _batches(stream, start, columns, delimiter, ["0"]))
    return rows, draw.of(rows)


def _picked(batches: Iterator[pa.RecordBatch], wanted: Places | None) -> pa.Table | None:
    """All rows, or those that are wanted."""
    picked, start = [], 0
    for batch in batches:
        if wanted is None:
            picked.append(batch)
            continue
        first, last = np.searchsorted(wanted, [start, start + batch.num_rows])
        picked.append(batch.take(pa.array(wanted[first:last] - start)))
        start += batch.num_rows
    return pa.Table.from_batches(picked) if picked else None


def line_ends(stream: BinaryIO, start: int = 0) -> int:
    """How many lines end in the bytes from a place on, the last one counted as ended: no fewer than there are rows."""
    stream.seek(start)
    feeds = returns = 0
    while chunk := stream.read(CHUNK_BYTES):
        feeds += chunk.count(b"\n")
        returns += chunk.count(b"\r")
    return max(feeds, returns) + 1


def is_plain(stream: BinaryIO, above: int = 0) -> bool:
    """Whether a text is large, without a quote below its header, and without a carriage return but before a line's end.

    Only the careful reader tells those apart, and a mark of the text's end. `above` lines stand before the header.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    if size < FEWEST_BYTES:
        return False
    for _ in range(above + 1):
        line = stream.readline(CHUNK_BYTES)
        if line.count(b'"') % 2 or b"\r" in line.removesuffix(b"\r\n"):
            return False
    last = b""
    while chunk := stream.read(CHUNK_BYTES):
        chunk = last + chunk
        if b'"' in chunk or chunk.count(b"\r") != chunk.count(b"\r\n") + chunk.endswith(b"\r"):
            return False
        last = b"\r" if chunk.endswith(b"\r") else chunk[-1:] if chunk.endswith(b"\x1a") else b""
    return not last
