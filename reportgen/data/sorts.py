"""What kinds of categories a table holds: truths in words, levels with an order; never learnt from the target."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from reportgen.config import ColumnConfig, Config
from reportgen.data.cells import Cells
from reportgen.data.orders import Truths, order_of, truths
from reportgen.errors import DataError
from reportgen.records.base import Code, Kind

MOST_LEVELS = 40
"""Nobody orders more levels than the network is shown."""


@dataclass(frozen=True)
class Sorts:
    """The table with one word for yes and one for no, the kinds that this changed, and the orders of levels.

    `same` leads, for a column of truths, from each way of writing to the word that stands for it.
    """

    frame: pd.DataFrame
    kinds: dict[str, Kind]
    orders: dict[str, tuple[str, ...]]
    same: dict[str, dict[str, str]]
    notes: tuple[Code, ...]


def sort_levels(
    frame: pd.DataFrame, kinds: Mapping[str, Kind], cells: Mapping[str, Cells], target: str, config: Config
) -> Sorts:
    """Look at every column of categories; what the user says comes first."""
    frame = frame.copy(deep=False)
    found = Sorts(frame, {}, {}, {}, ())
    notes: list[Code] = []
    for name, kind in kinds.items():
        if name == target or kind != "categorical":
            continue
        asked = config.columns.get(name)
        yes_no = _yes_no(frame[name], name, asked, merge=config.reading.variants == "merge")
        if yes_no is not None:
            frame[name] = frame[name].map(yes_no.called, na_action="ignore").astype(object)
            frame[name] = frame[name].where(frame[name].notna(), None)
            found.kinds[name] = "boolean"
            found.same[name] = yes_no.called
            notes += _told(name, yes_no.called, yes_no.yes, yes_no.no)
        elif order := _order(frame[name], name, asked.order if asked else (), cells[name].order):
            found.orders[name] = order
            notes.append(Code(code="ordered", facts={"column": name, "levels": order}))
    return replace(found, notes=tuple(notes))


def _yes_no(values: pd.Series, name: str, asked: ColumnConfig | None, *, merge: bool) -> Truths | None:
    """The words of a column of truths, None for one of other levels; several words for one are told only to `merge`.

    Raises DataError where the user says that it is one of truths.
    """
    wanted = asked.kind if asked else None
    found = truths(values) if wanted in {None, "boolean"} and not (asked and asked.order) else None
    if found is not None and (len(found.called) == 2 or merge):
        return found
    if wanted == "boolean":
        raise DataError(f"the column {name!r} was asked to be yes or no, and holds something else; name another kind")
    return None


def _order(values: pd.Series, name: str, asked: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    """The order that the user, the file or the words of the levels give."""
    levels = [str(level) for level in values.dropna().unique()]
    if asked:
        there = tuple(level for level in asked if level in levels)
        if len(there) < 2:
            listed = ", ".join(repr(level[:40]) for level in levels[:8])
            raise DataError(f"the order of the column {name!r} names none of its categories; they are {listed}")
        return there
    if own:
        return tuple(level for level in own if level in levels)
    return order_of(levels, name) if len(levels) <= MOST_LEVELS else ()


def _told(name: str, called: Mapping[str, str], yes: str, no: str) -> list[Code]:
    """Say which words were read as yes and which as no, where there are several."""
    if len(called) == 2:
        return []
    words = {word: tuple(sorted(text for text, to in called.items() if to == word)) for word in (yes, no)}
    return [Code(code="truths", facts={"column": name, "yes": words[yes], "no": words[no]})]
