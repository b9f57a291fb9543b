"""Whether what the network states as a probability comes true that often."""

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, NotApplicable, Subject
from reportgen.evidence.intervals import LEVEL, RESAMPLES, Bounds, rate_interval
from reportgen.evidence.predictions import ClassAnswers, class_answers
from reportgen.records.network import Calibration, ReliabilityBin

MOST_BINS = 10
ROWS_A_BIN = 10

METHOD = "bins of equal counts, Wilson score"
SIMULATED = f"{RESAMPLES:,} simulated outcomes"


def measure(subject: Subject) -> Calibration:
    """Hold stated probabilities of test rows against what happened, in bins of equal counts."""
    if not subject.classifies:
        raise NotApplicable("needs_classes")
    answers = class_answers(subject, subject.test)
    stated, observed, sizes = reliability(answers)
    bins = tuple(_bin(*one) for one in zip(stated, observed, sizes, strict=True))
    about = "predicted" if answers.positive is None else "positive"
    return Calibration(about=about, bins=bins, n=len(answers.actual), method=METHOD)  # type: ignore[arg-type]


def reliability(answers: ClassAnswers) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
    """Find for each bin the mean stated probability, the share that came true, and the rows.

    Equal counts rather than equal widths (Nguyen and O'Connor 2015, EMNLP), with ten rows a bin at least; equal
    probabilities share a bin.
    """
    stated, happened = answers.stated, answers.happened
    count = int(np.clip(len(stated) // ROWS_A_BIN, 1, MOST_BINS))
    edges = np.quantile(stated, np.linspace(0, 1, count + 1)[1:-1])
    _, numbers = np.unique(np.searchsorted(np.unique(edges), stated, side="right"), return_inverse=True)
    sizes = np.bincount(numbers)
    return np.bincount(numbers, stated) / sizes, np.bincount(numbers, happened) / sizes, sizes


def calibration_error(answers: ClassAnswers) -> float:
    """Average the distance of stated from observed over bins (ECE: Naeini et al. 2015, AAAI)."""
    stated, observed, sizes = reliability(answers)
    return float(sizes / sizes.sum() @ np.abs(observed - stated))


def expected_error(answers: ClassAnswers, rng: np.random.Generator) -> tuple[float, Bounds]:
    """The calibration error and its interval.

    Chance alone parts the two rates of a bin, by no more than its share of outcomes simulated from the observed rates
    in 95 of 100 draws; by the triangle inequality the true value lies no farther than that from the measured one.
    The rates are drawn towards one half (Agresti and Coull 1998, Am Stat 52:119), else few rows show too little noise.
    """
    _, observed, sizes = reliability(answers)
    shares, value = sizes / sizes.sum(), calibration_error(answers)
    rates = (observed * sizes + 2) / (sizes + 4)
    noise = np.abs(rng.binomial(sizes, rates, size=(RESAMPLES, len(sizes))) / sizes - rates) @ shares
    reach = float(np.quantile(noise, LEVEL))
    return value, Bounds(max(value - reach, 0.0), min(value + reach, 1.0), SIMULATED)


def _bin(stated: float, observed: float, size: int) -> ReliabilityBin:
    low, high = rate_interval(observed * size, size)
    return ReliabilityBin(stated=float(stated), observed=float(observed), low=low, high=high, n=int(size))
