"""Large texts without quotes, parted by Arrow: the same table as the reader of text makes, an order faster."""

from collections.abc import Sequence
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
from pyarrow import csv

FEWEST_BYTES = 2**22
"""Smaller files are read at once in any case."""

CHUNK_BYTES = 2**20
BLOCK_BYTES = 2**24
LINE_ENDS = (b"\n", b"\r\n")


def plain_frame(stream: BinaryIO, names: Sequence[str], delimiter: str, above: int) -> pd.DataFrame | None:
    """The rows below the header as strings; None where they are of another length, and need a sentence.

    The text is UTF-8 and `is_plain`; `above` lines stand before the header.
    """
    stream.seek(0)
    for _ in range(above):
        stream.readline()
    while (line := stream.readline()) in LINE_ENDS:
        pass
    if line.rstrip(b"\r\n").count(delimiter.encode()) + 1 != len(names):
        return None
    places = [str(number) for number in range(len(names))]
    try:
        table = csv.read_csv(
            stream,
            csv.ReadOptions(use_threads=False, column_names=places, block_size=BLOCK_BYTES),
            csv.ParseOptions(delimiter=delimiter, quote_char=False),
            csv.ConvertOptions(column_types=dict.fromkeys(places, pa.large_string()), strings_can_be_null=False),
        )
    except (pa.ArrowException, UnicodeError, ValueError):
        return None
    if not table.num_rows:
        return None
    frame: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
    return frame.set_axis(list(names), axis="columns")


def is_plain(stream: BinaryIO) -> bool:
    """Whether a text is large, without a quote, and without a carriage return but before a line's end.

    Only the careful reader tells those apart, and a mark of the text's end.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    if size < FEWEST_BYTES:
        return False
    last = b""
    while chunk := stream.read(CHUNK_BYTES):
        chunk = last + chunk
        if b'"' in chunk or chunk.count(b"\r") != chunk.count(b"\r\n") + chunk.endswith(b"\r"):
            return False
        last = b"\r" if chunk.endswith(b"\r") else chunk[-1:] if chunk.endswith(b"\x1a") else b""
    return not last
