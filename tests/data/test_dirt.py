"""What becomes of dirt: codes are missing and spellings one, in the table, in test rows and in new ones."""

import numpy as np
import pandas as pd
import pytest

from reportgen.config import Config
from reportgen.data import Preparer, load, prepare, profile, read_rows, split

RNG = np.random.default_rng(2)
ROWS = 400


def dirty(rows: int = ROWS) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "tenure": RNG.normal(46, 7, rows).round(2),
            "grade": RNG.choice(["basic", "plus", "premium"], rows),
            "balance": RNG.normal(59, 9, rows).round(2),
            "job": RNG.choice(["clerk", "nurse", "unknown", "none"], rows),
            "target": RNG.choice(["yes", "no"], rows),
        }
    )
    frame.loc[[3, 50, 90], "tenure"] = -999
    frame.loc[[4, 60], "grade"] = "PREMIUM"
    frame.loc[5, "grade"] = "plus "
    frame.loc[[7, 8], "balance"] *= 1000
    return frame


@pytest.fixture
def path(tmp_path):
    dirty().to_csv(tmp_path / "data.csv", index=False)
    return tmp_path / "data.csv"


def test_codes_become_missing_and_spellings_one(path):
    dataset = load(path, Config())
    assert dataset.frame.index[dataset.frame["tenure"].isna()].tolist() == [3, 50, 90]
    assert set(dataset.frame["grade"]) == {"basic", "plus", "premium"}
    assert {c.name: (c.missing, c.distinct) for c in dataset.columns if c.name in {"tenure", "grade"}}["grade"] == (
        0,
        3,
    )
    told = [note for note in dataset.reading.notes if note.code in {"sentinels", "variants_merged"}]
    assert [note.facts["column"] for note in told] == ["tenure", "grade", "grade"]
    assert told[0].facts == {"column": "tenure", "value": "-999", "count": 3}


def test_rows_and_states_are_told(path):
    dirt = profile(split(load(path, Config()), Config())).dirt
    assert [(one.column, one.value, one.state) for one in dirt.sentinels] == [
        ("tenure", "-999", "missing"),
        ("job", "unknown", "level"),
    ]
    assert dirt.sentinels[0].rows == (3, 50, 90)
    assert {one.spellings: one.rows for one in dirt.variants} == {
        ("premium", "PREMIUM"): (4, 60),
        ("plus", "plus "): (5,),
    }
    assert [(one.column, one.rows, one.factor) for one in dirt.outliers] == [("balance", (7, 8), 1000)]
    assert dirt.columns == 2


def test_both_steps_can_be_turned_off(path):
    dataset = load(path, Config.model_validate({"reading": {"sentinels": "keep", "variants": "keep"}}))
    assert (dataset.frame["tenure"] == -999).sum() == 3
    assert set(dataset.frame["grade"]) == {"basic", "plus", "premium", "PREMIUM", "plus "}
    assert [one.state for one in dataset.dirt.sentinels] == ["kept", "level"]
    assert {one.state for one in dataset.dirt.variants} == {"kept"}
    assert [note.code for note in dataset.reading.notes] == []
    reader = {one.name: one for one in prepare(split(dataset, Config())).preparer.readers}["grade"]
    assert reader.read(pd.Series(["PREMIUM", "Plus"])).tolist() == ["PREMIUM", "Plus"]


def test_a_column_that_is_left_out_is_left_alone(path):
    dataset = load(path, Config(drop=("tenure", "grade")))
    assert (dataset.frame["tenure"] == -999).sum() == 3
    assert {one.column for one in (*dataset.dirt.sentinels, *dataset.dirt.variants)} == {"job"}


def test_test_rows_are_read_as_the_data_file_taught(path, tmp_path):
    other = dirty(100).drop(index=[3, 4, 5, 50])
    other.loc[0, ["tenure", "grade"]] = [-999, "Basic"]
    other.loc[1, "target"] = "YES"
    other.to_csv(tmp_path / "test.csv", index=False)
    test = load(path, Config(test=str(tmp_path / "test.csv"))).test
    assert np.isnan(test.loc[0, "tenure"])
    assert test.loc[0, "grade"] == "basic"
    assert test.loc[1, "target"] == "yes"
    assert set(test["grade"]) <= {"basic", "plus", "premium"}


