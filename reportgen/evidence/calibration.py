"""Whether what the network states as a probability comes true that often."""

import math
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from reportgen.evidence import brier
from reportgen.evidence.base import Floats, NotApplicable, Subject
from reportgen.evidence.brier import equal_counts
from reportgen.evidence.clusters import on, rate_effect, told
from reportgen.evidence.intervals import Bounds, bootstrap, rate_interval
from reportgen.evidence.predictions import ClassAnswers, class_answers, losses
from reportgen.records.network import Calibration, Metric, ReliabilityBin

METHOD = "bins of equal counts, Wilson score"
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
    effects = _effects(answers, len(sizes))
    bins = tuple(_bin(*one) for one in zip(stated, observed, sizes, effects, strict=True))
    about: Literal["predicted", "positive"] = "predicted" if answers.positive is None else "positive"
    found = Calibration(
        about=about,
        bins=bins,
        n=len(answers.actual),
        method=told(METHOD, answers.units),
        brier=brier.measure(answers),
    )
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
    loss = bootstrap(surprises[:, None], lambda means: means[:, 0], rng, answers.units)
    loss = loss._replace(low=max(loss.low, 0.0))
    gain = bootstrap((surprises - now)[:, None], lambda means: means[:, 0], rng, answers.units)
    return {
        "temperature": float(temperature),
        "before": (
            _metric("log_loss", before, float(surprises.mean()), loss),
            _metric("ece", before, *expected_error(before)),
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
    """Find for each bin the mean stated probability, the share that came true, and the rows."""
    stated, happened = answers.stated, answers.happened
    numbers = equal_counts(stated)
    sizes = np.bincount(numbers)
    return np.bincount(numbers, stated) / sizes, np.bincount(numbers, happened) / sizes, sizes


def calibration_error(answers: ClassAnswers) -> float:
    """Tell how far stated lies from observed: root mean square over groups of rows, cleared of chance.

    The root of Brier's reliability part, or the l2 calibration error, whose estimate can be cleared of chance (Kumar,
    Liang and Ma 2019, NeurIPS) and has an interval that holds whatever the shape of the curve (Sun et al. 2024, arXiv
    2408.08998). The mean absolute distance (Naeini et al. 2015, AAAI) has neither: noise alone makes it large.
    """
    return expected_error(answers)[0]


def expected_error(answers: ClassAnswers) -> tuple[float, Bounds]:
    """The calibration error and its interval, which reaches 0 where chance alone explains the distances."""
    squared, bounds = brier.reliability(brier.grouped(answers), float(answers.stated.mean()))
    method = told(bounds.method, answers.units)
    return math.sqrt(squared), Bounds(math.sqrt(bounds.low), math.sqrt(bounds.high), method)


def _effects(answers: ClassAnswers, bins: int) -> list[float]:
    """The design effect of each bin's observed share."""
    numbers = equal_counts(answers.stated)
    return [rate_effect(answers.happened[numbers == at], on(answers.units, numbers == at)) for at in range(bins)]


def _bin(stated: float, observed: float, size: int, effect: float) -> ReliabilityBin:
    low, high = rate_interval(observed * size / effect, size / effect)
    return ReliabilityBin(stated=float(stated), observed=float(observed), low=low, high=high, n=int(size))
