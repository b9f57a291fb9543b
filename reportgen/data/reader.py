"""How the cells of a column are read again, each for itself, as the audit decided when it saw the whole column."""

from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from reportgen.data.cells import as_labels, forced, typed
from reportgen.data.dates import ISO, moments
from reportgen.data.dirt import codes_of, without
from reportgen.data.numerals import Writing
from reportgen.data.shapes import Dataset
from reportgen.data.spellings import MISSING, number_label, spelled, spellings
from reportgen.data.variants import known_as, respelled
from reportgen.data.writing import written_as
from reportgen.records.base import Code, Kind, Record

PARSED_AWAY = frozenset(
    ["None", "#NA", "#N/A N/A", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"],
)
"""What `pandas.read_csv` takes for missing and the audit does not."""

TRUTHS = {"true": "True", "TRUE": "True", "false": "False", "FALSE": "False"}
"""What `pandas.read_csv` takes for a truth, and how the truth is then written."""


class NumberReader(Writing):
    """Numbers, plain or written as the audit found; `codes`, `blank` cells and all else are missing."""

    kind: Literal["number"] = "number"
    name: str
    codes: tuple[float, ...] = ()
    blank: tuple[str, ...] = ()

    @property
    def expects(self) -> str:
        """What the cells should hold, in words."""
        commas = {"thousands": " as 1,234.5", "decimal_comma": " as 1.234,5", None: ""}[self.commas]
        return f"numbers{commas}" + (f" in {self.unit}" if self.unit else "")

    def read(self, raw: pd.Series) -> pd.Series:
        """Floats, NaN where missing."""
        return without(self._numbers(raw), self.codes)

    def _numbers(self, raw: pd.Series) -> pd.Series:
        found = typed(raw)
        if found is not None and found.kind == "numeric":
            return found.values
        cells = spellings(raw, frozenset(self.blank))
        return pd.Series(cells.spread(written_as(cells, self), np.nan), index=raw.index, name=raw.name)


class LevelReader(Record):
    """Categories, as they are written, or as the audit called the category that is written so.

    A reader that guesses types turns some texts into something else before we see them: 007 into 7, None into an empty
    cell. `parsed` leads from what such a value is written as back to the level, `absent` is the level that an empty
    cell stands for; both only where the audit itself read text. `called` leads from what all spellings of a category
    have in common to the one that the audit knows it by; with `words` that is without case, accents and blanks.
    `same` leads from all words for yes, or for no, to the one that the column has.
    """

    kind: Literal["level"] = "level"
    name: str
    missing: tuple[str, ...]
    parsed: tuple[tuple[str, str], ...] = ()
    absent: str | None = None
    called: tuple[tuple[str, str], ...] = ()
    words: bool = False
    same: tuple[tuple[str, str], ...] = ()
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
        values = respelled(values, dict(self.called), self.words) if self.called else values
        same = dict(self.same)
        if not same:
            return values
        cells = [None if cell is None else same.get(cell, cell) for cell in values]
        return pd.Series(cells, index=raw.index, name=raw.name, dtype=object)


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
    blank: tuple[str, ...] = ()

    @property
    def expects(self) -> str:
        """What the cells should hold, in words."""
        return f"dates as {self.format}" if self.format != ISO else "dates as 2021-12-31"

    def read(self, raw: pd.Series) -> pd.Series:
        """Moments in UTC without a zone, NaT where missing."""
        found = typed(raw)
        if found is not None and found.kind == "datetime":
            return found.values
        texts = as_labels(raw)
        texts = texts.mask(texts.isin(self.blank)) if self.blank else texts
        if found is not None and self.format != ISO:
            return moments(texts, self.format)
        written = np.array([isinstance(cell, str) for cell in raw], dtype=bool)
        return moments(texts.where(written), self.format).fillna(moments(texts.mask(written), ISO))


Reader = Annotated[NumberReader | LevelReader | TruthReader | MomentReader, Field(discriminator="kind")]


def reader_of(dataset: Dataset, column: str, kind: Kind, levels: tuple[str, ...]) -> Reader:
    """How one feature of a table was read; `levels` are those of its values that the network knows."""
    blank = dataset.blank.get(column, ())
    if kind == "numeric":
        codes = codes_of(dataset.dirt.sentinels, column)
        writing = dataset.writings.get(column, Writing())
        return NumberReader.model_validate(writing.model_dump() | {"name": column, "codes": codes, "blank": blank})
    if kind == "datetime":
        note = _note(dataset, column, frozenset({"dates"}))
        return MomentReader(name=column, format=str(note.facts["format"]) if note else ISO, blank=blank)
    if kind == "boolean" and not _of_words(dataset.frame[column]):
        return TruthReader(name=column)
    return _level_reader(dataset, column, levels)


def _of_words(values: pd.Series) -> bool:
    """Truths that are kept as the words that they were written in."""
    return any(isinstance(value, str) for value in values.dropna().unique())


def _note(dataset: Dataset, column: str, codes: frozenset[str]) -> Code | None:
    """The first note of such a code: the test file decides only what the data file, noted before it, left open."""
    notes = (n for n in dataset.reading.notes if n.code in codes and n.facts.get("column") == column)
    return next(notes, None)


def _level_reader(dataset: Dataset, column: str, levels: tuple[str, ...]) -> LevelReader:
    missing = tuple(sorted(MISSING.union(dataset.blank.get(column, ()))))
    values = dataset.frame[column]
    called, words = _called(dataset, values, levels)
    same = tuple(sorted(dataset.same.get(column, {}).items()))
    if dataset.reading.format not in {"csv", "tsv"}:
        return LevelReader(name=column, missing=missing, called=called, words=words, same=same)
    seen = set(values.dropna())
    parsed = {text: level for level in reversed(levels) for text in _parsed(level) if text not in seen}
    lost = sorted(seen & PARSED_AWAY)
    absent = lost[0] if len(lost) == 1 and values.notna().all() else None
    back = tuple(sorted(parsed.items()))
    return LevelReader(name=column, missing=missing, parsed=back, absent=absent, called=called, words=words, same=same)


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
    if not any(character.isdigit() for character in level):
        return set()
    number = pd.to_numeric(pd.Series([level.strip()], dtype=object), errors="coerce").iloc[0]
    return {spelled(number), number_label(float(number))} if np.isfinite(number) else set()
