"""Truths in words, and levels with an order; look-alikes have none."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reportgen.config import ColumnConfig, Config, load_config
from reportgen.data import load, prepare, split
from reportgen.data.orders import order_of, truths
from reportgen.errors import ConfigError, DataError

ORDERED = [
    ("low", "medium", "high"),
    ("S", "M", "L", "XL"),
    ("<18", "18-25", "26-35", "65+"),
    ("0-10k", "10k-20k", "20k+"),
    ("< 1 year", "1 year", "2 years", "10+ years"),
    ("Disagree", "Neutral", "Agree", "Strongly agree"),
    ("1st", "2nd", "3rd", "10th"),
    ("I", "II", "III", "IV"),
    ("低", "中", "高"),
    ("小学", "初中", "高中", "本科", "硕士"),
    ("不满意", "一般", "满意"),
    ("Po", "Fa", "TA", "Gd", "Ex"),
    ("C-", "B", "B+", "A"),
]
UNORDERED = [
    ("N", "S", "E", "W"),
    ("A", "B", "C", "D"),
    ("1-2", "2-1", "3-4"),
    ("1-1", "1-2", "1-3"),
    ("10:30-11:30", "11:30-12:30", "9:00-10:00"),
    ("red", "green", "blue"),
    ("high", "low"),
    ("1", "2", "3"),
    ("i", "v", "x"),
    ("first", "business", "economy"),
    ("low", "medium", "high", "purple"),
    ("medium", "mid", "high"),
]


@pytest.mark.parametrize("levels", ORDERED, ids=str)
def test_an_order_is_seen_however_the_levels_come(levels: tuple[str, ...]) -> None:
    assert order_of(levels[::-1], "c") == levels


@pytest.mark.parametrize("levels", UNORDERED, ids=str)
def test_what_has_no_order_is_given_none(levels: tuple[str, ...]) -> None:
    assert order_of(levels, "c") == ()


def test_letters_are_grades_by_their_name_and_words_for_missing_have_no_place() -> None:
    assert order_of(("A", "B", "C"), "credit_grade") == ("C", "B", "A")
    assert order_of(("low", "unknown", "high", "medium"), "c") == ("low", "medium", "high")


def test_truths_keep_to_one_language() -> None:
    found = truths(pd.Series(["Yes", "no", "Y", "Yes", "0", None], dtype=object))
    assert found is not None
    assert (found.yes, found.no) == ("Yes", "no")
    assert found.called == {"Yes": "Yes", "Y": "Yes", "no": "no", "0": "no"}
    for cells in (["Yes", "No", "Maybe"], ["ja", "no"], ["S", "N"], ["1", "0"], ["yes", "1"], ["男", "女"]):
        assert truths(pd.Series(cells, dtype=object)) is None


def table(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({**columns, "x": np.arange(60) * 7 % 31, "t": ["a", "b"] * 30})


def test_levels_that_have_an_order_enter_the_network_by_their_rank_and_a_truth_by_one_input() -> None:
    frame = table(level=["high", "high", "low", "medium"] * 15, member=["Yes", "No", "Y"] * 20)
    dataset = load(frame, Config())
    assert {c.name: c.order for c in dataset.columns if c.order} == {"level": ("low", "medium", "high")}
    inputs = [one.name for one in prepare(split(dataset, Config())).inputs]
    assert inputs == ["level: rank", "member = Yes", "x"]


def test_an_order_can_be_said_and_must_name_categories() -> None:
    frame = table(c=["red", "green", "blue"] * 20)
    asked = Config(columns={"c": ColumnConfig(order=("green", "red", "blue"))})
    assert next(c.order for c in load(frame, asked).columns if c.name == "c") == ("green", "red", "blue")
    with pytest.raises(DataError, match="names none of its categories; they are 'red', 'green', 'blue'"):
        load(frame, Config(columns={"c": ColumnConfig(order=("rot", "blau"))}))


def test_columns_that_are_not_there_are_an_error() -> None:
    with pytest.raises(DataError, match=r"there is no column 'cc' for \[columns\]; did you mean 'c'\?"):
        load(table(c=["red", "green"] * 30), Config(columns={"cc": ColumnConfig(kind="text")}))


def test_the_file_says_where_a_key_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "reportgen.toml"
    path.write_text('[columns."my col"]\nkind = "numeric"\nunits = "kg"\n')
    with pytest.raises(
        ConfigError, match=r"line 3: there is no option 'columns.my col.units'; known here: kind, missing"
    ):
        load_config(path, {})


def test_the_target_is_read_as_said_too(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": np.arange(60) % 31, "t": [f"{i % 37},{i % 10}" for i in range(60)]})
    config = Config(columns={"t": ColumnConfig(kind="categorical")}, task="multiclass")
    assert load(frame, Config()).task.kind == "regression"
    with pytest.raises(DataError, match="class"):
        load(frame, config)
    codes = pd.DataFrame({"x": np.arange(60) % 31, "t": [*["1", "2"] * 27, *["9"] * 6]})
    assert load(codes, Config(columns={"t": ColumnConfig(missing=("9",))})).task.classes == ("1", "2")


def test_a_random_category_of_many_levels_brings_no_skill() -> None:
    """Levels that training has seldom seen share one input, so nothing of their target can leak."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"c": [f"k{n}" for n in rng.integers(0, 2000, 4000)], "x": rng.normal(size=4000)})
    frame["t"] = rng.choice(["a", "b"], 4000)
    parts = split(load(frame, Config()), Config())
    prepared = prepare(parts)
    held = prepared.test.x[:, [one.feature == "c" for one in prepared.inputs]]
    design = np.column_stack([np.ones(len(prepared.train.x)), prepared.train.x])
    weights, *_ = np.linalg.lstsq(design, prepared.train.y * 2.0 - 1, rcond=None)
    guesses = np.column_stack([np.ones(len(prepared.test.x)), prepared.test.x]) @ weights > 0
    hits = int((guesses == (prepared.test.y == 1)).sum())
    n = len(prepared.test.y)
    assert held.shape[1] <= 41
    assert abs(hits / n - 0.5) < 3 * 0.5 / n**0.5


def test_a_column_asked_to_be_a_truth_is_one_or_an_error() -> None:
    asked = Config(columns={"c": ColumnConfig(kind="boolean")})
    for cells in (["1", "0"], [1, 0], ["true", "False"], [True, False]):
        dataset = load(table(c=cells * 30), asked)
        assert dataset.columns[0].kind == "boolean"
        assert dataset.frame["c"].tolist()[:2] == [True, False]
    words = load(table(c=["Ja", "Nein"] * 30), asked)
    assert (words.columns[0].kind, words.frame["c"].tolist()[:2]) == ("boolean", ["Ja", "Nein"])
    with pytest.raises(DataError, match="was asked to be yes or no, and holds something else"):
        load(table(c=["red", "green"] * 30), asked)
