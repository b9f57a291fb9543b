"""How the numbers of a whole column are written: one reading for all its cells, or none."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.data.measures import CLOCKS, measure, measures
from reportgen.data.numerals import (
    DECIMAL_COMMA,
    DOTTED,
    LATIN_POWERS,
    NO_UNITS,
    SPACED,
    THOUSANDS,
    Numeral,
    Writing,
    is_unit,
    numeral,
    taken_apart,
    tidied,
)
from reportgen.data.spellings import MOSTLY, Spellings
from reportgen.records.base import Code, Facts

Floats = npt.NDArray[np.float64]
Commas = Literal["thousands", "decimal_comma"]

HALF = 0.5
"""A unit is the column's where at least half of the cells bear it; on a few among plain numbers it is a slip."""

OUT_OF = re.compile(r"/ ?(?:5|10|20|100)|out of \d+|von \d+")
"""4/5, 87/100 and 4.5 out of 5 are marks on one scale."""

SHARES = frozenset({"%", "‰"})

LEAST_FREE = 5
"""Of fewer different numbers one with a limit (0, 1, 2, 3+) is a class like the others."""

OF_EACH = 3
"""So many different spellings that can only be decimal commas are no slips among thousands."""


@dataclass(frozen=True)
class Written:
    """The numbers of a column's spellings (NaN where they are none), how they are written, and what is to be said."""

    numbers: Floats
    writing: Writing
    notes: tuple[Code, ...]


@dataclass(frozen=True)
class _Odd:
    """The spellings that are no plain numbers, taken apart where they can be, with how often each stands."""

    places: npt.NDArray[np.intp]
    parts: tuple[Numeral | None, ...]
    counts: npt.NDArray[np.int64]

    def total(self, hits: list[bool]) -> int:
        return int(self.counts[np.array(hits, dtype=bool)].sum()) if len(self.counts) else 0


def read_numbers(cells: Spellings, column: str, asked: Writing | None = None) -> Written:
    """Numbers of the spellings, NaN where they are none; commas, units and the like are told from all cells together.

    A way of writing holds for a column where nine of ten cells that are no plain numbers are written so; `asked`
    holds anyway.
    """
    numbers = np.asarray(pd.to_numeric(cells.trimmed, errors="coerce"), dtype=np.float64)
    numbers[cells.missing] = np.nan
    places = np.flatnonzero(np.isnan(numbers) & ~cells.missing)
    if not any(any(letter.isdigit() for letter in cells.trimmed[i]) for i in places):
        return Written(numbers, Writing(), ())
    odd = _Odd(places, tuple(taken_apart(tidied(cells.trimmed[i])) for i in places), cells.counts[places])
    plain = [str(text) for text in cells.trimmed[~np.isnan(numbers)]]
    writing = _writing(odd, plain, int(cells.counts[~cells.missing].sum()), asked)
    if writing is None:
        return _in_parts(cells, column) or Written(numbers, Writing(), _several_units(odd, column))
    read = [numeral(cells.trimmed[i], writing) for i in places]
    fits = [value is not None for value in read]
    if not any(fits) or (asked is None and odd.total(fits) < MOSTLY * odd.counts.sum()):
        return _in_parts(cells, column) or Written(numbers, Writing(), _several_units(odd, column))
    told = _in_parts(cells, column) if asked is None and writing.unit and not all(fits) else None
    if told is not None and np.isnan(told.numbers).sum() < fits.count(False) + cells.missing.sum():
        return told
    numbers[places] = [np.nan if value is None else value for value in read]
    dotted = _dotted(cells, numbers, writing)
    unitless = _percent_or_not(cells, numbers, places, writing)
    return Written(numbers, writing, _notes(cells, odd, fits, writing, column, dotted, unitless, plain, asked))


def _in_parts(cells: Spellings, column: str) -> Written | None:
    """Cells of several numbers each, or of several units of one quantity, where nine in ten are such."""
    found = measures(cells)
    if found is None:
        return None
    facts: Facts = {"column": column, "count": int(cells.counts[~np.isnan(found.numbers)].sum())}
    facts |= {"example": found.example} | ({"unit": found.unit} if found.unit else {})
    code = "clock" if found.parts in CLOCKS else "measures"
    return Written(found.numbers, Writing(parts=found.parts, unit=found.unit), (Code(code=code, facts=facts),))


def _limits(parts: list[Numeral], plain: list[str]) -> bool:
    """Whether numbers with a limit are numbers: beside more, at least five, that have none; else they are classes."""
    free = len(set(plain)) + len({part.digits for part in parts if part.limit in {"", "~"}})
    bound = len({(part.limit, part.digits) for part in parts if part.limit not in {"", "~"}})
    return 0 < bound < free and free >= LEAST_FREE


