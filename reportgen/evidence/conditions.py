"""What can be said of a row in a few words: a column's level, an interval of numbers or dates, a missing value."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.evidence.base import Floats
from reportgen.evidence.values import as_text
from reportgen.records.mistakes import Condition

SIDES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""The shares of a column's values at which it is cut in two."""
MIDDLES = (0.2, 0.4, 0.6, 0.8)
"""The shares between which a middle part is cut out."""
COARSE = (0.25, 0.5, 0.75)
FEW_VALUES = 6
"""A number with no more values than this is cut at each of them."""
MOST_LEVELS = 20
MOST = 600
"""Above this many conditions numbers are cut at their quartiles alone."""

Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Conditions:
    """Conditions, the number of the column that each is about, and on which rows each holds, (rows, conditions)."""

    told: tuple[Condition, ...]
    column: npt.NDArray[np.intp]
    holds: Rows

    def on(self, rows: npt.NDArray[Any]) -> "Conditions":
        """The same conditions on some of the rows."""
        return replace(self, holds=self.holds[rows])

    def only(self, chosen: npt.NDArray[Any]) -> "Conditions":
        """Some of the conditions, by position or by mask."""
        places = np.arange(len(self.told))[chosen]
        return Conditions(tuple(self.told[at] for at in places), self.column[places], self.holds[:, places])


def conditions(frame: pd.DataFrame, names: tuple[str, ...], fewest: int) -> Conditions:
    """Every condition on these columns that holds on at least `fewest` rows, and on as many does not."""
    fine = _gather(frame, names, fewest, SIDES, MIDDLES)
    return fine if len(fine.told) <= MOST else _gather(frame, names, fewest, COARSE, COARSE)


def _gather(
    frame: pd.DataFrame, names: tuple[str, ...], fewest: int, sides: tuple[float, ...], middles: tuple[float, ...]
) -> Conditions:
    told, column, holds = [], [], []
    for number, name in enumerate(names):
        for condition, where in _of_column(frame[name], sides, middles):
            if fewest <= np.count_nonzero(where) <= len(frame) - fewest:
                told.append(condition)
                column.append(number)
                holds.append(where)
    matrix = np.column_stack(holds) if holds else np.zeros((len(frame), 0), dtype=bool)
    return Conditions(tuple(told), np.array(column, dtype=np.intp), matrix)


def _of_column(
    values: "pd.Series[Any]", sides: tuple[float, ...], middles: tuple[float, ...]
) -> Iterator[tuple[Condition, Rows]]:
    name, missing = str(values.name), values.isna().to_numpy()
    yield Condition(column=name, missing=True), missing
    if values.dtype.kind == "M":
        days = np.floor(((values - pd.Timestamp(0)) / pd.Timedelta(days=1)).to_numpy(np.float64))
        yield from _intervals(name, days, sides, middles, dated=True)
    elif values.dtype.kind in "fiu":
        yield from _intervals(name, values.to_numpy(np.float64), sides, middles, dated=False)
    else:
        text = values.map(as_text).to_numpy(object)
        for level in values[~missing].map(as_text).value_counts().index[:MOST_LEVELS]:
            yield Condition(column=name, level=str(level)), text == level


def _intervals(
    name: str, values: Floats, sides: tuple[float, ...], middles: tuple[float, ...], *, dated: bool
) -> Iterator[tuple[Condition, Rows]]:
    """All of one side of each cut, and what lies between two; a single value is told as such."""
    known = np.sort(values[np.isfinite(values)])
    distinct = np.unique(known)
    if len(distinct) <= FEW_VALUES:
        cuts = between = [float(value) for value in distinct[:-1]]
    else:
        cuts, between = (sorted({_cut(known, share) for share in shares}) for shares in (sides, middles))
    inner = sorted({*pairwise(cuts), *combinations(between, 2)})
    for low, high in [(None, cut) for cut in cuts] + [(cut, None) for cut in cuts] + inner:
        where = _within(values, low, high)
        inside = distinct[_within(distinct, low, high)]
        if len(inside) == 1 and not dated:
            yield Condition(column=name, level=as_text(float(inside[0]))), where
        elif len(inside):
            yield Condition(column=name, above=low, at_most=high, dated=dated), where


def _within(values: Floats, low: float | None, high: float | None) -> Rows:
    with np.errstate(invalid="ignore"):
        return (values > (-np.inf if low is None else low)) & (values <= (np.inf if high is None else high))


def _cut(ordered: Floats, share: float) -> float:
    """The shortest number that parts that share of the values from the others."""
    last = ordered[int(share * (len(ordered) - 1))]
    after = np.searchsorted(ordered, last, side="right")
    return _shortest(float(last), float(ordered[after])) if after < len(ordered) else float(last)


def _shortest(low: float, high: float) -> float:
    """The number of fewest digits in [low, high)."""
    middle = low + (high - low) / 2
    for digits in range(1, 17):
        found = float(f"{middle:.{digits}g}")
        if low <= found < high:
            return found
    return low
