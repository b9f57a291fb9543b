"""How the answers move with each of the leading features, over other rows and over networks made in the same way."""

import math
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from reportgen.config import Budget
from reportgen.evidence.base import Floats, NotApplicable, Refit, Subject
from reportgen.evidence.interactions import Surfaces, grid
from reportgen.evidence.intervals import LEVEL, normal_quantile, rate_interval
from reportgen.evidence.learners import Interval, Learners, Rows, assemble
from reportgen.evidence.local_effects import ROWS_A_BIN, Local, bin_edges, level_effects, missing_effect, steps
from reportgen.evidence.placing import (
    Question,
    Texts,
    kind_of,
    labels_of,
    missing_column,
    numbers_of,
    together,
    with_numbers,
)
from reportgen.evidence.refits import FEWEST, corrected_interval
from reportgen.records.effects import Effect, EffectCurve, EffectPoint, Effects, Individuals, Shape
from reportgen.records.explanation import FeatureImportance, Importance

LEADING: dict[Budget, int] = {"quick": 2, "standard": 4, "thorough": 8}
ROWS: dict[Budget, int] = {"quick": 500, "standard": 2_000, "thorough": 5_000}
"""Test rows of each network."""
MOST_BINS = 20
MOST_LEVELS, LEVEL_ROWS = 10, 5
LEVEL_ANSWERS = (50, 20_000)
"""At least so many rows, and at most about so many answers, for the levels of one feature in one network."""
MOST_CLASSES = 3
DENSITY_STEPS = 40
SHOWN_CURVES, COUNTED_CURVES = 20, 300


