"""Rows that no audit has seen: the features found among their columns, and read as the audit read them."""

from collections.abc import Sequence

import pandas as pd

from reportgen.config import ReadingConfig
from reportgen.data.cells import MISSING_NUMBER, refuse_infinity
from reportgen.data.formats.drawn import EVERY
from reportgen.data.reader import Reader
from reportgen.data.source import Source, read
from reportgen.data.spellings import spellings
from reportgen.data.target import nearest
from reportgen.data.text import refuse_duplicates
from reportgen.errors import DataError


def read_rows(data: Source, readers: Sequence[Reader]) -> pd.DataFrame:
    """The features with clean values, rows numbered from 0; other columns are not looked at.

    Raises DataError where a feature is not there, stands twice, holds an infinity, or holds nothing but cells that
    cannot be read as what the network learnt from.
    """
    frame = data if isinstance(data, pd.DataFrame) else read(data, ReadingConfig(max_rows=EVERY)).frame
    if not len(frame):
        frame = pd.DataFrame(columns=[reader.name for reader in readers], dtype=object)
    names = [str(name) for name in frame.columns]
    places = _places(names, [reader.name for reader in readers])
    return pd.DataFrame({reader.name: _values(frame.iloc[:, places[reader.name]], reader) for reader in readers})


def _places(names: list[str], features: list[str]) -> dict[str, int]:
    """Where each feature stands."""
    places = {feature: _place(feature, names) for feature in features}
    lacking = [feature for feature, place in places.items() if place is None]
    if lacking:
        listed = ", ".join(repr(name[:60]) for name in lacking[:5]) + (" ..." if len(lacking) > 5 else "")
        columns = "columns" if len(lacking) > 1 else "column"
        raise DataError(
            f"the rows lack the {columns} {listed} that the network learnt from; {nearest(lacking[0], names)}"
        )
    return {feature: place for feature, place in places.items() if place is not None}


def _place(feature: str, names: list[str]) -> int | None:
    """The column of that name, or one whose name `pandas.read_csv` leaves untrimmed, or makes up otherwise."""
    refuse_duplicates([name for name in names if name == feature], "the table of rows")
    if feature in names:
        return names.index(feature)
    pandas_names = [_trimmed(place, name) for place, name in enumerate(names)]
    return pandas_names.index(feature) if pandas_names.count(feature) == 1 else None


def _trimmed(place: int, name: str) -> str:
    return f"column {place + 1}" if name == f"Unnamed: {place}" else name.strip()


def _values(raw: pd.Series, reader: Reader) -> pd.Series:
    raw = raw.reset_index(drop=True)
    if str(raw.name).startswith(" "):  # blanks behind the delimiters of a file stand before names and cells alike
        raw = raw.map(lambda cell: cell.lstrip(" ") if isinstance(cell, str) else cell)
    values = reader.read(raw)
    _refuse_unreadable(raw, values, reader)
    if values.dtype == "float64":
        refuse_infinity(values, reader.name)
    return values


def _refuse_unreadable(raw: pd.Series, values: pd.Series, reader: Reader) -> None:
    """One odd cell among good ones is missing, as it was in the audit; a column of nothing else is a mistake."""
    if values.notna().any() or reader.kind == "level":
        return
    cells = spellings(raw)
    odd = [text for text in cells.trimmed[~cells.missing] if text not in MISSING_NUMBER]
    if odd:
        raise DataError(
            f"the column {reader.name[:60]!r} holds {odd[0][:40]!r} where the network learnt from {reader.expects}; "
            "write the cells so, or leave them empty"
        )
