"""A column that tells one class of several, held against all the others together."""

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from reportgen.evidence.auc import Area, area, areas, wilson
from reportgen.evidence.base import Floats
from reportgen.evidence.intervals import LEVEL
from reportgen.records.leak import OneClass

ASKED = 0.9
"""Below this area no rule asks what the other columns tell."""
ROUNDS = 100
MOST_COLUMNS = 400
MOST_ASKED = 3
METHOD = (
    "cross-validated tree, DeLong variance in a Wilson interval, Bonferroni over columns and classes; "
    "the others: cross-validated boosted trees"
)


def best(
    answers: Floats, y: npt.NDArray[np.intp], classes: npt.NDArray[np.intp], columns: int
) -> tuple[int, OneClass] | None:
    """The class that a column tells most surely, and how surely, place first; None where there are but two classes.

    answers: (rows, classes), `y` places among `classes`, the numbers of the network's outputs.
    """
    if len(classes) < 3:
        return None
    level = 1 - (1 - LEVEL) / (columns * len(classes))
    found = []
    for place, one in enumerate(areas(answers, y)):
        low, high = _interval(one, level)
        found.append(
            OneClass(output=int(classes[place]), value=one.value, low=low, high=high, rows=one.inside, method=METHOD)
        )
    place = max(range(len(found)), key=lambda place: found[place].low)
    return place, found[place]


def surest(told: dict[str, tuple[int, OneClass]]) -> tuple[str, ...]:
    """The features whose rivals are asked: the three that tell a class most surely, where that is worth asking."""
    worth = [name for name, (_, one) in told.items() if one.low >= ASKED]
    return tuple(sorted(worth, key=lambda name: -told[name][1].low)[:MOST_ASKED])


def beside(
    told: dict[str, tuple[int, OneClass]],
    others: dict[str, Floats],
    y: npt.NDArray[np.intp],
    folds: npt.NDArray[np.int64],
    seed: int,
) -> dict[str, OneClass]:
    """The same by feature, with what the others (rows, encoded) together tell of the class where they are given."""
    return {
        name: _beside(one, others[name], y == place, folds, seed) if name in others and others[name].shape[1] else one
        for name, (place, one) in told.items()
    }


def _beside(
    one: OneClass, others: Floats, members: npt.NDArray[np.bool_], folds: npt.NDArray[np.int64], seed: int
) -> OneClass:
    rng = np.random.default_rng([seed, 229])
    drawn = rng.choice(others.shape[1], min(others.shape[1], MOST_COLUMNS), replace=False)
    answers = np.zeros(len(members))
    for fold in range(int(folds.max()) + 1):
        held = folds == fold
        trees = HistGradientBoostingClassifier(
            max_iter=ROUNDS, l2_regularization=1.0, early_stopping=False, random_state=0
        )
        trees.fit(others[~held][:, drawn], members[~held])
        answers[held] = trees.predict_proba(others[held][:, drawn])[:, 1]
    found = area(answers, members)
    low, high = _interval(found, LEVEL)
    return one.model_copy(update={"others": found.value, "others_low": low, "others_high": high})


def _interval(one: Area, level: float) -> tuple[float, float]:
    return wilson(one.value, float(np.sqrt(one.pull @ one.pull)), float(min(one.inside, one.outside)), level)
