"""Numbers as they are written in a whole column, and what is said of it."""

from pathlib import Path

import pandas as pd
import pytest

from reportgen.config import ColumnConfig, Config
from reportgen.data import load
from reportgen.data.cells import judge, understand
from reportgen.data.numerals import Writing, numeral, tidied


def column(*cells: str, name: str = "c") -> pd.Series:
    return pd.Series(cells, name=name, dtype="str")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12 kg", 12),
        ("12KG", 12),
        ("kg 12", None),
        ("12 lb", None),
        ("12", 12),
        ("(12 kg)", None),
        ("- 3 kg", -3),
        ("", None),
    ],
)
def test_a_cell_is_a_number_of_its_column_or_none(text: str, number: float | None) -> None:
    assert numeral(text, Writing(unit="kg")) == number


def test_other_keyboards_are_tidied() -> None:
    assert tidied("１２３．５") == "123.5"
    assert tidied("−7") == "-7"
    assert tidied("1\u202f234\u2009567") == "1234567"
    assert tidied("12\u00a0kg") == "12\u00a0kg"


def test_a_decimal_comma_makes_dots_thousands_where_one_cell_shows_it() -> None:
    assert understand(column("1.200,50", "980,25", "1.500")).values.tolist() == [1200.5, 980.25, 1500]
    assert understand(column("1,5", "2,25", "1.5")).values.tolist() == [1.5, 2.25, 1.5]


def test_commas_that_can_be_both_are_thousands_and_said_to_be_ambiguous() -> None:
    (note,) = understand(column("1,234", "5,678")).notes
    assert (note.code, note.facts.get("ambiguous")) == ("thousands", True)
    (note,) = understand(column("1,234", "5,678", "1.5")).notes
    assert (note.code, note.facts.get("ambiguous")) == ("thousands", None)


def test_one_cell_with_a_unit_among_plain_numbers_is_a_slip() -> None:
    cells = understand(column(*[str(i) for i in range(30)], "12 kg"))
    assert [note.code for note in cells.notes] == ["text_among_numbers"]
    assert cells.values.isna().sum() == 1


def test_a_unit_on_half_of_the_cells_is_that_of_all_and_the_others_are_counted() -> None:
    (note,) = understand(column("12 kg", "13 kg", "14")).notes
    assert note.facts == {"column": "c", "unit": "kg", "count": 2, "bare": 1}


def test_units_of_one_quantity_are_brought_to_the_commonest() -> None:
    cells = understand(column("5 mg", "2 g", "7 mg"))
    assert cells.values.tolist() == [5, 2000, 7]
    (note,) = cells.notes
    assert (note.code, note.facts["unit"], note.facts["count"]) == ("measures", "mg", 3)


def test_few_cells_in_another_unit_are_no_slips_where_both_measure_one_quantity() -> None:
    cells = understand(column(*[f"{i} kg" for i in range(1, 30)], "500 g"))
    assert cells.values.tolist()[-2:] == [29, 0.5]


def test_a_unit_of_another_quantity_makes_categories_and_the_reason_is_said() -> None:
    cells = understand(column("5 mg", "2 ml", "7 mcg"))
    assert cells.kind == "categorical"
    assert [note.code for note in cells.notes] == ["several_units"]


def test_bare_numbers_among_percentages_may_be_shares() -> None:
    assert understand(column("45%", "0.45")).kind == "categorical"
    cells = understand(column(*["45%", "7%", "0%"] * 5, "0.45", "0"))
    assert cells.values.isna().tolist() == [False] * 15 + [True, False]


def test_more_text_than_a_slip_leaves_categories_and_the_share_is_said() -> None:
    cells = understand(column(*"1234567", "x", "y", "z"))
    assert cells.kind == "categorical"
    (note,) = cells.notes
    assert (note.code, note.facts["share"]) == ("numbers_among_text", 0.7)


