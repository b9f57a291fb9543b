"""Which classes are taken for which."""

import numpy as np

from reportgen.evidence.clusters import on, rate_effect
from reportgen.evidence.intervals import rate_interval
from reportgen.evidence.predictions import ClassAnswers
from reportgen.records.mistakes import Confusion, Mixup

MOST_MIXUPS = 10


def count(answers: ClassAnswers, classes: tuple[str, ...]) -> Confusion:
    """Count rows by actual and predicted class."""
    return Confusion(labels=classes, counts=tuple(tuple(row) for row in answers.table.tolist()))


def mixups(answers: ClassAnswers, classes: tuple[str, ...]) -> tuple[Mixup, ...]:
    """List the pairs mistaken most often, ordered by the lower limit of their share: one row proves little."""
    off = answers.table.copy()
    np.fill_diagonal(off, 0)
    sizes = answers.table.sum(axis=1)
    found = [_mixup(answers, classes, int(i), int(j), int(off[i, j]), int(sizes[i])) for i, j in np.argwhere(off)]
    return tuple(sorted(found, key=lambda one: (-one.low, -one.count)))[:MOST_MIXUPS]


def _mixup(answers: ClassAnswers, classes: tuple[str, ...], actual: int, predicted: int, times: int, n: int) -> Mixup:
    inside = answers.actual == actual
    effect = rate_effect(answers.predicted[inside] == predicted, on(answers.units, inside))
    low, high = rate_interval(times / effect, n / effect)
    return Mixup(
        actual=classes[actual],
        predicted=classes[predicted],
        count=times,
        n=n,
        share=times / n,
        low=low,
        high=high,
    )
