"""Which rows belong together, and which came before which: a number for each row of the table."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reportgen.data.shapes import Dataset
from reportgen.data.split import Numbers, row_groups


@dataclass(frozen=True)
class Belonging:
    """The numbers of groups or moments, by row number of the data file and of a file of test rows (None without)."""

    here: pd.Series
    there: pd.Series | None

    def of(self, rows: Numbers, *, given: bool) -> Numbers:
        """The numbers of some rows, of the file of test rows where that is `given`; shape (rows,)."""
        known = self.there if given and self.there is not None else self.here
        return known.reindex(pd.Index(rows)).to_numpy(dtype=np.int64)


def groups_of(dataset: Dataset, columns: tuple[str, ...]) -> Belonging | None:
    """The group of each row by its values in these columns; a row that lacks one is a group of its own."""
    return _by(dataset, columns, row_groups)


def moments_of(dataset: Dataset, columns: tuple[str, ...]) -> Belonging | None:
    """The rank of each row's moment by these columns, equal moments the same; None without columns."""
    return _by(dataset, columns, moments)


def moments(columns: pd.DataFrame) -> Numbers:
    """The rank of each row's moment, equal moments the same; a missing one comes first, as the split has it."""
    plain = columns.reset_index(drop=True)
    order = plain.sort_values(list(plain.columns), na_position="first", kind="stable")
    ranks = pd.Series((~order.duplicated()).cumsum().to_numpy() - 1, index=order.index)
    return ranks.loc[plain.index].to_numpy(dtype=np.int64)


def _by(dataset: Dataset, columns: tuple[str, ...], number: Callable[[pd.DataFrame], Numbers]) -> Belonging | None:
    if not columns:
        return None
    names, test = list(columns), dataset.test
    every = dataset.frame[names] if test is None else pd.concat([dataset.frame[names], test[names]])
    numbers = number(every.reset_index(drop=True))
    count = len(dataset.frame)
    there = None if test is None else pd.Series(numbers[count:], index=test.index)
    return Belonging(pd.Series(numbers[:count], index=dataset.frame.index), there)
