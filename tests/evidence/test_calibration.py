import numpy as np
import pytest

from reportgen.evidence import calibration
from reportgen.evidence.base import NotApplicable
from reportgen.evidence.calibration import METHOD, expected_error, reliability
from reportgen.evidence.intervals import rate_interval
from reportgen.evidence.predictions import ClassAnswers


def _answers(stated, happened):
    return ClassAnswers("test", np.asarray(happened, dtype=int), np.column_stack([1 - stated, stated]), 1)


def test_bins_hold_equal_counts_and_wilsons_limits(binary_subject):
    found = calibration.measure(binary_subject)
    stated = binary_subject.predict(binary_subject.test.x)[:, 1]
    order = np.argsort(stated)
    expected = []
    for rows in np.array_split(order, 10):
        observed = binary_subject.test.y[rows].mean()
        low, high = rate_interval(observed * 20, 20)
        expected.append((stated[rows].mean(), observed, low, high, 20))
    assert (found.about, found.n, found.method) == ("positive", 200, METHOD)
    assert [tuple(one.model_dump().values()) for one in found.bins] == [pytest.approx(one) for one in expected]


def test_of_more_classes_the_predicted_one_is_judged(multiclass_subject):
    found = calibration.measure(multiclass_subject)
    assert found.about == "predicted"
    assert min(one.stated for one in found.bins) > 1 / 3
    right = multiclass_subject.predict(multiclass_subject.test.x).argmax(axis=1) == multiclass_subject.test.y
    assert sum(one.observed * one.n for one in found.bins) == pytest.approx(right.sum())


def test_numbers_state_no_probabilities(regression_subject):
    with pytest.raises(NotApplicable, match="needs_classes"):
        calibration.measure(regression_subject)


def test_equal_probabilities_share_a_bin_whatever_their_order():
    stated = np.repeat([0.2, 0.7], 50)
    stated_means, observed, sizes = reliability(_answers(stated, np.r_[np.arange(50) < 10, np.arange(50) < 35]))
    assert (stated_means.tolist(), observed.tolist(), sizes.tolist()) == (
        [pytest.approx(0.2), pytest.approx(0.7)],
        [0.2, 0.7],
        [50, 50],
    )


def test_few_rows_make_few_bins():
    assert len(reliability(_answers(np.linspace(0.1, 0.9, 19), np.ones(19)))[2]) == 1
    assert reliability(_answers(np.linspace(0.1, 0.9, 30), np.ones(30)))[2].tolist() == [10, 10, 10]


def test_the_expected_error_is_the_mean_distance_over_rows():
    stated = np.repeat([0.2, 0.7], [30, 70])
    value, bounds = expected_error(_answers(stated, np.r_[np.ones(30), np.zeros(70)]), np.random.default_rng(0))
    assert value == pytest.approx(0.3 * 0.8 + 0.7 * 0.7)
    assert bounds.low < value < bounds.high


@pytest.mark.slow
@pytest.mark.parametrize(("shift", "truth"), [(0.0, 0.0), (0.15, 0.15)])
def test_its_interval_holds_the_true_error_at_least_95_times_of_100(shift, truth):
    def holds(rng):
        chance = rng.choice(np.linspace(0.2, 0.8, 7), size=200)
        _, bounds = expected_error(_answers(chance - shift, rng.random(200) < chance), rng)
        return bounds.low <= truth <= bounds.high

    assert np.mean([holds(np.random.default_rng([5, draw])) for draw in range(300)]) >= 0.93