def _writing(odd: _Odd, plain: list[str], present: int, asked: Writing | None) -> Writing | None:
    unit = _unit(odd, present)
    if unit is None:
        return None
    mine = [part is not None and part.unit in {"", unit} for part in odd.parts]
    parts = [part for part, own in zip(odd.parts, mine, strict=True) if part is not None and own]
    counts = odd.counts[np.array(mine, dtype=bool)]
    spaces = _spaced(parts, plain)
    digits = [
        part.digits.replace(" ", "") if spaces and SPACED.fullmatch(part.digits) else part.digits for part in parts
    ]
    commas = asked.commas if asked and asked.commas else _commas(digits, counts)
    return Writing(
        commas=commas,
        dots=_dots(digits, plain, commas),
        spaces=spaces,
        brackets=any(p.brackets for p in parts) and (bool(plain) or not all(p.brackets for p in parts)),
        unit=unit or None,
        powers=_powered(parts, unit),
        limits=_limits(parts, plain),
        asides=int(counts[np.array([part.aside for part in parts], dtype=bool)].sum()) >= HALF * present,
    )


def _unit(odd: _Odd, present: int) -> str | None:
    """The unit of the column, "" where it has none, None where cells say different things."""
    found: Counter[str] = Counter()
    loose = True
    for part, count in zip(odd.parts, odd.counts, strict=True):
        if part is not None and part.unit:
            found[part.unit] += int(count)
            loose = loose and part.loose
    if not found:
        return ""
    unit, count = found.most_common(1)[0]
    if count < HALF * present:
        return ""
    if count < MOSTLY * sum(found.values()) or unit in NO_UNITS:
        return None
    word = loose and len(unit) > 1 and unit.isalpha() and count >= MOSTLY * present
    return unit if is_unit(unit, loose) or word or OUT_OF.fullmatch(unit) else None


def _commas(digits: list[str], counts: npt.NDArray[np.int64]) -> Commas | None:
    """What a comma parts, by the cells in which it can part one thing only; thousands where all can be both."""
    thousands = np.array([THOUSANDS.fullmatch(text) is not None for text in digits], dtype=bool)
    decimal = np.array([DECIMAL_COMMA.fullmatch(text) is not None for text in digits], dtype=bool)
    either = int(counts[thousands & decimal].sum()) if len(digits) else 0
    if not (thousands | decimal).any():
        return None
    sure_thousands, sure_decimal = int(counts[thousands & ~decimal].sum()), int(counts[decimal & ~thousands].sum())
    if sure_decimal > sure_thousands:
        many = int((decimal & ~thousands).sum()) >= OF_EACH and not sure_thousands
        return "decimal_comma" if many or sure_decimal > (1 - MOSTLY) * (either + sure_decimal) else "thousands"
    return "thousands"


def _dots(digits: list[str], plain: list[str], commas: str | None) -> bool:
    """Dots part thousands: some number has two, or stands before a decimal comma, and no dot can be anything else."""
    if commas == "thousands":
        return False
    sure = any(text.count(".") > 1 or ("." in text and "," in text) for text in digits)
    dotted = [text for text in (*digits, *plain) if "." in text and "," not in text]
    return sure and all(DOTTED.fullmatch(text) for text in dotted)


def _spaced(parts: list[Numeral], plain: list[str]) -> bool:
    """Common blanks part thousands where numbers are of different lengths; those of telephones are not."""
    spaced = [part.digits for part in parts if " " in part.digits]
    if not spaced or not all(SPACED.fullmatch(text) for text in spaced):
        return False
    whole = [text.split(",")[0].split(".")[0] for text in (*(part.digits for part in parts), *plain)]
    return len({len(text.replace(" ", "").lstrip("+-")) for text in whole}) > 1


def _powered(parts: list[Numeral], unit: str) -> bool:
    """Words for powers: those of ideographs always; a Latin letter only beside a currency, or beside another one."""
    powers = {part.power for part in parts if part.power}
    latin = powers & set(LATIN_POWERS)
    return bool(powers) and (not latin or bool(unit) or len({LATIN_POWERS[power] for power in latin}) > 1)


def _dotted(cells: Spellings, numbers: Floats, writing: Writing) -> int:
    """Read 1.200 as 1200 where dots part thousands; the count of cells that this changed."""
    if not writing.dots:
        return 0
    places = [i for i, text in enumerate(cells.trimmed) if not cells.missing[i] and DOTTED.fullmatch(text)]
    numbers[places] = [float(cells.trimmed[i].replace(".", "")) for i in places]
    return int(cells.counts[places].sum())


