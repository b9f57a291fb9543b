"""The area under the ROC curve, of one class or averaged over classes, with its interval."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import rankdata

from reportgen.evidence.base import Floats, Units
from reportgen.evidence.clusters import design_effect, told
from reportgen.evidence.intervals import Bounds, normal_quantile, rate_interval

FEW = 10
"""With fewer rows of a class than this, their spread says too little about the area's."""

DELONG = "DeLong, logit scale"
NEWCOMBE = "Newcombe score"

Members = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Area:
    """The area of one class: its rows, the others', and how far each row draws the area from its value."""

    value: float
    inside: int
    outside: int
    pull: Floats


def area(scores: Floats, members: Members) -> Area:
    """Count how often a member scores higher than another row, ties half (DeLong et al. 1988, Biometrics 44:837)."""
    inside, outside = int(members.sum()), int((~members).sum())
    ranks = rankdata(scores)
    above = (ranks[members] - rankdata(scores[members])) / outside
    below = 1 - (ranks[~members] - rankdata(scores[~members])) / inside
    value = float(above.mean())
    pull = np.empty(len(scores))
    pull[members] = (above - value) / np.sqrt(inside * max(inside - 1, 1))
    pull[~members] = (below - value) / np.sqrt(outside * max(outside - 1, 1))
    return Area(value, inside, outside, pull)


def areas(scores: Floats, actual: npt.NDArray[np.intp]) -> list[Area]:
    """The area of each class that some rows have and others have not, where few rows of scores differ from each other.

    scores: (rows, classes), actual: places among the classes. Rows of equal scores are counted, which takes no sorting
    of all rows for each class; the areas are those of `area`.
    """
    patterns, which = _distinct(scores)
    counts = np.zeros((len(patterns), scores.shape[1]))
    np.add.at(counts, (which, actual), 1.0)
    held = [number for number, rows in enumerate(counts.sum(axis=0)) if 0 < rows < len(actual)]
    return [_counted(patterns[:, number], counts, which, actual, number) for number in held]


def _distinct(scores: Floats) -> tuple[Floats, npt.NDArray[np.intp]]:
    """The different rows, and which of them each row is."""
    key = np.asarray(scores, dtype=np.float64) @ np.random.default_rng(0).normal(size=scores.shape[1])
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    return scores[first], which


def _counted(
    scores: Floats, counts: Floats, which: npt.NDArray[np.intp], actual: npt.NDArray[np.intp], number: int
) -> Area:
    """One class's area from the counts of its rows and of the others by score."""
    _, place = np.unique(scores, return_inverse=True)
    members = np.bincount(place, weights=counts[:, number])
    others = np.bincount(place, weights=counts.sum(axis=1)) - members
    inside, outside = float(members.sum()), float(others.sum())
    above = (np.cumsum(others) - others / 2) / outside
    below = 1 - (np.cumsum(members) - members / 2) / inside
    value = float(members @ above / inside)
    drawn = (above - value) / np.sqrt(inside * max(inside - 1, 1))
    rest = (below - value) / np.sqrt(outside * max(outside - 1, 1))
    own = actual == number
    pull = rest[place][which]
    pull[own] = drawn[place][which[own]]
    return Area(value, int(inside), int(outside), pull)


def wilson(value: float, spread: float, worth: float, level: float) -> tuple[float, float]:
    """Wilson's interval for as many rows as the standard error is worth, never more than a perfect one has.

    Without that bound a perfect score would have no uncertainty; with it, it has that of a share of 1 in those rows.
    """
    rows = max(1.0, min(value * (1 - value) / spread**2 if spread > 0 else worth, worth))
    low, high = rate_interval(value * rows, rows, level)
    return min(low, value), max(high, value)


def mean_area(scores: Floats, actual: npt.NDArray[Any], units: Units | None = None) -> tuple[float, Bounds] | None:
    """Average the areas of the classes that the rows hold, each against the rest; None if there is but one class.

    scores has one column a class. With one column it is the area of class 1. `units` numbers the groups that rows come
    in, None where they come in none.
    """
    areas = _areas(scores, actual)
    return (_mean(areas), _interval(areas, units)) if areas else None


def mean_area_alone(scores: Floats, actual: npt.NDArray[Any]) -> float | None:
    """The same average without its interval."""
    areas = _areas(scores, actual)
    return _mean(areas) if areas else None


def _mean(areas: list[Area]) -> float:
    return float(np.mean([one.value for one in areas]))


def _areas(scores: Floats, actual: npt.NDArray[Any]) -> list[Area]:
    """The area of each class that the rows hold beside others."""
    wanted = range(scores.shape[1]) if scores.shape[1] > 1 else (1,)
    held = [number for number in wanted if 0 < np.count_nonzero(actual == number) < len(actual)]
    columns = held if scores.shape[1] > 1 else [0] * len(held)
    return [area(scores[:, column], actual == number) for column, number in zip(columns, held, strict=True)]


def _interval(areas: list[Area], units: Units | None) -> Bounds:
    """DeLong's on the logit scale, or Newcombe's where rows are few or the classes lie wholly apart.

    Rows of one group pull together (Obuchowski 1997, Biometrics 53:567).
    """
    value = _mean(areas)
    pull = np.mean([one.pull for one in areas], axis=0)
    effect = design_effect(pull, units)
    error = float(np.sqrt(effect * (pull @ pull)))
    if error == 0 or min(min(one.inside, one.outside) for one in areas) < FEW:
        limits = np.mean([newcombe(one.value, one.inside / effect, one.outside / effect) for one in areas], axis=0)
        return Bounds(float(limits[0]), float(limits[1]), told(NEWCOMBE, units, effect))
    half = normal_quantile() * error / (value * (1 - value))
    return Bounds(float(expit(logit(value) - half)), float(expit(logit(value) + half)), told(DELONG, units, effect))


def newcombe(value: float, inside: float, outside: float) -> tuple[float, float]:
    """Find the areas whose own spread would not rule the value out: Newcombe 2006, Stat Med 25:559, method 5.

    Averaged over classes such limits are too wide rather than too narrow: they are taken to err together.
    """
    z, typical = normal_quantile(), max((inside + outside) / 2 - 1, 0.0)

    def beyond(candidate: float) -> float:
        spread = 1 + typical * ((1 - candidate) / (2 - candidate) + candidate / (1 + candidate))
        return (candidate - value) ** 2 - z * z * candidate * (1 - candidate) * spread / (inside * outside)

    low = brentq(beyond, 0.0, min(value, 1 - 1e-9)) if value > 0 else 0.0
    high = brentq(beyond, max(value, 1e-9), 1.0) if value < 1 else 1.0
    return float(low), float(high)
