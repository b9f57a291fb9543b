"""How well each original column tells the target alone: what a leak looks like."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.tree import DecisionTreeRegressor

from reportgen.evidence import one_class
from reportgen.evidence.auc import areas as class_areas
from reportgen.evidence.auc import wilson
from reportgen.evidence.base import Floats, Part, Subject, Units, joined
from reportgen.evidence.clusters import deal, on
from reportgen.evidence.intervals import LEVEL, normal_quantile
from reportgen.evidence.number_scores import r2
from reportgen.records.leak import SoloScore

MOST_ROWS = 20_000
LEAVES = 16
FEWEST = 5
"""Rows in a leaf."""
MANY_COLUMNS, PARTS = 500, 255
"""Of more columns than these each is told in so many parts of about equal rows, as boosted trees on histograms see
theirs (Ke et al. 2017, LightGBM, NeurIPS): a tree of 16 leaves loses next to nothing, and takes a third of the time."""
IN_PARTS = f"tree on {PARTS} parts of about equal rows"


def measure(subject: Subject) -> tuple[SoloScore, ...]:
    """What each column reached alone: as it was asked before training, else asked now."""
    if subject.leaks:
        return subject.leaks.solo
    return scores(subject.train, subject.validation, subject.groups, subject.classifies, subject.seed)


def leading(subject: Subject, most: int) -> tuple[str, ...]:
    """All features where they are no more than `most`, else those that tell the target best alone, in table order.

    How well they tell it is known from training and validation rows alone.
    """
    if len(subject.features) <= most:
        return subject.features
    first = {one.feature for one in measure(subject)[:most]}
    return tuple(feature for feature in subject.features if feature in first)


def scores(
    train: Part, validation: Part, groups: dict[str, npt.NDArray[np.intp]], classifies: bool, seed: int
) -> tuple[SoloScore, ...]:
    """Cross-validate a small tree on each column's own encoded columns; the best first.

    The intervals hold for all columns together (Bonferroni), because the highest of many scores is what is looked at.
    """
    rng = np.random.default_rng([seed, 12])
    x, y, classes, units = _rows(train, validation, classifies, rng)
    folds = _folds(y, classifies, rng, units)
    score = _auc_score if classifies else _r2_score
    level = 1 - (1 - LEVEL) / max(len(groups), 1)
    found, told, many = [], {}, len(groups) > MANY_COLUMNS
    for feature, group in groups.items():
        answers = _answers(np.asarray(x[:, group]), y, folds, classifies, PARTS if many else None)
        found.append(score(feature, answers, y, level))
        if classifies and (one := one_class.best(answers, y, classes, len(groups))):
            told[feature] = one
    asked = one_class.beside(
        told, {name: np.delete(x, groups[name], axis=1) for name in one_class.surest(told)}, y, folds, seed
    )
    found = [one.model_copy(update={"one_class": asked.get(one.feature)}) for one in found]
    if many:
        found = [one.model_copy(update={"method": one.method.replace("tree", IN_PARTS, 1)}) for one in found]
    return tuple(sorted(found, key=lambda one: -one.value))


def _rows(
    train: Part, validation: Part, classifies: bool, rng: np.random.Generator
) -> tuple[Floats, npt.NDArray[Any], npt.NDArray[np.intp], Units | None]:
    """Rows, their targets (places among the classes that these rows have), those classes' numbers, and their groups."""
    x, y = np.concatenate([train.x, validation.x]), np.concatenate([train.y, validation.y])
    drawn = np.sort(rng.choice(len(y), min(len(y), MOST_ROWS), replace=False))
    units = on(joined([train.units, validation.units]), drawn)
    if not classifies:
        return x[drawn], y[drawn], np.empty(0, dtype=np.intp), units
    classes, places = np.unique(y[drawn], return_inverse=True)
    return x[drawn], places, classes.astype(np.intp), units


def _folds(
    y: npt.NDArray[Any], classifies: bool, rng: np.random.Generator, units: Units | None = None
) -> npt.NDArray[np.int64]:
    """Fold numbers, each class dealt out evenly, or whole groups; three folds suffice where rows are many."""
    count = min(len(y), 5 if len(y) <= 1000 else 3)
    if units is not None and len(np.unique(units)) >= count:
        return deal(units, count, rng)
    order = rng.permutation(len(y))
    if classifies:
        order = order[np.argsort(y[order], kind="stable")]
    folds = np.empty(len(y), dtype=np.int64)
    folds[order] = np.arange(len(y)) % count
    return folds


