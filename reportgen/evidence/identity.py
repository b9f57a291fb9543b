"""Whether columns add up to the target: bookkeeping, which no model needs to learn."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, Part
from reportgen.evidence.discretise import numbers_of
from reportgen.evidence.intervals import normal_quantile, rate_interval
from reportgen.evidence.number_scores import r2
from reportgen.records.leak import Identity

VALUES = 8
"""Constants that may be left over: fees, surcharges, roundings."""
FINE = 1e-6
"""Differences are told apart to this share of the target's standard deviation."""
OWN = 0.5
"""A target that is itself one of so few values in half of the rows leaves few differences whatever is taken off."""
MOST_COLUMNS = 200
METHOD = "signs from least squares on training rows; shares of validation rows, Wilson score"


def find(train: Part, validation: Part, features: tuple[str, ...]) -> Identity | None:
    """Look for numeric columns whose plain sum, some taken off, is a number but for a few constants.

    The signs are least squares' weights, rounded; those that are not near 1 or -1 are left out. A predictor errs by
    any amount, however good it is; what is left of an account comes in a few amounts only. None where nothing adds up.
    """
    table = {name: found for name in features if (found := numbers_of(train.frame[name])) is not None}
    if not table or len(table) > MOST_COLUMNS or not np.ptp(train.y) or len(train.y) < 2 * len(table):
        return None
    signs = _signs(np.column_stack(list(table.values())), train.y)
    chosen = {name: sign for name, sign in zip(table, signs, strict=True) if sign}
    if not chosen:
        return None
    (left, own), (left_anew, own_anew) = (_left(part, chosen) for part in (train, validation))
    if not len(left) or not len(left_anew):
        return None
    fine = FINE * float(np.std(train.y))
    share = _told(left, left_anew, fine)
    n = len(left_anew)
    low, high = rate_interval(round(share * n), n)
    explained, spread = r2(own_anew - left_anew + np.median(left), own_anew)
    return Identity(
        columns=tuple(chosen),
        signs=tuple(chosen.values()),
        values=VALUES,
        share=share,
        low=low,
        high=high,
        own=_told(own, own_anew, fine),
        r2=explained,
        r2_low=explained - normal_quantile() * spread,
        n=n,
        method=METHOD,
    )


def _signs(columns: Floats, y: npt.NDArray[np.float64]) -> list[Literal[-1, 0, 1]]:
    """Least squares' weights of columns whose gaps are filled by their median; 0 for all that is not about 1 or -1."""
    filled = np.where(np.isfinite(columns), columns, _medians(columns))
    centred = filled - filled.mean(axis=0)
    spread = centred.std(axis=0)
    unit = centred / np.where(spread > 0, spread, 1.0)
    weights = np.linalg.lstsq(unit, y - y.mean(), rcond=1e-9)[0] / np.where(spread > 0, spread, np.inf)
    return [1 if 0.5 < weight < 1.5 else -1 if -1.5 < weight < -0.5 else 0 for weight in weights]


def _medians(columns: Floats) -> Floats:
    return np.asarray([np.median(one[np.isfinite(one)]) if np.isfinite(one).any() else 0.0 for one in columns.T])


def _left(part: Part, chosen: dict[str, Literal[-1, 1]]) -> tuple[Floats, Floats]:
    """Target less sum, and target, in the rows that have all of these columns."""
    total = np.zeros(len(part.y))
    for name, sign in chosen.items():
        numbers = numbers_of(part.frame[name])
        total = total + sign * (np.nan if numbers is None else numbers)
    whole = np.isfinite(total)
    return np.asarray(part.y[whole] - total[whole]), np.asarray(part.y[whole], dtype=np.float64)


def _told(known: Floats, anew: Floats, fine: float) -> float:
    """The share of new values that are among the commonest known ones."""
    values, counts = np.unique(np.round(known / fine), return_counts=True)
    common = values[np.argsort(-counts, kind="stable")[:VALUES]]
    return float((np.abs(np.round(anew / fine)[:, None] - common[None, :]).min(axis=1) <= 1).mean())
