import numpy as np
import pandas as pd
import pytest

from reportgen.evidence.association import associate, correlation_ratio, cramers_v, pearson


def test_pearson_in_closed_form():
    x = np.array([1.0, 2.0, 3.0])
    assert pearson(x, -5 * x) == -1.0
    assert pearson(x, np.array([1.0, 3.0, 2.0])) == pytest.approx(0.5)
    assert pearson(x, np.ones(3)) is None


def test_pearson_survives_numbers_that_overflow_when_squared():
    x = np.array([1e200, 2e200, 3e200])
    assert pearson(x, x) == pytest.approx(1.0)


def test_correlation_ratio_is_one_where_groups_are_points_and_less_chance_in_closed_form():
    codes = np.array([0, 0, 1, 1])
    assert correlation_ratio(np.array([1.0, 1.0, 4.0, 4.0]), codes) == 1.0
    # between 4 of 5 sums of squares, so 1 - (1 - 0.8) * 3 / 2
    assert correlation_ratio(np.array([0.0, 1.0, 2.0, 3.0]), codes) == pytest.approx(np.sqrt(0.7))
    assert correlation_ratio(np.arange(4.0), np.arange(4)) is None


def test_cramers_v_of_itself_is_one_and_of_independent_values_none():
    a = np.tile([0, 1, 2], 50)
    assert cramers_v(a, a) == pytest.approx(1.0)
    assert cramers_v(np.repeat([0, 1], 60), np.tile([0, 1, 2], 40)) == 0.0
    assert cramers_v(a, np.zeros(150)) is None


@pytest.mark.parametrize(
    ("column", "classifies", "method"),
    [
        (pd.Series([1.0, 2.0, np.nan, 4.0]), False, "pearson"),
        (pd.Series([1.0, 2.0, np.nan, 4.0]), True, "correlation_ratio"),
        (pd.Series(["a", "b", None, "a"], dtype=object), True, "cramers_v"),
        (pd.Series([True, False, None, True], dtype=object), False, "correlation_ratio"),
    ],
)
def test_the_kinds_choose_the_method(column, classifies, method):
    assert associate(column, np.array([0, 1, 0, 1]), classifies)[1] == method
