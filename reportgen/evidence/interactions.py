"""What two features do together beyond what each does alone, and the mean answers where both are set."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit

from reportgen.evidence.base import Floats, Refit, Subject
from reportgen.evidence.intervals import LEVEL, student_quantile
from reportgen.evidence.learners import Learners
from reportgen.evidence.placing import Question, kind_of, labels_of, numbers_of, with_values
from reportgen.evidence.refits import FEWEST
from reportgen.records.effects import EffectGrid, Interaction

MOST_POINTS, MOST_POINTS_ALONE, FEWEST_POINTS = 30, 80, 8
"""Answers grow with the square of the points, and with the networks."""
CELLS, CELL_ROWS, BACKGROUND = 5, 5, 60
ROUNDING = float(np.finfo(np.float32).eps)
"""A share of the joint effect's variance below this is the network's rounding."""

Rows = npt.NDArray[np.intp]
Values = npt.NDArray[Any]


@dataclass(frozen=True)
class Jackknifed:
    """An estimate, both ends of its interval, and whether it lies above nothing for all pairs at once."""

    value: float
    low: float
    high: float
    above: bool


class Surfaces:
    """Every pair of some features, set together in rows of every network at points that all networks share.

    Friedman and Popescu (2008), Predictive learning via rule ensembles, Ann. Appl. Stat. 2:916. The points are test
    rows of the reported network; the values set are theirs, a missing one among them.
    """

    def __init__(self, learners: Learners, features: Sequence[str], rng: np.random.Generator) -> None:
        network = learners.members[0]
        most = MOST_POINTS if len(learners.members) > 1 else MOST_POINTS_ALONE
        most = max(FEWEST_POINTS, min(most, len(network.test.y) // 2))
        points = np.sort(rng.permutation(len(network.test.y))[:most])
        enough = len(points) >= FEWEST_POINTS
        self.learners, self.pairs = learners, list(combinations(features, 2)) if enough else []
        self.sets = [*((feature,) for feature in features), *self.pairs] if self.pairs else []
        self.frame = network.test.frame.iloc[points]
        self.rows = [points, *(rng.permutation(rows)[: len(points)] for rows in learners.rows[1:])]

    def questions(self, number: int, answers: dict[tuple[str, ...], Floats]) -> list[Question[Any]]:
        """The answers (points, rows, outputs) of one network for each feature and each pair, put into `answers`."""
        return [self._question(number, features, answers) for features in self.sets]

    def _question(
        self, number: int, features: tuple[str, ...], answers: dict[tuple[str, ...], Floats]
    ) -> Question[None]:
        network, count = self.learners.members[number], len(self.frame)
        x = np.tile(network.test.x[self.rows[number]], (count, 1))
        for feature in features:
            values = self.frame[feature].iloc[np.repeat(np.arange(count), len(self.rows[number]))]
            x = with_values(network, x, feature, values)
        found = yield x
        answers[features] = found.reshape(count, len(self.rows[number]), -1)

    def interactions(self, asked: list[dict[tuple[str, ...], Floats]], output: int) -> tuple[Interaction, ...]:
        """Every pair in one output: those that were shown first, the strongest of them first."""
        found = [
            _interaction(pair, [_surface(one, pair, output) for one in asked], self.learners, len(self.pairs))
            for pair in self.pairs
        ]
        return tuple(sorted(found, key=lambda one: (not one.shown, -one.strength)))


@dataclass(frozen=True)
class _Surface:
    """Answers (points, rows) of one network with two features set, and with each of them alone."""

    both: Floats
    first: Floats
    second: Floats

    def at(self, points: Rows, rows: Rows) -> tuple[Floats, Floats]:
        """Partial dependence on both at these points, and what no sum of two effects gives of it; both centred."""
        joint, first, second = (
            _centred(one[np.ix_(points, rows)].mean(axis=1)) for one in (self.both, self.first, self.second)
        )
        return joint, joint - first - second


def _surface(answers: dict[tuple[str, ...], Floats], pair: tuple[str, str], output: int) -> _Surface:
    return _Surface(*(answers[features][:, :, output] for features in (pair, pair[:1], pair[1:])))


def _centred(values: Floats) -> Floats:
    return np.asarray(values - values.mean())


def _interaction(pair: tuple[str, str], surfaces: list[_Surface], learners: Learners, pairs: int) -> Interaction:
    whole = np.arange(len(surfaces[0].both))
    own = _squares([surfaces[0].at(whole, np.arange(surfaces[0].both.shape[1]))])
    several = len(surfaces) >= FEWEST
    strength, share = _over_networks(surfaces, learners, pairs) if several else _over_rows(surfaces[0], pairs)
    return Interaction(
        first=pair[0],
        second=pair[1],
        strength=_root(strength.value),
        low=_root(strength.low),
        high=_root(strength.high),
        share=_share(share.value),
        share_low=_share(share.low),
        share_high=_share(share.high),
        own_share=_share(_ratio(*own)),
        n=len(whole),
        shown=strength.above and share.value > ROUNDING,
    )


def _root(square: float) -> float:
    return float(np.sqrt(max(square, 0.0)))


def _share(value: float) -> float:
    return float(min(max(value, 0.0), 1.0))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def _squares(surfaces: Sequence[tuple[Floats, Floats]]) -> tuple[float, float]:
    """Mean squares of the interaction and of the joint effect; of several networks, what they have in common.

    A network's surface is the common one plus the chance of its training. A product of two different networks keeps
    the first and loses the second on average, where a square would count chance as interaction.
    """
    joint, beyond = (np.stack([one[i] for one in surfaces]) for i in (0, 1))
    if len(surfaces) == 1:
        return float((beyond**2).mean()), float((joint**2).mean())
    apart = ~np.eye(len(surfaces), dtype=bool)
    return tuple(float((one @ one.T)[apart].mean() / one.shape[1]) for one in (beyond, joint))  # type: ignore[return-value]


def _over_networks(surfaces: list[_Surface], learners: Learners, pairs: int) -> tuple[Jackknifed, Jackknifed]:
    """Jackknife over networks, corrected for the rows that their splits share."""
    known = [one.at(np.arange(len(one.both)), np.arange(one.both.shape[1])) for one in surfaces]
    count = len(known)
    whole, left = _squares(known), [_squares(known[:i] + known[i + 1 :]) for i in range(count)]
    scale = 1 / count + (learners.ratio or 0.0)
    return (
        _jackknife(whole[0], [one[0] for one in left], scale, pairs),
        _jackknife(_ratio(*whole), [_ratio(*one) for one in left], scale, pairs),
    )


def _over_rows(surface: _Surface, pairs: int) -> tuple[Jackknifed, Jackknifed]:
    """Jackknife over rows, each a point and a background row at once: for this very network only.

    A mean square is skewed, and a share ends at 0 and 1: their intervals are made of the logarithm and of the log-odds.
    """
    rows = np.arange(len(surface.both))
    left = [_squares([surface.at(np.delete(rows, i), np.delete(rows, i))]) for i in range(len(rows))]
    whole = _squares([surface.at(rows, rows)])
    square = _jackknife(whole[0], [one[0] for one in left], 1 / len(rows), pairs)
    share = _jackknife(_ratio(*whole), [_ratio(*one) for one in left], 1 / len(rows), pairs)
    return _by_logarithm(square), _by_odds(share)


def _jackknife(whole: float, left: list[float], scale: float, pairs: int) -> Jackknifed:
    """The mean of the pseudovalues, which is free of bias in the first order, and its t interval.

    Quenouille 1956, Biometrika 43:353, and Tukey 1958, Ann. Math. Stat. 29:614.
    """
    count = len(left)
    values = count * whole - (count - 1) * np.array(left)
    error = float(np.sqrt(scale * values.var(ddof=1)))
    half = student_quantile(count) * error
    level = 1 - 2 * (1 - LEVEL) / pairs  # a strength cannot be below nothing: a test to one side
    middle = float(values.mean())
    return Jackknifed(middle, middle - half, middle + half, middle - student_quantile(count, level) * error > 0)


def _by_logarithm(found: Jackknifed) -> Jackknifed:
    """The same half width, by the delta method, on a scale that has no end at 0."""
    if found.value <= 0:
        return found
    reach = float(np.exp((found.high - found.value) / found.value))
    return replace(found, low=found.value / reach, high=found.value * reach)


def _by_odds(found: Jackknifed) -> Jackknifed:
    """The same half width, by the delta method, on a scale that has no end at 0 nor at 1."""
    if not ROUNDING < found.value < 1 - ROUNDING:
        return found
    middle, half = logit(found.value), (found.high - found.value) / (found.value * (1 - found.value))
    return replace(found, low=float(expit(middle - half)), high=float(expit(middle + half)))


def grid(subject: Subject, learners: Learners, pair: Interaction, output: int) -> EffectGrid | None:
    """The mean over networks of the answers where both features are set to the middle of each cell."""
    held, network = subject.held.frame, learners.members[0]
    sides = [_side(network, held[name], name) for name in (pair.first, pair.second)]
    if any(len(side.labels) < 2 for side in sides):
        return None
    counts = np.zeros((len(sides[0].labels), len(sides[1].labels)), dtype=np.intp)
    inside = (sides[0].cells >= 0) & (sides[1].cells >= 0)
    np.add.at(counts, (sides[0].cells[inside], sides[1].cells[inside]), 1)
    filled = [(int(a), int(b)) for a, b in np.argwhere(counts >= CELL_ROWS)]
    if not filled:
        return None
    means, within = zip(
        *(_cells(learners, i, pair, sides, filled, output) for i in range(len(learners.members))), strict=True
    )
    halves = learners.half(np.stack(means), np.stack(within))
    middle = np.stack(means).mean(axis=0)
    return EffectGrid(
        first=pair.first,
        second=pair.second,
        first_labels=sides[0].labels,
        second_labels=sides[1].labels,
        values=_table(counts.shape, filled, middle),
        halves=_table(counts.shape, filled, halves),
        counts=tuple(tuple(int(cell) for cell in row) for row in counts),
        fewest=CELL_ROWS,
        n=int(inside.sum()),
    )


def _table(
    shape: tuple[int, ...], filled: list[tuple[int, int]], numbers: Floats
) -> tuple[tuple[float | None, ...], ...]:
    known = {cell: float(number) for cell, number in zip(filled, numbers, strict=True)}
    return tuple(tuple(known.get((row, column)) for column in range(shape[1])) for row in range(shape[0]))


def _cells(
    learners: Learners,
    number: int,
    pair: Interaction,
    sides: list["_Side"],
    filled: list[tuple[int, int]],
    output: int,
) -> tuple[Floats, Floats]:
    """One network's mean answer in each cell over a sample of its rows, and the variance of that mean."""
    network, rows = learners.members[number], learners.rows[number]
    x = network.test.x[rows[:: max(1, len(rows) // BACKGROUND)]]
    tables = []
    for a, b in filled:
        half = with_values(network, x, pair.first, sides[0].middles.iloc[np.full(len(x), a)])
        tables.append(with_values(network, half, pair.second, sides[1].middles.iloc[np.full(len(x), b)]))
    answers = learners.ask(network, np.concatenate(tables))[:, output].reshape(len(filled), len(x))
    return answers.mean(axis=1), answers.var(axis=1, ddof=1) / len(x) if len(x) > 1 else np.zeros(len(filled))


@dataclass(frozen=True)
class _Side:
    """One side of the grid: the cells' labels (a level, or both ends), their middles, and each row's cell or -1."""

    labels: tuple[tuple[str | float | None, ...], ...]
    middles: "pd.Series[Any]"
    cells: Rows


def _side(network: Refit, values: "pd.Series[Any]", feature: str) -> _Side:
    return _ranges(values) if kind_of(network, feature) != "level" else _levels(values)


def _ranges(values: "pd.Series[Any]") -> _Side:
    """Fifths of the rows, or single values where they are few; a middle is a value that occurs."""
    numbers = numbers_of(values)
    present = numbers[~np.isnan(numbers)]
    distinct = np.unique(present)
    upper = (
        distinct
        if len(distinct) <= CELLS
        else np.unique(np.quantile(present, np.linspace(0, 1, CELLS + 1)[1:], method="inverted_cdf"))
    )
    cells = np.where(np.isnan(numbers), -1, np.searchsorted(upper, numbers))
    labels, middles = [], []
    for cell in range(len(upper)):
        inside = np.flatnonzero(cells == cell)
        order = inside[np.argsort(numbers[inside], kind="stable")]
        middles.append(int(order[len(order) // 2]))
        ends = sorted({float(numbers[order[0]]), float(numbers[order[-1]])})
        labels.append(tuple(ends))
    return _Side(tuple(labels), values.iloc[middles], cells.astype(np.intp))


def _levels(values: "pd.Series[Any]") -> _Side:
    """The commonest levels, and a missing value where it is one of them."""
    labels = labels_of(values)
    counted: dict[str | None, list[int]] = {}
    for row, label in enumerate(labels):
        counted.setdefault(label, []).append(row)
    order = sorted(counted, key=lambda label: (-len(counted[label]), label or ""))[:CELLS]
    cells = np.array([order.index(label) if label in order else -1 for label in labels], dtype=np.intp)
    return _Side(tuple((label,) for label in order), values.iloc[[counted[label][0] for label in order]], cells)