def test_new_rows_are_read_likewise_by_what_is_saved(path):
    saved = Preparer.from_json(prepare(split(load(path, Config()), Config())).preparer.to_json())
    new = pd.DataFrame(
        {
            "tenure": [-999, 40.5, -99],
            "grade": [" Premium", "PLÚS", "gold"],
            "balance": [60.0, 59000.0, -999],
            "job": ["Clerk", "unknown", "none"],
        }
    )
    rows = read_rows(new, saved.readers)
    assert rows["tenure"].tolist()[1:] == [40.5, -99]
    assert np.isnan(rows["tenure"][0])
    assert rows["grade"].tolist() == ["premium", "plus", "gold"]
    assert rows["balance"].tolist() == [60.0, 59000.0, -999]
    assert rows["job"].tolist() == ["clerk", "unknown", "none"]


def test_the_table_is_read_again_as_it_was(path):
    dataset = load(path, Config())
    prepared = prepare(split(dataset, Config()))
    again = prepared.preparer.transform(read_rows(path, prepared.preparer.readers))
    assert np.array_equal(again, prepared.preparer.transform(dataset.frame))


def test_classes_spelled_several_ways_are_one():
    frame = dirty()
    frame.loc[[1, 2], "target"] = ["YES", "No "]
    frame.loc[[1, 2], "grade"] = "basic"
    dataset = load(frame, Config())
    assert dataset.task.classes == ("no", "yes")
    found = [one for one in dataset.dirt.variants if one.column == "target"]
    assert sorted(row for one in found for row in one.rows) == sorted(
        row for row in (1, 2) if frame["target"].value_counts()[frame.loc[row, "target"]] == 1
    )
    assert dataset.left_out_rows == ()


def test_classes_that_are_symbols_or_numbers_stay_apart():
    frame = dirty().assign(target=RNG.choice(["A", "a", "B"], ROWS))
    assert load(frame, Config()).task.classes == ("A", "B", "a")
    frame = dirty().assign(target=RNG.choice([1, 2, 9], ROWS))
    assert load(frame, Config()).task.classes == ("1", "2", "9")


def test_the_numbers_to_be_predicted_are_looked_at_and_left():
    frame = dirty().assign(target=RNG.normal(50, 5, ROWS))
    frame.loc[[11, 12, 13], "target"] = [-999, -999, -999]
    frame.loc[17, "target"] = 52000
    dataset = load(frame, Config())
    assert (dataset.frame["target"] == -999).sum() == 3
    assert [one.state for one in dataset.dirt.sentinels if one.column == "target"] == ["kept"]
    assert [one.rows for one in dataset.dirt.outliers if one.column == "target"] == [(17,)]


def test_words_that_were_read_as_missing_are_told_with_their_rows(tmp_path):
    frame = dirty().astype(object)
    frame.loc[[20, 21], "balance"] = "unknown"
    frame.loc[22, "balance"] = "-"
    frame.loc[[30, 31], "job"] = "?"
    frame.loc[[32], "job"] = " "
    frame.loc[[33], "job"] = "NA"
    frame.to_csv(tmp_path / "data.csv", index=False)
    dataset = load(tmp_path / "data.csv", Config())
    read = {(one.column, one.value): one.rows for one in dataset.dirt.sentinels if one.state == "read"}
    assert read == {
        ("balance", "unknown"): (20, 21),
        ("balance", "-"): (22,),
        ("job", "?"): (30, 31),
        ("job", "blank"): (32,),
    }


def test_a_decimal_comma_is_seen_beside_a_stray_text():
    cells = [f"{value:.2f}".replace(".", ",") for value in RNG.normal(59, 9, ROWS)]
    cells[9], cells[80] = "error", "12,5 kWh"
    dataset = load(dirty().assign(balance=cells), Config())
    assert dataset.frame["balance"].notna().sum() == ROWS - 2
    assert {note.code for note in dataset.reading.notes if note.facts["column"] == "balance"} == {
        "decimal_comma",
        "text_among_numbers",
    }


def test_permuting_the_rows_changes_row_numbers_alone():
    frame = dirty()
    order = RNG.permutation(ROWS)
    before, after = load(frame, Config()).dirt, load(frame.iloc[order], Config()).dirt
    for one, other in zip(before.sentinels + before.outliers, after.sentinels + after.outliers, strict=True):
        assert tuple(sorted(int(order[row]) for row in other.rows)) == one.rows
        assert (other.column, other.p_value) == (one.column, pytest.approx(one.p_value))
    assert {one.spellings for one in before.variants} == {one.spellings for one in after.variants}
