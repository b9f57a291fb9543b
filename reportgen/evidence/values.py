"""Original values of a table as short text."""

from typing import Any

import pandas as pd

MOST_CHARACTERS = 60


def as_text(value: Any) -> str:  # noqa: ANN401 - a cell of a table may hold anything
    """Write a cell the way a reader would: six digits of a number, the day of a date, nothing where it is missing."""
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d" if value == value.normalize() else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def as_short_text(value: Any) -> str:  # noqa: ANN401 - a cell of a table may hold anything
    """Write a cell so that it fits a table's column: its end is cut off where it is long."""
    text = as_text(value)
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…"
