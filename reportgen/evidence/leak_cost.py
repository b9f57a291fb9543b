"""What columns that give the target away are worth to the score: two networks on the same test rows."""

import numpy as np

from reportgen.evidence.base import Floats, NotApplicable, Subject
from reportgen.evidence.baselines import by_rows_right, by_squared_errors
from reportgen.evidence.class_scores import accuracy
from reportgen.evidence.number_scores import number_metrics
from reportgen.evidence.predictions import class_answers, number_answers
from reportgen.records.leak import LeakCost, Reached
from reportgen.records.network import Comparison, Metric

_STREAM = 137


def measure(subject: Subject) -> LeakCost:
    """Score the reported network and the one made with or without the leaking columns, row by row.

    Raises NotApplicable where no column leaks, or where none would be left.
    """
    leaks = subject.leaks
    if leaks is None or not leaks.columns:
        raise NotApplicable("no_leak")
    if leaks.other is None:
        raise NotApplicable("no_other_network")
    reported, other, compared = (_classes if subject.classifies else _numbers)(subject, leaks.other)
    if compared is None:
        raise NotApplicable("no_spread_on_test_rows")
    including, without, sign = (other, reported, -1) if leaks.excluded else (reported, other, 1)
    ends = sorted((sign * compared.low, sign * compared.high))
    return LeakCost(
        columns=leaks.columns,
        excluded=leaks.excluded,
        metric="accuracy" if subject.classifies else "r2",
        including=including,
        without=without,
        difference=sign * compared.difference,
        low=ends[0],
        high=ends[1],
        n=compared.n,
        method=compared.method.split(";")[0],
    )


Compared = tuple[Reached, Reached, Comparison | None]


def _classes(subject: Subject, answers: Floats) -> Compared:
    rng = np.random.default_rng([subject.seed, _STREAM])
    own, other = (class_answers(subject, subject.test), class_answers(subject, subject.test, lambda _: answers))
    return _reached(accuracy(own, rng)), _reached(accuracy(other, rng)), by_rows_right(own, other)


def _numbers(subject: Subject, answers: Floats) -> Compared:
    rng = np.random.default_rng([subject.seed, _STREAM])
    own, other = (number_answers(subject, subject.test), number_answers(subject, subject.test, lambda _: answers))
    own_r2, other_r2 = (
        _reached(next(metric for metric in number_metrics(one, rng) if metric.name == "r2")) for one in (own, other)
    )
    return own_r2, other_r2, by_squared_errors(own, other, rng)


def _reached(metric: Metric) -> Reached:
    if metric.value is None or metric.low is None or metric.high is None:
        raise NotApplicable("no_spread_on_test_rows")
    return Reached(value=metric.value, low=metric.low, high=metric.high)
