"""The long tables as CSV: whole, exact, and harmless in a spreadsheet."""

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen import output
from reportgen.document import Document
from reportgen.records.mistakes import Confusion
from reportgen.render import write
from reportgen.render.tables import FORMULA, TABLES, table_files, tables
from tests.samples import binary, multiclass, regression

SAMPLES = {"binary": binary, "multiclass": multiclass, "regression": regression}


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("task", SAMPLES)
def test_every_table_is_read_back_with_a_line_for_each_record(task: str) -> None:
    document = SAMPLES[task]()
    made = {name: read(text) for name, text in tables(document).items()}
    confusion = document.errors.confusion
    cells = sum(count > 0 for row in confusion.counts for count in row) if confusion else 0
    expected = {
        "columns.csv": len(document.dataset.columns),
        "selection.csv": len(document.selection),
        "importance.csv": sum(len(one.features) for one in document.importance),
        "additions.csv": len(document.additions.features) if document.additions else 0,
        "alone.csv": len(document.solo),
        "drift.csv": len(document.drift.features) if document.drift else 0,
        "missingness.csv": len(document.missingness),
        "confusion.csv": cells,
        "per-class.csv": sum(metric.of is not None for metric in document.metrics),
        "wrong-rows.csv": len(document.errors.wrong_rows or ()),
        "findings.csv": len(document.findings),
        "finding-columns.csv": sum(len(found.columns) for found in document.findings),
        "finding-rows.csv": sum(len(found.rows) for found in document.findings),
    }
    assert {name: len(lines) for name, lines in made.items()} == {name: n for name, n in expected.items() if n}


def test_numbers_are_those_of_the_report_and_an_unknown_is_an_empty_cell() -> None:
    document = multiclass()
    first, scores = document.selection[0], read(tables(document)["selection.csv"])[0]
    assert (float(scores["mutual_information"]), int(scores["rank"])) == (first.mutual_information, first.rank)
    assert (scores["feature"], scores["selected"]) == (first.feature, "true")
    category = next(line for line in read(tables(document)["columns.csv"]) if line["kind"] == "categorical")
    assert category["mean"] == ""


def test_the_confusion_lists_the_pairs_that_occur() -> None:
    confusion = Confusion(labels=("a", "b", "c"), counts=((3, 0, 1), (0, 0, 0), (0, 2, 0)))
    assert read(tables(with_confusion(confusion))["confusion.csv"]) == [
        {"actual": "a", "predicted": "a", "count": "3", "actual_rows": "4", "share": "0.75"},
        {"actual": "a", "predicted": "c", "count": "1", "actual_rows": "4", "share": "0.25"},
        {"actual": "c", "predicted": "b", "count": "2", "actual_rows": "2", "share": "1.0"},
    ]


def with_confusion(confusion: Confusion) -> Document:
    document = multiclass()
    return document.model_copy(update={"errors": document.errors.model_copy(update={"confusion": confusion})})


@given(st.text(min_size=1))
def test_no_name_is_a_formula_and_none_is_lost(name: str) -> None:
    confusion = Confusion(labels=(name,), counts=((1,),))
    text = tables(with_confusion(confusion))["confusion.csv"]
    cell = read(text)[0]["actual"]
    assert cell.removeprefix("'") == name.removeprefix("'") or "\\u" in cell
    assert not cell.startswith(FORMULA) or float(cell) is not None
    text.encode()


@pytest.mark.parametrize(("name", "cell"), [("=1+1", "'=1+1"), ("-3.5", "-3.5"), ("-x", "'-x"), ("@a", "'@a")])
def test_what_a_spreadsheet_would_run_is_led_by_an_apostrophe(name: str, cell: str) -> None:
    text = tables(with_confusion(Confusion(labels=(name,), counts=((1,),))))["confusion.csv"]
    assert read(text)[0]["actual"] == cell


def test_a_mark_tells_spreadsheets_utf_8_only_where_there_is_need() -> None:
    made = table_files(multiclass())
    assert made["tables/columns.csv"].startswith(b"\xef\xbb\xbfname,")
    assert table_files(regression())["tables/columns.csv"].startswith(b"name,")
    frame = pd.read_csv(io.BytesIO(made["tables/columns.csv"]))
    assert list(frame["name"]) == [column.name for column in multiclass().dataset.columns]


def test_the_files_of_every_table_are_known_as_a_reports() -> None:
    known = {name for name in output.FILES if "/" in name}
    assert known == {f"tables/{name}" for name in TABLES}


def test_they_are_written_below_a_folder_of_their_own(tmp_path: Path) -> None:
    written = write(regression(), tmp_path, ("csv",), "en")
    found = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in written.paths}
    assert found == table_files(regression())
