"""What of a row can be changed to what, how far each change goes, and how near rows usually are to training rows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.evidence.base import Floats, Subject

MOST_VALUES = 60
"""Values of one feature that are tried: evenly spaced quantiles of a number, the commonest categories."""
NEIGHBOURS, JUDGED = 2_000, 300
"""Training rows among which the nearest is looked for, and test rows that say how near is usual."""
USUAL = 0.95

Positions = npt.NDArray[np.intp]

_STREAM = 137


@dataclass(frozen=True)
class Scale:
    """One feature on Gower's scale: the share of training rows below a number, a number of its own for a category.

    `train` places all training rows, `choices` are those of them (positions) whose values are tried; `known` holds
    sorted numbers, or each category's place.
    """

    feature: str
    columns: Positions
    train: Floats
    choices: Positions
    known: npt.NDArray[Any] | dict[Any, float]

    def apart(self, one: Floats, others: Floats) -> Floats:
        """Distance from 0 to 1: the share of training rows between two numbers, or whether two categories differ."""
        far = (one != others).astype(np.float64) if isinstance(self.known, dict) else np.abs(one - others)
        one_unknown, others_unknown = np.isnan(one), np.isnan(others)
        return np.where(one_unknown & others_unknown, 0.0, np.where(one_unknown | others_unknown, 1.0, far))

    def place(self, frame: pd.DataFrame) -> Floats:
        """Where rows stand; a category that training has not stands apart from all others."""
        values = frame[self.feature]
        if isinstance(self.known, dict):
            places = [self.known.get(value, -1.0) if pd.notna(value) else np.nan for value in values]
            return np.array(places, dtype=np.float64)
        asked = values.to_numpy()
        below, upto = (np.searchsorted(self.known, asked, side=side) for side in ("left", "right"))
        return np.where(pd.isna(asked), np.nan, (below + upto + 1) / 2 / max(len(self.known), 1))


@dataclass(frozen=True)
class Menu:
    """The scales of all features, which of them (places) can change, and rows to hold a changed row against.

    Distance is Gower's (1971, Biometrics 27:857), numbers by their ranks (Podani 1999, Taxon 48:331).
    """

    subject: Subject
    scales: tuple[Scale, ...]
    changeable: tuple[int, ...]
    near: Positions
    judged: Positions

    def place(self, frame: pd.DataFrame) -> Floats:
        """Rows in original values on all scales: (rows, features)."""
        return np.column_stack([scale.place(frame) for scale in self.scales])

    def nearest(self, places: Floats) -> Floats:
        """How far each row (rows, features) is from its nearest training row, summed over features."""
        total = np.zeros((len(places), len(self.near)))
        for column, scale in enumerate(self.scales):
            total += scale.apart(places[:, [column]], scale.train[self.near][None, :])
        return np.asarray(total.min(axis=1))

    @cached_property
    def usual(self) -> float:
        """How far from their nearest training row 95 of 100 test rows are at most."""
        return float(np.quantile(self.nearest(self.place(self.subject.test.frame.iloc[self.judged])), USUAL))

    @cached_property
    def margin(self) -> float | None:
        """What counts as another number: more than the mean absolute error on test rows."""
        if self.subject.classifies:
            return None
        return float(np.abs(self.subject.predict(self.subject.test.x) - self.subject.test.y).mean())


def lay_out(subject: Subject) -> Menu:
    """Scale every feature by training rows; protected and immutable columns, and free text, cannot change."""
    fixed = {*subject.protected, *subject.immutable, *subject.prose}
    scales = tuple(_scale(subject.train.frame[name], name, columns) for name, columns in subject.groups.items())
    rng = np.random.default_rng([subject.seed, _STREAM])
    return Menu(
        subject=subject,
        scales=scales,
        changeable=tuple(place for place, scale in enumerate(scales) if scale.feature not in fixed),
        near=_some(rng, len(subject.train.y), NEIGHBOURS),
        judged=_some(rng, len(subject.test.y), JUDGED),
    )


def _some(rng: np.random.Generator, count: int, most: int) -> Positions:
    return np.sort(rng.choice(count, most, replace=False)) if count > most else np.arange(count)


def _scale(values: "pd.Series[Any]", name: str, columns: Positions) -> Scale:
    return _numbers(values, name, columns) if values.dtype.kind in "fiuM" else _levels(values, name, columns)


def _numbers(values: "pd.Series[Any]", name: str, columns: Positions) -> Scale:
    """Values at evenly spaced quantiles, each once."""
    shares = values.rank(pct=True).to_numpy(dtype=np.float64)
    order = np.argsort(shares, kind="stable")[: int(np.isfinite(shares).sum())]
    picked = order[np.linspace(0, max(len(order) - 1, 0), min(MOST_VALUES, len(order))).astype(np.intp)]
    _, once = np.unique(shares[picked], return_index=True)
    return Scale(name, columns, shares, picked[once], np.sort(values.dropna().to_numpy()))


def _levels(values: "pd.Series[Any]", name: str, columns: Positions) -> Scale:
    """The commonest categories, each from the first row that holds it."""
    codes, levels = pd.factorize(values)
    common = np.argsort(-np.bincount(codes[codes >= 0], minlength=1), kind="stable")[: min(MOST_VALUES, len(levels))]
    first = np.array([np.argmax(codes == code) for code in common], dtype=np.intp)
    known = {level: float(code) for code, level in enumerate(levels)}
    return Scale(name, columns, np.where(codes < 0, np.nan, codes), first, known)