def _answers(
    x: Floats, y: npt.NDArray[Any], folds: npt.NDArray[np.int64], classifies: bool, parts: int | None = None
) -> Floats:
    """Out-of-fold probabilities (rows, classes) or numbers (rows,), learnt from rows of equal values taken together.

    Of a number the nearest values are taken together besides, where at most so many `parts` are asked for.
    """
    patterns, which = _patterns(x)
    if parts and x.shape[1] == 1 and len(patterns) > parts:
        patterns, which = _in_parts(patterns, which, parts)
    wanted = np.eye(int(y.max()) + 1)[y] if classifies else y[:, None]
    answers = np.zeros(wanted.shape)
    for fold in range(int(folds.max()) + 1):
        held = folds == fold
        answers[held] = _fit(patterns, which[~held], wanted[~held])[which[held]]
    return answers if classifies else answers[:, 0]


def _patterns(x: Floats) -> tuple[Floats, npt.NDArray[np.intp]]:
    """The different rows of x, and which of them each row is."""
    key = x[:, 0] if x.shape[1] == 1 else x.astype(np.float64) @ np.random.default_rng(0).normal(size=x.shape[1])
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    return x[first], which


def _in_parts(patterns: Floats, which: npt.NDArray[np.intp], parts: int) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Ascending patterns put together in at most so many parts of about equal rows; a part is named by its first."""
    counts = np.bincount(which, minlength=len(patterns))
    part = ((np.cumsum(counts) - counts / 2) * parts / len(which)).astype(np.intp)
    _, first, place = np.unique(part, return_index=True, return_inverse=True)
    return patterns[first], place[which]


def _fit(patterns: Floats, which: npt.NDArray[np.intp], wanted: Floats) -> Floats:
    """A small tree's answer to each pattern; the squared error of classes written as 0 and 1 is Gini's impurity."""
    weights = np.bincount(which, minlength=len(patterns))
    sums = np.stack([np.bincount(which, weights=column, minlength=len(patterns)) for column in wanted.T], axis=1)
    seen = weights > 0
    leaf = min(FEWEST / len(which), 0.5)
    tree = DecisionTreeRegressor(max_leaf_nodes=LEAVES, min_weight_fraction_leaf=leaf, random_state=0)
    tree.fit(patterns[seen], sums[seen] / weights[seen, None], sample_weight=weights[seen])
    return np.asarray(tree.predict(patterns)).reshape(len(patterns), -1)


def _auc_score(feature: str, answers: Floats, y: npt.NDArray[Any], level: float) -> SoloScore:
    value, spread, worth = area(answers, y)
    low, high = wilson(value, spread, worth, level)
    return SoloScore(
        feature=feature,
        measure="roc_auc",
        value=value,
        low=low,
        high=high,
        level=LEVEL,
        floor=0.5,
        n=len(y),
        method="cross-validated tree, DeLong variance in a Wilson interval, Bonferroni over columns",
    )


def area(answers: Floats, y: npt.NDArray[Any]) -> tuple[float, float, float]:
    """ROC AUC, averaged over the classes, its standard error, and how many rows a perfect one is worth.

    Each row draws on the areas of all classes, so the variance of their average follows row by row. A class's area is
    worth the rows of its rarer side; an average is worth more, though of k classes only k - 1 speak for themselves.
    """
    areas = class_areas(answers, y)
    if len(areas) < 2:
        return 0.5, 0.0, 1.0
    pull = np.sum([one.pull for one in areas], axis=0) / len(areas)
    scarcity = sum(1 / min(one.inside, one.outside) for one in areas)
    worth = max(1.0, len(areas) * (len(areas) - 1) / scarcity)
    return float(np.mean([one.value for one in areas])), float(np.sqrt(pull @ pull)), worth


def _r2_score(feature: str, answers: Floats, y: npt.NDArray[Any], level: float) -> SoloScore:
    value, spread = r2(answers, y)
    reach = normal_quantile(level) * spread
    return SoloScore(
        feature=feature,
        measure="r2",
        value=value,
        low=value - reach,
        high=min(1.0, value + reach),
        level=LEVEL,
        floor=0.0,
        n=len(y),
        method="cross-validated tree, delta method over rows, Bonferroni over columns",
    )
