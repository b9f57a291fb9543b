import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reportgen.findings.chance import chi_square_p, difference_interval, normal_p, share_interval


@given(st.floats(1e-6, 300), st.integers(1, 40))
def test_chi_square_p_is_scipys(statistic, freedom):
    assert chi_square_p(statistic, freedom) == pytest.approx(stats.chi2.sf(statistic, freedom), rel=1e-9, abs=1e-300)


def test_chi_square_of_nothing_is_certain():
    assert chi_square_p(0.0, 3) == 1.0


@given(st.floats(-30, 30))
def test_normal_p_is_scipys(z):
    assert normal_p(z) == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-9)


@given(st.integers(1, 500), st.data())
def test_share_interval_is_wilsons(n, data):
    count = data.draw(st.integers(0, n))
    wilson = stats.binomtest(count, n).proportion_ci(method="wilson")
    assert share_interval(count, n) == pytest.approx((wilson.low, wilson.high), abs=1e-9)


def test_difference_of_symmetric_intervals_adds_in_squares():
    assert difference_interval((0.9, 0.87, 0.93), (0.8, 0.76, 0.84)) == pytest.approx((0.05, 0.15))


def test_difference_uses_the_ends_that_face_each_other():
    low, high = difference_interval((1.0, 0.96, 1.0), (0.5, 0.5, 0.53))
    assert (low, high) == pytest.approx((0.45, 0.5))
