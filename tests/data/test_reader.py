"""A saved reader reads each cell as the audit did when it saw the whole column, whatever stands around it."""

from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal

from reportgen.config import Config
from reportgen.data import load, prepare, read_rows, split
from reportgen.data.reader import LevelReader, MomentReader, NumberReader, TruthReader, reader_of
from reportgen.data.spellings import MISSING
from reportgen.errors import DataError

ROWS = 60
OPEN = tuple(sorted(MISSING))

COLUMNS = {
    "plain": ["1.5", "-2", "3e2", ".5", ""],
    "with a stray": [*["1.5", "2", "7"] * 6, "n/k"],
    "with missing codes": ["1", "?", "NA", "-", "None", "2.25"],
    "thousands": ["1,234", "12", "1,234,567.5", "?"],
    "decimal comma": ["1,5", "0,25", "1.234,5", "3"],
    "commas and a stray": [*["1", "2", "3", "4.5"] * 9, "1,234", "odd"],
    "day first": ["25/02/2021", "03/02/2021", "", "13/11/2020"],
    "month first": ["03/02/2021", "02/25/2021", "NA"],
    "iso": ["2021-02-03", "2021-02-03T10:30:00+02:00", "2020-01-01 00:00:01"],
    "dates and a stray": [*["25.02.2021", "03.02.2021"] * 9, "soon"],
    "truths": ["true", "false", ""],
    "capital truths": ["True", "False", "?"],
    "shouted truths": ["TRUE", "FALSE"],
    "words": ["WD ", "COD", " ", "none", "?", "née"],
    "an answer that pandas calls missing": ["None", "Attached", "Detached"],
    "codes": ["007", "012", "100"],
    "long codes": ["1234567890123456", "9999999999999999", "12"],
    "half numbers": ["1.0", "2", "x", "y"],
    "yes and no": ["yes", "no", "No"],
    "mixed truths": ["True", "FALSE"],
}
LOST = {
    "an empty cell and None": ["None", "some", ""],
    "a code and its number": ["007", "7", "12"],
    "one truth written twice": ["TRUE", "true", "False"],
}
"""What `pandas.read_csv` makes one of, unless it is asked for text."""


