import numpy as np
import pytest
from scipy import stats

from reportgen.evidence import residuals
from reportgen.evidence.predictions import NumberAnswers


def _measured(actual, predicted):
    return residuals.measure(NumberAnswers("test", np.asarray(actual, float), np.asarray(predicted, float)))


def test_the_errors_are_summed_up():
    found = _measured([4.0, 1.0, 2.0, 3.0], [5.0, 1.0, 1.0, 6.0])
    error = np.array([1.0, 0.0, -1.0, 3.0])
    assert (found.low, found.high) == pytest.approx(tuple(stats.ttest_1samp(error, 0).confidence_interval()))
    assert (found.mean, found.median_absolute, found.n) == (0.75, 1.0, 4)
    assert found.standard_deviation == pytest.approx(error.std(ddof=1))
    assert (found.actual, found.predicted) == ((1.0, 2.0, 3.0, 4.0), (1.0, 1.0, 6.0, 5.0))


def test_a_thousand_points_are_drawn_at_most_and_both_ends_are_among_them():
    actual = np.random.default_rng(0).normal(size=2_500)
    found = _measured(actual, actual + 1)
    assert len(found.actual) == len(found.predicted) == 1_000
    assert (found.actual[0], found.actual[-1]) == (actual.min(), actual.max())
    assert found.n == 2_500


def test_one_row_is_too_few():
    assert _measured([1.0], [1.0]) is None
