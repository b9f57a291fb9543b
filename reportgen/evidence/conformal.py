"""Sets of classes, or ranges of a number, that hold the truth as often as was promised: split conformal prediction.

Vovk, Gammerman and Shafer 2005, Algorithmic Learning in a Random World; Angelopoulos and Bates 2023, Foundations and
Trends in Machine Learning 16:494. Validation rows draw the line, test rows judge it. The promise is about rows that
are drawn like the validation rows; validation rows also chose when training stopped and the temperature, which costs
it less than chance does (benchmarks/coverage.py measures it).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv
from scipy.stats import betabinom, spearmanr
from sklearn.tree import DecisionTreeRegressor

from reportgen.evidence.base import Floats, NotApplicable, Part, Subject, Units
from reportgen.evidence.clusters import deal, on, rate_effect, told
from reportgen.evidence.groups import members
from reportgen.evidence.intervals import exact_rate_interval, mean_interval
from reportgen.evidence.multiplicity import holm
from reportgen.evidence.predictions import ClassAnswers, class_answers, number_answers
from reportgen.records.conformal import Conformal, Kept, Promise, Rule

PROMISES = (0.9, 0.95)
METHOD = "split conformal, Clopper-Pearson; beta-binomial test, Holm"
MOST_TAUGHT = 8_000
"""Training rows that the sizes of errors are learnt from; as many again judge whether that helps."""
LEAVES, LEAF_ROWS = 16, 20
"""A tree says how large errors are where: at most so many kinds of rows, each with rows enough for a mean."""
SURE = 0.01
LEAST_SPREAD = 0.1
"""No row counts as surer than a tenth of the mean error."""

_STREAM = 131

Marks = npt.NDArray[np.bool_]
Named = tuple[Literal["class", "group", "third"], str | None, str, Marks]
"""Some of the test rows: by what, of which column, their name, and which they are."""


@dataclass(frozen=True)
class Line:
    """The largest misfit that is let in, and the places among so many validation rows' misfits that it stands at."""

    threshold: float
    place: int
    rows: int


@dataclass(frozen=True)
class Outcome:
    """For each test row whether the truth was held, and how much else: the number of classes, or the width.

    `units` numbers each row's group, None where rows are in none.
    """

    kept: Marks
    sizes: Floats
    units: Units | None = None


def measure(subject: Subject) -> Conformal:
    """Make promises of 90 and 95 % from validation rows and hold them against test rows.

    Raises NotApplicable where validation rows are too few to promise 90 %, or no test row is there to judge it.
    """
    rows, fewest = len(subject.validation.y), needed(PROMISES[0])
    if rows < fewest:
        raise NotApplicable("too_few_to_promise", rows=rows, needed=fewest)
    return _classes(subject) if subject.classifies else _number(subject)


def needed(promised: float) -> int:
    """Count the rows that a promise takes: with fewer, only a set that leaves nothing out keeps it."""
    return math.ceil(promised / (1 - promised) - 1e-9)


def draw_line(misfits: Floats, promised: float) -> Line:
    """Find the smallest misfit that lets in (n + 1) times the promised share of n rows, rounded up.

    A new row of the same kind is then let in with that probability at least; infinite where n is too small.
    """
    place = math.ceil((len(misfits) + 1) * promised - 1e-9)
    threshold = float(np.sort(misfits)[place - 1]) if place <= len(misfits) else math.inf
    return Line(threshold, place, len(misfits))


def _classes(subject: Subject) -> Conformal:
    """Let in each class whose probability is high enough (Sadinle, Lei and Wasserman 2019, JASA 114:223).

    Of all sets that keep the promise these are the smallest on average. The second rule draws a line for each class,
    and so promises the same to each (Vovk 2012, ACML: conditional validity).
    """
    validation, test = class_answers(subject, subject.validation), class_answers(subject, subject.test)
    parts = tuple(_class_parts(subject, test))
    rows, each = len(validation.actual), np.bincount(validation.actual, minlength=test.probabilities.shape[1])
    promises = [_one_threshold(validation, test, level, parts) for level in PROMISES if rows >= needed(level)]
    if max(each) >= needed(PROMISES[0]):
        promises.insert(1, _threshold_a_class(validation, test, PROMISES[0], parts))
    return Conformal(about="classes", promises=tuple(promises), n=len(test.actual), method=told(METHOD, test.units))


def _one_threshold(validation: ClassAnswers, test: ClassAnswers, promised: float, parts: tuple[Named, ...]) -> Promise:
    line = draw_line(_misfits(validation), promised)
    inside = 1 - test.probabilities <= line.threshold
    return _promise(promised, "one_threshold", (line,), _sets(test, inside), parts, (line,) * len(parts))


