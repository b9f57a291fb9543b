from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from reportgen.config import SelectionConfig
from reportgen.evidence import calibration, collect, performance
from reportgen.evidence.base import NotApplicable
from reportgen.evidence.calibration import METHOD, calibration_error, expected_error, reliability, untempered
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


def test_the_expected_error_is_the_root_mean_square_cleared_of_chance():
    stated = np.repeat([0.2, 0.7], [30, 70])
    value, bounds = expected_error(_answers(stated, np.r_[np.arange(30) < 15, np.arange(70) < 14]))
    chance = 0.3 * 0.5 * 0.5 / 29 + 0.7 * 0.2 * 0.8 / 69
    assert value == pytest.approx((0.3 * 0.3**2 + 0.7 * 0.5**2 - chance) ** 0.5)
    assert bounds.low < value < bounds.high
    assert calibration_error(_answers(stated, np.r_[np.arange(30) < 15, np.arange(70) < 14])) == value


def test_distances_that_chance_explains_are_no_error():
    value, bounds = expected_error(_answers(np.repeat([0.2, 0.7], 50), np.r_[np.arange(50) < 11, np.arange(50) < 34]))
    assert (value, bounds.low) == (0.0, 0.0)
    assert bounds.high > 0.02


@pytest.mark.slow
@pytest.mark.parametrize(("shift", "truth"), [(0.0, 0.0), (0.15, 0.15)])
def test_its_interval_holds_the_true_error_95_times_of_100(shift, truth):
    def holds(rng):
        chance = rng.choice(np.linspace(0.2, 0.8, 7), size=200)
        _, bounds = expected_error(_answers(chance - shift, rng.random(200) < chance))
        return bounds.low <= truth <= bounds.high

    assert 0.92 <= np.mean([holds(np.random.default_rng([5, draw])) for draw in range(300)]) <= 0.98


def _at_temperature(subject, temperature):
    settings = subject.model.settings | {"temperature": temperature}
    return replace(subject, model=subject.model.model_copy(update={"settings": settings}))


@pytest.mark.parametrize("temperature", [0.4, 2.5])
def test_a_temperature_is_undone_to_the_softmax_of_the_scores(temperature):
    scores = np.random.default_rng(0).normal(0, 5, size=(50, 4))
    tempered = softmax(scores / temperature, axis=1)
    assert untempered(tempered, temperature) == pytest.approx(softmax(scores, axis=1), abs=1e-12)


def test_certainty_is_undone_without_a_nan():
    assert untempered(np.array([[1.0, 0.0, 1e-300]]), 3.0).tolist() == [[1.0, 0.0, 0.0]]


def test_two_even_odds_by_hand():
    assert untempered(np.array([[0.8, 0.2]]), 2.0).tolist() == [pytest.approx([16 / 17, 1 / 17])]


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_before_and_after_are_told_on_test_rows(build_subject, kind):
    subject = _at_temperature(build_subject(kind), 2.0)
    scores = performance.measure(subject)
    found = calibration.measure(subject, scores)
    p, y = subject.predict(subject.test.x), subject.test.y
    squared = p**2 / (p**2).sum(axis=1, keepdims=True)
    own = np.arange(len(y)), y
    assert found.temperature == 2.0
    assert [(one.name, one.split, one.n) for one in (*found.before, *found.after)] == [
        ("log_loss", "test", 200),
        ("ece", "test", 200),
    ] * 2
    assert found.before[0].value == pytest.approx(-np.log(squared[own]).mean())
    assert found.after[0] in scores
    assert found.after[0].value == pytest.approx(-np.log(p[own]).mean())
    assert found.before[1].value == pytest.approx(
        calibration_error(ClassAnswers("test", y, squared, 1 if kind == "binary" else None))
    )
    assert all(one.low <= one.value <= one.high for one in found.before)
    assert found.gain.value == pytest.approx(found.before[0].value - found.after[0].value)
    assert found.gain.low < found.gain.value < found.gain.high


def test_undoing_what_the_truth_needs_is_shown_as_a_gain(build_subject):
    """The subject states the true probabilities; without its temperature of 3 they would be far too bold."""
    found = calibration.measure(_at_temperature(build_subject("binary", 3_000), 3.0))
    assert found.gain.low > 0
    assert found.before[1].low > 0.05


def test_a_temperature_of_one_changes_nothing(binary_subject):
    subject = _at_temperature(binary_subject, 1.0)
    found = calibration.measure(subject, performance.measure(subject))
    assert (found.temperature, found.gain) == (1.0, None)
    assert found.before == found.after
    assert [one.name for one in found.after] == ["log_loss", "ece"]


def test_without_a_temperature_nothing_is_compared(binary_subject):
    found = calibration.measure(binary_subject, performance.measure(binary_subject))
    assert (found.temperature, found.before, found.after, found.gain) == (None, (), (), None)


def test_what_the_audit_collects_holds_the_scores_that_it_shows(build_subject):
    subject = _at_temperature(build_subject("multiclass", 150), 1.7)
    dossier = collect(subject, SelectionConfig(shuffles=20, resamples=5))
    assert dossier.calibration.temperature == 1.7
    assert [one.name for one in dossier.calibration.after] == ["log_loss", "ece"]
    assert set(dossier.calibration.after) < set(dossier.metrics)
