"""Free text as numbers: how long it is, how many words it has, and its n-grams, hashed into a few sums."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import RidgeCV

from reportgen.data.codes import CLIP
from reportgen.data.means import FOLDS, Targets, tells
from reportgen.data.shapes import Matrix
from reportgen.records.base import Code, Record
from reportgen.records.table import Encoded

BUCKETS = 64
"""Sums of n-grams: enough that frequent words seldom share one, few enough for a small network."""

LONGEST = 10_000
"""Characters of a text that are looked at for n-grams."""

MOST_ASKED = 20_000
"""Training rows on which it is asked whether a text tells the target."""

PENALTIES = np.logspace(0, 5, 6)
LENGTHS = ("characters", "words")

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
"""A word, or one sign of a script without blanks between words (Chinese, Japanese)."""

Floats = npt.NDArray[np.float64]


class ProsePlan(Record):
    """A column of free text: the centre and the scale of each of its numbers, by part.

    A missing text is at the centre of all; whether it is missing is an input of its own where training rows tell.
    """

    kind: Literal["text"] = "text"
    name: str
    parts: tuple[str, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    missing: bool

    def encoded(self) -> tuple[Encoded, ...]:
        """What the encoded columns are."""
        numbers = zip(self.parts, self.centre, self.scale, strict=True)
        made = tuple(
            Encoded(name=f"{self.name}: {part}", feature=self.name, kind="text", centre=centre, scale=scale, part=part)
            for part, centre, scale in numbers
        )
        flag = (Encoded(name=f"{self.name} is missing", feature=self.name, kind="missing"),) if self.missing else ()
        return made + flag

    def apply(self, values: pd.Series) -> list[Matrix]:
        """The encoded columns of these texts."""
        numbers, absent = measured(values), values.isna().to_numpy()
        places = [_PARTS.index(part) for part in self.parts]
        scaled = np.clip((numbers[:, places] - np.array(self.centre)) / np.array(self.scale), -CLIP, CLIP)
        scaled[absent] = 0.0
        return [column.astype(np.float32) for column in scaled.T] + [absent.astype(np.float32)] * self.missing

    def treatment(self) -> tuple[Code, ...]:
        """The steps, in their order."""
        grams = sum(part not in LENGTHS for part in self.parts)
        flag = [Code(code="missing_indicator")] * self.missing
        return (Code(code="prose", facts={"sums": grams, "inputs": len(self.parts)}), *flag)


_PARTS = (*LENGTHS, *(f"n-grams {number}" for number in range(1, BUCKETS + 1)))


def measured(values: pd.Series) -> Floats:
    """Every text's numbers, shape (rows, 2 + BUCKETS): logarithms of its characters and words, and signed sums.

    Each n-gram adds 1 to one sum or takes 1 off it, which and how by its hash, and a text's sums are divided by the
    root of their number (feature hashing: Weinberger et al. 2009, ICML). Nothing is learnt: no word stands in a file.
    """
    made = np.zeros((len(values), len(_PARTS)))
    for row, text in enumerate(values):
        if not isinstance(text, str):
            continue
        found = [_place(gram) for gram in grams(text[:LONGEST])]
        made[row, 0], made[row, 1] = np.log1p(len(text)), np.log1p(len(text.split()))
        for place, sign in found:
            made[row, place] += sign
        made[row, len(LENGTHS) :] /= max(len(found), 1) ** 0.5
    return made


def grams(text: str) -> Iterator[str]:
    """The words of a text in small letters; of scripts without blanks each sign and each pair of neighbours."""
    end, last = -1, ""
    for found in TOKEN.finditer(text.casefold()):
        token = found[0]
        yield token
        sign = bool(UNSPACED.match(token))
        if sign and found.start() == end:
            yield last + token
        end, last = (found.end(), token) if sign else (-1, "")


UNSPACED = re.compile(rf"[{_UNSPACED}]")


@lru_cache(maxsize=200_000)
def _place(gram: str) -> tuple[int, float]:
    """Which sum an n-gram goes to, and whether it adds or takes off; the same on every machine."""
    number = crc32(gram.encode("utf-8", "surrogatepass"))
    return len(LENGTHS) + number % BUCKETS, 1.0 if number >> 16 & 1 else -1.0


def plan_prose(values: pd.Series, *, missing: bool, targets: Targets) -> ProsePlan | None:
    """Learn a column of free text from its training rows; None where it does not tell their target beyond chance."""
    there = np.flatnonzero(values.notna().to_numpy())
    if len(there) < 2 * FOLDS:
        return None
    numbers = measured(values)
    centre, scale = numbers[there].mean(axis=0), numbers[there].std(axis=0)
    kept = np.flatnonzero(scale > 0)
    x = np.where(values.notna().to_numpy()[:, None], (numbers[:, kept] - centre[kept]) / scale[kept], 0.0)
    rows = there[np.linspace(0, len(there) - 1, min(len(there), MOST_ASKED)).astype(np.intp)]
    asked = targets.some(rows)
    if not len(kept) or not tells(foretold(np.clip(x[rows], -CLIP, CLIP), asked), asked, asked):
        return None
    return ProsePlan(
        name=str(values.name),
        parts=tuple(_PARTS[place] for place in kept),
        centre=tuple(map(float, centre[kept])),
        scale=tuple(map(float, scale[kept])),
        missing=missing,
    )


def foretold(x: Floats, targets: Targets) -> Floats:
    """What a ridge regression on the other folds says of each row, less their mean; shape (rows, outputs)."""
    made = np.zeros_like(targets.values)
    for fold in np.unique(targets.folds):
        held = targets.folds == fold
        if held.all():
            break
        y = targets.values[~held]
        fitted = RidgeCV(PENALTIES).fit(x[~held], y)
        made[held] = np.asarray(fitted.predict(x[held])).reshape(-1, y.shape[1]) - y.mean(axis=0)
    return made
