"""Bad input ends in one sentence that says what to mend; good input becomes what it is."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reportgen.config import Config
from reportgen.data import load, prepare, profile, split
from reportgen.errors import DataError
from reportgen.records.table import Level

ROWS = [f"{(i * 37) % 23 / 2},{'xyz'[i % 3]},{'ab'[i % 2]}" for i in range(60)]
GOOD = "x,y,label\n" + "\n".join(ROWS) + "\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
PROSE = [f"the customer called on day {i} and asked about case {i * i}" for i in range(60)]

BAD: dict[str, tuple[bytes | str, dict[str, object], str]] = {
    "empty": (b"", {}, "data.csv is empty"),
    "blank": (" \n\n", {}, "data.csv is empty"),
    "header only": ("a,b\n", {}, "has a header and no rows"),
    "a picture": (PNG * 20, {}, "is not a table but a PNG picture"),
    "binary": (bytes(range(256)) * 8, {}, "is not a table of text"),
    "noise": (bytes(range(128, 256)) * 8, {}, "cannot be decoded"),
    "workbook": (b"\xd0\xcf\x11\xe0" + bytes(90), {}, "is a damaged workbook or none"),
    "broken parquet": (b"PAR1" + bytes(40) + b"PAR1", {}, "is a Parquet file that cannot be read"),
    "broken gzip": (gzip.compress(GOOD.encode())[:60], {}, "is a damaged gzip file"),
    "broken zip": (b"PK\x03\x04" + bytes(40), {}, "is a damaged or locked zip file"),
    "one column": ("label\n" + "a\nb\n" * 30, {}, "has one column"),
    "duplicate columns": (GOOD.replace("x,y", "x,x"), {}, "more than one column called 'x'"),
    "a long row": (
        GOOD + "1,2,3,4\n",
        {},
        "data row 60 (0 is the first below the header) has 4 fields where the header has 3",
    ),
    "a short row": (GOOD + "1,2\n", {}, "data row 60 (0 is the first below the header) has 2 fields"),
    "an open quote": (GOOD + '1,"x,a\n' + GOOD, {}, "line 62: the quotes do not match"),
    "no such target": (GOOD, {"target": "lable"}, "there is no column 'lable' to predict; did you mean 'label'?"),
    "no such target, none near": (GOOD, {"target": "q"}, "the columns are 'x', 'y', 'label'"),
    "target constant": ("x,t\n" + "1.5,a\n2.5,a\n" * 20, {}, "the target 't' is 'a' in every row"),
    "number constant": ("x,t\n" + "1.5,3\n2.5,3.0\n" * 20, {}, "the target 't' is"),
    "target missing": ("x,t\n" + "1.5,\n2.5,NA\n" * 20, {}, "the target 't' is missing in every row"),
    "target of dates": ("x,t\n" + "1.5,2020-01-01\n2.5,2020-01-03\n" * 20, {}, "holds dates"),
    "target infinite": ("x,t\n" + "1.5,1.5\n2.5,inf\n3,4\n" * 20, {}, "the target 't' holds an infinity in row 1 "),
    "one class left": ("x,t\n" + "1.5,a\n2.5,a\n" * 20 + "1,b\n2,b\n", {}, "has 1 class of at least 3 rows"),
    "all different": ("x,t\n" + "".join(f"{i % 7},v{i}\n" for i in range(60)), {}, "has 0 classes of at least 3 rows"),
    "no feature": ("k,t\n" + "7,a\n7,b\n" * 20, {}, "no column is left to learn from: 'k' (constant)"),
    "every column text": (
        "note,t\n" + "".join(f"{p},{'ab'[i % 2]}\n" for i, p in enumerate(PROSE)),
        {"reading": {"text": "drop"}},
        "'note' (text_left_out)",
    ),
    "infinity": (GOOD + "-inf,x,a\n", {}, "the column 'x' holds an infinity in row 60 (0 is the first"),
    "as good as infinite": (GOOD + "1e200,x,a\n", {}, "the column 'x' holds an infinity in row 60"),
    "three rows": ("x,t\n1,a\n2,b\n3,a\n", {}, "has 3 rows with a usable target where at least 10 are needed"),
    "unknown drop": (GOOD, {"drop": ("yy",)}, "there is no column 'yy' for drop; did you mean 'y'?"),
    "unknown group": (GOOD, {"group": ("q",)}, "there is no column 'q' for group"),
    "target as group": (GOOD, {"target": "y", "group": ("y",)}, "is the target and cannot serve as group too"),
    "all dropped": (GOOD, {"drop": ("x", "y")}, "no column is left to learn from: 'x' (asked), 'y' (asked)"),
    "binary of three": (
        GOOD,
        {"target": "y", "task": "binary"},
        "task binary needs two classes, but the target 'y' has 3",
    ),
    "regression of words": (GOOD, {"task": "regression"}, "needs numbers, but the target 'label' holds 'a'"),
    "no test file": (GOOD, {"test": "none.csv"}, "there is no file none.csv"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_sentence(case: str, tmp_path: Path) -> None:
    content, options, words = BAD[case]
    path = tmp_path / "data.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DataError) as caught:
        load(path, Config(**options))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_folder_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder; name one file in it"):
        load(tmp_path, Config())
    with pytest.raises(DataError, match=r"there is no file .*none\.csv; the built-in tables are iris, wine"):
        load(tmp_path / "none.csv", Config())


def table(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns)


def test_frames_say_the_same_sentences() -> None:
    with pytest.raises(DataError, match="the data frame has no rows"):
        load(pd.DataFrame({"a": [], "b": []}), Config())
    with pytest.raises(DataError, match="more than one column called '1'"):
        load(pd.DataFrame([[1, 2, 3]] * 20, columns=[1, "1", "t"]), Config())


def test_rows_without_a_target_and_small_classes_are_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "some.table.csv"
    path.write_text("x,t\n" + "1.5,a\n2.5,b\n" * 10 + "3,\n4,rare\n5,NA\n6,rare\n")
    dataset = load(path, Config())
    assert (dataset.name, dataset.rows, len(dataset.frame)) == ("some.table", 24, 20)
    assert dataset.missing_target_rows == (20, 22)
    assert dataset.left_out_rows == (21, 23)
    assert dataset.left_out_classes == (Level(label="rare", count=2),)
    assert dataset.task.classes == ("a", "b")
    assert dataset.task.target_default


def test_the_frame_has_clean_dtypes() -> None:
    frame = table(
        number=[1, 2, None, 4] * 5,
        word=["a", "b", None, "a"] * 5,
        truth=[True, None, False, True] * 5,
        moment=pd.to_datetime(["2020-01-01", "2020-01-02", None, "2020-03-01"] * 5, utc=True),
        t=["u", "v"] * 10,
    )
    dataset = load(frame, Config())
    assert [c.kind for c in dataset.columns] == ["numeric", "categorical", "boolean", "datetime", "categorical"]
    assert [str(d) for d in dataset.frame.dtypes] == ["float64", "object", "object", "datetime64[us]", "object"]
    assert dataset.frame["truth"].tolist()[:4] == [True, None, False, True]
    assert dataset.frame["word"].tolist()[:4] == ["a", "b", None, "a"]
    assert (dataset.source, dataset.name, dataset.reading.format) == ("data frame", "data", "data frame")


def test_a_frames_hash_is_of_its_names_types_and_cells() -> None:
    import hashlib

    import numpy as np

    frame = table(x=[1.5, 2.5] * 10, t=["u", "v"] * 10)
    numbers = np.array([1.5, 2.5] * 10, dtype="<f8").tobytes()
    lengths = np.ones(20, dtype="<i8").tobytes()
    parts = (b"x\0f\x0020\0", b"\1" * 20, numbers, b"t\0s\x0020\0", b"\1" * 20, lengths, b"uv" * 10)
    assert load(frame, Config()).sha256 == hashlib.sha256(b"".join(parts)).hexdigest()


HOSTILE = (
    "<script>alert(1)</script>", "../../x", "{{7*7}}", "=cmd()", "x" * 300, "שלום", "🦊", "a = b", " ", "name",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_names(name: str) -> None:
    rng = np.random.default_rng(0)
    words = rng.choice(["u", "v", name], 60)
    frame = pd.DataFrame({name: rng.normal(size=60), 7: words, name + "2": words, "t": ["yes", "no"] * 30})
    dataset = load(frame, Config(target="t"))
    prepared = prepare(split(dataset, Config()))
    assert [c.name for c in dataset.columns] == [name, "7", name + "2", "t"]
    assert {e.feature for e in prepared.inputs} == {name, "7", name + "2"}
    profile(split(dataset, Config()))


@pytest.fixture
def two_files(tmp_path: Path) -> Callable[[str, str], tuple[Path, Path]]:
    def write(main: str, test: str) -> tuple[Path, Path]:
        paths = (tmp_path / "data.csv", tmp_path / "test.csv")
        for path, text in zip(paths, (main, test), strict=True):
            path.write_text(text)
        return paths

    return write


def test_the_test_file_is_read_as_the_main_file_was_understood(two_files) -> None:
    cells = [(f"{i % 28 + 1}/02/2021", f"0{i % 5}", f"{i % 9}.5", "ab"[i % 2]) for i in range(60)]
    main = "when,code,x,t\n" + "\n".join(",".join(row) for row in cells)
    lines = ("x;extra;code;when;t", "1.5;q;7;03/02/2021;a", "word;q;0x;04/02/2021;b", "2;q;1;05/02/2021;new", "3;q;1;;")
    test = "\n".join(lines)
    data, other = two_files(main, test)
    dataset = load(data, Config(test=str(other)))
    assert dataset.test is not None
    assert [c.kind for c in dataset.columns] == ["datetime", "categorical", "numeric", "categorical"]
    assert list(dataset.test.columns) == ["when", "code", "x", "t"]
    assert dataset.test["when"].dt.month.tolist() == [2, 2]
    assert dataset.test["code"].tolist() == ["7", "0x"]
    assert dataset.test["x"].isna().tolist() == [False, True]
    codes = {note.code: note.facts for note in dataset.reading.notes}
    assert codes["extra_test_columns"] == {"columns": ("extra",)}
    assert codes["test_rows_left_out"] == {"count": 2, "rows": 4}
    assert dataset.test_source == str(other)


def test_a_test_file_must_have_the_columns(two_files) -> None:
    data, other = two_files(GOOD, "y,label\nx,a\n")
    with pytest.raises(DataError, match="lacks the columns 'x'"):
        load(data, Config(test=str(other)))


def test_a_test_file_needs_known_targets(two_files) -> None:
    data, other = two_files(GOOD, "x,y,label\n1,x,zebra\n")
    with pytest.raises(DataError, match=r"no row of the test file .* has a target that training knows"):
        load(data, Config(test=str(other)))


def test_labels_of_numbers_agree_between_files(two_files) -> None:
    data, other = two_files("x,t\n" + "1.5,0\n2.5,1\n" * 20, "x,t\n1,0.0\n2,1.0\n3,1.0\n")
    dataset = load(data, Config(test=str(other)))
    assert dataset.test is not None
    assert dataset.test["t"].tolist() == ["0", "1", "1"]


def test_a_dropped_column_may_hold_infinities() -> None:
    frame = table(bad=[np.inf, 1.5] * 10, x=[1.5, 2.5] * 10, t=["u", "v"] * 10)
    assert [c.name for c in load(frame, Config(drop=("bad",))).features] == ["x"]


def test_columns_count_over_the_rows_that_are_used():
    """A class that is left out takes its rows' gaps with it: a column cannot miss more values than there are rows."""
    kept = pd.DataFrame({"x": np.arange(60.0), "gap": [None, 1.0] * 30, "y": ["a", "b", "a"] * 20})
    alone = pd.DataFrame({"x": np.arange(40.0), "gap": [None] * 40, "y": [f"rare {k}" for k in range(40)]})
    dataset = load(pd.concat([kept, alone]), Config(target="y"))
    missing = {column.name: column.missing for column in dataset.columns}
    assert (len(dataset.frame), len(dataset.left_out_rows), missing["gap"]) == (60, 40, 30)
