"""The same table from every kind of source."""

import bz2
import gzip
import hashlib
import lzma
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from reportgen.config import Config
from reportgen.data import load
from reportgen.data.source import BUILT_IN, read
from reportgen.errors import DataError

TEXT = b"x,y,t\n" + b"1.5,u,a\n2.5,v,b\n" * 10
PACK = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("ending", PACK)
def test_packed_files_are_unpacked_and_hashed_as_they_are(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"my.table.csv.{ending}"
    path.write_bytes(PACK[ending](TEXT))
    raw = read(path)
    assert raw.frame["t"].tolist() == ["a", "b"] * 10
    assert raw.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert raw.name == "my.table"


def test_a_zip_holds_one_table(tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.csv", TEXT)
    assert (read(path).name, len(read(path).frame)) == ("pack", 20)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("other.csv", TEXT)
    with pytest.raises(DataError, match="holds 2 files where one table is wanted"):
        read(path)


def test_a_workbook_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/workbook.xml", "x")
    with pytest.raises(DataError, match=r"book\.csv is a damaged workbook or none"):
        read(path)


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    frame = pd.DataFrame(
        {
            "i": pd.array([1, None, 3, 4] * 5, dtype="Int64"),
            "b": pd.array([True, None, False, True] * 5, dtype="boolean"),
            "c": pd.Categorical(["x", "y", None, "x"] * 5),
            "d": pd.to_datetime(["2020-01-01", "2020-01-02", None, "2021-05-05"] * 5),
            "span": pd.to_timedelta([1, 2, 3, 5] * 5, unit="h"),
            "t": ["u", "v"] * 10,
        }
    )
    frame.to_parquet(path)
    dataset = load(path, Config())
    assert [c.kind for c in dataset.columns] == [
        "numeric",
        "boolean",
        "categorical",
        "datetime",
        "numeric",
        "categorical",
    ]
    assert [c.missing for c in dataset.columns] == [5, 5, 5, 5, 0, 0]
    assert dataset.frame["span"].tolist()[:4] == [3600.0, 7200.0, 10800.0, 18000.0]
    assert dataset.reading.format == "parquet"


EXPECTED = {
    "iris": (150, 5, "species", ("setosa", "versicolor", "virginica"), None),
    "wine": (178, 14, "cultivar", ("class_0", "class_1", "class_2"), None),
    "breast_cancer": (569, 31, "diagnosis", ("benign", "malignant"), "malignant"),
    "digits": (1797, 65, "digit", tuple("0123456789"), None),
    "diabetes": (442, 11, "progression", (), None),
}


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_tables(name: str) -> None:
    dataset = load(name, Config())
    rows, columns, target, classes, positive = EXPECTED[name]
    assert (dataset.name, dataset.source) == (name, name)
    assert (dataset.rows, len(dataset.columns), dataset.task.target) == (rows, columns, target)
    assert (dataset.task.classes, dataset.task.positive) == (classes, positive)
    assert dataset.task.ordered is (name == "digits")


def test_a_config_can_name_the_table() -> None:
    assert load("iris", Config(name="flowers")).name == "flowers"


def test_a_frame_is_left_as_it_was() -> None:
    frame = pd.DataFrame({1: [1.5, 2.5] * 10, "t": ["a", "b"] * 10}, index=range(100, 120))
    before = frame.copy()
    assert load(frame, Config()).frame.index.tolist() == list(range(20))
    pd.testing.assert_frame_equal(frame, before)


def test_a_folder_hides_no_built_in_table_and_a_file_does(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "iris").mkdir()
    assert read("iris").rows is None
    assert read("iris").reading.format == "built-in"
    (tmp_path / "wine").write_text("a,b\n1,2\n")
    assert read("wine").reading.format == "csv"
