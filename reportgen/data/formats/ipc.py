"""Arrow's own files and streams: whole, or a column at a time of the rows that were drawn."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import feather

from reportgen.data.formats.drawn import Draw, Places
from reportgen.data.formats.origin import on_disk
from reportgen.data.formats.streamed import Gathered, text_bytes

FIRST_VERSION = b"FEA1"
Open = Callable[[pa.NativeFile, pa.ipc.IpcReadOptions], tuple[pa.Schema, Iterator[pa.RecordBatch]]]


def read_feather(stream: BinaryIO, draw: Draw) -> Gathered:
    """The table of an Arrow file, or the rows drawn of it; a file of Feather's first version is always read whole."""
    first = stream.read(len(FIRST_VERSION)) == FIRST_VERSION
    stream.seek(0)
    return _checked(feather.read_table(stream)) if first else _read(stream, draw, _file)


def read_stream(stream: BinaryIO, draw: Draw) -> Gathered:
    """The table of a stream of Arrow, or the rows drawn of it."""
    return _read(stream, draw, _stream)


def _file(source: pa.NativeFile, options: pa.ipc.IpcReadOptions) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    reader = pa.ipc.open_file(source, options=options)
    return reader.schema, (reader.get_batch(number) for number in range(reader.num_record_batches))


def _stream(source: pa.NativeFile, options: pa.ipc.IpcReadOptions) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    reader = pa.ipc.open_stream(source, options=options)
    return reader.schema, iter(reader)


def _read(stream: BinaryIO, draw: Draw, opening: Open) -> Gathered:
    """The whole where it fits; else a column at a time is mapped, since a batch may be as long as the table."""
    schema, _ = opening(stream, pa.ipc.IpcReadOptions())
    with on_disk(stream) as path:
        rows = sum(batch.num_rows for batch in _column(path, 0, opening)) if len(schema) else 0
        wanted = _sized(draw, path, opening, schema, rows).of(rows)
        if wanted is not None:
            columns = [_picked(_column(path, place, opening), wanted) for place in range(len(schema))]
            return pa.Table.from_arrays(columns, schema=schema), wanted, rows
    stream.seek(0)
    _, batches = opening(stream, pa.ipc.IpcReadOptions())
    return _checked(pa.Table.from_batches(batches, schema))


def _checked(table: pa.Table) -> Gathered:
    table.validate(full=True)  # Arrow trusts the places that a file names, and would read elsewhere
    return table, None, table.num_rows


def _column(path: Path, place: int, opening: Open) -> Iterator[pa.RecordBatch]:
    """One column of the table, a batch at a time."""
    with pa.memory_map(str(path)) as mapped:
        _, batches = opening(mapped, pa.ipc.IpcReadOptions(included_fields=[place], use_threads=False))
        yield from batches


def _sized(draw: Draw, path: Path, opening: Open, schema: pa.Schema, rows: int) -> Draw:
    """What is to be drawn, with the columns and, by the first batch, how much of the table is text."""
    width = 0.0
    for place in range(len(schema)):
        if not pa.types.is_primitive(schema.field(place).type):
            first = next(_column(path, place, opening), None)
            width += text_bytes(first) / max(first.num_rows, 1) if first is not None else 0
    return replace(draw, columns=len(schema), size=int(width * rows))


def _picked(batches: Iterator[pa.RecordBatch], wanted: Places) -> pa.ChunkedArray:
    picked, start = [], 0
    for batch in batches:
        batch.validate(full=True)
        first, last = np.searchsorted(wanted, [start, start + batch.num_rows])
        picked.append(batch.column(0).take(pa.array(wanted[first:last] - start)))
        start += batch.num_rows
    return pa.chunked_array(picked)