def _percent_or_not(cells: Spellings, numbers: Floats, places: npt.NDArray[np.intp], writing: Writing) -> int:
    """Numbers without a sign among percentages may be shares: they are no numbers of the column; 0 is 0 either way."""
    bare = ~np.isnan(numbers)
    bare[places] = False
    if writing.unit in SHARES:
        numbers[bare & (numbers != 0)] = np.nan
    return int(cells.counts[bare].sum()) if writing.unit else 0


def _several_units(odd: _Odd, column: str) -> tuple[Code, ...]:
    """Say that numbers bear different units, which is why the column is none of numbers."""
    found: Counter[str] = Counter()
    for part, count in zip(odd.parts, odd.counts, strict=True):
        if part is not None and part.unit and is_unit(part.unit, part.loose):
            found[part.unit] += int(count)
    if len(found) < 2:
        return ()
    units = tuple(unit for unit, _ in found.most_common(5))
    return (Code(code="several_units", facts={"column": column, "units": units, "count": sum(found.values())}),)


def _notes(
    cells: Spellings,
    odd: _Odd,
    fits: list[bool],
    writing: Writing,
    column: str,
    dotted: int,
    unitless: int,
    plain: list[str],
    asked: Writing | None,
) -> tuple[Code, ...]:
    parts = [part for part, fit in zip(odd.parts, fits, strict=True) if fit and part is not None]
    counts = odd.counts[np.array(fits, dtype=bool)]
    rows = list(zip(parts, counts, strict=True))

    def count(hits: list[bool]) -> int:
        return int(counts[np.array(hits, dtype=bool)].sum())

    notes: list[Code] = []
    if writing.commas:
        facts: Facts = {"column": column, "count": count(["," in part.digits for part in parts])}
        sure = (
            (asked is not None and asked.commas is not None)
            or any(_one_way(part.digits) for part in parts)
            or any("." in text for text in plain)
        )
        notes.append(Code(code=writing.commas, facts=facts if sure else facts | {"ambiguous": True}))
    if writing.dots and (dotted or not writing.commas):
        many = count(["." in part.digits for part in parts]) + dotted
        notes.append(Code(code="dot_thousands", facts={"column": column, "count": many}))
    if writing.spaces:
        notes.append(Code(code="spaces", facts={"column": column, "count": count([" " in p.digits for p, _ in rows])}))
    if writing.brackets:
        notes.append(Code(code="brackets", facts={"column": column, "count": count([p.brackets for p, _ in rows])}))
    if writing.powers:
        words = tuple(sorted({part.power for part in parts if part.power}))
        many = count([bool(part.power) for part in parts])
        notes.append(Code(code="powers", facts={"column": column, "words": words, "count": many}))
    if writing.limits:
        notes.append(Code(code="limits", facts=_of_marked(cells, odd, fits, column, "limits")))
    if writing.asides:
        notes.append(Code(code="asides", facts=_of_marked(cells, odd, fits, column, "asides")))
    if writing.unit:
        many = count([bool(part.unit) for part in parts])
        said: Facts = {"column": column, "unit": writing.unit, "count": many, "bare": unitless}
        notes.append(Code(code="unit", facts=said))
    if not notes:
        notes.append(Code(code="tidied", facts={"column": column, "count": int(counts.sum())}))
    return tuple(notes)


def _of_marked(cells: Spellings, odd: _Odd, fits: list[bool], column: str, which: str) -> Facts:
    """How many cells have a limit (or an aside), and the commonest."""
    marked = [
        fit and part is not None and (part.aside if which == "asides" else part.limit in {"<", ">", "="})
        for part, fit in zip(odd.parts, fits, strict=True)
    ]
    first = max((i for i, hit in enumerate(marked) if hit), key=lambda i: int(odd.counts[i]), default=0)
    return {"column": column, "count": odd.total(marked), "example": str(cells.trimmed[odd.places[first]])[:40]}


def _one_way(digits: str) -> bool:
    """A comma that can part one thing only."""
    return (THOUSANDS.fullmatch(digits) is None) != (DECIMAL_COMMA.fullmatch(digits) is None)


def written_as(cells: Spellings, writing: Writing) -> Floats:
    """The numbers of spellings in a column that is known to be written so, each for itself; NaN where they are none."""
    numbers = np.asarray(pd.to_numeric(cells.trimmed, errors="coerce"), dtype=np.float64)
    numbers[cells.missing] = np.nan
    if writing.parts is not None:
        read = [
            np.nan if gone else measure(text, writing) for text, gone in zip(cells.trimmed, cells.missing, strict=True)
        ]
        return np.array(read, dtype=np.float64)
    plain = ~np.isnan(numbers)
    if writing.unit in SHARES:
        numbers[plain & (numbers != 0)] = np.nan
    for place in np.flatnonzero(~plain & ~cells.missing):
        value = numeral(cells.trimmed[place], writing)
        numbers[place] = np.nan if value is None else value
    _dotted(cells, numbers, writing)
    return numbers
