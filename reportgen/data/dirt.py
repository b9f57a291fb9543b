"""What is wrong with the cells of single columns, and the two steps that mend it while a table is read.

No rule here knows the target or the parts: each is about how cells are written and where values lie, so that nothing
learnt from the test rows can flatter a score.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reportgen.config import ReadingConfig
from reportgen.data.cells import MISSING_NUMBER
from reportgen.data.outliers import find_outliers
from reportgen.data.sentinels import find_sentinels, is_word
from reportgen.data.spellings import MISSING
from reportgen.data.variants import find_variants, known_as, respelled
from reportgen.records.base import Code, Kind
from reportgen.records.dirt import Dirt, Outliers, Sentinel, Variants

TAKEN = frozenset({"?", "blank"}) | (MISSING_NUMBER - {"-", "--", ".", ".."})
"""What reading takes as missing and no table program writes of itself for an empty cell; besides words."""


@dataclass(frozen=True)
class Cleaned:
    """A table without codes for "missing" and with one spelling a category, unless asked otherwise; what was found."""

    frame: pd.DataFrame
    dirt: Dirt
    notes: tuple[Code, ...]


def clean(
    frame: pd.DataFrame, raw: pd.DataFrame, kinds: Mapping[str, Kind], target: str, config: ReadingConfig
) -> Cleaned:
    """Look for dirt in the columns named in `kinds`; the target is looked at, and left as it is."""
    frame = frame.copy(deep=False)
    looks = max(1, sum(_is_number(frame[name], kind) for name, kind in kinds.items()))
    sentinels: list[Sentinel] = []
    variants: list[Variants] = []
    outliers: list[Outliers] = []
    for name, kind in kinds.items():
        mend = name != target
        sentinels += _read(raw[name], frame[name]) if mend else []
        if _is_number(frame[name], kind):
            found = _numbers(frame[name], looks, mend and config.sentinels == "missing")
            sentinels += found
            codes = [float(one.value) for one in found]
            others = frame[name].mask(frame[name].isin(codes)) if codes else frame[name]
            outliers += find_outliers(others.to_numpy(), frame.index.to_numpy(), name, looks)
            frame[name] = without(frame[name], codes_of(tuple(found), name))
        elif kind == "categorical" and mend:
            several = find_variants(frame[name], config.variants == "merge")
            variants += several
            if config.variants == "merge" and several:
                frame[name] = respelled(frame[name], *known_as(one_spelling(frame[name], several)))
            sentinels += _words(frame[name])
        elif kind == "categorical":
            sentinels += _words(frame[name])
    dirt = Dirt(sentinels=tuple(sentinels), variants=tuple(variants), outliers=tuple(outliers), columns=looks)
    return Cleaned(frame, dirt, _notes(dirt))


def _is_number(values: pd.Series, kind: Kind) -> bool:
    """A numeric target may be one of classes, which are labels."""
    return kind == "numeric" and values.dtype == np.float64


def codes_of(sentinels: tuple[Sentinel, ...], column: str) -> tuple[float, ...]:
    """The numbers of a column that are read as missing."""
    return tuple(
        float(one.value) for one in sentinels if (one.column, one.state) == (column, "missing") and one.how != "word"
    )


def without(values: pd.Series, codes: tuple[float, ...]) -> pd.Series:
    """The numbers, NaN where they are one of the codes."""
    return values.mask(values.isin(codes)) if codes else values


def one_spelling(values: pd.Series, variants: tuple[Variants, ...]) -> tuple[str, ...]:
    """The categories of a column, of each group of spellings its commonest one only."""
    merged = [one for one in variants if one.column == str(values.name) and one.state == "merged"]
    others = {spelling for one in merged for spelling in one.spellings[1:]}
    return tuple(str(level) for level in values.dropna().unique() if level not in others)


def merge_target(raw: pd.Series, config: ReadingConfig) -> tuple[pd.Series, tuple[Variants, ...]]:
    """The target's cells with one spelling a class, where they are texts, and the spellings that were found."""
    if raw.dtype not in ("str", object):
        return raw, ()
    texts = raw.where(raw.map(lambda cell: isinstance(cell, str) and cell.strip() not in MISSING), None)
    numbers = pd.to_numeric(pd.Series(texts.dropna().unique()), errors="coerce")
    found = () if numbers.notna().any() else find_variants(texts, config.variants == "merge")
    if config.variants == "keep" or not found:
        return raw, found
    return respelled(texts, *known_as(one_spelling(texts, found))).where(texts.notna(), raw), found


def _numbers(values: pd.Series, looks: int, mend: bool) -> list[Sentinel]:
    """The codes of a numeric column with their rows."""
    found = find_sentinels(values.to_numpy(), str(values.name), looks)
    return [
        one.model_copy(
            update={"rows": _rows(values, values == float(one.value)), "state": "missing" if mend else "kept"}
        )
        for one in found
    ]


def _words(values: pd.Series) -> list[Sentinel]:
    """Categories that are words for "missing": they stay categories, which is what a missing one is made, too.

    Beside + and ++ a - is a result.
    """
    if all(set(str(level).strip()) <= {"+", "-", "±"} for level in values.dropna().unique()):
        return []
    return [
        Sentinel(
            column=str(values.name),
            value=str(level).strip(),
            how="word",
            state="level",
            rows=_rows(values, values == level),
            n=len(values),
        )
        for level in values.dropna().unique()
        if is_word(str(level))
    ]


def _read(raw: pd.Series, values: pd.Series) -> list[Sentinel]:
    """Words and signs that reading has taken as missing already, other than those that programs write themselves."""
    gone = raw[values.isna() & raw.notna()]
    said = gone.map(lambda cell: (cell.strip() or "blank") if isinstance(cell, str) and cell else "")
    words = [word for word in said.unique() if word in TAKEN or is_word(word)]
    return [
        Sentinel(
            column=str(raw.name),
            value=word,
            how="word",
            state="read",
            rows=_rows(said, said == word),
            n=len(raw),
        )
        for word in words
    ]


def _rows(values: pd.Series, hits: pd.Series) -> tuple[int, ...]:
    return tuple(int(row) for row in values.index[hits.to_numpy(dtype=bool)])


def _notes(dirt: Dirt) -> tuple[Code, ...]:
    """What was changed, for the section that tells how the file was read."""
    codes = [
        Code(code="sentinels", facts={"column": one.column, "value": one.value, "count": len(one.rows)})
        for one in dirt.sentinels
        if one.state == "missing"
    ]
    return (*codes, *merge_notes(dirt.variants))


def merge_notes(variants: tuple[Variants, ...]) -> tuple[Code, ...]:
    """One note a category whose spellings were merged."""
    return tuple(
        Code(
            code="variants_merged",
            facts={
                "column": one.column,
                "label": one.spellings[0],
                "spellings": one.spellings[1:],
                "count": len(one.rows),
            },
        )
        for one in variants
        if one.state == "merged"
    )
