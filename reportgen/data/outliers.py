"""Values orders of magnitude off the rest of their column, as a wrong unit makes them."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from reportgen.data.tails import depths, gap_p
from reportgen.records.dirt import Outliers

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

ALPHA = 0.001
"""The chance of a false alarm over all columns, both ends of each and all sizes of the group."""

ORDER = float(np.log(10))
"""An order of magnitude: the group's middle lies at least so far beyond the value next to it."""

SLIP = ORDER / 2
"""A decimal slip need only be nearer to an order than to none, where a power of ten brings it back to the middle."""

MOST_SHARE = 0.02
"""More than one value in fifty, and more than FEW, is a second population rather than a slip (a judgement)."""

FEW = 3

LEAST_REST = 20
"""Of fewer other values nobody can say how far they reach."""

LEAST_DISTINCT = 10
"""With fewer different values a column holds codes or levels, which have no tail."""

AS_GOOD_AS_ZERO = 1e-9
"""So small a part of the middle is what rounding leaves of zero."""


def find_outliers(values: Floats, rows: Rows, name: str, looks: int) -> tuple[Outliers, ...]:
    """The group far above the rest, and the group far below it, where there is one; `looks` counts the columns.

    Sizes are compared on a log scale, whatever the sign, so that the unit of the column does not matter. Too near to
    zero is looked at where all values have one sign: in a column that passes through zero nothing is too small.
    """
    sizes = np.abs(values)
    middle = _middle(sizes[sizes > 0])
    seen = np.flatnonzero(np.isfinite(sizes) & (sizes > AS_GOOD_AS_ZERO * middle))
    logs = np.log(sizes[seen])
    sides: tuple[tuple[Literal["high", "low"], float], ...] = (("high", 1.0), ("low", -1.0))
    one_signed = not ((values > 0).any() and (values < 0).any())
    found = []
    for side, sign in sides[: 1 + one_signed]:
        if _reaches(sign * logs):
            order = np.argsort(sign * logs, kind="stable")
            group = _group(sign * logs[order], looks, SLIP if side == "high" else ORDER)
            found += [_told(values, rows, name, side, seen[order], group)] if group else []
    return tuple(found)


def _middle(sizes: Floats) -> float:
    return float(np.median(sizes)) if len(sizes) else 0.0


def _most(n: int) -> int:
    return max(FEW, int(MOST_SHARE * n))


def _reaches(logs: Floats) -> bool:
    """Whether anything lies an order of magnitude beyond all but the outermost few: told without sorting."""
    if len(logs) < FEW + LEAST_REST:
        return False
    place = len(logs) - 1 - _most(len(logs))
    return bool(logs.max() >= np.partition(logs, place)[place] + SLIP)


def _group(logs: Floats, looks: int, least: float) -> tuple[int, float] | None:
    """How many of the outermost stand off by `least`, and the corrected p-value; `logs` rise."""
    most = _most(len(logs))
    if len(logs) - most < LEAST_REST:
        return None
    counts = np.arange(1, most + 1)
    outer = logs[::-1]
    gaps = outer[:most] - outer[1 : most + 1]
    ratios = np.cumsum(outer[:most]) / counts - outer[1 : most + 1]
    wide = np.flatnonzero((ratios >= least) & (gaps > 0))
    best: tuple[int, float] | None = None
    for place in wide[np.argsort(-(gaps * counts)[wide], kind="stable")][:LEAST_DISTINCT]:
        count = int(counts[place])
        if ratios[place] < ORDER and not _slipped(logs[:-count], logs[-count:]):
            continue
        p_value = min(1.0, _p(logs[:-count], float(gaps[place]), count) * most * 2 * looks)
        if p_value <= ALPHA and (best is None or p_value < best[1]):
            best = count, p_value
    return best


def _slipped(rest: Floats, far: Floats) -> bool:
    """A power of ten brings the group's middle back among the middle nine of ten of the rest."""
    shift = round(float(np.median(far) - np.median(rest)) / ORDER) * ORDER
    low, high = rest[int(0.05 * len(rest))], rest[int(0.95 * len(rest))]
    return bool(shift > 0 and low <= np.median(far) - shift <= high)


def _p(rest: Floats, gap: float, count: int) -> float:
    """The mildest verdict over all depths of the tail; see `tails.pareto_p`."""
    if len(np.unique(rest[-100:])) < LEAST_DISTINCT and len(np.unique(rest)) < LEAST_DISTINCT:
        return 1.0
    return max((gap_p(rest, gap, count, depth) for depth in depths(len(rest))), default=1.0)


def _told(
    values: Floats, rows: Rows, name: str, side: Literal["high", "low"], places: Rows, group: tuple[int, float]
) -> Outliers:
    count, p_value = group
    far, rest = places[-count:], places[:-count]
    sizes, edge = np.abs(values[far]), float(abs(values[rest[-1]]))
    distances = (values - np.median(values[np.isfinite(values)])) / np.abs(values[places]).max()
    squares = distances**2
    typical = float(np.exp(np.mean(np.log(sizes))))
    return Outliers(
        column=name,
        side=side,
        rows=tuple(sorted(int(row) for row in rows[far])),
        least=float(sizes.min()),
        most=float(sizes.max()),
        edge=edge,
        ratio=typical / edge if side == "high" else edge / typical,
        factor=_factor(sizes, np.abs(values[rest])),
        share=float(squares[far].sum() / np.nansum(squares)),
        p_value=p_value,
        n=int(np.isfinite(values).sum()),
    )


def _factor(far: Floats, rest: Floats) -> float | None:
    """The power of ten that brings all values back among the middle 98 of 100 of the rest."""
    power = round(float(np.log10(np.median(far)) - np.log10(np.median(rest))))
    low, high = np.quantile(rest, [0.005, 0.995])
    back = far / 10.0**power
    return 10.0**power if power and bool(((back >= low) & (back <= high)).mean() >= 0.5) else None
