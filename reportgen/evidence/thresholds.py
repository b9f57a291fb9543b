"""What a binary network does at other thresholds than one half, and which of them validation rows would choose."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, NotApplicable, Subject
from reportgen.evidence.clusters import on, rate_effect, told
from reportgen.evidence.intervals import WILSON, Bounds, rate_interval, resample_cells
from reportgen.evidence.predictions import ClassAnswers, class_answers
from reportgen.records.network import Metric
from reportgen.records.thresholds import Scores, Threshold, Thresholds

TENTHS = tuple(tenth / 10 for tenth in range(1, 10))
EVEN = 0.5
F1_WILSON = "Wilson score of right answers among rows of or taken for the class"
COST_MOVER = "Wilson score of each kind of mistake, combined by MOVER"
PAIRED = "rows redrawn in pairs"

FEW = 10
MOST_CUTS = 2_000
"""Above so many stated probabilities their quantiles are kept, in equal parts of the rows of either class."""

_STREAM = 137

Costs = tuple[float, float]
Chosen = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Counts:
    """How many rows are truly and falsely positive, falsely and truly negative."""

    hits: int
    alarms: int
    misses: int
    rests: int

    @property
    def n(self) -> int:
        """All rows."""
        return self.hits + self.alarms + self.misses + self.rests


def measure(subject: Subject) -> Thresholds:
    """Tabulate what test rows show at nine thresholds and at the one that validation rows like best.

    Raises NotApplicable where there are not two classes, or one is missing among validation or test rows.
    """
    if subject.task.kind != "binary" or subject.task.positive is None:
        raise NotApplicable("needs_two_classes")
    validation, test = class_answers(subject, subject.validation), class_answers(subject, subject.test)
    if any(len(np.unique(answers.happened)) < 2 for answers in (validation, test)):
        raise NotApplicable("one_class_only")
    best = choose(validation, subject.costs)
    return Thresholds(
        positive=subject.task.positive,
        rows=tuple(at_threshold(test, threshold, subject.costs) for threshold in TENTHS),
        chosen=at_threshold(test, best, subject.costs),
        aim="f1" if subject.costs is None else "cost",
        validation_rows=len(validation.actual),
        gain=gain(test, best, subject.costs, np.random.default_rng([subject.seed, _STREAM])),
        false_positive=subject.costs[0] if subject.costs else None,
        false_negative=subject.costs[1] if subject.costs else None,
        scores=scores(test, (*TENTHS, best), subject.costs),
    )


def scores(answers: ClassAnswers, lines: tuple[float, ...], costs: Costs | None) -> Scores:
    """Count the rows between cuts: every stated probability and these lines, or quantiles where there are too many."""
    stated, happened = answers.stated, answers.happened
    own, values = _own_line(answers), np.unique(stated)
    kept = values if len(values) <= MOST_CUTS else _quantiles(stated, happened)
    cuts = np.unique(np.concatenate([kept, values[:1], lines, [EVEN if own is None else own]]))
    place = np.searchsorted(cuts, stated, side="right") - 1
    positives, negatives = (np.bincount(place[chosen], minlength=len(cuts)) for chosen in (happened, ~happened))
    return Scores(
        cuts=tuple(cuts.tolist()),
        positives=tuple(positives.tolist()),
        negatives=tuple(negatives.tolist()),
        exact=len(values) <= MOST_CUTS,
        own=own,
        n=len(stated),
        effects=_effects(answers, lines, costs) if answers.units is not None else (),
    )


def _own_line(answers: ClassAnswers) -> float | None:
    """The line that gives the network's own answers: one half, or just above it where a tie goes to the other class."""
    given = np.asarray(answers.predicted == answers.positive)
    stated = answers.stated
    if np.array_equal(stated >= EVEN, given):
        return EVEN
    least = float(stated[given].min()) if given.any() else float(np.nextafter(stated.max(), 2.0))
    return least if np.array_equal(stated >= least, given) else None


