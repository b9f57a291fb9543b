"""What a search for slices could have found: without it, "none found" says nothing."""

from math import log, sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri
from scipy.stats import binom

from reportgen.evidence.base import Floats
from reportgen.evidence.slice_search import Rates, possible
from reportgen.records.mistakes import Detectable

SHARES = (0.05, 0.1, 0.2)
POWER = 0.8
STEPS = 200

Chances = tuple[Floats, Floats]
"""The chance to be found on a half, and to be confirmed on one, for each error asked about."""


def detectable(
    errors: Floats, column: npt.NDArray[np.intp], searched: int, level: float, effect: float = 1.0
) -> tuple[Detectable, ...]:
    """From which error on slices of one condition and of 5, 10 and 20 in 100 rows would have been found.

    `column` says what column each condition is about, `searched` how many rows of a half were searched; a slice must
    stand out from as many others there as there are conditions, and be confirmed on the other half at `level`. Rows in
    groups count there for as many as they are worth, divided by the design `effect`.
    """
    price, read = log(max(possible(column)[0], 1)), len(errors) // 2
    return tuple(_least(errors, share, searched, read, price, level, effect) for share in SHARES)


def _least(
    errors: Floats, share: float, searched: int, read: int, price: float, level: float, effect: float
) -> Detectable:
    rates = bool(np.isin(errors, (0.0, 1.0)).all())
    spread = 1 - errors.mean() if rates else 10 * errors.std()
    asked = errors.mean() + spread * np.arange(1, STEPS + 1) / STEPS
    chances = (_of_rates if rates else _of_sizes)(
        errors, asked, share, searched, max(round(read / effect), 1), price, level
    )
    reached = np.flatnonzero(either_way(*chances) >= POWER)
    return Detectable(share=share, n=round(share * read), error=float(asked[reached[0]]) if len(reached) else None)


def either_way(found: Floats, confirmed: Floats) -> Floats:
    """The chance to be found on one half and confirmed on the other, in either direction.

    Both ask for many errors, so of one half the rarer of the two implies the other: the directions share that.
    """
    return np.asarray(2 * found * confirmed - np.minimum(found, confirmed) ** 2)


def _of_rates(
    errors: Floats, asked: Floats, share: float, searched: int, read: int, price: float, level: float
) -> Chances:
    """Binomial counts, the others' rate taken as that of all rows."""
    rate, n = float(errors.mean()), max(round(share * searched), 1)
    hits = np.arange(n + 1, dtype=np.float64)
    others = np.zeros(max(searched, n + 1))
    others[: round(rate * searched)] = 1.0
    stands_out = Rates(others).ratio(np.full(n + 1, float(n)), np.minimum(hits, others.sum())) >= price
    found = binom.sf(np.argmax(stands_out) - 1, n, asked) if stands_out.any() else np.zeros(len(asked))
    n = max(round(share * read), 1)
    counts = np.arange(n + 1)
    sure = binom.sf(counts, n, rate) + binom.pmf(counts, n, rate) / 2 <= level
    confirmed = binom.sf(np.argmax(sure) - 1, n, asked) if sure.any() else np.zeros(len(asked))
    return np.asarray(found), np.asarray(confirmed)


def _of_sizes(
    errors: Floats, asked: Floats, share: float, searched: int, read: int, price: float, level: float
) -> Chances:
    """Normal means of one spread."""
    away = (asked - errors.mean()) / max(float(errors.std()), 1e-300)
    found = ndtr(away * sqrt(share * searched) - sqrt(2 * price))
    return np.asarray(found), np.asarray(ndtr(away * sqrt(share * read) + ndtri(level)))
