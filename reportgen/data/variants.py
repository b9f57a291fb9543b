"""One category spelled several ways: told by what is left of the spellings without case, blanks and accents."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2_contingency

from reportgen.records.dirt import Variants

WORD = re.compile(r"[^\W\d_]{3}")
"""Three letters in a row: shorter texts are often symbols (Co and CO, mW and MW, the alleles A and a)."""

SEVERAL = 3
"""Rows of another spelling that are no single slip."""

RARE = 0.2
"""Other spellings in more than a fifth of the rows may as well be categories of their own."""

ALIKE = 0.05

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
MARKS = re.compile("[\u0300-\u036f]")
UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
LATIN = 0x250


def squeezed(text: str) -> str:
    """The text without what a reader cannot see: outer and double blanks, invisible signs, wide forms of letters."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", text)).translate(WIDE).split())


def folded(text: str) -> str:
    """The text without case, accents (of Latin letters; elsewhere marks make other letters) and blanks."""
    if text.isascii():
        return "".join(text.split()).casefold()
    plain = squeezed(text).casefold().translate(UNDECOMPOSED)
    return "".join(_bare(letter) for letter in plain).replace(" ", "")


def _bare(letter: str) -> str:
    split = unicodedata.normalize("NFD", letter)
    return MARKS.sub("", split) if ord(split[0]) < LATIN else letter


def wordy(levels: Iterable[str]) -> bool:
    """At least half of the categories have a word in them, so that case and accents are ways of writing."""
    kinds: dict[str, bool] = {}
    for level in levels:
        key = folded(level)
        kinds[key] = kinds.get(key, False) or bool(WORD.search(level))
    return 2 * sum(kinds.values()) >= len(kinds) > 0


def known_as(levels: Iterable[str]) -> tuple[dict[str, str], bool]:
    """What each category is called by its key, where the key is one category's alone; and whether keys are folded."""
    levels = tuple(levels)
    words = wordy(levels)
    called: dict[str, str | None] = {}
    for level in levels:
        key = key_of(level, words)
        called[key] = level if key not in called else None
    return {key: level for key, level in called.items() if level is not None}, words


def key_of(level: str, words: bool) -> str:
    """What all spellings of a category have in common."""
    return folded(level) if words else squeezed(level)


def respelled(values: pd.Series, called: Mapping[str, str], words: bool) -> pd.Series:
    """The same categories, each as it is called; those that are not known stay as they are."""
    known = set(called.values())
    names = {v: v if v in known else called.get(key_of(v, words), v) for v in values.dropna().unique()}
    return values.map(names, na_action="ignore").astype(object).where(values.notna(), None)


def find_variants(values: pd.Series, merge: bool) -> tuple[Variants, ...]:
    """All categories of a column that are spelled in more than one way, the one with the most rows first.

    A column most of whose values are different holds keys or names, not categories.
    """
    codes, uniques = pd.factorize(values)
    levels = [str(level) for level in uniques]
    if len(levels) < 2 or 2 * len(levels) > int((codes >= 0).sum()):
        return ()
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    words = wordy(levels)
    groups: dict[str, list[int]] = {}
    for number, level in enumerate(levels):
        groups.setdefault(folded(level), []).append(number)
    found = []
    for members in groups.values():
        parts = _parted(members, levels, words)
        for part, clear in parts:
            ranked = sorted(part, key=lambda i: (-int(counts[i]), levels[i] != squeezed(levels[i]), levels[i]))
            rows = values.index[np.isin(codes, ranked[1:])]
            found.append(
                Variants(
                    column=str(values.name),
                    spellings=tuple(levels[i] for i in ranked),
                    counts=tuple(int(counts[i]) for i in ranked),
                    state=("merged" if merge else "kept") if clear else "unclear",
                    rows=tuple(int(row) for row in rows),
                    n=len(values),
                )
            )
    if _slips(found, levels, counts):
        found = [one.model_copy(update={"state": "kept"}) if one.state == "unclear" else one for one in found]
    return tuple(sorted(found, key=lambda one: (-len(one.rows), one.spellings[0])))


def _slips(found: list[Variants], levels: list[str], counts: npt.NDArray[np.int64]) -> bool:
    """Whether short texts that differ by case or accents are slips of the pen, and no symbols of their own.

    A slip is the exception, and befalls each category alike: all shares of other spellings than the commonest pass a
    test of being equal (Pearson's chi-square), two categories have several, and they are no more than one in five.
    Symbols (Co and CO, mW and MW beside kW) have shares of their own.
    """
    unclear = [one for one in found if one.state == "unclear"]
    if sum(sum(one.counts[1:]) >= SEVERAL for one in unclear) < 2:
        return False
    told = {spelling for one in unclear for spelling in one.spellings}
    cased = [level not in told and level.upper() != level.lower() for level in levels]
    alone = [int(n) for n, apart in zip(counts, cased, strict=True) if apart]
    rows = [(one.counts[0], sum(one.counts[1:])) for one in unclear] + [(n, 0) for n in alone]
    table = np.array(rows)
    return bool(table[:, 1].sum() <= RARE * table.sum() and chi2_contingency(table, correction=False).pvalue > ALIKE)


def _parted(members: list[int], levels: list[str], words: bool) -> list[tuple[list[int], bool]]:
    """Spellings that are one category for sure; then those that may be, where letters may be symbols."""
    if len(members) < 2:
        return []
    if words:
        return [(members, True)]
    alike: dict[str, list[int]] = {}
    for member in members:
        alike.setdefault(squeezed(levels[member]), []).append(member)
    sure = [(part, True) for part in alike.values() if len(part) > 1]
    return sure + ([([part[0] for part in alike.values()], False)] if len(alike) > 1 else [])
