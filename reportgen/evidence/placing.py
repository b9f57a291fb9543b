"""Encoded rows with a feature set to another value: all of its encoded columns move together."""

from collections.abc import Callable, Generator, Sequence
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.evidence.base import Floats, Refit
from reportgen.records.table import Encoded

CLIP = 8.0
"""Encoded numbers end here, as preprocessing ends them."""
KEPT = ("weekday", "hour")
"""Parts of a date that a row keeps when it is moved in time: only the trend and the season are asked about."""
DAY = 86_400_000_000
"""Microseconds."""
MOST_NUMBERS = 30_000_000
"""Encoded numbers that are asked at once, or those of one question where it has more: 120 MB. Tables of up to some two
hundred encoded columns have no more in all."""

Ask = Callable[[Refit, Floats], Floats]
"""A network and encoded rows in, the outputs of interest (rows, outputs) out."""
Found = TypeVar("Found")
Question = Generator[Floats, Floats, Found]
"""Yields encoded rows once, is sent their answers (rows, outputs), and returns what follows from them."""
Texts = npt.NDArray[np.object_]


def kind_of(network: Refit, feature: str) -> Literal["number", "date", "level"]:
    """How a feature enters the network."""
    columns = [network.inputs[place] for place in network.groups[feature]]
    if any(column.part for column in columns if column.kind == "number"):
        return "date"
    return "number" if any(column.kind == "number" for column in columns) else "level"


def numbers_of(values: "pd.Series[Any]") -> Floats:
    """Original numbers as they are, moments as days since 1970; NaN where missing."""
    if pd.api.types.is_datetime64_any_dtype(values):
        stamps = values.to_numpy(dtype="datetime64[us]")
        return np.where(np.isnat(stamps), np.nan, stamps.astype(np.int64) / DAY)
    return np.asarray(pd.to_numeric(values, errors="coerce"), dtype=np.float64)


def labels_of(values: "pd.Series[Any]") -> Texts:
    """Levels as text, the way their encoded columns name them; None where missing."""
    texts = [None if pd.isna(value) else _label(value) for value in values]
    made = np.empty(len(texts), dtype=object)
    made[:] = texts
    return made


def _label(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)


def with_numbers(network: Refit, x: Floats, feature: str, values: Floats) -> Floats:
    """The rows with a number, or a date in days since 1970, set to one value each, shape (rows,)."""
    moved = x.copy()
    for place in network.groups.get(feature, ()):
        column = network.inputs[place]
        if column.kind == "number" and column.part not in KEPT:
            numbers = values if column.part is None else _part(values, column.part)
            moved[:, place] = np.clip((numbers - column.centre) / column.scale, -CLIP, CLIP)
        elif column.kind == "missing":
            moved[:, place] = 0.0
    return moved


def _part(days: Floats, part: str) -> Floats:
    if part == "days":
        return days
    moments = pd.Series((days * DAY).astype(np.int64).astype("datetime64[us]"))
    return np.asarray(getattr(moments.dt, part), dtype=np.float64)


def with_levels(network: Refit, x: Floats, feature: str, levels: Texts) -> Floats:
    """The rows with a level each: None is missing, one that the network has no column for is one of the others."""
    moved = x.copy()
    group = network.groups.get(feature, np.empty(0, dtype=np.intp))
    moved[:, group] = 0.0
    columns = [network.inputs[place] for place in group]
    for level in dict.fromkeys(levels):
        place = _column(columns, level)
        rows = levels == level if level is not None else pd.isna(levels)
        if place is not None:
            moved[rows, group[place]] = 1.0
        for at, column in zip(group, columns, strict=True):
            if level is not None and column.kind == "code":
                moved[rows, at] = column.codes.get(level, 0.0)
    return moved


def with_level(network: Refit, x: Floats, feature: str, level: str | None) -> Floats:
    """The rows, all of them with one level."""
    return with_levels(network, x, feature, np.full(len(x), level, dtype=object))


def with_values(network: Refit, x: Floats, feature: str, values: "pd.Series[Any]") -> Floats:
    """The rows with one original value each, of a feature of any kind."""
    if feature not in network.groups:
        return x
    if kind_of(network, feature) == "level":
        return with_levels(network, x, feature, labels_of(values))
    numbers = numbers_of(values)
    gaps = np.isnan(numbers)
    moved = with_numbers(network, x, feature, np.where(gaps, 0.0, numbers))
    moved[gaps] = with_missing(network, x[gaps], feature)
    return moved


def _column(columns: list[Encoded], level: str | None) -> int | None:
    """Which of a category's columns is 1: none for the level that all zeros stand for."""
    if level is None:
        return next((i for i, column in enumerate(columns) if column.kind == "missing"), None)
    known = next((i for i, column in enumerate(columns) if column.kind == "level" and column.level == level), None)
    if known is not None:
        return known
    return next((i for i, column in enumerate(columns) if column.kind == "level" and _stands_for_others(column)), None)


def _stands_for_others(column: Encoded) -> bool:
    return column.level is not None and column.level.startswith("(") and column.level.strip("()") == "other"


def with_missing(network: Refit, x: Floats, feature: str) -> Floats:
    """The rows with a number or a date missing, as it is encoded in a row of this network where it is."""
    group = network.groups[feature]
    flag = missing_column(network, feature)
    pattern = np.median(network.test.x[:, group], axis=0)
    absent = np.flatnonzero(network.test.x[:, flag] == 1) if flag is not None else np.empty(0, dtype=np.intp)
    moved = x.copy()
    moved[:, group] = network.test.x[absent[0], group] if len(absent) else pattern
    if flag is not None:
        moved[:, flag] = 1.0
    return moved


def missing_column(network: Refit, feature: str) -> int | None:
    """The encoded column that says that the feature is missing."""
    places = network.groups.get(feature, ())
    return next((int(place) for place in places if network.inputs[place].kind == "missing"), None)


def together(network: Refit, questions: Sequence[Question[Found]], ask: Ask) -> list[Found]:
    """Ask a network much at once: a question costs little, but the network's attention costs milliseconds."""
    found: list[Found] = []
    held: list[tuple[Question[Found], Floats]] = []
    for question in questions:
        held.append((question, next(question)))
        if sum(table.size for _, table in held) >= MOST_NUMBERS:
            found += _at_once(network, held, ask)
            held = []
    return found + (_at_once(network, held, ask) if held else [])


def _at_once(network: Refit, held: Sequence[tuple[Question[Found], Floats]], ask: Ask) -> list[Found]:
    """The tables of these questions as one, and what follows from their answers."""
    ends = np.cumsum([len(table) for _, table in held])[:-1]
    answers = np.split(ask(network, np.concatenate([table for _, table in held])), ends)
    return [_answered(question, part) for (question, _), part in zip(held, answers, strict=True)]


def _answered(question: Question[Found], answers: Floats) -> Found:
    try:
        question.send(answers)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    raise AssertionError("a question is asked once")
