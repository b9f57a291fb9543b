"""The live shapes of a table on its way to the network; they never reach the report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.data.numerals import Writing
from reportgen.records.dirt import Dirt
from reportgen.records.table import Column, Level, Reading, SplitRecord, Task

Matrix = npt.NDArray[np.float32]
"""Rows by encoded columns, as the network sees them."""

Target = npt.NDArray[Any]
"""Class numbers (int64) in the order of Task.classes, or numbers (float64) for regression."""


@dataclass(frozen=True)
class Dataset:
    """One table, read and understood.

    `frame` holds the rows with a usable target, columns in file order with clean dtypes: float64 for numeric, object of
    str or None for categorical and text, datetime64 for datetime, object of bool or None (or of two words) for boolean;
    missing is NaN, NaT or None. Its index is the row number of the data file (0 the first below the header). `test` is
    the same for a file of its own, None without one. The target is a column of both, as str for classes and float64 for
    regression.
    `dirt` is what was found in single columns; where `one_spelling` holds, a category is known by all its spellings.
    `writings` says how the numbers of a column are written where they are not plain, `blank` which of a column's cells
    the user says are missing, `same` the ways of writing yes and no in a column of truths that are kept as words.
    Of a table with many `rows`, fewer may be read.
    """

    name: str
    source: str
    sha256: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    task: Task
    reading: Reading
    rows: int
    rows_read: int
    test: pd.DataFrame | None = None
    test_source: str | None = None
    test_sha256: str | None = None
    missing_target_rows: tuple[int, ...] = ()
    left_out_rows: tuple[int, ...] = ()
    left_out_classes: tuple[Level, ...] = ()
    dirt: Dirt = field(default_factory=Dirt)
    one_spelling: bool = True
    writings: Mapping[str, Writing] = field(default_factory=dict)
    blank: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    same: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def features(self) -> tuple[Column, ...]:
        """The columns the model may learn from, in file order."""
        return tuple(column for column in self.columns if column.role == "feature")


@dataclass(frozen=True)
class Parts:
    """The rows for fitting, for choosing and for judging; indices are row numbers of their file."""

    dataset: Dataset
    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame
    split: SplitRecord
