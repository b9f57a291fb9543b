import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binom

from reportgen.evidence.flips import RECALL_WEIGHT, fit, worth_a_look, wrong

RNG = np.random.default_rng(3)


def stated(rows, classes, sureness, rng):
    """Probabilities of a calibrated model; the larger the sureness, the less the classes overlap."""
    raised = np.exp(sureness * rng.standard_normal((rows, classes)))
    return raised / raised.sum(axis=1, keepdims=True)


def drawn(probabilities, rng):
    reached = probabilities.cumsum(axis=1)
    return (rng.random((len(reached), 1)) > reached).sum(axis=1).clip(max=reached.shape[1] - 1)


def exchanged(labels, classes, share, rng):
    """The same labels, some of them moved on to another class, and which."""
    moved = rng.random(len(labels)) < share
    return np.where(moved, (labels + rng.integers(1, classes, len(labels))) % classes, labels), moved


def test_the_chance_of_a_wrong_label_by_hand():
    # exchanged from the other class 0.1 * 0.75, kept 0.9 * 0.25: 0.075 / 0.3
    assert wrong(np.array([[0.25, 0.75]] * 4), np.zeros(4, int), 0.1, 1.0) == pytest.approx([0.25] * 4)
    # log-odds doubled: 0.1 and 0.9; 0.1 * 0.9 / (0.1 * 0.9 + 0.9 * 0.1)
    assert wrong(np.array([[0.25, 0.75]] * 4), np.zeros(4, int), 0.1, 2.0) == pytest.approx([0.5] * 4)
    # three classes: 0.2 / 2 comes from each other one; 0.1 * 0.5 / (0.1 * 0.5 + 0.8 * 0.5)
    assert wrong(np.array([[0.5, 0.25, 0.25]] * 9), np.zeros(9, int), 0.2, 1.0) == pytest.approx([1 / 9] * 9)


def test_without_exchanged_labels_none_is_wrong():
    probabilities = stated(50, 3, 2.0, RNG)
    assert not wrong(probabilities, drawn(probabilities, RNG), 0.0, 1.0).any()


@pytest.mark.parametrize(("classes", "sureness"), [(2, 4.0), (5, 4.0)])
def test_the_share_is_covered_by_its_interval(classes, sureness):
    rng, hits = np.random.default_rng(classes), 0
    for _ in range(40):
        probabilities = stated(600, classes, sureness, rng)
        given, _ = exchanged(drawn(probabilities, rng), classes, 0.1, rng)
        flips = fit(probabilities, given, rng)
        hits += flips.low <= 0.1 <= flips.high
        assert flips.low <= flips.share <= flips.high
    assert hits >= binom.ppf(0.001, 40, 0.95)


@pytest.mark.parametrize("sureness", [0.5, 3.0])
def test_overlap_alone_raises_an_alarm_as_rarely_as_it_should(sureness):
    rng, alarms = np.random.default_rng(5), 0
    for _ in range(120):
        probabilities = stated(300, 2, sureness, rng)
        alarms += fit(probabilities, drawn(probabilities, rng), rng).p_value <= 0.01
    assert alarms <= binom.ppf(0.999, 120, 0.01)


def test_a_model_that_is_too_sure_is_no_sign_of_wrong_labels():
    rng = np.random.default_rng(8)
    honest = stated(2000, 2, 1.5, rng)
    given = drawn(honest, rng)
    boasting = honest**2 / (honest**2).sum(axis=1, keepdims=True)
    assert fit(boasting, given, rng).p_value > 0.01


def test_exchanged_labels_are_listed():
    rng = np.random.default_rng(1)
    probabilities = stated(2000, 3, 8.0, rng)
    given, moved = exchanged(drawn(probabilities, rng), 3, 0.05, rng)
    flips = fit(probabilities, given, rng)
    listed = worth_a_look(wrong(probabilities, given, flips.share, flips.slopes[1])).rows
    assert flips.p_value < 1e-6
    assert moved[listed].mean() > 0.75
    assert moved[listed].sum() / moved.sum() > 0.85


def test_many_rows_are_sampled():
    rng = np.random.default_rng(2)
    probabilities = stated(120_000, 2, 4.0, rng)
    given, _ = exchanged(drawn(probabilities, rng), 2, 0.03, rng)
    flips = fit(probabilities, given, rng)
    assert flips.fitted_on == 100_000
    assert flips.low < 0.03 < flips.high


def test_labels_that_nothing_explains_do_not_break_the_search():
    flips = fit(np.full((60, 2), 0.5), RNG.integers(0, 2, 60), RNG)
    assert 0 <= flips.low <= flips.share <= flips.high <= 0.5
    assert flips.p_value > 0.01


CHANCES = arrays(np.float64, st.integers(1, 12), elements=st.floats(0, 1))


@given(CHANCES)
def test_the_list_maximises_the_expected_f_measure(chances):
    listed, found = worth_a_look(chances)
    weight = RECALL_WEIGHT**2
    if not chances.sum():
        assert (len(listed), found) == (0, 0.0)
        return
    scores = [
        (1 + weight) * np.sort(chances)[::-1][:length].sum() / (length + weight * chances.sum())
        for length in range(1, len(chances) + 1)
    ]
    reached = (1 + weight) * chances[listed].sum() / (len(listed) + weight * chances.sum())
    assert reached == pytest.approx(max(scores))
    assert list(chances[listed]) == sorted(chances[listed], reverse=True)
    assert found == pytest.approx(chances[listed].sum() / chances.sum())
