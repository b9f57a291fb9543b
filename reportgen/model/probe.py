"""A quick learner asked twice about the same rows: dealt at random, and with what belongs together dealt together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from reportgen.records.structure import StructureKind

Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

STREAM = 211
ROWS = 2_000
WHOLE = 3_000
"""A table of up to so many rows is taken whole where rows have an order; of a larger one stretches of it."""

EACH = 100
"""Rows of one group beyond which more of them tell little more about it."""

FOLDS = 5
FOLDS_ALONE = 3
STRETCHES = 20
"""Stretches of time whose mean differences are tested: enough for a t test, long enough to be as good as apart."""

LEAST = 10
"""Fewer groups, or half as many stretches, make no test."""

TREES = 30
MOST_TRIED = 10
"""Columns that a tree tries at a cut: a third of them, and no more than these."""

TELLS = {"classes": 0.7, "number": 0.9}
"""The share of the spread (Brier's skill, or R2) from which on one column leaves nothing for a split to flatter."""

HOPELESS = 0.5
"""A column that reaches less than half of that on the first fold is not asked about the others: of thousands of columns
nearly all are such."""

MOST_ASIDE = 3


@dataclass(frozen=True)
class Trial:
    """The rows of one comparison: positions in the table, and of each its fold at random, its fold apart, its cluster.

    A cluster is a group, or a stretch of time; rows of one `unit` stay together even at random, None lets each go by
    itself. `share` is the share of the table's rows that these speak for.
    """

    rows: Numbers
    random: Numbers
    apart: Numbers
    cluster: Numbers
    share: float
    unit: Numbers | None = None

    def dealt_anew(self, kind: StructureKind, seed: int, number: int) -> "Trial":
        """The same rows in other folds: groups dealt anew, or blocks of time that begin elsewhere."""
        rng = np.random.default_rng([seed, STREAM, 4, number])
        if kind == "group":
            apart = _dealt(self.cluster, rng)[self.cluster]
        else:
            apart = _blocks(self.cluster, int(rng.integers(1, self.cluster.max() + 1)))
        return replace(self, random=_at_random(len(self.rows), self.unit, rng), apart=apart)


@dataclass(frozen=True)
class Held:
    """What the learner said of each row of a trial while that row was held out: losses and hits, dealt both ways.

    `loss` (rows,) is squared error by the target's spread: its mean is 1 less R2, or 1 less Brier's skill score for
    classes. `hit` is 1 where the class is right, and 1 less the loss for a number.
    """

    random_loss: Doubles
    apart_loss: Doubles
    random_hit: Doubles
    apart_hit: Doubles


def group_trial(codes: Numbers, seed: int) -> Trial | None:
    """Whole groups of several rows, up to 2,000 rows; None where they are fewer than ten.

    Rows alone in their group say nothing about groups and are left out; `share` tells how many are not.
    """
    rng = np.random.default_rng([seed, STREAM, 1])
    sizes = np.bincount(codes)
    several = sizes[codes] > 1
    shuffled = rng.permutation(np.flatnonzero(several))
    shuffled = shuffled[_number_within(codes[shuffled]) < EACH]
    order = rng.permutation(len(sizes))
    reached = np.cumsum(np.minimum(sizes, EACH)[order] * (sizes[order] > 1))
    rows = np.sort(shuffled[np.isin(codes[shuffled], order[reached <= ROWS])])
    if not len(rows):
        return None
    cluster = np.unique(codes[rows], return_inverse=True)[1].astype(np.int64)
    if cluster.max() + 1 < LEAST:
        return None
    apart = _dealt(cluster, rng)[cluster]
    return Trial(rows, _at_random(len(rows), None, rng), apart, cluster, float(several.mean()))


def time_trial(moments: Numbers, unit: Numbers | None, seed: int) -> Trial | None:
    """Stretches of time; None where there are too few. Rows of one unit (a group) stay together both ways."""
    rng = np.random.default_rng([seed, STREAM, 2])
    when = moments if unit is None else _median_of(moments, unit)
    order = np.argsort(when, kind="stable")
    if len(order) <= WHOLE:
        stretches = np.array_split(order, STRETCHES)
    else:
        starts = (np.arange(STRETCHES) * len(order)) // STRETCHES
        stretches = [order[start : start + ROWS // STRETCHES] for start in starts]
    rows = np.concatenate(stretches)
    number = np.repeat(np.arange(STRETCHES), [len(stretch) for stretch in stretches])
    cluster = _together(number, when[rows] if unit is None else unit[rows])
    if cluster.max() + 1 < LEAST // 2:
        return None
    owner = None if unit is None else np.unique(unit[rows], return_inverse=True)[1].astype(np.int64)
    return Trial(rows, _at_random(len(rows), owner, rng), _blocks(cluster, 0), cluster, 1.0, owner)


def hold(x: Doubles, y: npt.NDArray[Any], classes: int, trial: Trial, seed: int) -> Held | None:
    """Learn and answer the rows of a trial both ways; None where they have nothing to learn from or to tell.

    The learner is a small forest of extremely randomised trees (Geurts et al. 2006, Machine Learning 63:3), with leaves
    so small that it can know single rows again, as a large network can.
    """
    rows, targets = x[trial.rows], y[trial.rows]
    if not x.shape[1] or len(np.unique(targets)) < 2:
        return None
    random, apart = (_answers(rows, targets, fold, classes, seed) for fold in (trial.random, trial.apart))
    return Held(
        _loss(random, targets, classes),
        _loss(apart, targets, classes),
        _hit(random, targets, classes),
        _hit(apart, targets, classes),
    )


def hold_again(x: Doubles, y: npt.NDArray[Any], classes: int, trials: Sequence[Trial], seed: int) -> Held | None:
    """The mean of what the learner says over several dealings of the same rows, which evens out the luck of each."""
    held = [hold(x, y, classes, trial, seed + number) for number, trial in enumerate(trials, start=1)]
    found = [one for one in held if one]
    if not found:
        return None
    return Held(
        *(
            np.mean([getattr(one, name) for one in found], axis=0)
            for name in ("random_loss", "apart_loss", "random_hit", "apart_hit")
        )
    )


def telling(x: Doubles, y: npt.NDArray[Any], names: Sequence[str], classes: int, seed: int) -> tuple[str, ...]:
    """The columns that alone tell the target so well that no way of dealing rows shows behind them."""
    rng = np.random.default_rng([seed, STREAM, 3])
    rows = np.sort(rng.permutation(len(y))[: ROWS // 2])
    targets, fold = y[rows], rng.permutation(np.arange(len(rows)) % FOLDS_ALONE)
    if len(np.unique(targets)) < 2:
        return ()
    told: dict[str, float] = {}
    bound = TELLS["classes" if classes else "number"]
    for place, name in enumerate(names):
        column = x[rows, place : place + 1]
        first = _loss(_alone(column, targets, fold, classes, only=0), targets, classes)
        if 1 - float(first[fold == 0].mean()) < HOPELESS * bound:
            told.setdefault(name, 0.0)
            continue
        skill = 1 - float(_loss(_alone(column, targets, fold, classes), targets, classes).mean())
        told[name] = max(skill, told.get(name, skill))
    found = sorted((name for name in told if told[name] >= bound), key=lambda name: -told[name])
    return tuple(found[:MOST_ASIDE]) if len(found) < len(told) else ()


def _answers(x: Doubles, y: npt.NDArray[Any], fold: Numbers, classes: int, seed: int) -> Doubles:
    tried = min(1 / 3, MOST_TRIED / x.shape[1]) if x.shape[1] > FOLDS else 1.0
    kind = ExtraTreesClassifier if classes else ExtraTreesRegressor
    model = kind(n_estimators=TREES, min_samples_leaf=2, max_features=tried, random_state=seed, n_jobs=1)
    return _held_out(model, x, y, fold, classes)


def _alone(x: Doubles, y: npt.NDArray[Any], fold: Numbers, classes: int, only: int | None = None) -> Doubles:
    kind = DecisionTreeClassifier if classes else DecisionTreeRegressor
    return _held_out(kind(max_leaf_nodes=16, min_samples_leaf=5, random_state=0), x, y, fold, classes, only)


def _held_out(
    model: Any,  # noqa: ANN401
    x: Doubles,
    y: npt.NDArray[Any],
    fold: Numbers,
    classes: int,
    only: int | None = None,
) -> Doubles:
    """What the model answers for each fold, or for one only, when it learnt from the others."""
    answers = np.zeros((len(y), max(classes, 1)))
    for number in np.unique(fold) if only is None else (only,):
        held = fold == number
        model.fit(x[~held], y[~held])
        if classes:
            answers[np.ix_(held, model.classes_)] = model.predict_proba(x[held])
        else:
            answers[held, 0] = model.predict(x[held])
    return answers


def _loss(answers: Doubles, y: npt.NDArray[Any], classes: int) -> Doubles:
    if not classes:
        return np.asarray((answers[:, 0] - y) ** 2 / np.var(y))
    shares = np.bincount(y, minlength=classes) / len(y)
    return np.asarray(((answers - np.eye(classes)[y]) ** 2).sum(axis=1) / (1 - shares @ shares))


def _hit(answers: Doubles, y: npt.NDArray[Any], classes: int) -> Doubles:
    return (answers.argmax(axis=1) == y).astype(np.float64) if classes else 1 - _loss(answers, y, classes)


def _at_random(rows: int, unit: Numbers | None, rng: np.random.Generator) -> Numbers:
    """A fold for each row by chance, or for each unit."""
    if unit is not None:
        return _dealt(unit, rng)[unit]
    return rng.permutation(np.arange(rows) % FOLDS).astype(np.int64)


def _blocks(cluster: Numbers, first: int) -> Numbers:
    """The fold of each stretch: so many in a row, from the stretch `first` on; the last goes on at the start."""
    stretches = int(cluster.max()) + 1
    return (cluster - first) % stretches * FOLDS // stretches


def _dealt(cluster: Numbers, rng: np.random.Generator) -> Numbers:
    """The fold of each cluster: large ones first, each to the fold with the fewest rows."""
    sizes = np.bincount(cluster)
    order = rng.permutation(len(sizes))
    held, fold = np.zeros(FOLDS), np.zeros(len(sizes), dtype=np.int64)
    for number in order[np.argsort(-sizes[order], kind="stable")]:
        fold[number] = int(np.argmin(held))
        held[fold[number]] += sizes[number]
    return fold


def _number_within(codes: Numbers) -> Numbers:
    """How many equal codes stand before each."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    first = np.searchsorted(ordered, ordered, side="left")
    numbers = np.empty(len(codes), dtype=np.int64)
    numbers[order] = np.arange(len(codes)) - first
    return numbers


def _median_of(moments: Numbers, unit: Numbers) -> Numbers:
    """The middle moment of each row's unit: the later one of two."""
    order = np.lexsort((moments, unit))
    sizes = np.bincount(unit)
    middle = np.cumsum(sizes) - sizes + sizes // 2
    return np.asarray(moments[order][middle][unit], dtype=np.int64)


def _together(number: Numbers, same: Numbers) -> Numbers:
    """The stretch of each row, such that equal ones share one: the first that any of them lies in."""
    places = np.unique(same, return_inverse=True)[1]
    first = np.full(places.max() + 1, STRETCHES)
    np.minimum.at(first, places, number)
    return np.unique(first[places], return_inverse=True)[1].astype(np.int64)
