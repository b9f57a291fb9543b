"""How many rows of a table an audit can hold in so much memory, once it is known what each column becomes."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from reportgen.config import Config
from reportgen.data.formats.drawn import fitting, needed
from reportgen.data.load import load
from reportgen.data.prepare import encoded_columns
from reportgen.data.shapes import Dataset, Parts
from reportgen.data.source import Source
from reportgen.errors import DataError
from reportgen.memory import ceiling, give_back
from reportgen.records.base import Code
from reportgen.records.table import SplitRecord

TRIED = 20_000
"""Rows that are encoded to see how many columns the network gets: a level is one where it stands in ten of them."""
WIDEST = 64
"""Columns that one may become at most, of a table that need not be tried."""


def load_within(source: Source, config: Config) -> tuple[Dataset, Config]:
    """The table, with no more rows than fit into the memory there is, and settings that give the same rows anywhere.

    Raises DataError as `load` does, and where not even the least sample fits; ConfigError where less memory is asked
    for than any audit takes.
    """
    memory = ceiling(config.reading.memory)
    dataset = _trimmed(load(source, config))
    asked = config.reading.model_copy(update={"memory": None})
    most = dataset.rows_read if memory is None else rows_borne(dataset, memory)
    if most < dataset.rows_read:
        fewer = config.reading.model_copy(update={"max_rows": most})
        del dataset
        dataset = _trimmed(load(source, config.model_copy(update={"reading": fewer})))
    if memory is not None and dataset.rows_read < min(dataset.rows, asked.max_rows):
        asked = asked.model_copy(update={"max_rows": dataset.rows_read})
        dataset = _told(dataset, memory)
    return dataset, config.model_copy(update={"reading": asked})


def _trimmed(dataset: Dataset) -> Dataset:
    """The table, when what it was read from has gone."""
    pa.default_memory_pool().release_unused()
    give_back()
    return dataset


def _told(dataset: Dataset, memory: int) -> Dataset:
    """The table with a word on why fewer rows were drawn than might have been."""
    note = Code(code="rows_by_memory", facts={"rows": dataset.rows_read, "of": dataset.rows, "bytes": memory})
    reading = dataset.reading.model_copy(update={"notes": (*dataset.reading.notes, note)})
    return replace(dataset, reading=reading)


def rows_borne(dataset: Dataset, memory: int) -> int:
    """How many of the rows that were read an audit can hold in so many bytes: all, or a number of two digits and zeros.

    Raises DataError where not even the least sample fits.
    """
    rows, columns = dataset.rows_read, len(dataset.columns)
    if needed(rows, columns, columns * WIDEST) <= memory:
        return rows
    return fitting(rows, memory, columns, encoded=_encoded(dataset))


def _encoded(dataset: Dataset) -> int:
    """How many columns the network gets, by what becomes of some of the rows; those of the table where nothing does."""
    places = np.unique(np.linspace(0, len(dataset.frame) - 1, TRIED).astype(int))
    some = dataset.frame.iloc[places]
    few = some.iloc[: max(len(some) // 100, 1)]
    nothing = SplitRecord(strategy="random", train=len(some), validation=len(few), test=len(few), seed=0)
    try:
        return encoded_columns(Parts(dataset, some, few, few, nothing))
    except DataError:
        return len(dataset.columns)
