from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binom, false_discovery_control

from reportgen.evidence.intervals import mean_difference_interval, rate_difference_interval
from reportgen.evidence.neighbours import ALPHA, MOST_REFERENCES, benjamini_hochberg, measure, nearest
from tests.evidence.parts import some


def moved(subject, count=30, by=40.0):
    """The subject with its first test rows moved far away."""
    x = subject.test.x.copy()
    x[:count, 0] += by
    return replace(subject, test=replace(subject.test, x=x))


def test_each_training_row_is_nearest_to_itself(binary_subject):
    found = nearest(binary_subject, binary_subject.train.x[:20], 1)
    assert found.positions[:, 0].tolist() == list(range(20))
    assert found.distances == pytest.approx(np.zeros((20, 1)))


def test_two_categories_and_four_standard_deviations_are_one_apart(binary_subject):
    train = binary_subject.train
    deviation = train.x[:, 0].std(dtype=np.float64)
    alone = replace(binary_subject, train=some(train, [0]))
    spread = replace(binary_subject, train=replace(train, x=train.x))
    other = train.x[[0]].copy()
    other[0, 2:] = np.roll(other[0, 2:], 1)
    assert nearest(alone, other, 1).distances[0] == pytest.approx([1.0])
    far = train.x[[0]].copy()
    far[0, 0] = train.x[:, 0].max() + 4 * deviation
    same_colour = (train.x[:, 2:] == far[0, 2:]).all(axis=1)
    expected = np.hypot(
        (train.x[:, 0] - far[0, 0]) / (4 * deviation),
        (train.x[:, 1] - far[0, 1]) / (4 * train.x[:, 1].std(dtype=np.float64)),
    )
    expected = np.sqrt(expected**2 + ~same_colour)
    found = nearest(spread, far, 3)
    assert found.distances[0] == pytest.approx(np.sort(expected)[:3], rel=1e-4)
    assert found.positions[0].tolist() == np.argsort(expected)[:3].tolist()


def test_rows_far_away_are_outside_and_the_others_are_not(build_subject):
    subject = moved(build_subject("binary", 1200))
    found = measure(subject)
    assert found.outside_rows == tuple(subject.test.rows[:30].tolist())
    assert (found.outside, found.n, found.references) == (30, 400, 600)
    wrong = subject.predict(subject.test.x).argmax(axis=1) != subject.test.y
    sides = (int(wrong[:30].sum()), 30), (int(wrong[30:].sum()), 370)
    assert (found.low, found.high) == pytest.approx(rate_difference_interval(*sides))
    assert found.gap == pytest.approx(sides[0][0] / 30 - sides[1][0] / 370)


def test_one_odd_row_among_many_cannot_be_told_from_chance(build_subject):
    found = measure(moved(build_subject("binary", 1200), 1))
    assert found.outside == 0
    assert found.smallest * found.n > found.alpha


def test_numbers_are_compared_by_their_errors(build_subject):
    subject = moved(build_subject("regression", 1200))
    found = measure(subject)
    errors = np.abs(subject.predict(subject.test.x) - subject.test.y)
    assert found.measure == "mean_absolute_error"
    assert (found.low, found.high) == pytest.approx(mean_difference_interval(errors[:30], errors[30:]))


def test_like_rows_are_rarely_called_outside(build_subject):
    subjects = [build_subject("binary", 300, seed) for seed in range(60)]
    alarms = sum(measure(subject).outside > 0 for subject in subjects)
    assert alarms <= binom.ppf(0.999, 60, ALPHA)


def test_p_values_of_like_rows_are_no_smaller_than_chance(build_subject):
    subject = build_subject("binary", 3000, 7)
    found = measure(subject, subject.test.rows.tolist())
    assert len(found.rows) == 10
    reached = np.array([one.p_value for one in found.rows])
    assert (reached >= found.smallest).all()
    assert found.smallest == 1 / 1501


def test_mistakes_are_shown_with_their_neighbours(binary_subject):
    rows = binary_subject.test.rows[[5, 2]].tolist()
    found = measure(binary_subject, [*rows, 10**6])
    assert [one.row for one in found.rows] == rows
    near = nearest(binary_subject, binary_subject.test.x[[5]])
    assert [one.row for one in found.rows[0].neighbours] == binary_subject.train.rows[near.positions[0]].tolist()
    assert [one.distance for one in found.rows[0].neighbours] == pytest.approx(near.distances[0])
    classes = binary_subject.task.classes
    labels = [classes[y] for y in binary_subject.train.y[near.positions[0]]]
    assert [one.label for one in found.rows[0].neighbours] == labels
    assert found.rows[0].label == classes[binary_subject.test.y[5]]


def test_a_large_table_is_sampled(build_subject):
    found = measure(build_subject("binary", 12_000))
    assert (found.references, found.n) == (MOST_REFERENCES, 4000)


def test_one_training_row_is_enough_to_go_by(binary_subject):
    alone = replace(binary_subject, train=some(binary_subject.train, [0]))
    found = measure(alone, binary_subject.test.rows[:1].tolist())
    assert (found.k, len(found.rows[0].neighbours)) == (1, 1)


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(0.001, 1)))
def test_benjamini_hochberg_is_the_usual_one(p_values):
    assert benjamini_hochberg(p_values, 0.1).tolist() == (false_discovery_control(p_values) <= 0.1).tolist()