@dataclass(frozen=True)
class _Plan:
    """What is asked about one feature: the edges of its bins, or its levels; and how many rows lie there."""

    feature: str
    kind: Literal["number", "date", "level"]
    counts: npt.NDArray[Any]
    values: Floats
    edges: Floats
    levels: Texts
    missing: bool = False

    @property
    def present(self) -> Floats:
        """The numbers that are there."""
        return self.values[~np.isnan(self.values)]

    @property
    def shares(self) -> Floats:
        """The share of rows that each level has."""
        return np.asarray(self.counts / self.counts.sum())

    @property
    def weights(self) -> Floats:
        """What turns the effects of a network into the heights that are shown."""
        return np.eye(len(self.levels)) if self.kind == "level" else _nodes(self.counts)

    def sample(self, rows: Rows) -> Rows:
        """Few enough rows for every level to be asked of each."""
        most = max(LEVEL_ANSWERS[0], LEVEL_ANSWERS[1] // max(len(self.levels), 1))
        return rows[:: math.ceil(len(rows) / most)] if self.kind == "level" else rows

    def questions(self, network: Refit, rows: Rows) -> list[Question[Local]]:
        """The feature's effects, and that of a missing number where there is one."""
        if self.kind == "level":
            return [level_effects(network, self.sample(rows), self.feature, self.levels, self.shares)]
        typical = np.quantile(self.present, [0.1, 0.3, 0.5, 0.7, 0.9], method="inverted_cdf")
        gap = [missing_effect(network, rows, self.feature, typical)] if self.missing else []
        return [steps(network, rows, self.feature, self.edges), *gap]


@dataclass(frozen=True)
class _Found:
    """What every network answered about one feature."""

    plan: _Plan
    effects: list[Local]
    missing: list[Local]


def measure(subject: Subject, importance: tuple[Importance, ...]) -> Effects:
    """The effects of the features that the leading method of importance puts first, and the leading interaction."""
    leading = next((method for method in importance if method.main), None)
    if leading is None:
        raise NotApplicable("no_importance")
    learners = assemble(subject, ROWS[subject.budget])
    possible = (_plan(subject, learners, one.feature) for one in leading.features)
    plans = list(islice((plan for plan in possible if plan is not None), LEADING[subject.budget]))
    if not plans:
        raise NotApplicable("no_varying_feature")
    surfaces = Surfaces(learners, [plan.feature for plan in plans], np.random.default_rng([subject.seed, 63]))
    found, asked = _asked(learners, plans, surfaces)
    outputs = _most_moved(found)
    effects = [_effect(subject, learners, one, outputs) for one in found]
    first = next((i for i, one in enumerate(effects) if one.kind != "level"), None)
    if first is not None:
        effects[first] = _with_individuals(subject, learners, found[first], effects[first])
    output = _column(subject, effects[0].curves[0].of)
    pairs = surfaces.interactions(asked, output)
    return Effects(
        features=tuple(effects),
        interactions=pairs,
        interaction_of=effects[0].curves[0].of,
        grid=grid(subject, learners, pairs[0], output) if pairs else None,
        networks=len(learners.members),
        covers=subject.refits.covers if len(learners.members) > 1 else (),
        method=learners.method,
    )


def _asked(
    learners: Learners, plans: list[_Plan], surfaces: Surfaces
) -> tuple[list[_Found], list[dict[tuple[str, ...], Floats]]]:
    """Every network asked once: about each feature, and about the features set together."""
    effects: list[list[Local]] = []
    tables = []
    for number, (network, rows) in enumerate(zip(learners.members, learners.rows, strict=True)):
        answers: dict[tuple[str, ...], Floats] = {}
        questions = [question for plan in plans for question in plan.questions(network, rows)]
        effects.append(together(network, [*questions, *surfaces.questions(number, answers)], learners.ask))
        tables.append(answers)
    of_each = iter(zip(*effects, strict=True))
    return [_Found(plan, list(next(of_each)), list(next(of_each)) if plan.missing else []) for plan in plans], tables


def _column(subject: Subject, of: str | None) -> int:
    """Where the answers to a class stand; a binary task and a number have but one column."""
    return 0 if of is None or subject.task.positive is not None else subject.task.classes.index(of)


def _plan(subject: Subject, learners: Learners, feature: str) -> _Plan | None:
    """What to ask about one feature; None where it does not vary among the rows, or is free text."""
    if feature in subject.prose:
        return None
    kind, column = kind_of(learners.members[0], feature), subject.held.frame[feature]
    none, nothing = np.empty(0), np.empty(0, dtype=object)
    if kind == "level":
        levels, counts = _common(labels_of(column))
        return _Plan(feature, kind, counts, none, none, levels) if len(levels) > 1 else None
    values = numbers_of(column)
    present = values[~np.isnan(values)]
    edges = bin_edges(values, min(MOST_BINS, max(2, len(present) // ROWS_A_BIN)))
    if len(edges) < 2:
        return None
    flagged = all(missing_column(network, feature) is not None for network in learners.members)
    missing = flagged and bool(np.isnan(values).any())
    return _Plan(feature, kind, np.histogram(present, edges)[0], values, edges, nothing, missing)


def _effect(subject: Subject, learners: Learners, found: _Found, outputs: list[int]) -> Effect:
    make = _levels if found.plan.kind == "level" else _numbers
    return make(subject, learners, found, outputs)


def _numbers(subject: Subject, learners: Learners, found: _Found, outputs: list[int]) -> Effect:
    plan = found.plan
    nodes = plan.weights
    start, end, whole = _places(plan.present, plan.edges)
    curve = learners.interval(found.effects, nodes)
    size = learners.interval(found.effects, (nodes[end] - nodes[start])[None, :])
    missing = learners.interval(found.missing, np.ones((1, 1))) if found.missing else None
    absent = int(np.isnan(plan.values).sum())
    curves = tuple(
        EffectCurve(
            of=_name(subject, output),
            points=_points(curve, output, plan),
            missing=None if missing is None else _point(missing, 0, output, absent),
            **_size(size, output),
            **_shape(learners, found.effects, plan.edges, output, size),
        )
        for output in outputs
    )
    fine = min(DENSITY_STEPS, len(np.unique(plan.present)))
    bars, ends = np.histogram(plan.present, fine, (plan.edges[0], plan.edges[-1]))
    return Effect(
        feature=plan.feature,
        kind=plan.kind,
        curves=curves,
        start=float(plan.edges[start]),
        end=float(plan.edges[end]),
        whole=whole,
        low=float(ends[0]),
        high=float(ends[-1]),
        density=tuple(int(bar) for bar in bars),
        n=sum(len(rows) for rows in learners.rows),
    )


def _size(size: Interval, output: int) -> dict[str, Any]:
    ends = {"size": size.value, "low": size.low, "high": size.high, "own_size": size.own}
    return {name: float(values[0, output]) for name, values in ends.items()}


def _nodes(counts: npt.NDArray[Any]) -> Floats:
    """What turns steps into a curve (edges, bins): their running sum, less its mean over the rows."""
    bins = len(counts)
    running = np.vstack([np.zeros(bins), np.tril(np.ones((bins, bins)))])
    middle = (running[1:] + running[:-1]) / 2
    return np.asarray(running - (counts / counts.sum()) @ middle)


def _places(present: Floats, edges: Floats) -> tuple[int, int, bool]:
    """The edges nearest to the 10th and the 90th percentile; the first and the last one (True) where both are the same.

    The latter happens where most rows share one value.
    """
    ends = np.quantile(present, [0.1, 0.9])
    start, end = (int(np.argmin(np.abs(edges - place))) for place in ends)
    return (start, end, False) if start < end else (0, len(edges) - 1, True)


def _most_moved(found: list[_Found]) -> list[int]:
    """The outputs to show, the same for every feature: at most three, the most moved by any of them first."""
    moves = [np.ptp(one.plan.weights @ one.effects[0].means, axis=0) for one in found]
    return [int(output) for output in np.argsort(-np.max(moves, axis=0), kind="stable")[:MOST_CLASSES]]


def _name(subject: Subject, output: int) -> str | None:
    if not subject.classifies:
        return None
    return subject.task.positive if subject.task.positive is not None else subject.task.classes[output]


def _points(curve: Interval, output: int, plan: _Plan) -> tuple[EffectPoint, ...]:
    numbers = [0, *(int(count) for count in plan.counts)]
    return tuple(_point(curve, i, output, n, at=float(plan.edges[i])) for i, n in enumerate(numbers))


def _point(
    found: Interval, place: int, output: int, n: int, at: float | None = None, label: str | None = None
) -> EffectPoint:
    return EffectPoint(
        at=at,
        label=label,
        value=float(found.value[place, output]),
        low=float(found.low[place, output]),
        high=float(found.high[place, output]),
        own=float(found.own[place, output]),
        n=n,
    )


def _shape(learners: Learners, found: list[Local], edges: Floats, output: int, size: Interval) -> dict[str, Any]:
    """Rising, falling, both or unclear, by its move from end to end and by the longest ways up and down.

    The longest ways are found in the reported network. They count where the networks made anew, which had no part in
    finding them, confirm them; without such, by a limit that holds for every way at once (Bonferroni).
    """
    heights = np.concatenate([[0.0], np.cumsum(found[0].means[:, output])])
    rise, fall = _longest(heights), _longest(-heights)
    up = rise is not None and _confirmed(learners, found, output, rise, 1.0)
    down = fall is not None and _confirmed(learners, found, output, fall, -1.0)
    if not (up and down and rise and fall):
        return {"shape": _way(float(size.low[0, output]), float(size.high[0, output]))}
    ways = {"rise": rise, "fall": fall}
    return {"shape": "both", **{name: (float(edges[a]), float(edges[b])) for name, (a, b) in ways.items()}}


def _way(low: float, high: float) -> Shape:
    return "rising" if low > 0 else "falling" if high < 0 else "unclear"


def _longest(heights: Floats) -> tuple[int, int] | None:
    """From where to where a curve climbs most; None where it never does."""
    lowest = np.minimum.accumulate(heights)
    top = int(np.argmax(heights - lowest))
    bottom = int(np.argmin(heights[: top + 1]))
    return (bottom, top) if bottom < top else None


def _confirmed(learners: Learners, found: list[Local], output: int, way: tuple[int, int], sign: float) -> bool:
    climbs = [sign * float(one.means[way[0] : way[1], output].sum()) for one in found]
    if len(climbs) > FEWEST:
        return corrected_interval(climbs[1:], learners.ratio or 0.0)[0] > 0
    looks = len(found[0].means) * (len(found[0].means) + 1)
    error = math.sqrt(float(found[0].variances[way[0] : way[1], output].sum()))
    return climbs[0] > normal_quantile(1 - (1 - LEVEL) / looks) * error


def _with_individuals(subject: Subject, learners: Learners, found: _Found, effect: Effect) -> Effect:
    """The effect of a number with curves of single rows: Goldstein et al. (2015), J. Comput. Graph. Stat. 24:44."""
    plan, network = found.plan, learners.members[0]
    rows = learners.rows[0]
    rows = rows[~np.isnan(numbers_of(network.test.frame[plan.feature].iloc[rows]))]
    if len(rows) < FEWEST:
        return effect
    counted = np.random.default_rng([subject.seed, 62]).permutation(rows)[:COUNTED_CURVES]
    ends = [float(end) for end in (effect.start, effect.end) if end is not None]
    question = _rows_moved(network, network.test.x[counted], plan, ends, _column(subject, effect.curves[0].of))
    return effect.model_copy(update={"individuals": together(network, [question], learners.ask)[0]})


def _rows_moved(network: Refit, x: Floats, plan: _Plan, ends: list[float], output: int) -> Question[Individuals]:
    """How each row's answer moves from one end to the other, and some rows' whole curves, centred like the mean's."""
    shown = x[:SHOWN_CURVES]
    tables = [with_numbers(network, x, plan.feature, np.full(len(x), end)) for end in ends]
    tables += [with_numbers(network, shown, plan.feature, np.full(len(shown), edge)) for edge in plan.edges]
    answers = (yield np.concatenate(tables))[:, output]
    moves = answers[len(x) : 2 * len(x)] - answers[: len(x)]
    against = int((np.sign(moves) == -np.sign(moves.mean())).sum())
    low, high = rate_interval(against, len(moves))
    tenth, ninetieth = np.quantile(moves, [0.1, 0.9])
    heights = plan.weights @ np.diff(answers[2 * len(x) :].reshape(len(plan.edges), len(shown)), axis=0)
    return Individuals(
        curves=tuple(tuple(float(height) for height in curve) for curve in heights.T),
        against=against / len(moves),
        low=low,
        high=high,
        tenth=float(tenth),
        ninetieth=float(ninetieth),
        n=len(moves),
    )


def _levels(subject: Subject, learners: Learners, found: _Found, outputs: list[int]) -> Effect:
    plan = found.plan
    heights = learners.interval(found.effects, plan.weights)
    return Effect(
        feature=plan.feature,
        kind="level",
        curves=tuple(_level_curve(subject, learners, found, heights, one) for one in outputs),
        others=len(subject.held.rows) - int(plan.counts.sum()),
        n=sum(len(plan.sample(rows)) for rows in learners.rows),
    )


def _common(labels: Texts) -> tuple[Texts, npt.NDArray[Any]]:
    """The commonest levels, a missing value among them, that have rows enough, the commonest first."""
    counted: dict[str | None, int] = {}
    for label in labels:
        counted[label] = counted.get(label, 0) + 1
    order = sorted(counted, key=lambda label: (-counted[label], label or ""))
    kept = [label for label in order if counted[label] >= LEVEL_ROWS][:MOST_LEVELS]
    made = np.empty(len(kept), dtype=object)
    made[:] = kept
    return made, np.array([counted[label] for label in kept], dtype=np.float64)


def _level_curve(subject: Subject, learners: Learners, found: _Found, heights: Interval, output: int) -> EffectCurve:
    """The levels from the highest effect to the lowest; these two are told apart at a level for every pair."""
    plan = found.plan
    order = np.argsort(-heights.value[:, output], kind="stable")
    contrast = np.zeros((1, len(order)))
    contrast[0, order[0]], contrast[0, order[-1]] = 1.0, -1.0
    pairs = len(order) * (len(order) - 1) / 2
    return EffectCurve(
        of=_name(subject, output),
        points=tuple(_point(heights, int(i), output, int(plan.counts[i]), label=plan.levels[i]) for i in order),
        **_size(learners.interval(found.effects, contrast, 1 - (1 - LEVEL) / pairs), output),
    )


def directed(importance: tuple[Importance, ...], effects: Effects | None) -> tuple[Importance, ...]:
    """The leading method with directions: +1 rising, -1 falling, 0 up and down, None where nothing single is known."""
    found = {effect.feature: _direction(effect) for effect in effects.features} if effects else {}
    return tuple(
        method.model_copy(update={"features": tuple(_with(one, found) for one in method.features)})
        if method.main
        else method
        for method in importance
    )


def _with(one: FeatureImportance, found: dict[str, int | None]) -> FeatureImportance:
    return one.model_copy(update={"direction": found.get(one.feature)})


def _direction(effect: Effect) -> int | None:
    """Several classes move in several directions, so that only a single curve has one."""
    if len(effect.curves) > 1 or effect.curves[0].shape is None:
        return None
    return {"rising": 1, "falling": -1, "both": 0}.get(effect.curves[0].shape)
