"""Rows that a user asks to have explained: refused before training where they are not there."""

import pandas as pd
import pytest

from reportgen.config import Config, load_config
from reportgen.data import load, prepare, split
from reportgen.errors import ConfigError, DataError
from reportgen.flow.environment import command
from reportgen.flow.parting import refuse_absent
from reportgen.flow.refits import encode
from tests.runs import reportgen


def _table(rows=60):
    return pd.DataFrame(
        {
            "size": [float(n % 7) for n in range(rows)],
            "colour": ["red", "blue", "green"] * (rows // 3),
            "y": ["no", "yes"] * (rows // 2),
        }
    )


def test_rows_in_use_may_be_asked_for_and_others_are_refused():
    table = _table()
    table.loc[17, "y"] = None
    parts = split(load(table, Config(target="y")), Config(target="y"))
    refuse_absent(parts, (0, 59))
    for row in (17, 60):
        with pytest.raises(DataError, match=rf"^row {row} of .* cannot be explained: .* is 59, .*--explain-row"):
            refuse_absent(parts, (0, row))


def test_with_a_test_file_its_rows_count(tmp_path):
    for name, rows in (("a", 60), ("b", 30)):
        _table(rows).to_csv(tmp_path / f"{name}.csv", index=False)
    config = Config(target="y", test=str(tmp_path / "b.csv"))
    parts = split(load(tmp_path / "a.csv", config), config)
    refuse_absent(parts, (29,))
    with pytest.raises(DataError, match=r"row 30 of .*b\.csv cannot be explained"):
        refuse_absent(parts, (30,))


def test_the_command_line_says_one_sentence_and_leaves_nothing(tmp_path):
    found = reportgen("run", "iris", "--out", str(tmp_path / "out"), "--explain-row", "150", "--quiet")
    assert (found.status, found.out) == (2, "")
    assert found.err.startswith("reportgen: row 150 of iris cannot be explained: ")
    assert found.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_negative_row_and_too_many_rows_make_no_sense():
    with pytest.raises(ConfigError, match="explain_rows"):
        load_config(None, {"explain_rows": (-1,)})
    with pytest.raises(ConfigError, match="explain_rows"):
        load_config(None, {"explain_rows": tuple(range(51))})


def test_the_command_that_makes_it_again_asks_for_the_same_rows(tmp_path):
    _table().to_csv(tmp_path / "a.csv", index=False)
    config = Config(target="y", explain_rows=(3, 7))
    dataset = load(tmp_path / "a.csv", config)
    assert command(dataset, config, None).endswith("--seed 0 --explain-row 3 --explain-row 7")


def test_an_immutable_column_must_be_there():
    with pytest.raises(DataError, match="there is no column 'age' for immutable"):
        load(_table(), Config(target="y", immutable=("age",)))


def test_rows_are_encoded_as_in_training_and_a_lacking_feature_counts_as_missing():
    table = _table()
    table["when"], table["self"] = pd.date_range("2020-01-01", periods=60, freq="7D"), [None, 1.5, 2.5] * 20
    parts = split(load(table, Config(target="y")), Config(target="y"))
    prepared = prepare(parts)
    frame = parts.train.iloc[:5]
    assert (encode(prepared.preparer, parts.dataset.frame, frame) == prepared.train.x[:5]).all()
    lean = encode(prepared.preparer, parts.dataset.frame, frame[["size", "colour"]])
    blank = frame.copy()
    blank["when"], blank["self"] = pd.NaT, float("nan")
    assert (lean == prepared.preparer.transform(blank)).all()
