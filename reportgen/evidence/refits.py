"""What other splits and other seeds would have brought: the network held among others made in the same way."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, NotApplicable, Refit, Subject
from reportgen.evidence.class_scores import class_values
from reportgen.evidence.intervals import LEVEL, student_quantile
from reportgen.evidence.number_scores import number_values
from reportgen.evidence.predictions import ClassAnswers, NumberAnswers
from reportgen.records.network import RefitMetric, Refits
from reportgen.records.table import Task

FEWEST = 3
"""Two values have a spread, but it says next to nothing: t is 12.7 there."""

CORRECTED = "t interval over networks, corrected for the rows that splits share"
PLAIN = "t interval over networks"

Values = dict[str, float | None]
Limits = tuple[float, float]


def measure(subject: Subject) -> Refits:
    """Score every network made anew on its own test rows, and the reported one among them."""
    anew = subject.refits
    if not anew.networks:
        raise NotApplicable(anew.why_none)
    networks = (_reported(subject), *anew.networks)
    scored = [score(subject.task, network.test.y, network.predict(network.test.x)) for network in networks]
    train, test = sum(one.train_rows for one in networks), sum(len(one.test.y) for one in networks)
    ratio = test / train if "split" in anew.covers else None
    return Refits(
        strategy=subject.split.strategy,
        covers=anew.covers,
        count=len(anew.networks),
        left_out=anew.left_out,
        collapsed=_noted(anew.networks, "collapsed"),
        diverged=_noted(anew.networks, "diverged"),
        train_rows=round(train / len(networks)),
        test_rows=round(test / len(networks)),
        method=PLAIN if ratio is None else CORRECTED,
        metrics=tuple(
            compare(name, [values[name] for values in scored], ratio, limits(name, subject.task)) for name in scored[0]
        ),
    )


def score(task: Task, y: npt.NDArray[Any], predictions: Floats) -> Values:
    """The numbers of a task by name, None where these rows or these answers have no such number."""
    predictions = np.asarray(predictions, dtype=np.float64)
    if task.kind == "regression":
        values = number_values(NumberAnswers("test", y.astype(np.float64), predictions))
    else:
        positive = None if task.positive is None else task.classes.index(task.positive)
        values = class_values(ClassAnswers("test", y.astype(np.int64), predictions, positive))
    return {name: value if value is not None and math.isfinite(value) else None for name, value in values.items()}


def compare(name: str, values: Sequence[float | None], ratio: float | None, possible: Limits) -> RefitMetric:
    """One number over all networks, the reported one's first; `ratio` is test by learnt rows where splits varied."""
    known = [value for value in values if value is not None]
    metric = RefitMetric(
        name=name,
        values=tuple(known),
        reported=values[0],
        mean=float(np.mean(known)) if known else None,
        n=len(known),
        method=PLAIN if ratio is None else CORRECTED,
    )
    if len(known) < FEWEST:
        return metric.model_copy(update={"note": "too_few_networks"})
    if len(set(known)) == 1:
        return metric.model_copy(update={"note": "all_equal"})
    low, high = _within(corrected_interval(known, ratio or 0.0), possible)
    usual = _usual(known[1:], possible) if values[0] is not None else (None, None)
    return metric.model_copy(update={"low": low, "high": high, "usual_low": usual[0], "usual_high": usual[1]})


def corrected_interval(values: Sequence[float], ratio: float, level: float = LEVEL) -> Limits:
    """The interval of the mean over splits of one table, whose shared rows make single values alike.

    The corrected resampled t (Nadeau and Bengio 2003, Machine Learning 52:239): the variance of the mean of J values
    is (1/J + n_test/n_train) times theirs, with J - 1 degrees of freedom; `ratio` is n_test/n_train. Where no rows
    were drawn anew values are independent, given the rows, and a ratio of 0 gives Student's interval.
    """
    half = student_quantile(len(values), level) * math.sqrt((1 / len(values) + ratio) * np.var(values, ddof=1))
    middle = float(np.mean(values))
    return middle - half, middle + half


def usual_limits(others: Sequence[float], level: float = LEVEL) -> Limits:
    """Where one more value of the same kind falls: Student's prediction limits.

    They need no correction: what all values share moves the next one as it moved the others, and drops out.
    """
    half = student_quantile(len(others), level) * math.sqrt((1 + 1 / len(others)) * np.var(others, ddof=1))
    middle = float(np.mean(others))
    return middle - half, middle + half


def limits(name: str, task: Task) -> Limits:
    """The least and the largest value that a number can have."""
    if name in ("r2", "bias"):
        return -math.inf, 1.0 if name == "r2" else math.inf
    if name in ("log_loss", "rmse", "mae", "median_absolute_error"):
        return 0.0, math.inf
    if name == "mean_class_difference":
        return 0.0, len(task.classes) - 1.0
    return 0.0, 2.0 if name == "brier" and task.positive is None else 1.0


def _reported(subject: Subject) -> Refit:
    learnt = len(subject.train.y) + len(subject.validation.y)
    return Refit(subject.test, subject.inputs, subject.predict, learnt)


def _usual(others: Sequence[float], possible: Limits) -> tuple[float, float] | tuple[None, None]:
    """The usual limits; others that are all equal have no spread to tell them by."""
    return _within(usual_limits(others), possible) if len(set(others)) > 1 else (None, None)


def _within(found: Limits, possible: Limits) -> Limits:
    return max(found[0], possible[0]), min(found[1], possible[1])


def _noted(networks: Sequence[Refit], code: str) -> int:
    return sum(any(note.code == code for note in network.notes) for network in networks)