def _threshold_a_class(
    validation: ClassAnswers, test: ClassAnswers, promised: float, parts: tuple[Named, ...]
) -> Promise:
    misfits = _misfits(validation)
    classes = range(test.probabilities.shape[1])
    lines = tuple(draw_line(misfits[validation.actual == number], promised) for number in classes)
    inside = 1 - test.probabilities <= np.array([line.threshold for line in lines])
    whole = Line(math.inf, math.ceil((len(misfits) + 1) * promised - 1e-9), len(misfits))
    judged = [lines[at] if of == "class" and at < len(lines) else whole for at, (of, *_) in enumerate(parts)]
    return _promise(promised, "threshold_a_class", lines, _sets(test, inside), parts, tuple(judged), whole)


def _misfits(answers: ClassAnswers) -> Floats:
    """How far from certain the truth was: 1 less its stated probability."""
    return np.asarray(1 - answers.probabilities[np.arange(len(answers.actual)), answers.actual])


def _sets(test: ClassAnswers, inside: Marks) -> Outcome:
    return Outcome(inside[np.arange(len(test.actual)), test.actual], inside.sum(axis=1).astype(np.float64), test.units)


def _class_parts(subject: Subject, test: ClassAnswers) -> Iterator[Named]:
    """Every class, in order, then the groups of protected columns; the first may be empty."""
    for number, name in enumerate(subject.task.classes):
        yield "class", None, name, test.actual == number
    yield from _protected_parts(subject)


def _protected_parts(subject: Subject) -> Iterator[Named]:
    for column in subject.protected:
        if column in subject.test.frame:
            yield from (("group", column, name, inside) for name, inside in members(subject, column))


def _number(subject: Subject) -> Conformal:
    """Lay a range around each prediction: as wide for all, and as wide as errors there are large.

    Lei et al. 2018, JASA 113:1094, sections 2 and 5.2. The second leads where sizes of errors can be foretold and make
    ranges narrower, which training rows decide that were not used to learn them.
    """
    validation, test = number_answers(subject, subject.validation), number_answers(subject, subject.test)
    spread, helps, p_value, ratio, rows = learn_spread(subject)
    parts = (*_thirds(validation.predicted, test.predicted), *_protected_parts(subject))
    even = np.ones(len(validation.actual)), np.ones(len(test.actual))
    scaled = spread(subject.validation), spread(subject.test)
    leads = p_value is not None and helps is not None and p_value < SURE and ratio < 1
    rules: tuple[tuple[Rule, tuple[Floats, Floats]], ...] = (("scaled_width", scaled), ("fixed_width", even))
    promises = [
        _ranges(np.abs(validation.error), np.abs(test.error), scales, promised, rule, parts, test.units)
        for promised in PROMISES
        if len(validation.actual) >= needed(promised)
        for rule, scales in (rules if leads else rules[1:])
    ]
    return Conformal(
        about="number",
        promises=tuple(promises),
        n=len(test.actual),
        method=told(METHOD, test.units),
        helps=helps,
        helps_p=p_value,
        width_ratio=ratio,
        spread_rows=rows,
    )


def _ranges(
    known: Floats,
    errors: Floats,
    scales: tuple[Floats, Floats],
    promised: float,
    rule: Rule,
    parts: tuple[Named, ...],
    units: Units | None,
) -> Promise:
    line = draw_line(known / scales[0], promised)
    reach = line.threshold * scales[1]
    return _promise(promised, rule, (line,), Outcome(errors <= reach, 2 * reach, units), parts, (line,) * len(parts))


class _Spread:
    """What sizes of errors are expected where, learnt from training rows alone."""

    def __init__(self, model: DecisionTreeRegressor, least: float) -> None:
        self._model, self.least = model, least

    def __call__(self, part: Part) -> Floats:
        return np.asarray(np.maximum(self._model.predict(part.x), self.least))


def learn_spread(subject: Subject) -> tuple[_Spread, float | None, float | None, float, int]:
    """Learn sizes of errors by a tree from one half of the training rows; judge on the other by rank correlation.

    Gives the estimate, the correlation, its p-value (None where either has no spread), the width of ranges that follow
    it against one width for all, and the number of judging rows.
    """
    rng = np.random.default_rng([subject.seed, _STREAM])
    sizes = np.abs(number_answers(subject, subject.train).error)
    rows = rng.permutation(len(sizes))[: 2 * MOST_TAUGHT]
    taught, judged = _halves(rows, subject.train.units, rng)
    model = DecisionTreeRegressor(max_leaf_nodes=LEAVES, min_samples_leaf=LEAF_ROWS, random_state=0)
    model.fit(subject.train.x[taught], sizes[taught])
    foretold = np.asarray(model.predict(subject.train.x[judged]))
    spread = _Spread(model, max(LEAST_SPREAD * float(sizes[taught].mean()), float(np.finfo(np.float64).tiny)))
    usual = float(np.quantile(sizes[judged], PROMISES[0]))
    if np.ptp(foretold) == 0 or np.ptp(sizes[judged]) == 0 or usual == 0:
        return spread, None, None, 1.0, len(judged)
    found = spearmanr(foretold, sizes[judged], alternative="greater")
    scales = np.maximum(foretold, spread.least)
    ratio = np.quantile(sizes[judged] / scales, PROMISES[0]) * scales.mean() / usual
    return spread, float(found.statistic), float(found.pvalue), float(ratio), len(judged)


