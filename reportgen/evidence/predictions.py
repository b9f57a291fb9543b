"""What a model answers for the rows of a part, asked once and held against the truth."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, Part, Predict, Subject, Units
from reportgen.records.base import PartName

SMALLEST = float(np.finfo(np.float32).eps)
"""A probability below this is the network's rounding; its logarithm stops here."""


@dataclass(frozen=True)
class ClassAnswers:
    """Actual classes and stated probabilities of one part's rows; `positive` is the class a binary task is about.

    `units` numbers each row's group, None where rows are in none.
    """

    split: PartName
    actual: npt.NDArray[np.int64]
    probabilities: Floats
    positive: int | None
    units: Units | None = None

    @cached_property
    def predicted(self) -> npt.NDArray[np.int64]:
        """The class with the highest probability, the first of equals."""
        first: npt.NDArray[np.int64] = np.argmax(self.probabilities, axis=1)
        return first

    @cached_property
    def correct(self) -> npt.NDArray[np.bool_]:
        """Whether each row was got right."""
        return np.equal(self.predicted, self.actual)

    @property
    def cells(self) -> npt.NDArray[np.int64]:
        """The place of each row in the flattened table."""
        return np.asarray(self.actual * self.probabilities.shape[1] + self.predicted)

    @cached_property
    def table(self) -> npt.NDArray[np.int64]:
        """Rows counted by actual class (down) and predicted class (across)."""
        classes = self.probabilities.shape[1]
        return np.bincount(self.cells, minlength=classes * classes).reshape(classes, classes).astype(np.int64)

    @property
    def stated(self) -> Floats:
        """The probability of the positive class, or of the predicted one where there are more than two."""
        if self.positive is not None:
            return self.probabilities[:, self.positive]
        return np.take_along_axis(self.probabilities, self.predicted[:, None], axis=1)[:, 0]

    @property
    def happened(self) -> npt.NDArray[np.bool_]:
        """Whether what `stated` is about came true."""
        return self.correct if self.positive is None else np.equal(self.actual, self.positive)


@dataclass(frozen=True)
class NumberAnswers:
    """Actual and predicted numbers of one part's rows; `units` numbers each row's group, None where there are none."""

    split: PartName
    actual: npt.NDArray[np.float64]
    predicted: Floats
    units: Units | None = None

    @property
    def error(self) -> Floats:
        """Predicted minus actual."""
        return self.predicted - self.actual


def class_answers(subject: Subject, part: Part, predict: Predict | None = None) -> ClassAnswers:
    """Ask the network, or another model, for the classes of a part."""
    probabilities = np.asarray((predict or subject.predict)(part.x), dtype=np.float64)
    task = subject.task
    positive = task.classes.index(task.positive) if task.positive is not None else None
    return ClassAnswers(part.name, part.y.astype(np.int64), probabilities, positive, part.units)


def number_answers(subject: Subject, part: Part, predict: Predict | None = None) -> NumberAnswers:
    """Ask the network, or another model, for the numbers of a part."""
    predicted = np.asarray((predict or subject.predict)(part.x), dtype=np.float64)
    return NumberAnswers(part.name, part.y.astype(np.float64), predicted, part.units)


def losses(answers: Floats, y: npt.NDArray[Any]) -> Floats:
    """Each row's log loss, or its squared error where the answers are numbers."""
    answers = np.asarray(answers, dtype=np.float64)
    if answers.ndim == 1:
        return np.asarray((answers - y) ** 2)
    return np.asarray(-np.log(np.maximum(answers[np.arange(len(y)), y], SMALLEST)))


def remember(subject: Subject) -> Subject:
    """The same subject, whose models answer for the rows of a part only once however often they are asked."""
    parts = (subject.train, subject.validation, subject.test)
    baselines = tuple(replace(one, predict=_remembering(one.predict, parts)) for one in subject.baselines)
    networks = tuple(replace(one, predict=_remembering(one.predict, (one.test,))) for one in subject.refits.networks)
    refits = replace(subject.refits, networks=networks)
    return replace(subject, predict=_remembering(subject.predict, parts), baselines=baselines, refits=refits)


def _remembering(predict: Predict, parts: tuple[Part, ...]) -> Predict:
    known: dict[str, Floats] = {}

    def remembered(x: npt.NDArray[Any]) -> Floats:
        name = next((part.name for part in parts if part.x is x), None)
        if name is None:
            return predict(x)
        if name not in known:
            known[name] = predict(x)
            known[name].flags.writeable = False
        return known[name]

    return remembered
