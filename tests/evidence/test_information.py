import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reportgen.evidence import information

TABLES = st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=6)


@pytest.mark.parametrize(
    ("counts", "bits"),
    [((5, 5), 1.0), ((7, 7, 7, 7), 2.0), ((9, 0), 0.0), ((1, 3), 0.25 * 2 + 0.75 * np.log2(4 / 3)), ((0, 0), 0.0)],
)
def test_entropy_in_closed_form(counts, bits):
    assert information.entropy(np.array(counts)) == pytest.approx(bits, abs=1e-12)


def test_a_value_tells_all_about_itself_and_nothing_about_an_independent_one():
    itself, apart = np.diag([4, 8, 4]), np.outer([1, 2, 1], [3, 5])
    assert information.mutual_information(np.array(itself)) == pytest.approx(1.5)
    assert information.mutual_information(np.array(apart)) == pytest.approx(0.0, abs=1e-12)


@given(TABLES)
def test_mutual_information_is_symmetric_and_at_most_either_entropy(rows):
    table = np.array(rows)
    shared = float(information.mutual_information(table))
    assert shared == pytest.approx(float(information.mutual_information(table.T)), abs=1e-9)
    ceiling = min(float(information.entropy(table.sum(axis=0))), float(information.entropy(table.sum(axis=1))))
    assert -1e-12 <= shared <= ceiling + 1e-9


def test_bias_is_half_the_degrees_of_freedom_over_n():
    table = np.full((4, 3), 10)
    assert information.bias(table) == pytest.approx((4 - 1) * (3 - 1) / (2 * 120 * np.log(2)))


def test_corrected_information_is_near_zero_on_average_where_nothing_is_shared():
    rng = np.random.default_rng(0)
    tables = np.array(
        [np.bincount(rng.integers(0, 5, 300) * 3 + rng.integers(0, 3, 300), minlength=15) for _ in range(400)]
    ).reshape(-1, 5, 3)
    plugin = information.mutual_information(tables)
    assert plugin.mean() > 0.01
    assert abs((plugin - information.bias(tables)).mean()) < 0.002


def test_tail_follows_the_gamma_law_of_full_tables():
    rng = np.random.default_rng(1)
    null = stats.chi2.rvs(8, size=(1, 20_000), random_state=rng)
    for quantile in (10.0, 20.0, 30.0):
        assert information.tail(np.array([quantile]), null)[0] == pytest.approx(stats.chi2.sf(quantile, 8), rel=0.15)


def test_tail_of_a_constant_statistic_says_that_nothing_was_found():
    assert information.tail(np.array([0.3]), np.full((1, 50), 0.3)).tolist() == [1.0]