def _halves(
    rows: npt.NDArray[np.int64], units: Units | None, rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Two halves of the rows, in which no group stands twice."""
    if units is None or len(np.unique(units[rows])) < 2:
        return rows[: len(rows) // 2], rows[len(rows) // 2 :]
    first = deal(units[rows], 2, rng) == 0
    return rows[first], rows[~first]


def _thirds(known: Floats, predicted: Floats) -> tuple[Named, ...]:
    """Part test rows by their prediction, at the thirds of the validation rows' predictions."""
    edges = np.unique(np.quantile(known, (1 / 3, 2 / 3)))
    places = np.searchsorted(edges, predicted, side="left")
    names = ("low", "middle", "high") if len(edges) == 2 else ("low", "high")
    return tuple(("third", None, name, places == at) for at, name in enumerate(names))


def _promise(
    promised: float,
    rule: Rule,
    lines: tuple[Line, ...],
    outcome: Outcome,
    parts: tuple[Named, ...],
    judged: tuple[Line, ...],
    whole: Line | None = None,
) -> Promise:
    everything = np.ones(len(outcome.kept), dtype=np.bool_)
    found = [
        _kept(outcome, inside, line, of=of, column=column, name=name)
        for (of, column, name, inside), line in zip(parts, judged, strict=True)
        if inside.any()
    ]
    p_values = holm([one.p_value for one in found])
    low, high = _size_limits(outcome.sizes, outcome.units)
    least, most = long_run(lines[0]) if len(lines) == 1 else (None, None)
    counted = outcome.sizes if rule in ("one_threshold", "threshold_a_class") else None
    return Promise(
        promised=promised,
        rule=rule,
        rows=sum(line.rows for line in lines),
        thresholds=tuple(line.threshold if math.isfinite(line.threshold) else None for line in lines),
        all=_kept(outcome, everything, whole or lines[0], of="all"),
        long_run_low=least,
        long_run_high=most,
        size_low=low,
        size_high=high,
        single=_share(counted, lambda sizes: sizes == 1),
        empty=_share(counted, lambda sizes: sizes == 0),
        several=_share(counted, lambda sizes: sizes > 1),
        parts=tuple(one.model_copy(update={"p_value": p}) for one, p in zip(found, p_values, strict=True)),
    )


def _kept(outcome: Outcome, inside: Marks, line: Line, **named: Any) -> Kept:  # noqa: ANN401 - the names of a record
    n, kept = int(inside.sum()), int(outcome.kept[inside].sum())
    effect = rate_effect(outcome.kept[inside], on(outcome.units, inside))
    low, high = exact_rate_interval(kept / effect, n / effect)
    size, p_value = float(outcome.sizes[inside].mean()), short(kept, n, line, effect)
    return Kept(n=n, kept=kept, share=kept / n, low=low, high=high, p_value=p_value, size=size, **named)


def short(kept: int, n: int, line: Line, effect: float = 1.0) -> float:
    """Test whether a promise was kept less often than it allows, on n rows of the same kind as drew the line.

    The share that a line at the k-th of m misfits lets in is beta-distributed, so that the count on n rows is
    beta-binomial (Vovk 2012, ACML, section 2): chance in the validation rows and chance in the test rows are both in.
    Rows that come in groups count for as many as they are worth, divided by the design `effect`, on either side.
    """
    if line.place > line.rows:
        return 1.0
    if effect > 1:
        worth, missed = max(round(n / effect), 1), math.floor((n - kept) / effect)
        places = line.place / effect, (line.rows + 1 - line.place) / effect
        return float(min(betabinom.cdf(worth - missed, worth, *places), 1.0))
    return float(min(betabinom.cdf(kept, n, line.place, line.rows + 1 - line.place), 1.0))


def long_run(line: Line) -> tuple[float, float]:
    """Bound the share that a line keeps in the long run: beta-distributed over draws of its rows."""
    low, high = (float(betaincinv(line.place, line.rows + 1 - line.place, tail)) for tail in (0.025, 0.975))
    return low, high


def _size_limits(sizes: Floats, units: Units | None) -> tuple[float, float] | tuple[None, None]:
    if len(sizes) < 2 or np.ptp(sizes) == 0:
        return None, None
    low, high = mean_interval(sizes, effect=rate_effect(sizes, units))
    return max(low, 0.0), high


def _share(sizes: Floats | None, which: Any) -> float | None:  # noqa: ANN401 - a comparison of an array
    return None if sizes is None else float(which(sizes).mean())
