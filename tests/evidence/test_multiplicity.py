import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.evidence.multiplicity import holm, weighted_holm


def test_the_smallest_counts_most_and_none_overtakes_another():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))
    assert holm([]) == ()
    assert holm([0.6, 0.9]) == (1.0, 1.0)


@given(st.lists(st.floats(0, 1), max_size=8))
def test_adjusting_lies_between_nothing_and_bonferroni(p_values):
    for p, adjusted in zip(p_values, holm(p_values), strict=True):
        assert p <= adjusted <= 1
    if p_values:
        assert min(holm(p_values)) == min(1.0, min(p_values) * len(p_values))


def test_weights_divide_the_level():
    assert weighted_holm([0.01, 0.01], [3.0, 1.0]) == pytest.approx((0.04 / 3, 0.04 / 3))
    assert weighted_holm([0.2, 0.01], [1.0, 3.0]) == pytest.approx((0.2, 0.04 / 3))
    assert weighted_holm([0.01, 0.04, 0.03], [1.0, 1.0, 1.0]) == pytest.approx(holm([0.01, 0.04, 0.03]))