def _quantiles(stated: Floats, happened: Chosen) -> Floats:
    """Stated probabilities at even steps through the ordered rows of either class."""
    return np.concatenate([_even_steps(np.sort(stated[chosen]), MOST_CUTS // 2) for chosen in (happened, ~happened)])


def _even_steps(ordered: Floats, most: int) -> Floats:
    return ordered[np.unique(np.linspace(0, len(ordered) - 1, min(most, len(ordered))).astype(np.int64))]


def _effects(answers: ClassAnswers, lines: tuple[float, ...], costs: Costs | None) -> tuple[tuple[str, float], ...]:
    """The largest design effect of each rate at any of the lines; 1 where a rate has no rows."""
    found: dict[str, float] = {}
    for line in lines:
        for name, effect in _effects_at(answers, answers.stated >= line, costs):
            found[name] = max(found.get(name, 1.0), effect)
    return tuple(found.items())


def _effects_at(answers: ClassAnswers, flagged: Chosen, costs: Costs | None) -> list[tuple[str, float]]:
    happened, (alarm, miss) = answers.happened, costs or (1.0, 1.0)
    rates = {
        "accuracy": (flagged == happened, np.ones_like(flagged)),
        "flagged": (flagged, np.ones_like(flagged)),
        "precision": (happened, flagged),
        "recall": (flagged, happened),
        "specificity": (~flagged, ~happened),
        "f1": (flagged & happened, flagged | happened),
        "cost": (alarm * (flagged & ~happened) + miss * (~flagged & happened), np.ones_like(flagged)),
    }
    return [(name, rate_effect(hits[inside], on(answers.units, inside))) for name, (hits, inside) in rates.items()]


def choose(answers: ClassAnswers, costs: Costs | None) -> float:
    """Find the threshold of the highest F1, or of the least cost: half way between two neighbouring probabilities.

    Of equally good ones the nearest to one half. All rows, or none, may be flagged where costs are known.
    """
    values = np.unique(answers.stated)
    candidates = np.concatenate([[0.0], (values[1:] + values[:-1]) / 2, [1.0]])
    positive, negative = np.sort(answers.stated[answers.happened]), np.sort(answers.stated[~answers.happened])
    misses = np.searchsorted(positive, candidates, side="left")
    alarms = len(negative) - np.searchsorted(negative, candidates, side="left")
    if costs is None:
        hits = len(positive) - misses
        loss = -2 * hits / np.maximum(2 * hits + alarms + misses, 1)
    else:
        loss = costs[0] * alarms + costs[1] * misses
    best = np.flatnonzero(loss <= loss.min() + 1e-12 * max(float(np.abs(loss).max()), 1.0))
    return float(candidates[best[np.argmin(np.abs(candidates[best] - EVEN))]])


def at_threshold(answers: ClassAnswers, threshold: float, costs: Costs | None) -> Threshold:
    """Count the answers at one threshold; every rate has Wilson's limits."""
    found = count(answers, threshold)
    flagged, happened = answers.stated >= threshold, answers.happened
    metrics = [
        _rate("flagged", answers, flagged, np.ones_like(flagged)),
        _rate("precision", answers, happened, flagged),
        _rate("recall", answers, flagged, happened),
        _rate("specificity", answers, ~flagged, ~happened),
        _f1(answers, found, flagged, happened),
    ]
    if costs is not None:
        paid = costs[0] * (flagged & ~happened) + costs[1] * (~flagged & happened)
        value, bounds = mean_cost(found, costs, rate_effect(paid, answers.units))
        bounds = bounds._replace(method=told(bounds.method, answers.units))
        metrics.append(_metric("cost", answers, value, bounds, found.n))
    return Threshold(threshold=threshold, metrics=tuple(metrics))


def count(answers: ClassAnswers, threshold: float) -> Counts:
    """Answer the positive class from the threshold on, and count right and wrong answers."""
    flagged, happened = answers.stated >= threshold, answers.happened
    hits, alarms = int((flagged & happened).sum()), int((flagged & ~happened).sum())
    return Counts(hits, alarms, int(happened.sum()) - hits, int((~happened).sum()) - alarms)


def mean_cost(found: Counts, costs: Costs, effect: float = 1.0) -> tuple[float, Bounds]:
    """Weigh both kinds of mistakes by their costs, a row.

    Limits by MOVER for a weighted sum of two shares of one multinomial (Zou and Donner 2008, Stat Med 27:1693), whose
    correlation is never positive. `effect` is the design effect of rows that come in groups.
    """
    shares = np.array([found.alarms, found.misses]) / found.n
    limits = np.array([rate_interval(mistakes / effect, found.n / effect) for mistakes in (found.alarms, found.misses)])
    away = np.abs(limits - shares[:, None]) * np.array(costs)[:, None]
    rest = np.sqrt(np.prod(shares) / np.prod(1 - shares)) if shares.max() < 1 else 0.0
    reach = np.sqrt(np.maximum((away**2).sum(axis=0) - 2 * rest * away.prod(axis=0), 0.0))
    value = float(shares @ costs)
    return value, Bounds(max(value - float(reach[0]), 0.0), min(value + float(reach[1]), max(costs)), COST_MOVER)


def gain(answers: ClassAnswers, threshold: float, costs: Costs | None, rng: np.random.Generator) -> Metric:
    """Compare a threshold with one half on the same rows: F1 gained, or cost of a row saved.

    Where fewer than ten rows are answered otherwise, redrawn rows repeat themselves too much to show the spread.
    """
    kinds = 4 * answers.happened + 2 * (answers.stated >= EVEN) + (answers.stated >= threshold)
    counts = np.bincount(kinds, minlength=8)
    n, otherwise = int(counts.sum()), int(counts[[1, 2, 5, 6]].sum())
    name, value = "f1" if costs is None else "cost", float(_gained(counts[None, :] / n, costs)[0])
    if otherwise < FEW:
        note = "too_few_rows" if otherwise else "same_answers"
        return Metric(name=name, split=answers.split, value=value, n=n, method="not measured", note=note)
    drawn = resample_cells(kinds, len(counts), rng, answers.units)
    low, high, method = drawn.interval(lambda means: _gained(means, costs))
    method, by, groups = method.partition(", by groups: ")
    return _metric(name, answers, value, Bounds(low, high, f"{method}, {PAIRED}{by}{groups}"), n)


def _gained(shares: Floats, costs: Costs | None) -> Floats:
    """The gain, from shares of rows by outcome, by the answer at one half and by the answer at the threshold."""
    cells = shares.reshape(-1, 2, 2, 2)
    half, chosen = cells.sum(axis=3), cells.sum(axis=2)
    return _f1s(chosen) - _f1s(half) if costs is None else _costs(half, costs) - _costs(chosen, costs)


def _f1s(tables: Floats) -> Floats:
    """F1 of tables of shares by outcome and answer; 0 where there is neither."""
    sums = 2 * tables[:, 1, 1] + tables[:, 0, 1] + tables[:, 1, 0]
    return np.divide(2 * tables[:, 1, 1], sums, out=np.zeros(len(tables)), where=sums > 0)


def _costs(tables: Floats, costs: Costs) -> Floats:
    return np.asarray(costs[0] * tables[:, 0, 1] + costs[1] * tables[:, 1, 0])


def _rate(name: str, answers: ClassAnswers, hits: Chosen, inside: Chosen) -> Metric:
    """The share of hits among the rows inside."""
    hits, units = hits[inside], on(answers.units, inside)
    n, successes = len(hits), int(np.count_nonzero(hits))
    if n == 0:
        return Metric(name=name, split=answers.split, value=None, n=0, method=WILSON, note="never_predicted")
    effect = rate_effect(hits, units)
    bounds = Bounds(*rate_interval(successes / effect, n / effect), told(WILSON, units, effect))
    return _metric(name, answers, successes / n, bounds, n)


def _f1(answers: ClassAnswers, found: Counts, flagged: Chosen, happened: Chosen) -> Metric:
    """F1 is 2J/(1+J), J the share of right answers among rows that are, or are taken for, the class: a rate."""
    n, either = found.hits + found.alarms + found.misses, flagged | happened
    effect = rate_effect((flagged & happened)[either], on(answers.units, either))
    limits = rate_interval(found.hits / effect, n / effect)
    value, low, high = (2 * share / (1 + share) for share in (found.hits / n, *limits))
    return _metric("f1", answers, value, Bounds(low, high, told(F1_WILSON, answers.units, effect)), n)


def _metric(name: str, answers: ClassAnswers, value: float, bounds: Bounds, n: int) -> Metric:
    low, high, method = bounds
    return Metric(name=name, split=answers.split, value=value, low=low, high=high, n=n, method=method)
