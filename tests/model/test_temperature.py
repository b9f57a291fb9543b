"""The temperature of scores whose calibration is known by simulation."""

import numpy as np
import pytest
from scipy.special import softmax

from reportgen.model.temperature import WIDEST, find_temperature

HOTTEST = np.exp(WIDEST)


def calibrated(rows, classes=3, spread=2.0, seed=0):
    """Scores, and classes drawn with the very probabilities that the scores state."""
    rng = np.random.default_rng(seed)
    scores = spread * rng.normal(size=(rows, classes))
    y = (rng.random((rows, 1)) > softmax(scores, axis=1).cumsum(axis=1)).sum(axis=1).clip(max=classes - 1)
    return scores, y


@pytest.mark.parametrize("classes", [2, 3, 20])
def test_scores_three_times_too_bold_are_divided_by_about_three(classes):
    scores, y = calibrated(4_000, classes)
    assert find_temperature(3 * scores, y) == pytest.approx(3, rel=0.12)


def test_scores_that_are_too_cautious_are_made_bolder():
    scores, y = calibrated(4_000)
    assert find_temperature(scores / 2.5, y) == pytest.approx(1 / 2.5, rel=0.12)


def test_calibrated_scores_are_left_alone_as_often_as_the_test_says():
    kept = [find_temperature(*calibrated(300, seed=seed)) == 1.0 for seed in range(600)]
    assert 0.925 <= np.mean(kept) <= 0.975  # 0.95 and three standard errors of 600 simulations


def test_at_the_temperature_the_mean_score_of_the_own_class_is_the_expected_one():
    scores, y = calibrated(500)
    for factor in (0.5, 2.0, 3.0):
        temperature = find_temperature(factor * scores, y)
        own = (factor * scores)[np.arange(len(y)), y].mean()
        expected = (softmax(factor * scores / temperature, axis=1) * factor * scores).sum(axis=1).mean()
        bound = (scores.argmax(axis=1) == y).sum() + 1 if temperature < 1 else len(y)
        if softmax(factor * scores / temperature, axis=1).max(axis=1).mean() < bound / (len(y) + 2) - 1e-6:
            assert expected == pytest.approx(own, abs=1e-3 * factor)
        else:
            assert expected < own


@pytest.mark.parametrize("seed", range(10))
def test_certain_and_often_wrong_is_made_more_cautious(seed):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 100)
    said = np.where(rng.random(100) < 0.6, y, rng.integers(0, 3, 100))
    scores = 6.0 * np.eye(3)[said]
    temperature = find_temperature(scores, y)
    right = (said == y).mean()
    assert temperature > 1
    closed = 6 / np.log(2 * right / (1 - right))  # where a certain answer is as probable as it is often right
    assert temperature == pytest.approx(min(closed, HOTTEST), rel=1e-3)


@pytest.mark.parametrize("rows", [10, 50, 1_000])
@pytest.mark.parametrize("classes", [2, 5])
def test_rows_that_are_all_right_never_get_bolder_than_laplace(rows, classes):
    y = np.arange(rows) % classes
    scores = 1.5 * np.eye(classes)[y]
    temperature = find_temperature(scores, y)
    assert 1 / HOTTEST <= temperature < 1
    highest = softmax(scores / temperature, axis=1).max()
    assert highest <= (rows + 1) / (rows + 2) + 1e-9
    if temperature > 1 / HOTTEST * 1.01:
        assert highest == pytest.approx((rows + 1) / (rows + 2))


def test_rows_that_are_all_right_and_already_certain_stay_as_they_are():
    y = np.arange(50) % 2
    assert find_temperature(8 * np.eye(2)[y], y) == 1.0


def test_where_answers_grow_bolder_they_claim_no_more_than_laplace_s_share():
    for seed in range(50):
        scores, y = calibrated(100, seed=seed)
        temperature = find_temperature(scores / 4, y)
        right = (scores.argmax(axis=1) == y).sum()
        claimed = softmax(scores / 4 / temperature, axis=1).max(axis=1).mean()
        assert temperature >= 1 or claimed <= (right + 1) / 102 + 1e-9


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_hardly_any_rows_cannot_tell(rows):
    scores, y = np.tile([0.5, 0.0, 0.0], (rows, 1)), np.zeros(rows, dtype=np.int64)
    assert find_temperature(scores, y) == 1.0


def test_it_is_held_within_a_quarter_and_four():
    scores, y = calibrated(1_000)
    assert find_temperature(100 * scores, y) == pytest.approx(4, rel=1e-3)
    assert 0.25 <= find_temperature(scores / 100, y) < 0.3


def test_scores_too_large_for_their_exponentials_are_no_trouble():
    y = np.array([0, 1] * 40)
    scores = np.where(np.eye(2)[y] > 0, 1e4, -1e4).astype(np.float32)
    assert find_temperature(scores, y) == 1.0
    assert find_temperature(scores, 1 - y) == pytest.approx(4, rel=1e-3)
