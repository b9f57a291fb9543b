"""One column's cells: what is missing, what kind they are, what they become."""

import numpy as np
import pandas as pd
import pytest

from reportgen.data.cells import understand, understand_as


def column(*cells: str | None, repeat: int = 1) -> pd.Series:
    return pd.Series(list(cells) * repeat, dtype="str", name="c")


KINDS = [
    (("1", "2.5", "-3e4", " 7 "), "numeric"),
    (("1", "", "NA", "?"), "numeric"),
    (("1", "2", "-", "none"), "numeric"),
    (("true", "false", ""), "boolean"),
    (("TRUE", "FALSE"), "boolean"),
    (("yes", "no"), "categorical"),
    (("true", "True"), "categorical"),
    (("true", "true"), "categorical"),
    (("01234", "98765"), "categorical"),
    (("0", "10"), "numeric"),
    (("0.5", "00.5"), "numeric"),
    (("12345678901234567890", "12345678901234567891"), "categorical"),
    (("2020-01-31", "2021-02-28T10:00:00"), "datetime"),
    (("31.01.2020", "01.02.2020"), "datetime"),
    (("2020年1月31日", "2020年12月1日"), "datetime"),
    (("Jan 5, 2020", "Dec 31, 2021"), "datetime"),
    (("2019", "2020"), "numeric"),
    (("13:45", "09:30"), "categorical"),
    (("none", "guarantor"), "categorical"),
    (("the first of six long words here", "and another of six long words"), "text"),
    (("客户在星期三打来电话询问他的订单何时能够送达", "客户在星期四打来电话询问他的订单何时能够送达"), "text"),
    ((None, None), "categorical"),
]


@pytest.mark.parametrize(("cells", "kind"), KINDS)
def test_kinds(cells: tuple[str | None, ...], kind: str) -> None:
    assert understand(column(*cells)).kind == kind


def test_missing_spellings_are_told_but_for_the_empty_cell() -> None:
    cells = understand(column("1", "", " ", "NA", "?", "?", "4"))
    assert cells.values.tolist()[0] == 1.0
    assert cells.values.isna().tolist() == [False, True, True, True, True, True, False]
    assert [(n.code, n.facts) for n in cells.notes] == [
        ("missing_codes", {"column": "c", "spellings": ("?", "NA", "blank"), "count": 4})
    ]
    assert understand(column("1", "", "2")).notes == ()


def test_none_is_an_answer_among_words() -> None:
    assert understand(column("None", "none", "BrkFace")).values.tolist() == ["None", "none", "BrkFace"]


def test_a_few_words_among_numbers_become_missing_and_are_told() -> None:
    raw = column(*[str(i) for i in range(28)], "error", "12,5 kWh")
    cells = understand(raw)
    assert cells.kind == "numeric"
    assert cells.values.isna().to_numpy().nonzero()[0].tolist() == [28, 29]
    (note,) = cells.notes
    assert note.code == "text_among_numbers"
    assert note.facts == {"column": "c", "count": 2, "examples": ("error", "12,5 kWh"), "rows": (28, 29)}


def test_more_words_than_one_in_ten_are_a_second_kind() -> None:
    assert understand(column(*"12345678", "x", "y")).kind == "categorical"
    assert understand(column(*"123456789", "x")).kind == "numeric"


@pytest.mark.parametrize(
    ("cells", "values", "code"),
    [
        (("1,234", "12,345,678.5", "7"), [1234.0, 12345678.5, 7.0], "thousands"),
        (("1,5", "-2,25", "3"), [1.5, -2.25, 3.0], "decimal_comma"),
        (("1.234,5", "0,125", "3"), [1234.5, 0.125, 3.0], "decimal_comma"),
    ],
)
def test_commas_in_numbers(cells: tuple[str, ...], values: list[float], code: str) -> None:
    found = understand(column(*cells))
    assert found.values.tolist() == values
    assert [(n.code, n.facts["count"]) for n in found.notes] == [(code, 2)]


def test_day_and_month_are_told_apart_by_the_whole_column() -> None:
    assert understand(column("03/02/2021", "25/02/2021")).values.dt.month.tolist() == [2, 2]
    assert understand(column("03/02/2021", "02/25/2021")).values.dt.month.tolist() == [3, 2]
    ambiguous = understand(column("03/02/2021", "04/02/2021"))
    assert [n.facts["format"] for n in ambiguous.notes] == ["%m/%d/%Y"]


def test_moments_keep_their_time_and_lose_their_zone() -> None:
    cells = understand(column("2020-01-31T23:30:00+01:00", "2020-06-01T00:00:00Z"))
    assert [str(v) for v in cells.values] == ["2020-01-31 22:30:00", "2020-06-01 00:00:00"]


def test_categories_keep_their_blanks() -> None:
    assert understand(column("WD ", "COD", " ")).values.tolist() == ["WD ", "COD", None]


def test_mixed_objects_are_read_by_their_spelling() -> None:
    raw = pd.Series([1, 2.0, "3", None, np.nan], dtype=object, name="c")
    cells = understand(raw)
    assert cells.kind == "numeric"
    assert cells.values.tolist()[:3] == [1.0, 2.0, 3.0]
    assert cells.values.isna().tolist() == [False, False, False, True, True]


def test_another_file_is_read_as_the_first_was() -> None:
    assert understand_as(column("1", "x"), "numeric").values.isna().tolist() == [False, True]
    assert understand_as(column("1", "2"), "categorical").values.tolist() == ["1", "2"]
    assert understand_as(column("true", "true", "0", "x"), "boolean").values.tolist() == [True, True, False, None]
    assert understand_as(column("03/02/2021"), "datetime", "%d/%m/%Y").values.dt.month.tolist() == [2]
    assert understand_as(column("soon"), "datetime").values.isna().tolist() == [True]
