"""How far predicted numbers lie from actual ones, and to which side."""

import numpy as np

from reportgen.evidence.clusters import rate_effect
from reportgen.evidence.intervals import mean_interval
from reportgen.evidence.predictions import NumberAnswers
from reportgen.records.mistakes import Residuals

MOST_POINTS = 1_000


def measure(answers: NumberAnswers) -> Residuals | None:
    """Sum up predicted minus actual; points are drawn evenly along the actual numbers. One row has no spread: None."""
    error, n = answers.error, len(answers.actual)
    if n < 2:
        return None
    low, high = mean_interval(error, effect=rate_effect(error, answers.units))
    shown = np.argsort(answers.actual, kind="stable")[np.linspace(0, n - 1, min(n, MOST_POINTS)).astype(int)]
    return Residuals(
        mean=float(error.mean()),
        low=low,
        high=high,
        standard_deviation=float(error.std(ddof=1)),
        median_absolute=float(np.median(np.abs(error))),
        actual=tuple(answers.actual[shown].tolist()),
        predicted=tuple(answers.predicted[shown].tolist()),
        n=n,
    )
