from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence import leak_cost, solo
from reportgen.evidence.base import Leaks, NotApplicable


def with_leak(subject, excluded=False, columns=("size",)):
    """The other network guesses: all rows of a task of classes are of the first, numbers are their mean."""
    reported = np.asarray(subject.predict(subject.test.x))
    other = (
        np.tile(np.eye(reported.shape[1])[0], (len(reported), 1))
        if reported.ndim == 2
        else np.full(len(reported), subject.test.y.mean())
    )
    return replace(subject, leaks=Leaks((), None, columns, excluded, other))


def test_accuracy_with_and_without_is_paired_by_rows(binary_subject):
    cost = leak_cost.measure(with_leak(binary_subject))
    right = binary_subject.predict(binary_subject.test.x).argmax(axis=1) == binary_subject.test.y
    assert (cost.metric, cost.columns, cost.excluded, cost.n) == ("accuracy", ("size",), False, len(right))
    assert cost.including.value == pytest.approx(right.mean())
    assert cost.without.value == pytest.approx((binary_subject.test.y == 0).mean())
    assert cost.difference == pytest.approx(cost.including.value - cost.without.value)
    assert cost.low < cost.difference < cost.high


def test_left_out_the_reported_network_is_the_one_without(binary_subject):
    kept, left_out = (leak_cost.measure(with_leak(binary_subject, excluded)) for excluded in (False, True))
    assert (left_out.including, left_out.without) == (kept.without, kept.including)
    assert left_out.difference == pytest.approx(-kept.difference)
    assert (left_out.low, left_out.high) == pytest.approx((-kept.high, -kept.low))


def test_numbers_are_held_by_r2(regression_subject):
    cost = leak_cost.measure(with_leak(regression_subject))
    assert cost.metric == "r2"
    assert cost.without.value == pytest.approx(0.0, abs=1e-9)
    assert cost.low > 0


def test_without_a_leak_there_is_nothing_to_measure(binary_subject):
    for subject in (binary_subject, with_leak(binary_subject, columns=())):
        with pytest.raises(NotApplicable, match="no_leak"):
            leak_cost.measure(subject)
    alone = replace(binary_subject, leaks=Leaks((), None, ("size",)))
    with pytest.raises(NotApplicable, match="no_other_network"):
        leak_cost.measure(alone)


def test_what_was_asked_before_training_is_not_asked_again(binary_subject):
    scores = solo.scores(
        binary_subject.train, binary_subject.validation, binary_subject.groups, True, binary_subject.seed
    )
    assert solo.measure(binary_subject) == scores
    assert solo.measure(replace(binary_subject, leaks=Leaks(scores[:1]))) == scores[:1]
