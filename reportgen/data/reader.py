"""How the cells of a column are read again, each for itself, as the audit decided when it saw the whole column."""

from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from reportgen.data.cells import as_labels, forced, typed
from reportgen.data.dirt import codes_of, without
from reportgen.data.shapes import Dataset
from reportgen.data.spellings import MISSING, SEPARATORS, naive, number_label, spelled, spellings
from reportgen.data.variants import known_as, respelled
from reportgen.records.base import Code, Kind, Record

ISO = "ISO8601"

PARSED_AWAY = frozenset(
    ["None", "#NA", "#N/A N/A", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"],
)
"""What `pandas.read_csv` takes for missing and the audit does not."""

TRUTHS = {"true": "True", "TRUE": "True", "false": "False", "FALSE": "False"}
"""What `pandas.read_csv` takes for a truth, and how the truth is then written."""


class NumberReader(Record):
    """Numbers, plain or with the commas that the audit found; the `codes` for "missing" and all else are missing."""

    kind: Literal["number"] = "number"
    name: str
    commas: Literal["thousands", "decimal_comma"] | None = None
    codes: tuple[float, ...] = ()

    @property
    def expects(self) -> str:
        """What the cells should hold, in words."""
        return "numbers" + {"thousands": " as 1,234.5", "decimal_comma": " as 1.234,5", None: ""}[self.commas]

    def read(self, raw: pd.Series) -> pd.Series:
        """Floats, NaN where missing."""
        return without(self._numbers(raw), self.codes)

    def _numbers(self, raw: pd.Series) -> pd.Series:
        found = typed(raw)
        if found is not None and found.kind == "numeric":
            return found.values
        cells = spellings(raw)
        numbers = np.asarray(pd.to_numeric(cells.trimmed, errors="coerce"), dtype=np.float64)
        numbers[cells.missing] = np.nan
        if self.commas:
            pattern, clean = SEPARATORS[self.commas]
            for place in np.flatnonzero(np.isnan(numbers)):
                if pattern.fullmatch(cells.trimmed[place]):
                    numbers[place] = float(clean(cells.trimmed[place]))
        return pd.Series(cells.spread(numbers, np.nan), index=raw.index, name=raw.name)


class LevelReader(Record):
    """Categories, as they are written, or as the audit called the category that is written so.

    A reader that guesses types turns some texts into something else before we see them: 007 into 7, None into an empty
    cell. `parsed` leads from what such a value is written as back to the level, `absent` is the level that an empty
    cell stands for; both only where the audit itself read text. `called` leads from what all spellings of a category
    have in common to the one that the audit knows it by; with `words` that is without case, accents and blanks.
    """

    kind: Literal["level"] = "level"
    name: str
    missing: tuple[str, ...]
    parsed: tuple[tuple[str, str], ...] = ()
    absent: str | None = None
    called: tuple[tuple[str, str], ...] = ()
    words: bool = False
    expects: ClassVar[str] = "categories"

    def read(self, raw: pd.Series) -> pd.Series:
        """Texts, None where missing."""
        back, missing = dict(self.parsed), frozenset(self.missing)

        def text(cell: object) -> str | None:
            if isinstance(cell, str):
                return None if cell.strip() in missing else cell
            found = spelled(cell)
            return None if found in missing else back.get(found, found)

        present = raw.notna().to_numpy()
        cells = [text(cell) if there else self.absent for cell, there in zip(raw, present, strict=True)]
        values = pd.Series(cells, index=raw.index, name=raw.name, dtype=object)
        return respelled(values, dict(self.called), self.words) if self.called else values


class TruthReader(Record):
    """True and false, also written as 1 and 0; all else is missing."""

    kind: Literal["truth"] = "truth"
    name: str
    expects: ClassVar[str] = "true and false"

    def read(self, raw: pd.Series) -> pd.Series:
        """True, False, None where missing."""
        found = typed(raw)
        return found.values if found is not None and found.kind == "boolean" else forced(raw, "boolean")


class MomentReader(Record):
    """Dates and times as such, or written in the one way that the audit found; all else is missing."""

    kind: Literal["moment"] = "moment"
    name: str
    format: str = ISO

    @property
    def expects(self) -> str:
        """What the cells should hold, in words."""
        return f"dates as {self.format}" if self.format != ISO else "dates as 2021-12-31"

    def read(self, raw: pd.Series) -> pd.Series:
        """Moments in UTC without a zone, NaT where missing."""
        found = typed(raw)
        if found is not None and found.kind == "datetime":
            return found.values
        written = np.array([isinstance(cell, str) for cell in raw], dtype=bool)
        texts = as_labels(raw)
        return _moments(texts.where(written), self.format).fillna(_moments(texts.mask(written), ISO))


def _moments(texts: pd.Series, pattern: str) -> pd.Series:
    return naive(pd.to_datetime(texts, format=pattern, errors="coerce", utc=True))


Reader = Annotated[NumberReader | LevelReader | TruthReader | MomentReader, Field(discriminator="kind")]


def reader_of(dataset: Dataset, column: str, kind: Kind, levels: tuple[str, ...]) -> Reader:
    """How one feature of a table was read; `levels` are those of its values that the network knows."""
    if kind == "numeric":
        note = _note(dataset, column, frozenset(SEPARATORS))
        codes = codes_of(dataset.dirt.sentinels, column)
        return NumberReader.model_validate({"name": column, "commas": note and note.code, "codes": codes})
    if kind == "datetime":
        note = _note(dataset, column, frozenset({"dates"}))
        return MomentReader(name=column, format=str(note.facts["format"]) if note else ISO)
    if kind == "boolean":
        return TruthReader(name=column)
    return _level_reader(dataset, column, levels)


def _note(dataset: Dataset, column: str, codes: frozenset[str]) -> Code | None:
    """The first note of such a code: the test file decides only what the data file, noted before it, left open."""
    notes = (n for n in dataset.reading.notes if n.code in codes and n.facts.get("column") == column)
    return next(notes, None)


def _level_reader(dataset: Dataset, column: str, levels: tuple[str, ...]) -> LevelReader:
    missing = tuple(sorted(MISSING))
    values = dataset.frame[column]
    called, words = _called(dataset, values, levels)
    if dataset.reading.format not in {"csv", "tsv"}:
        return LevelReader(name=column, missing=missing, called=called, words=words)
    seen = set(values.dropna())
    parsed = {text: level for level in reversed(levels) for text in _parsed(level) if text not in seen}
    lost = sorted(seen & PARSED_AWAY)
    absent = lost[0] if len(lost) == 1 and values.notna().all() else None
    back = tuple(sorted(parsed.items()))
    return LevelReader(name=column, missing=missing, parsed=back, absent=absent, called=called, words=words)


def _called(dataset: Dataset, values: pd.Series, levels: tuple[str, ...]) -> tuple[tuple[tuple[str, str], ...], bool]:
    """What categories are called, of those that the network knows or that were written in more than one way."""
    if not dataset.one_spelling:
        return (), False
    called, words = known_as(values.dropna().unique())
    several = {one.spellings[0] for one in dataset.dirt.variants if one.column == values.name}
    kept = {*levels, *several}
    return tuple(sorted((key, level) for key, level in called.items() if level in kept)), words


def _parsed(level: str) -> set[str]:
    """How a text is written once a reader that guesses types took it for a number or a truth."""
    if level in TRUTHS:
        return {TRUTHS[level]}
    number = pd.to_numeric(pd.Series([level.strip()], dtype=object), errors="coerce").iloc[0]
    return {spelled(number), number_label(float(number))} if np.isfinite(number) else set()
