"""How the answers move with each of the leading features, over other rows and over networks made in the same way."""

import math
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from reportgen.config import Budget
from reportgen.evidence.base import Floats, NotApplicable, Subject
from reportgen.evidence.interactions import between
from reportgen.evidence.intervals import LEVEL, normal_quantile, rate_interval
from reportgen.evidence.learners import Interval, Learners, assemble
from reportgen.evidence.local_effects import Local, bin_edges, level_effects, missing_effect, steps
from reportgen.evidence.placing import Texts, kind_of, labels_of, numbers_of, with_numbers
from reportgen.evidence.refits import FEWEST, corrected_interval
from reportgen.records.effects import Effect, EffectCurve, EffectPoint, Effects, Individuals, Shape
from reportgen.records.explanation import FeatureImportance, Importance

LEADING: dict[Budget, int] = {"quick": 2, "standard": 4, "thorough": 8}
ROWS: dict[Budget, int] = {"quick": 500, "standard": 2_000, "thorough": 5_000}
"""Test rows of each network."""
MOST_BINS, ROWS_A_BIN = 20, 15
MOST_LEVELS, LEVEL_ROWS = 10, 5
ANSWERS = 20_000
"""At most about so many answers for the levels of one feature in one network."""
MOST_CLASSES = 3
DENSITY_STEPS = 40
SHOWN_CURVES, COUNTED_CURVES = 20, 300


def measure(subject: Subject, importance: tuple[Importance, ...]) -> Effects:
    """The effects of the features that the leading method of importance puts first, and the leading interaction."""
    leading = next((method for method in importance if method.main), None)
    if leading is None:
        raise NotApplicable("no_importance")
    networks = assemble(subject, ROWS[subject.budget])
    effects: list[Effect] = []
    for feature in leading.features:
        if len(effects) == LEADING[subject.budget]:
            break
        effect = _effect(subject, networks, feature.feature, first=not effects)
        if effect is not None:
            effects.append(effect)
    if not effects:
        raise NotApplicable("no_varying_feature")
    output = _output(subject, effects[0])
    pairs, grid = between(subject, networks, [effect.feature for effect in effects], output)
    return Effects(
        features=tuple(effects),
        interactions=pairs,
        interaction_of=subject.task.classes[output] if subject.classifies else None,
        grid=grid,
        networks=len(networks.members),
        covers=subject.refits.covers if len(networks.members) > 1 else (),
        method=networks.method,
    )


def _output(subject: Subject, effect: Effect) -> int:
    """The class that the leading feature moves most."""
    return subject.task.classes.index(effect.curves[0].of) if effect.curves[0].of is not None else 0


def _effect(subject: Subject, networks: Learners, feature: str, *, first: bool) -> Effect | None:
    """One feature's effect by its kind; None where it does not vary among the rows asked."""
    kind = kind_of(networks.members[0], feature)
    if kind == "level":
        return _levels(subject, networks, feature)
    return _numbers(subject, networks, feature, kind, first=first)


