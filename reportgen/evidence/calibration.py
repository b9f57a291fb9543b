"""Whether what the network states as a probability comes true that often."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, NotApplicable, Subject
from reportgen.evidence.intervals import LEVEL, RESAMPLES, Bounds, bootstrap, rate_interval
from reportgen.evidence.predictions import ClassAnswers, class_answers, losses
from reportgen.records.network import Calibration, Metric, ReliabilityBin

MOST_BINS = 10
ROWS_A_BIN = 10

METHOD = "bins of equal counts, Wilson score"
SIMULATED = f"{RESAMPLES:,} simulated outcomes"

TEMPERED = ("log_loss", "ece")
"""The numbers that are shown without and with the temperature."""

_STREAM = 113


def measure(subject: Subject, scores: tuple[Metric, ...] = ()) -> Calibration:
    """Hold stated probabilities of test rows against what happened, in bins of equal counts.

    `scores` are the network's metrics: those of test rows say how it does with its temperature.
    """
    if not subject.classifies:
        raise NotApplicable("needs_classes")
    answers = class_answers(subject, subject.test)
    stated, observed, sizes = reliability(answers)
    bins = tuple(_bin(*one) for one in zip(stated, observed, sizes, strict=True))
    about = "predicted" if answers.positive is None else "positive"
    found = Calibration(about=about, bins=bins, n=len(answers.actual), method=METHOD)  # type: ignore[arg-type]
    return found.model_copy(update=_tempering(subject, answers, scores))


def _tempering(subject: Subject, answers: ClassAnswers, scores: tuple[Metric, ...]) -> dict[str, Any]:
    """What the temperature changed on test rows, which had no part in finding it; nothing where none was looked for."""
    temperature = subject.model.settings.get("temperature")
    if temperature is None:
        return {}
    held = {one.name: one for one in scores if one.split == answers.split and one.of is None}
    after = tuple(held[name] for name in TEMPERED if name in held)
    if temperature == 1:
        return {"temperature": 1.0, "before": after, "after": after}
    rng = np.random.default_rng([subject.seed, _STREAM])
    before = replace(answers, probabilities=untempered(answers.probabilities, float(temperature)))
    surprises, now = losses(before.probabilities, before.actual), losses(answers.probabilities, answers.actual)
    loss = bootstrap(surprises[:, None], lambda means: means[:, 0], rng)
    loss = loss._replace(low=max(loss.low, 0.0))
    gain = bootstrap((surprises - now)[:, None], lambda means: means[:, 0], rng)
    return {
        "temperature": float(temperature),
        "before": (
            _metric("log_loss", before, float(surprises.mean()), loss),
            _metric("ece", before, *expected_error(before, rng)),
        ),
        "after": after,
        "gain": _metric("log_loss", answers, float((surprises - now).mean()), gain),
    }


def _metric(name: str, answers: ClassAnswers, value: float, bounds: Bounds) -> Metric:
    low, high, method = bounds
    n = len(answers.actual)
    return Metric(name=name, split=answers.split, value=value, low=low, high=high, n=n, method=method)


def untempered(probabilities: Floats, temperature: float) -> Floats:
    """Undo a temperature: softmax of scores over T, raised to the power T, is softmax of the scores once it sums to 1.

    Shape (rows, classes); the temperature is that of Guo et al. 2017 (ICML).
    """
    if temperature == 1.0:
        return probabilities
    powers = (probabilities / probabilities.max(axis=1, keepdims=True)) ** temperature
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


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
