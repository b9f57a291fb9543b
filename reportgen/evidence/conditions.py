"""What can be said of a row in a few words: a column's level, an interval of numbers or dates, a missing value."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, islice, pairwise
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
FINE = 40
"""Into so many parts of about equal numbers of rows a number's scale is divided where cuts are refined."""
MOST = 600
"""Above this many conditions numbers are cut at their quartiles alone."""

Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scale:
    """A column of many numbers or dates: its number, its name, fine cuts, and each row's bin (-1 where missing)."""

    number: int
    name: str
    dated: bool
    cuts: tuple[float, ...]
    bins: npt.NDArray[np.int16]

    def within(self, first: int, after: int) -> Rows:
        """The rows whose bin is `first` or a later one before `after`."""
        return np.asarray((self.bins >= max(first, 0)) & (self.bins < after))

    def told(self, first: int, after: int) -> Condition:
        """The same in words."""
        low = self.cuts[first - 1] if first > 0 else None
        high = self.cuts[after - 1] if after <= len(self.cuts) else None
        return Condition(column=self.name, above=low, at_most=high, dated=self.dated)


@dataclass(frozen=True)
class Conditions:
    """Conditions, the number of the column that each is about, and on which rows each holds, (rows, conditions).

    `scales` divide columns of many numbers more finely than the conditions do.
    """

    told: tuple[Condition, ...]
    column: npt.NDArray[np.intp]
    holds: Rows
    scales: tuple[Scale, ...] = ()

    def on(self, rows: npt.NDArray[Any]) -> "Conditions":
        """The same conditions on some of the rows."""
        scales = tuple(replace(scale, bins=scale.bins[rows]) for scale in self.scales)
        return replace(self, holds=self.holds[rows], scales=scales)

    def with_spans(self, spans: list[tuple[int, int, int]]) -> "Conditions":
        """These conditions, then those on spans of bins: each the scale's place, its first bin, the one after."""
        told = tuple(self.scales[at].told(first, after) for at, first, after in spans)
        column = np.array([self.scales[at].number for at, _, _ in spans], dtype=np.intp)
        holds = [self.scales[at].within(first, after)[:, None] for at, first, after in spans]
        return Conditions(
            (*self.told, *told), np.r_[self.column, column], np.concatenate([self.holds, *holds], axis=1), self.scales
        )

    def only(self, chosen: npt.NDArray[Any]) -> "Conditions":
        """Some of the conditions, by position or by mask."""
        places = np.arange(len(self.told))[chosen]
        return Conditions(tuple(self.told[at] for at in places), self.column[places], self.holds[:, places])


def conditions(frame: pd.DataFrame, names: tuple[str, ...], fewest: int) -> Conditions:
    """Every condition on these columns that holds on at least `fewest` rows, and on as many does not."""
    fine = list(islice(_gather(frame, names, fewest, SIDES, MIDDLES), MOST + 1))
    if len(fine) > MOST:
        fine = list(_gather(frame, names, fewest, COARSE, COARSE))
    told, column, holds = zip(*fine, strict=True) if fine else ((), (), ())
    matrix = np.column_stack(holds) if holds else np.zeros((len(frame), 0), dtype=bool)
    scales = tuple(scale for number, name in enumerate(names) for scale in _scale(number, frame[name]))
    return Conditions(told, np.array(column, dtype=np.intp), matrix, scales)


def _gather(
    frame: pd.DataFrame, names: tuple[str, ...], fewest: int, sides: tuple[float, ...], middles: tuple[float, ...]
) -> Iterator[tuple[Condition, int, Rows]]:
    """Conditions with the place of their column and the rows on which they hold."""
    for number, name in enumerate(names):
        for condition, where in _of_column(frame[name], sides, middles):
            if fewest <= np.count_nonzero(where) <= len(frame) - fewest:
                yield condition, number, where


def _scale(number: int, values: "pd.Series[Any]") -> list[Scale]:
    """The column's fine bins; none where its few values are conditions themselves, or it has no numbers."""
    if values.dtype.kind not in "fiuM":
        return []
    raw, dated = _numbers(values)
    known = np.sort(raw[np.isfinite(raw)])
    if len(np.unique(known)) <= FEW_VALUES:
        return []
    cuts = sorted({_cut(known, share / FINE) for share in range(1, FINE)} - {float(known[-1])})
    bins = np.where(np.isfinite(raw), np.searchsorted(cuts, raw, side="left"), -1)
    return [Scale(number, str(values.name), dated, tuple(cuts), bins.astype(np.int16))]


def _numbers(values: "pd.Series[Any]") -> tuple[Floats, bool]:
    """Numbers as they are, dates as days since 1970, and which of them it is."""
    if values.dtype.kind == "M":
        return np.floor(((values - pd.Timestamp(0)) / pd.Timedelta(days=1)).to_numpy(np.float64)), True
    return values.to_numpy(np.float64), False


def _of_column(
    values: "pd.Series[Any]", sides: tuple[float, ...], middles: tuple[float, ...]
) -> Iterator[tuple[Condition, Rows]]:
    name, missing = str(values.name), values.isna().to_numpy()
    yield Condition(column=name, missing=True), missing
    if values.dtype.kind in "fiuM":
        numbers, dated = _numbers(values)
        yield from _intervals(name, numbers, sides, middles, dated=dated)
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