def _numbers(
    subject: Subject, networks: Learners, feature: str, kind: Literal["number", "date"], *, first: bool
) -> Effect | None:
    values = numbers_of(subject.held.frame[feature])
    present = values[~np.isnan(values)]
    edges = bin_edges(values, min(MOST_BINS, max(2, len(present) // ROWS_A_BIN)))
    if len(edges) < 2:
        return None
    found = [
        steps(one, rows, feature, edges, networks.ask)
        for one, rows in zip(networks.members, networks.rows, strict=True)
    ]
    counts = np.histogram(present, edges)[0]
    nodes = _nodes(counts)
    start, end = _places(present, edges)
    curve = networks.interval(found, nodes)
    size = networks.interval(found, (nodes[end] - nodes[start])[None, :])
    missing = _missing(networks, feature, values, present)
    chosen = _most_moved(subject, curve.value)
    made = [
        EffectCurve(
            of=_name(subject, output),
            points=_points(curve, output, edges, counts),
            missing=None if missing is None else _missing_point(missing, output, int(np.isnan(values).sum())),
            size=float(size.value[0, output]),
            low=float(size.low[0, output]),
            high=float(size.high[0, output]),
            own_size=float(size.own[0, output]),
            **_shape(networks, found, edges, output, (float(size.low[0, output]), float(size.high[0, output]))),
        )
        for output in chosen
    ]
    bars, ends = np.histogram(present, DENSITY_STEPS, (edges[0], edges[-1]))
    return Effect(
        feature=feature,
        kind=kind,
        curves=tuple(made),
        start=float(edges[start]),
        end=float(edges[end]),
        low=float(ends[0]),
        high=float(ends[-1]),
        density=tuple(int(bar) for bar in bars),
        n=sum(len(rows) for rows in networks.rows),
        individuals=_individuals(subject, networks, feature, edges, nodes, (start, end), chosen[0]) if first else None,
    )


def _nodes(counts: npt.NDArray[Any]) -> Floats:
    """What turns steps into a curve (edges, bins): their running sum, less its mean over the rows."""
    bins = len(counts)
    running = np.vstack([np.zeros(bins), np.tril(np.ones((bins, bins)))])
    middle = (running[1:] + running[:-1]) / 2
    return np.asarray(running - (counts / counts.sum()) @ middle)


def _places(present: Floats, edges: Floats) -> tuple[int, int]:
    """The edges nearest to the 10th and the 90th percentile, which are never the same."""
    ends = np.quantile(present, [0.1, 0.9])
    start, end = (int(np.argmin(np.abs(edges - place))) for place in ends)
    if start < end:
        return start, end
    return (start, start + 1) if start + 1 < len(edges) else (start - 1, start)


def _most_moved(subject: Subject, values: Floats) -> list[int]:
    """The outputs to show: all but those of the classes that move least, the most moved first."""
    moves = np.ptp(values, axis=0)
    return [int(output) for output in np.argsort(-moves, kind="stable")[:MOST_CLASSES]]


def _name(subject: Subject, output: int) -> str | None:
    if not subject.classifies:
        return None
    return subject.task.positive if subject.task.positive is not None else subject.task.classes[output]


def _points(curve: Interval, output: int, edges: Floats, counts: npt.NDArray[Any]) -> tuple[EffectPoint, ...]:
    between_ = [0, *(int(count) for count in counts)]
    return tuple(_point(curve, i, output, n, at=float(edges[i])) for i, n in enumerate(between_))


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


def _missing(networks: Learners, feature: str, values: Floats, present: Floats) -> Interval | None:
    """What a missing value does against the mean of those there, where every network sees that it is missing."""
    if not np.isnan(values).any():
        return None
    typical = np.quantile(present, [0.1, 0.3, 0.5, 0.7, 0.9], method="inverted_cdf")
    found = [
        missing_effect(one, rows, feature, typical, networks.ask)
        for one, rows in zip(networks.members, networks.rows, strict=True)
    ]
    whole = [one for one in found if one is not None]
    return networks.interval(whole, np.ones((1, 1))) if len(whole) == len(found) else None


def _missing_point(found: Interval, output: int, n: int) -> EffectPoint:
    return _point(found, 0, output, n)


def _shape(
    networks: Learners, found: list[Local], edges: Floats, output: int, size: tuple[float, float]
) -> dict[str, Any]:
    """Rising, falling, both or unclear, by its move from end to end and by the longest ways up and down.

    The longest ways are found in the reported network. They count where the networks made anew, which had no part in
    finding them, confirm them; without such, by a limit that holds for every way at once (Bonferroni).
    """
    heights = np.concatenate([[0.0], np.cumsum(found[0].means[:, output])])
    rise, fall = _longest(heights), _longest(-heights)
    up = rise is not None and _confirmed(networks, found, output, rise, 1.0)
    down = fall is not None and _confirmed(networks, found, output, fall, -1.0)
    shape: Shape = "rising" if size[0] > 0 else "falling" if size[1] < 0 else "unclear"
    if not (up and down and rise and fall):
        return {"shape": shape}
    ways = {"rise": rise, "fall": fall}
    return {"shape": "both", **{name: (float(edges[a]), float(edges[b])) for name, (a, b) in ways.items()}}


def _longest(heights: Floats) -> tuple[int, int] | None:
    """From where to where a curve climbs most; None where it never does."""
    lowest = np.minimum.accumulate(heights)
    top = int(np.argmax(heights - lowest))
    bottom = int(np.argmin(heights[: top + 1]))
    return (bottom, top) if bottom < top else None


def _confirmed(networks: Learners, found: list[Local], output: int, way: tuple[int, int], sign: float) -> bool:
    climbs = [sign * float(one.means[way[0] : way[1], output].sum()) for one in found]
    if len(climbs) > FEWEST:
        return corrected_interval(climbs[1:], networks.ratio or 0.0)[0] > 0
    looks = len(found[0].means) * (len(found[0].means) + 1)
    error = math.sqrt(float(found[0].variances[way[0] : way[1], output].sum()))
    return climbs[0] > normal_quantile(1 - (1 - LEVEL) / looks) * error


def _individuals(
    subject: Subject,
    networks: Learners,
    feature: str,
    edges: Floats,
    nodes: Floats,
    ends: tuple[int, int],
    output: int,
) -> Individuals | None:
    """Curves of single rows in the reported network: Goldstein et al. (2015), J. Comput. Graph. Stat. 24:44."""
    network, rng = networks.members[0], np.random.default_rng([subject.seed, 62])
    rows = networks.rows[0]
    rows = rows[~np.isnan(numbers_of(network.test.frame[feature].iloc[rows]))]
    if len(rows) < 2:
        return None
    counted = rng.permutation(rows)[:COUNTED_CURVES]
    x = network.test.x[counted]
    places = [np.full(len(x), edges[end]) for end in ends]
    answers = networks.ask(network, np.concatenate([with_numbers(network, x, feature, one) for one in places]))
    moves = answers[len(x) :, output] - answers[: len(x), output]
    against = int((np.sign(moves) == -np.sign(moves.mean())).sum())
    low, high = rate_interval(against, len(moves))
    tenth, ninetieth = np.quantile(moves, [0.1, 0.9])
    return Individuals(
        curves=_curves(networks, x[:SHOWN_CURVES], feature, edges, nodes, output),
        against=against / len(moves),
        low=low,
        high=high,
        tenth=float(tenth),
        ninetieth=float(ninetieth),
        n=len(moves),
    )


def _curves(
    networks: Learners, x: Floats, feature: str, edges: Floats, nodes: Floats, output: int
) -> tuple[tuple[float, ...], ...]:
    """Each row's answers at the edges, centred as the mean curve is."""
    network = networks.members[0]
    tables = [with_numbers(network, x, feature, np.full(len(x), edge)) for edge in edges]
    answers = networks.ask(network, np.concatenate(tables))[:, output].reshape(len(edges), len(x))
    centred = nodes @ np.diff(answers, axis=0)
    return tuple(tuple(float(height) for height in curve) for curve in centred.T)


def _levels(subject: Subject, networks: Learners, feature: str) -> Effect | None:
    labels = labels_of(subject.held.frame[feature])
    levels, counts = _common(labels)
    if len(levels) < 2:
        return None
    shares = counts / counts.sum()
    most = max(50, ANSWERS // len(levels))
    found = [
        level_effects(one, rows[:: math.ceil(len(rows) / most)], feature, levels, shares, networks.ask)
        for one, rows in zip(networks.members, networks.rows, strict=True)
    ]
    heights = networks.interval(found, np.eye(len(levels)))
    made = [
        _level_curve(subject, heights, networks, found, levels, counts, output)
        for output in _most_moved(subject, heights.value)
    ]
    return Effect(
        feature=feature,
        kind="level",
        curves=tuple(made),
        others=len(labels) - int(counts.sum()),
        n=sum(len(rows[:: math.ceil(len(rows) / most)]) for rows in networks.rows),
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


def _level_curve(
    subject: Subject,
    heights: Interval,
    networks: Learners,
    found: list[Local],
    levels: Texts,
    counts: npt.NDArray[Any],
    output: int,
) -> EffectCurve:
    """The levels from the highest effect to the lowest; the two ends are told apart at a level for every pair."""
    order = np.argsort(-heights.value[:, output], kind="stable")
    contrast = np.zeros((1, len(levels)))
    contrast[0, order[0]], contrast[0, order[-1]] = 1.0, -1.0
    pairs = len(levels) * (len(levels) - 1) / 2
    size = networks.interval(found, contrast, 1 - (1 - LEVEL) / pairs)
    return EffectCurve(
        of=_name(subject, output),
        points=tuple(_point(heights, int(i), output, int(counts[i]), label=levels[i]) for i in order),
        size=float(size.value[0, output]),
        low=float(size.low[0, output]),
        high=float(size.high[0, output]),
        own_size=float(size.own[0, output]),
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
