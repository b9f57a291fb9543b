"""The long tables of a report as CSV: whole, where a page shows their first rows and a count."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from types import NoneType, UnionType
from typing import Literal, Union, get_args, get_origin

from reportgen.document import Document
from reportgen.output import TABLES as FOLDER
from reportgen.records.base import Record
from reportgen.records.columns import Addition
from reportgen.records.drift import FeatureDrift, Missingness
from reportgen.records.explanation import Selection
from reportgen.records.leak import SoloScore

Cell = str | int | float | bool | None
Lines = Iterator[tuple[Cell, ...]]

BYTE_ORDER_MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a cell begins with that a spreadsheet would run."""


def tables(document: Document) -> dict[str, str]:
    """Each table's text by its file name, those without a row left out; the header is English, as report.json is.

    Lines end as RFC 4180 has it. Numbers are those of report.json, an unknown is an empty cell, and text that a
    spreadsheet would run as a formula is led by an apostrophe. Where a letter lies outside ASCII the text begins with a
    byte order mark, by which spreadsheets know UTF-8.
    """
    made = ((name, list(lines(document))) for name, lines in TABLES.items())
    return {name: _text(lines) for name, lines in made if len(lines) > 1}


def _text(lines: Iterable[tuple[Cell, ...]]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows(tuple(_cell(cell) for cell in line) for line in lines)
    text = stream.getvalue().encode("utf-8", "backslashreplace").decode("utf-8")
    return text if text.isascii() else BYTE_ORDER_MARK + text


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return str(cell).lower()
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) and not _is_number(cell) else cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and text.strip() == text


def _columns(document: Document) -> Lines:
    numbers = ("mean", "standard_deviation", "minimum", "lower_quartile", "median", "upper_quartile", "maximum")
    plain = ("name", "kind", "role", "why", "missing", "distinct", "commonest", "unit", "readable")
    yield (*plain, *numbers, "treatment")
    for column in document.dataset.columns:
        summary = (getattr(column.numbers, name) if column.numbers else None for name in numbers)
        steps = " ".join(step.code for step in column.treatment)
        yield (*(getattr(column, name) for name in plain), *summary, steps)


def _importance(document: Document) -> Lines:
    yield ("method", "main", "unit", "rank", "feature", "value", "low", "high", "level", "direction", "n")
    for one in document.importance:
        for rank, found in enumerate(one.features, start=1):
            values = (found.feature, found.value, found.low, found.high, one.level, found.direction)
            yield (one.method, one.main, one.unit, rank, *values, one.n)


def _confusion(document: Document) -> Lines:
    """Every pair of classes that occurs; those that are not listed occurred in no test row."""
    yield ("actual", "predicted", "count", "actual_rows", "share")
    confusion = document.errors.confusion
    for actual, counts in zip(confusion.labels, confusion.counts, strict=True) if confusion else ():
        rows = sum(counts)
        for predicted, count in zip(confusion.labels if confusion else (), counts, strict=True):
            if count:
                yield (actual, predicted, count, rows, count / rows)


def _per_class(document: Document) -> Lines:
    names = ("of", "name", "split", "value", "low", "high", "level", "n", "method", "note")
    yield ("class", "metric", *names[2:])
    for metric in document.metrics:
        if metric.of is not None:
            yield tuple(getattr(metric, name) for name in names)


def _findings(document: Document) -> Lines:
    yield ("finding", "code", "severity", "columns", "rows", "section", "message", "advice", "waived_by")
    for number, found in enumerate(document.findings, start=1):
        by = found.waived.by if found.waived else None
        counts = len(found.columns), len(found.rows)
        yield (number, found.code, found.severity.value, *counts, found.section, found.message, found.advice, by)


def _finding_columns(document: Document) -> Lines:
    yield ("finding", "code", "column")
    for number, found in enumerate(document.findings, start=1):
        yield from ((number, found.code, column) for column in found.columns)


def _finding_rows(document: Document) -> Lines:
    yield ("finding", "code", "row")
    for number, found in enumerate(document.findings, start=1):
        yield from ((number, found.code, row) for row in found.rows)


def _wrong_rows(document: Document) -> Lines:
    yield ("row",)
    yield from ((row,) for row in document.errors.wrong_rows or ())


def _plain(kind: type[Record], records: Callable[[Document], Iterable[Record]]) -> Callable[[Document], Lines]:
    """One line a record, of those of its fields that hold one value each."""
    names = tuple(name for name, field in kind.model_fields.items() if _is_plain(field.annotation))

    def lines(document: Document) -> Lines:
        yield names
        yield from (tuple(getattr(record, name) for name in names) for record in records(document))

    return lines


def _is_plain(kind: object) -> bool:
    """Whether a value of this type fits a cell: a word, a number, a yes or no, or none of them."""
    if get_origin(kind) in (Union, UnionType):
        return all(_is_plain(one) for one in get_args(kind))
    return get_origin(kind) is Literal or kind in (str, int, float, bool, NoneType)


TABLES: dict[str, Callable[[Document], Lines]] = {
    "columns.csv": _columns,
    "selection.csv": _plain(Selection, lambda document: document.selection),
    "importance.csv": _importance,
    "additions.csv": _plain(Addition, lambda document: document.additions.features if document.additions else ()),
    "alone.csv": _plain(SoloScore, lambda document: document.solo),
    "drift.csv": _plain(FeatureDrift, lambda document: document.drift.features if document.drift else ()),
    "missingness.csv": _plain(Missingness, lambda document: document.missingness),
    "confusion.csv": _confusion,
    "per-class.csv": _per_class,
    "wrong-rows.csv": _wrong_rows,
    "findings.csv": _findings,
    "finding-columns.csv": _finding_columns,
    "finding-rows.csv": _finding_rows,
}
"""Every table by its file's name."""


def table_files(document: Document) -> dict[str, bytes]:
    """The same tables as the bytes that are written, each by its place beside the report."""
    return {f"{FOLDER}/{name}": text.encode() for name, text in tables(document).items()}
