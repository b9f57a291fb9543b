import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reportgen.evidence.stability import stability

TABLES = arrays(np.bool_, st.tuples(st.integers(2, 8), st.integers(2, 6)))


def test_the_same_choice_each_time_is_wholly_stable():
    found = stability(np.tile([True, False, True, False], (10, 1)))
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


def test_two_opposite_choices_have_the_value_of_the_formula():
    # k = 1 of d = 2, M = 2: s^2 = 2 / 1 * 1/4 = 1/2 for each feature, chance 1/2 * 1/2, so 1 - (1/2) / (1/4)
    found = stability(np.array([[True, False], [False, True]]))
    assert found.value == pytest.approx(-1)


def test_a_hand_worked_table_has_its_value_and_its_variance():
    chosen = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]], dtype=bool)
    often, mean, d, m = np.array([1, 0.5, 0.25, 0]), 7 / 4, 4, 4
    chance = mean / d * (1 - mean / d)
    value = 1 - m / (m - 1) * (often * (1 - often)).mean() / chance
    single = []
    for row in chosen:
        k = row.sum()
        expected = value / 2 * (2 * k * mean / d**2 - k / d - mean / d + 1)
        single.append(((row * often).mean() - k * mean / d**2 + expected) / chance)
    spread = np.sqrt(4 / m**2 * ((np.array(single) - np.mean(single)) ** 2).sum())
    found = stability(chosen)
    assert found.value == pytest.approx(value)
    assert found.low == pytest.approx(max(value - 1.959964 * spread, -1), abs=1e-6)
    assert found.high == pytest.approx(min(value + 1.959964 * spread, 1), abs=1e-6)


@pytest.mark.parametrize("kept", [True, False])
def test_where_nothing_can_vary_there_is_no_index(kept):
    assert stability(np.full((5, 3), kept)) is None


@given(TABLES)
def test_it_never_passes_one_and_names_of_features_do_not_matter(chosen):
    found, turned = stability(chosen), stability(chosen[:, ::-1])
    if found is None:
        assert turned is None
    else:
        assert found.value <= 1 + 1e-12
        assert found.low <= found.value <= found.high + 1e-12 or found.value < -1
        assert turned.value == pytest.approx(found.value)


def test_random_choices_agree_no_more_than_by_chance_and_the_interval_says_so():
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(200):
        found = stability(np.array([rng.permutation(20) < 6 for _ in range(30)]))
        held += found.low <= 0 <= found.high
    assert 182 <= held <= 199  # 190 expected, and the asymptotic variance is a little too small or large at 30 choices
