"""Move the cuts of a conjunction to where it stands out most: the first search knows coarse cuts only."""

from dataclasses import dataclass, replace
from math import log

import numpy as np

from reportgen.evidence.base import Floats
from reportgen.evidence.conditions import SIDES, Conditions, Scale
from reportgen.evidence.slice_search import NARROWER, Found, Rows, Worse

REFINED = 60
"""Conjunctions that are refined, the best first."""
ROUNDS = 2
GAIN = 1e-6


@dataclass(frozen=True)
class Span:
    """Some neighbouring bins of a scale: from `first` up to but not including `after`."""

    scale: int
    first: int
    after: int


Member = int | Span
Place = tuple[int, int, int]


def refine(known: Conditions, worse: Worse, found: Found, fewest: int) -> tuple[list[Place], Found]:
    """The spans that cuts were moved to, which follow the conditions in number, and the best conjunctions with them.

    For each condition on a scale all spans of its bins are compared, the other conditions as they are, and the one of
    the largest likelihood ratio is taken. There are more spans than conditions, most of all that are cut on both sides:
    a span must be the likelier by that. The worth is counted as in the search, less that price.
    """
    best: dict[tuple[Member, ...], float] = {}
    scales = {scale.number: at for at, scale in enumerate(known.scales)}
    for members, worth in zip(found.conjunctions[:REFINED], found.worth[:REFINED], strict=True):
        before = _ratio(worse, _rows(known, members))
        moved = _moved(known, worse, members, scales, fewest)
        after = _ratio(worse, _rows(known, moved))
        cost = sum(_cost(known.scales[one.scale], one.first, one.after) for one in moved if isinstance(one, Span))
        best[moved] = max(best.get(moved, -np.inf), float(worth) + after - before - cost)
    spans = list(dict.fromkeys(one for moved in best for one in moved if isinstance(one, Span)))
    place = {span: len(known.told) + at for at, span in enumerate(spans)}
    ordered = sorted(best, key=lambda moved: -best[moved])
    numbered = (tuple(place[one] if isinstance(one, Span) else one for one in moved) for moved in ordered)
    places = [(span.scale, span.first, span.after) for span in spans]
    return places, replace(found, conjunctions=tuple(numbered), worth=np.array([best[moved] for moved in ordered]))


def _moved(
    known: Conditions, worse: Worse, members: tuple[int, ...], scales: dict[int, int], fewest: int
) -> tuple[Member, ...]:
    """The members with those on a scale moved, each in turn, as long as something is gained."""
    now: list[Member] = list(members)
    for _ in range(ROUNDS):
        start = list(now)
        for at, member in enumerate(members):
            number = scales.get(int(known.column[member]))
            if number is None or known.told[member].missing:
                continue
            others = _rows(known, tuple(one for place, one in enumerate(now) if place != at))
            scale = known.scales[number]
            first, after, value = _best_span(scale, worse, others, fewest)
            if value > _value(known, worse, now, at) + GAIN:
                now[at] = Span(number, first, after)
        if now == start:
            break
    return tuple(now)


def _value(known: Conditions, worse: Worse, now: list[Member], at: int) -> float:
    member = now[at]
    cost = _cost(known.scales[member.scale], member.first, member.after) if isinstance(member, Span) else 0.0
    return _ratio(worse, _rows(known, tuple(now))) - cost


def _best_span(scale: Scale, worse: Worse, others: Rows, fewest: int) -> tuple[int, int, float]:
    """The first bin, the one after the last, and the value of the best span of rows where the others hold."""
    here = others & (scale.bins >= 0)
    bins, count = scale.bins[here], len(scale.cuts) + 1
    rows = np.r_[0.0, np.cumsum(np.bincount(bins, minlength=count))]
    total = np.r_[0.0, np.cumsum(np.bincount(bins, weights=worse.errors[here], minlength=count))]
    first, after = np.triu_indices(count + 1, 1)
    n = rows[after] - rows[first]
    both = (first > 0) & (after < count)
    fits = (n >= fewest) & (n <= NARROWER * np.count_nonzero(others))
    prices = _more_cuts(scale) + both * _two_sided(scale)
    value = np.where(fits, worse.ratio(n, total[after] - total[first]) - prices, -np.inf)
    top = int(np.argmax(value))
    return int(first[top]), int(after[top]), float(value[top])


def _cost(scale: Scale, first: int, after: int) -> float:
    both = first > 0 and after <= len(scale.cuts)
    return _more_cuts(scale) + (_two_sided(scale) if both else 0.0)


def _more_cuts(scale: Scale) -> float:
    """The logarithm of how many cuts there are to each that the search knows."""
    return log(max(len(scale.cuts) / len(SIDES), 1.0))


def _two_sided(scale: Scale) -> float:
    """The logarithm of how many spans are cut on both sides to each that is cut on one."""
    return log(max((len(scale.cuts) - 1) / 4, 1.0))


def _rows(known: Conditions, members: tuple[Member, ...]) -> Rows:
    inside = np.ones(len(known.holds), dtype=bool)
    for one in members:
        inside &= known.scales[one.scale].within(one.first, one.after) if isinstance(one, Span) else known.holds[:, one]
    return inside


def _ratio(worse: Worse, inside: Rows) -> float:
    tally: tuple[Floats, Floats] = np.array([float(inside.sum())]), np.array([float(worse.errors[inside].sum())])
    return float(worse.ratio(*tally)[0])
