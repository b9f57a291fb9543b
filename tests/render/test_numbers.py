"""Numbers as a reader sees them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.render import numbers


@pytest.mark.parametrize(
    ("value", "low", "high", "shown"),
    [
        (0.96666, 0.927, 0.994, "0.967"),
        (21034.25, 19234.25, 22834.25, "21,000"),
        (0.78, 0.72, 0.84, "0.780"),
        (3, None, None, "3"),
        (0.05, None, None, "0.05"),
        (1.58496, None, None, "1.585"),
        (-0.25, None, None, "−0.25"),
        (1e-9, None, None, "1.00e−09"),
        (0.0, None, None, "0"),
        (None, None, None, "–"),
    ],
)
def test_a_number_has_the_digits_its_interval_supports(value, low, high, shown) -> None:
    assert numbers.number(value, "en", low, high) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0.9733, "97.3%"), (0.0, "0.0%"), (1.0, "100.0%"), (0.0001, "<\u00a00.1%"), (None, "–")]
)
def test_a_share_that_is_not_zero_never_looks_like_zero(value, shown) -> None:
    assert numbers.percent(value, "en") == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0004, "<\u00a00.001"), (0.0123, "0.012"), (0.5, "0.50"), (1.0, "1.00")]
)
def test_p_values(value, shown) -> None:
    assert numbers.pvalue(value, "en") == shown


@given(st.floats(min_value=-1e12, max_value=1e12).filter(lambda x: x == 0 or abs(x) > 1e-3))
def test_a_number_is_never_off_by_more_than_its_fourth_digit(value: float) -> None:
    read = float(numbers.number(value, "en").replace(",", "").replace("−", "-"))
    assert read == pytest.approx(value, rel=0.0006)


@pytest.mark.parametrize(
    ("value", "lang", "shown"),
    [
        ("2026-01-31", "en", "31 January 2026"),
        ("2026-01-31", "zh", "2026年1月31日"),
        (0.0, "en", "1 January 1970"),
        ("spring", "en", "spring"),
    ],
)
def test_days(value, lang, shown) -> None:
    assert numbers.day(value, lang) == shown


def test_names_are_joined_as_the_language_does() -> None:
    assert numbers.joined(["a", "b", "c"], "en") == "a, b and c"
    assert numbers.joined(["甲", "乙", "丙"], "zh") == "甲、乙和丙"
