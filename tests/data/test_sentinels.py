"""Codes for "missing" are found; honest nines, zeros, caps, frosts and scales are not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.data.sentinels import find_sentinels, is_word

RNG = np.random.default_rng(6)


def codes(values, name="c", looks=8):
    return tuple(one.value for one in find_sentinels(np.asarray(values, dtype=float), name, looks))


def with_code(values, code, count):
    values = np.array(values, dtype=float)
    values[:count] = code
    return values


def normal(mean=46, deviation=7, n=1500, digits=4):
    return RNG.normal(mean, deviation, n).round(digits)


CODED = {
    "-999 among positives": (with_code(normal(), -999, 50), "-999"),
    "-9 among positives": (with_code(normal(), -9, 30), "-9"),
    "-1 where counts begin at 1": (np.where(RNG.random(3000) < 0.8, -1, RNG.integers(1, 700, 3000)), "-1"),
    "999 for an age": (with_code(normal(40, 12, digits=0), 999, 20), "999"),
    "99 for a household": (with_code(RNG.poisson(2, 1500) + 1, 99, 15), "99"),
    "9999 for a year": (with_code(RNG.integers(1950, 2020, 1500), 9999, 9), "9999"),
    "-99 for a temperature": (with_code(normal(8, 7, digits=1), -99, 25), "-99"),
    "999.9 for a pressure": (with_code(normal(101.3, 1.2, digits=1), 999.9, 25), "999.9"),
    "the least short integer": (with_code(normal(0, 100), -32768, 12), "-32768"),
    "0 for a year": (with_code(RNG.integers(1990, 2020, 300), 0, 10), "0"),
    "0 far below all": (with_code(normal(), 0, 60), "0"),
    "99 on a scale to 5": (with_code(RNG.integers(1, 6, 1500), 99, 50), "99"),
    "9 on a scale to 5": (with_code(RNG.integers(1, 6, 1500), 9, 50), "9"),
    "one -999": (with_code(normal(n=400), -999, 1), "-999"),
}


@pytest.mark.parametrize("name", CODED)
def test_codes_are_found(name):
    values, code = CODED[name]
    assert codes(values) == (code,)


def test_several_codes_of_one_column():
    values = normal()
    values[:20], values[20:50], values[50:60] = -9, -999, 9999
    assert codes(values) == ("-999", "-9", "9999")


def test_a_code_keeps_its_p_value_its_neighbour_and_its_count():
    (one,) = find_sentinels(with_code(np.append(normal(), 20.5), -999, 50), "c", 8)
    assert (one.how, one.state, one.n) == ("gap", "missing", 1501)
    assert one.nearest is not None
    assert 15 < one.nearest <= 20.5
    assert one.p_value is not None
    assert one.p_value < 1e-6


@pytest.mark.parametrize("columns", [2, 200])
def test_forty_rows_are_enough_whatever_the_number_of_columns(columns):
    assert codes(with_code(normal(n=40), -999, 3), looks=columns) == ("-999",)


def test_zero_is_a_code_where_the_name_rules_it_out():
    insulin = np.where(RNG.random(768) < 0.48, 0, RNG.gamma(1.8, 80, 768).round() + 14)
    assert codes(insulin, "insulin") == ("0",)
    assert codes(insulin, "血糖") == ("0",)
    assert codes(insulin, "amount_lent") == ()


def test_zero_is_a_code_for_the_age_of_adults_and_none_where_there_are_babies():
    adults = RNG.integers(18, 80, 1500)
    assert codes(with_code(adults, 0, 40), "age") == ("0",)
    assert codes(with_code(adults, 0, 40), "garage area") == ()
    assert codes(RNG.integers(0, 80, 1500), "age") == ()
    assert codes(np.maximum(RNG.gamma(1.2, 12, 1500).round(), 0), "age") == ()


HONEST = {
    "a scale to 6 and a 9 that few chose": with_code(RNG.integers(1, 7, 1500), 9, 20),
    "counts and one that is far": np.append(RNG.poisson(1, 1500), [9, 9]),
    "prices about 999": RNG.choice([199, 499, 799, 999, 1299, 1999], 1500) + RNG.integers(-20, 21, 1500) * 5,
    "prices up to 999": RNG.choice([99, 199, 499, 999], 1500) - RNG.integers(0, 30, 1500) * (RNG.random(1500) < 0.5),
    "a count with many zeros": np.where(RNG.random(1500) < 0.7, 0, RNG.poisson(4, 1500)),
    "a gain with a cap": np.where(
        RNG.random(9000) < 0.92, 0, np.where(RNG.random(9000) < 0.06, 99999, np.exp(RNG.normal(8, 0.9, 9000)).round())
    ),
    "a scale to 9": RNG.integers(1, 10, 1500),
    "frost": normal(8, 9, 1500, 0),
    "a little frost": np.append(RNG.integers(0, 30, 1497), [-1, -1, -9]),
    "signs": RNG.choice([-1, 0, 1], 1500),
    "wins and losses": RNG.choice([-1, 1], 1500),
    "ages from 0": RNG.integers(0, 99, 1500),
    "ages to 99": np.minimum(99, RNG.normal(70, 14, 1500).round()),
    "shares": RNG.beta(2, 2, 1500).round(2),
    "a floor": np.maximum(-1, RNG.normal(0, 1, 1500)),
    "what is lent, if anything is": np.where(RNG.random(1500) < 0.4, 0, RNG.normal(500, 90, 1500).round()),
    "wind that is felt from a sixth on": np.where(
        RNG.random(1500) < 0.12, 0, 0.09 + RNG.exponential(0.1, 1500).round(2)
    ),
    "a tariff with a least price": np.where(RNG.random(1500) < 0.1, 0, RNG.uniform(30, 60, 1500).round(2)),
    "decay from -1": RNG.geometric(0.4, 1500) - 2,
    "a heavy tail": np.append(RNG.pareto(1, 1500) + 1, [999, 9999]),
    "a standardised column": RNG.normal(0, 1, 1500).round(1),
    "nothing": np.full(30, np.nan),
    "zeros alone": np.zeros(30),
}


@pytest.mark.parametrize("name", HONEST)
def test_what_looks_like_a_code_and_is_none(name):
    assert codes(HONEST[name], looks=1) == ()


def test_height_about_zero_is_honest_whatever_its_name():
    assert codes(np.abs(RNG.normal(0, 1, 1500)).round(1), "wave_height") == ()


@pytest.mark.parametrize("text", ["unknown", " Unknown", "N.A.", "keine Angabe", "未知", "--"])
def test_words_for_missing(text):
    assert is_word(text)


@pytest.mark.parametrize("text", ["none", "None", "other", "not applicable", "no", "0", "无", "known", "missing tooth"])
def test_answers_are_no_words_for_missing(text):
    assert not is_word(text)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 30), st.sampled_from([-999.0, -9.0, 999.0, 9999.0, 0.0]), st.integers(2, 30))
def test_the_order_of_rows_plays_no_role(seed, code, count):
    rng = np.random.default_rng(seed)
    values = with_code(rng.normal(46, 7, 400).round(1), code, count)
    assert find_sentinels(values, "c", 5) == find_sentinels(rng.permutation(values), "c", 5)