def test_words_among_measured_numbers_are_told_with_their_rows() -> None:
    numbers = [f"{k / 7:.2f}" for k in range(40)]
    (note,) = understand(column(*numbers, *["error", "see note"] * 5)).notes
    assert note.code == "numbers_among_text"
    assert (note.facts["count"], note.facts["rows"]) == (10, tuple(range(40, 50)))


def test_words_for_missing_are_empty_cells_among_numbers_however_many() -> None:
    cells = understand(column("1.5", "2.5", "3.5", "unknown", "not measured"))
    assert (cells.kind, int(cells.values.isna().sum())) == ("numeric", 2)
    assert [note.code for note in cells.notes] == ["missing_codes"]


@pytest.mark.parametrize(
    "cells",
    [
        [*(str(k % 15) for k in range(60)), *["many"] * 10],  # a scale
        [*(str(k % 25) for k in range(300)), *["cellar"] * 50],  # labels that repeat
        [*(str(k) for k in range(100, 160)), *(f"{k}a" for k in range(20))],  # houses
    ],
)
def test_numbers_that_are_labels_are_told_without_rows(cells) -> None:
    (note,) = understand(column(*cells)).notes
    assert note.code == "numbers_among_text"
    assert "rows" not in note.facts


def test_what_the_user_says_comes_first() -> None:
    raw = column("1,234", "5,678", "-9")
    asked = ColumnConfig(decimal=",", missing=("-9",))
    assert judge(raw, asked).values.tolist()[:2] == [1.234, 5.678]
    assert judge(raw, asked).values.isna().tolist() == [False, False, True]
    assert judge(raw, ColumnConfig(kind="categorical")).values.tolist() == ["1,234", "5,678", "-9"]
    forced = judge(column("1", "2", "x", "y"), ColumnConfig(kind="numeric"))
    assert forced.values.isna().tolist() == [False, False, True, True]
    assert [note.code for note in forced.notes] == ["text_among_numbers"]
    assert judge(column("00123", "00456"), ColumnConfig(kind="numeric")).values.tolist() == [123, 456]
    days = judge(column("01/02/2024", "03/02/2024"), ColumnConfig(format="%d/%m/%Y"))
    assert days.values.dt.month.tolist() == [2, 2]
    assert judge(column("[1]", "[2]"), ColumnConfig(kind="categorical")).kind == "categorical"


def test_a_test_file_is_read_as_the_data_file_was_and_what_is_lost_is_said(tmp_path: Path) -> None:
    data, other = tmp_path / "data.csv", tmp_path / "test.csv"
    data.write_text("w,m,d,t\n" + "12 kg,Yes,31/12/2024,a\n7.5 kg,No,01/02/2024,b\n8 kg,Y,03/02/2024,a\n" * 20)
    other.write_text("w,m,d,t\n" + "9 kg,Y,05/06/2024,a\n10 lb,No,2024-06-05,b\n" * 10)
    dataset = load(data, Config(test=str(other)))
    assert dataset.test is not None
    assert dataset.test["w"].iloc[0] == 9
    assert dataset.test["w"].isna().tolist() == [False, True] * 10
    assert dataset.test["m"].tolist() == ["Yes", "No"] * 10
    assert dataset.test["d"].dt.month.iloc[0] == 6
    lost = {n.facts["column"]: n.facts["count"] for n in dataset.reading.notes if n.facts.get("file") == "test"}
    assert lost == {"w": 10, "d": 10}


def test_an_open_comma_is_what_the_other_columns_show(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("p;q;t\n" + "1,234;0,5;a\n5,678;2,25;b\n-;3,5;a\n" * 20)
    dataset = load(data, Config())
    assert dataset.frame["p"].tolist()[:2] == [1.234, 5.678]
    assert dataset.frame["p"].isna().sum() == 20
    asked = load(data, Config(columns={"p": ColumnConfig(decimal=".")}))
    assert asked.frame["p"].tolist()[:2] == [1234, 5678]
