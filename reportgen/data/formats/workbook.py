"""A sheet of a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods), through python-calamine."""

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa

from reportgen.data.formats.arrow import Columns
from reportgen.data.text import refuse_duplicates
from reportgen.errors import DataError
from reportgen.records.base import Code

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MOST_TITLES = 30
"""A header this far down is no header under a title, but a table among others."""

LOOKED_AT = 200
CHUNK = 20_000

Row = Sequence[Any]


def read_sheet(stream: BinaryIO, name: str, asked: str | None) -> tuple[pa.Table, tuple[Code, ...]]:
    """The sheet that was asked for, else the first that holds a table; titles above the header are set aside and said.

    Raises DataError for a damaged or locked workbook, and for a sheet that is not there.
    """
    book = _book(stream, name)
    sheets = book.sheet_names
    if asked is not None and asked not in sheets:
        raise DataError(f"{name} has no sheet {asked!r}; it has {', '.join(repr(one[:40]) for one in sheets[:20])}")
    for sheet in (asked,) if asked is not None else sheets:
        rows = _rows(book, sheet, name)
        if rows:
            break
    else:
        where = f"the sheet {asked!r} of {name}" if asked is not None else name
        raise DataError(f"{where} is empty; give a sheet with a row of column names and rows below it")
    notes: tuple[Code, ...] = ()
    if asked is None and len(sheets) > 1:
        notes = (Code(code="sheet_taken", facts={"sheet": sheet, "others": tuple(s for s in sheets if s != sheet)}),)
    table, more = _table(rows, f"the sheet {sheet!r} of {name}")
    return table, notes + more


def _book(stream: BinaryIO, name: str) -> "CalamineWorkbook":
    try:
        import python_calamine as calamine  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise DataError(
            f'{name} is a workbook, and reading one takes python-calamine; run pip install "reportgen[excel]", or save '
            "the sheet as CSV"
        ) from None
    stream.seek(0)
    try:
        return calamine.CalamineWorkbook.from_filelike(stream)
    except calamine.PasswordError:
        raise DataError(f"{name} is locked with a password; save it without one") from None
    except Exception as error:  # what its own reader raises is of many kinds
        raise DataError(f"{name} is a damaged workbook or none ({str(error)[:120]}); save it again") from None


def _rows(book: "CalamineWorkbook", sheet: str, name: str) -> list[Row]:
    try:
        found = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except Exception as error:  # charts, damaged parts
        raise DataError(f"the sheet {sheet!r} of {name} cannot be read ({str(error)[:120]}); save it again") from None
    rows: list[Row] = [row for row in found if any(cell not in ("", None) for cell in row)]
    return rows


def _table(rows: list[Row], where: str) -> tuple[pa.Table, tuple[Code, ...]]:
    place = header_row(rows)
    header, body = [_name(cell) for cell in rows[place]], rows[place + 1 :]
    used = [n for n in range(len(header)) if header[n] or any(row[n] not in ("", None) for row in body)]
    if len(used) < 2:
        raise DataError(f"{where} has one column; a table needs two")
    if not body:
        raise DataError(f"{where} has a header and no rows; give a table with rows below its column names")
    names = [header[n] or f"column {n + 1}" for n in used]
    refuse_duplicates(names, where)
    columns, left = Columns(), iter(body)
    while chunk := list(islice(left, CHUNK)):
        cells = {name: [_cell(row[n]) for row in chunk] for name, n in zip(names, used, strict=True)}
        columns.add(cells, len(chunk))
    notes: tuple[Code, ...] = ()
    if place:
        notes += (Code(code="title_rows", facts={"count": place, "text": _title(rows[:place])}),)
    unnamed = tuple(f"column {n + 1}" for n in used if not header[n])
    notes += (Code(code="unnamed_columns", facts={"columns": unnamed}),) if unnamed else ()
    return columns.table(), notes


def header_row(rows: Sequence[Row]) -> int:
    """The first row that is as wide as the rows below it, where those above it are titles of a cell or two.

    Where there is no such row, or where a header of many rows is likelier than a title, it is the first.
    """
    widths = [sum(cell not in ("", None) for cell in row) for row in rows[:LOOKED_AT]]
    for place, width in enumerate(widths[: MOST_TITLES + 1]):
        below = sorted(widths[place + 1 :])
        usual = below[len(below) // 2] if below else width
        if width >= 2 and width >= 0.8 * usual:
            titles = all(above < 0.5 * width or above == 1 for above in widths[:place])
            return place if titles and all(isinstance(c, str) for c in rows[place]) else 0
    return 0


def _name(cell: Any) -> str:  # noqa: ANN401 - a cell of any type
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _cell(cell: Any) -> Any:  # noqa: ANN401
    """A cell's value; empty ones are missing, and so are the signs of a formula that failed."""
    return None if cell == "" or (isinstance(cell, str) and cell in ERRORS) else cell


ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


def _title(rows: Sequence[Row]) -> str:
    return " / ".join(str(cell) for row in rows for cell in row if cell not in ("", None))[:120]
