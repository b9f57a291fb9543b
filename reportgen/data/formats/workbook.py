"""A sheet of a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods), through python-calamine."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from reportgen.data.formats.drawn import Draw
from reportgen.data.formats.streamed import Chunks, Gathered, at_once, gathered, of_rows
from reportgen.data.text import refuse_duplicates
from reportgen.errors import DataError
from reportgen.memory import whole
from reportgen.records.base import Code

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MOST_TITLES = 30
"""A header this far down is no header under a title, but a table among others."""

LOOKED_AT = 200

Row = Sequence[Any]


def read_sheet(stream: BinaryIO, name: str, asked: str | None, draw: Draw) -> tuple[Gathered, tuple[Code, ...]]:
    """The sheet that was asked for, else the first that holds a table, or the rows drawn of it.

    Titles above the header are set aside and said. The cells of a sheet are all in memory while it is read, as
    calamine holds them: 32 bytes each. Raises DataError for a damaged or locked workbook, for a sheet that is not
    there, and for one that does not fit.
    """
    book = _book(stream, name)
    sheets = book.sheet_names
    if asked is not None and asked not in sheets:
        raise DataError(f"{name} has no sheet {asked!r}; it has {', '.join(repr(one[:40]) for one in sheets[:20])}")
    with whole(name, "a workbook", draw.memory):
        for sheet in (asked,) if asked is not None else sheets:
            rows = partial(_rows, _sheet(book, sheet, name))
            if next(rows(), None):
                break
        else:
            where = f"the sheet {asked!r} of {name}" if asked is not None else name
            raise DataError(f"{where} is empty; give a sheet with a row of column names and rows below it")
        notes: tuple[Code, ...] = ()
        if asked is None and len(sheets) > 1:
            others = tuple(one for one in sheets if one != sheet)
            notes = (Code(code="sheet_taken", facts={"sheet": sheet, "others": others}),)
        found, more = _table(rows, f"the sheet {sheet!r} of {name}", draw)
    return found, notes + more


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


def _sheet(book: "CalamineWorkbook", sheet: str, name: str) -> "CalamineSheet":
    try:
        return book.get_sheet_by_name(sheet)
    except Exception as error:  # charts, damaged parts
        raise DataError(f"the sheet {sheet!r} of {name} cannot be read ({str(error)[:120]}); save it again") from None


def _rows(sheet: "CalamineSheet") -> Iterator[Row]:
    """The rows that are not empty, from the first column of the sheet on."""
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        if any(cell not in ("", None) for cell in row):
            yield left + row


def _table(rows: Callable[[], Iterator[Row]], where: str, draw: Draw) -> tuple[Gathered, tuple[Code, ...]]:
    head = list(islice(rows(), LOOKED_AT))
    place = header_row(head)
    header = [_name(cell) for cell in head[place]]
    empty = _empty(header, islice(rows(), place + 1, None))
    used = [n for n in range(len(header)) if n not in empty]
    if len(used) < 2:
        raise DataError(f"{where} has one column; a table needs two")
    if len(head) == place + 1:
        raise DataError(f"{where} has a header and no rows; give a table with rows below its column names")
    names = [header[n] or f"column {n + 1}" for n in used]
    refuse_duplicates(names, where)

    def begin() -> Chunks:
        body = ([_cell(row[n]) for n in used] for row in islice(rows(), place + 1, None))
        yield from of_rows(names, iter(lambda: list(islice(body, at_once(len(used)))), []))

    notes: tuple[Code, ...] = ()
    if place:
        notes += (Code(code="title_rows", facts={"count": place, "text": _title(head[:place])}),)
    unnamed = tuple(f"column {n + 1}" for n in used if not header[n])
    notes += (Code(code="unnamed_columns", facts={"columns": unnamed}),) if unnamed else ()
    return gathered(begin, draw), notes


def _empty(header: Sequence[str], body: Iterator[Row]) -> set[int]:
    """The columns without a name and without a cell."""
    empty = {n for n, name in enumerate(header) if not name}
    while empty and (row := next(body, None)) is not None:
        empty -= {n for n in empty if row[n] not in ("", None)}
    return empty


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