def table(cells: Sequence[object]) -> pd.DataFrame:
    """A column among others that make it a table to learn from."""
    rng = np.random.default_rng(0)
    column = [cells[i % len(cells)] for i in range(ROWS)]
    return pd.DataFrame({"c": column, "x": rng.normal(size=ROWS), "t": ["a", "b"] * (ROWS // 2)})


@pytest.fixture(params=COLUMNS, ids=lambda name: name.replace(" ", "_"))
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    table(COLUMNS[request.param]).to_csv(path, index=False)
    return path


def readers(path: Path):
    dataset = load(path, Config())
    levels = {"c": tuple(dict.fromkeys(dataset.frame["c"].dropna()))}
    return dataset, [reader_of(dataset, c.name, c.kind, levels.get(c.name, ())) for c in dataset.features]


def test_the_file_is_read_again_as_the_audit_read_it(file: Path) -> None:
    dataset, found = readers(file)
    assert_frame_equal(read_rows(file, found), dataset.frame[[c.name for c in dataset.features]])


def test_a_table_from_pandas_is_read_as_the_file_was(file: Path) -> None:
    dataset, found = readers(file)
    expected = dataset.frame[[c.name for c in dataset.features]]
    assert_frame_equal(read_rows(pd.read_csv(file), found), expected)


@pytest.mark.parametrize("name", [*COLUMNS, *LOST])
def test_a_table_of_texts_from_pandas_is_read_as_the_file_was(name: str, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    table((COLUMNS | LOST)[name]).to_csv(path, index=False)
    dataset, found = readers(path)
    texts = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert_frame_equal(read_rows(texts, found), dataset.frame[[c.name for c in dataset.features]])


def test_every_cell_is_read_for_itself(file: Path) -> None:
    dataset, found = readers(file)
    raw = pd.read_csv(file, dtype=str, keep_default_na=False)
    for column in found:
        whole = dataset.frame[column.name]
        alone = [column.read(raw[column.name].iloc[[row]]).iloc[0] for row in range(ROWS)]
        assert_series_equal(pd.Series(alone, name=column.name, dtype=whole.dtype), whole)


CELLS = st.sampled_from(sorted({cell for cells in COLUMNS.values() for cell in cells}))


@settings(max_examples=60, deadline=None)
@given(st.lists(CELLS, min_size=2, max_size=30), st.data())
def test_any_column_is_read_again_whole_and_in_pieces(cells: list[str], data: st.DataObject) -> None:
    frame = table(cells)
    dataset = load(frame, Config())
    column = dataset.columns[0]
    reader = reader_of(dataset, "c", column.kind, ())
    assert_series_equal(reader.read(frame["c"]), dataset.frame["c"])
    rows = data.draw(st.lists(st.integers(0, ROWS - 1), max_size=20))
    piece = reader.read(frame["c"].iloc[rows])
    assert_series_equal(piece, dataset.frame["c"].iloc[rows])


def series(*cells: object, dtype: object = None) -> pd.Series:
    return pd.Series(cells, name="c", dtype=dtype)


def test_only_the_commas_that_were_found_are_taken_out() -> None:
    cells = series("1,234", "1,5", "7")
    read = {
        commas: NumberReader(name="c", commas=commas).read(cells).fillna(-1).tolist()
        for commas in ("thousands", "decimal_comma", None)
    }
    assert read == {"thousands": [1234, -1, 7], "decimal_comma": [1.234, 1.5, 7], None: [-1, -1, 7]}


def test_numbers_of_any_type_are_numbers() -> None:
    reader = NumberReader(name="c")
    for dtype in (np.int8, np.float32, "Int64", "category", object, "str"):
        assert reader.read(series(1, 2, dtype=dtype)).tolist() == [1.0, 2.0]


def test_moments_of_any_type_are_moments() -> None:
    reader = MomentReader(name="c", format="%d/%m/%Y")
    day = pd.Timestamp("2021-02-03")
    assert reader.read(series("03/02/2021")).tolist() == [day]
    assert reader.read(series(day)).tolist() == [day]
    assert reader.read(series(day.tz_localize("UTC"))).tolist() == [day]
    assert reader.read(series(day.date(), "03/02/2021", None, dtype=object)).tolist() == [day, day, pd.NaT]
    assert reader.read(series("2021-02-03")).isna().all()


def test_truths_of_any_type_are_truths() -> None:
    reader = TruthReader(name="c")
    for cells in (series("True", "FALSE"), series(True, False), series(1, 0), series("1", "0"), series(1.0, 0.0)):
        assert reader.read(cells).tolist() == [True, False]
    assert reader.read(series("maybe", None)).tolist() == [None, None]


def test_a_code_that_lost_its_zeros_finds_them_again(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    table(["007", "012", "0080.50"]).to_csv(path, index=False)
    (reader, _x) = readers(path)[1]
    assert isinstance(reader, LevelReader)
    assert reader.read(series(7, 12.0, 80.5, 9)).tolist() == ["007", "012", "0080.50", "9"]
    assert reader.read(series("7", "007")).tolist() == ["7", "007"]


def test_a_code_that_is_itself_a_level_stays(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    table(["007", "7", "0012"]).to_csv(path, index=False)
    assert readers(path)[1][0].read(series(7, 12)).tolist() == ["7", "0012"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["None", "some"], "None"),
        (["None", "some", ""], None),
        (["none", "some"], None),
        (["None", "#NA", "some"], None),
    ],
)
def test_an_empty_cell_is_a_level_only_where_pandas_alone_calls_it_missing(cells, expected, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    table(cells).to_csv(path, index=False)
    reader = readers(path)[1][0]
    assert reader.read(series(None, "some")).tolist() == [expected, "some"]
    assert reader.read(series("", "?")).tolist() == [None, None]


def test_a_frame_that_was_audited_had_nothing_parsed_away() -> None:
    dataset = load(table(["007", "None"]), Config())
    expected = LevelReader(name="c", missing=OPEN, called=(("007", "007"),), words=True)
    assert reader_of(dataset, "c", "categorical", ("007",)) == expected


NUMBERS = [NumberReader(name="a"), NumberReader(name="b")]


def test_columns_are_found_by_name_and_nothing_else_counts() -> None:
    frame = pd.DataFrame({"z": [["no", "cell"]] * 2, "b": [3, 4], "t": ["u", "v"], "a": ["1", "?"]}, index=[5, 5])
    assert_frame_equal(read_rows(frame, NUMBERS), pd.DataFrame({"a": [1.0, np.nan], "b": [3.0, 4.0]}))


def test_names_are_found_that_pandas_leaves_untrimmed_or_makes_up() -> None:
    text = ",  b , c\n1, 2, u\n3, 4, v\n"
    found = [NumberReader(name="column 1"), NumberReader(name="b"), LevelReader(name="c", missing=OPEN)]
    expected = pd.DataFrame(
        {"column 1": [1.0, 3.0], "b": [2.0, 4.0], "c": pd.Series(["u", "v"], dtype=object)},
    )
    assert_frame_equal(read_rows(pd.read_csv(StringIO(text)), found), expected)


def test_a_name_that_is_there_is_taken_before_one_that_only_looks_like_it() -> None:
    frame = pd.DataFrame([[1, 2, 3]], columns=[" a", "a", "b"])
    assert read_rows(frame, NUMBERS)["a"].tolist() == [2.0]
    frame = pd.DataFrame([[1, 2, 3]], columns=[" a", "a ", "b"])
    with pytest.raises(DataError, match="lack the column 'a'"):
        read_rows(frame, NUMBERS)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ({"a": [1], "B": [2]}, "the rows lack the column 'b' that the network learnt from; did you mean 'B'?"),
        ({"x": [1]}, "the rows lack the columns 'a', 'b' that the network learnt from; the columns are 'x'"),
        ({"a": [1, 2], "b": [3, np.inf]}, "the column 'b' holds an infinity in row 1"),
        ({"a": [1, 2], "b": [3, "-1e300"]}, "the column 'b' holds an infinity in row 1"),
        ({"a": [1], "b": ["two"]}, "the column 'b' holds 'two' where the network learnt from numbers; write the cells"),
    ],
)
def test_rows_that_cannot_be_read_are_one_sentence(frame, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_rows(pd.DataFrame(frame), NUMBERS)
    assert str(caught.value).startswith(message)


def test_a_feature_that_stands_twice_is_refused() -> None:
    with pytest.raises(DataError, match="more than one column called 'b'"):
        read_rows(pd.DataFrame([[1, 2, 3]], columns=["a", "b", "b"]), NUMBERS)
    twice = pd.DataFrame([[1, 2, 3, 4]], columns=["a", "b", "z", "z"])
    assert read_rows(twice, NUMBERS).to_numpy().tolist() == [[1, 2]]


def test_unreadable_dates_say_how_dates_are_written() -> None:
    reader = MomentReader(name="when", format="%d/%m/%Y")
    with pytest.raises(DataError, match="holds '2021-13' where the network learnt from dates as %d/%m/%Y"):
        read_rows(pd.DataFrame({"when": ["2021-13", None]}), [reader])
    assert read_rows(pd.DataFrame({"when": ["2021-13", "01/02/2021"]}), [reader])["when"].isna().tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame({"other": []})])
def test_no_rows_are_no_mistake(frame: pd.DataFrame) -> None:
    every = [*NUMBERS, LevelReader(name="c", missing=OPEN), TruthReader(name="d"), MomentReader(name="e")]
    found = read_rows(frame, every)
    assert len(found) == 0
    assert [str(dtype) for dtype in found.dtypes] == ["float64", "float64", "object", "object", "datetime64[us]"]


def test_a_test_file_decides_what_the_data_file_left_open(tmp_path: Path) -> None:
    data, other = tmp_path / "data.csv", tmp_path / "test.csv"
    data.write_text("n;x;t\n" + "".join(f"{i};{i % 7},5;{'ab'[i % 2]}\n" for i in range(ROWS)))
    other.write_text("n;x;t\n" + "".join(f"{i},25;{i % 5};{'ab'[i % 2]}\n" for i in range(ROWS)))
    dataset = load(data, Config(test=str(other)))
    found = [reader_of(dataset, name, "numeric", ()) for name in ("n", "x")]
    assert [reader.commas for reader in found] == ["decimal_comma", "decimal_comma"]
    assert dataset.test is not None
    assert_frame_equal(read_rows(other, found), dataset.test[["n", "x"]])
    assert_frame_equal(read_rows(data, found), dataset.frame[["n", "x"]])


def test_the_preparer_encodes_raw_rows_as_it_did_in_the_audit(file: Path) -> None:
    prepared = prepare(split(load(file, Config()), Config()))
    for raw in (file, pd.read_csv(file), pd.read_csv(file)[["t", "x", "c"]]):
        x = prepared.preparer.transform(read_rows(raw, prepared.preparer.readers))
        assert (x[prepared.test.rows] == prepared.test.x).all()
        assert (x[prepared.train.rows] == prepared.train.x).all()
