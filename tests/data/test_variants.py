"""Spellings of one category are told from categories that only look alike."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.data.variants import find_variants, folded, known_as, respelled, squeezed


def texts(*labels, times=5):
    return pd.Series([label for label in labels for _ in range(times)], name="c", dtype=object)


def groups(values):
    return {one.spellings: one.state for one in find_variants(values, merge=True)}


def test_case_blanks_and_accents_are_ways_of_writing():
    values = pd.Series(
        ["basic"] * 6 + ["BASIC", "Basic", "basic ", "plus", "plus", "Cádiz", "Cádiz", "Cadiz"], name="c"
    )
    assert groups(values) == {("basic", "BASIC", "Basic", "basic "): "merged", ("Cádiz", "Cadiz"): "merged"}
    first = find_variants(values, merge=True)[0]
    assert (first.counts, first.rows, first.n) == ((6, 1, 1, 1), (6, 7, 8), 14)
    assert {one.state for one in find_variants(values, merge=False)} == {"kept"}


@pytest.mark.parametrize(
    "labels",
    [
        ("New York", "new  york"),
        ("New York", "New\u00a0York"),
        ("Évora", "E\u0301vora"),
        ("上海", "上海\u200b"),
        ("Gdańsk", "GDANSK"),
        ("Łódź", "Lodz"),
        ("Straße", "STRASSE"),
        ("ＡＢＣ", "ABC"),
        ("yes", "Yes", "YES"),
    ],
)
def test_one_category(labels):
    assert [set(found) for found in groups(texts(*labels, "other"))] == [set(labels)]


@pytest.mark.parametrize(
    "labels",
    [
        ("Co", "CO", "No", "NO"),
        ("A", "a", "B", "b"),
        ("AA", "Aa", "aa"),
        ("mW", "MW", "kW"),
    ],
)
def test_symbols_may_mean_something_else_in_capitals(labels):
    assert set(groups(texts(*labels)).values()) == {"unclear"}


@pytest.mark.parametrize(
    "labels",
    [
        ("は", "ば", "ぱ"),
        ("мои", "мой"),
        ("plus", "plus1", "plus-2"),
        ("Delft", "Delf", "Faro"),
        ("R01", "R1", "R10"),
        ("not known", "known"),
        ("少", "小"),
        ("Mann", "Man"),
        ("1", "1.0", "01"),
        ("lt 5", "gt 5"),
    ],
)
def test_what_only_looks_alike(labels):
    assert groups(texts(*labels)) == {}


def counted(**times):
    return pd.Series([label for label, n in times.items() for _ in range(n)], name="c", dtype=object)


def test_short_texts_that_are_slipped_alike_are_told_and_left_apart():
    assert groups(counted(M=300, m=22, F=280, f=19)) == {("M", "m"): "kept", ("F", "f"): "kept"}


@pytest.mark.parametrize(
    "times",
    [
        {"M": 300, "m": 22, "F": 280},  # one alone
        {"M": 300, "m": 60, "F": 280, "f": 4},  # a share of its own
        {"M": 200, "m": 150, "F": 180, "f": 140},  # no exception
        {"mW": 300, "MW": 20, "kW": 300, "KW": 22, "W": 400},  # one that has none
        {"A": 300, "a": 1, "B": 280, "b": 2},  # hardly any
    ],
)
def test_short_texts_that_may_be_symbols_stay_unclear(times):
    assert set(groups(counted(**times)).values()) == {"unclear"}


def test_names_and_keys_are_no_categories():
    assert groups(pd.Series([f"ab{k}" for k in range(30)] + ["AB1"], name="c")) == {}


def test_blanks_are_off_even_among_symbols():
    assert groups(texts("A", "A ", "a", "B")) == {("A", "A "): "merged", ("A", "a"): "unclear"}


def test_new_spellings_are_known_as_the_category():
    called, words = known_as(["basic", "plus", "Évora"])
    new = pd.Series(["BASIC ", "evora", "plus", "premium", None], dtype=object)
    assert respelled(new, called, words).tolist() == ["basic", "Évora", "plus", "premium", None]


def test_categories_that_were_left_apart_stay_apart():
    called, words = known_as(["A", "a", "B"])
    assert respelled(pd.Series(["A", "a", "b", " B"], dtype=object), called, words).tolist() == ["A", "a", "b", "B"]


LABELS = st.sampled_from(["yes", "Yes ", "no", "NO", "maybe", "Café", "cafe"])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(["yes", "Yes ", "no", "NO", "maybe", "Café", "cafe"]), min_size=14, max_size=60), st.data()
)
def test_permuting_rows_changes_rows_alone(labels, data):
    values = pd.Series(labels, name="c", dtype=object)
    order = data.draw(st.permutations(range(len(labels))))
    before, after = find_variants(values, True), find_variants(values.iloc[order].reset_index(drop=True), True)
    assert [(one.spellings, one.counts) for one in before] == [(one.spellings, one.counts) for one in after]
    for one, other in zip(before, after, strict=True):
        assert sorted(order[row] for row in other.rows) == list(one.rows)


@given(st.text(max_size=12))
def test_folding_twice_is_folding_once(text):
    assert folded(squeezed(text)) == folded(text)
    assert squeezed(squeezed(text)) == squeezed(text)
