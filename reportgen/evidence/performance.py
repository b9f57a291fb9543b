"""How well the network predicts the rows of each part."""

import numpy as np

from reportgen.evidence.base import Part, Subject
from reportgen.evidence.class_scores import SCORES, class_metrics
from reportgen.evidence.number_scores import number_metrics
from reportgen.evidence.predictions import class_answers, number_answers
from reportgen.records.network import Metric

_STREAM = 101


def measure(subject: Subject) -> tuple[Metric, ...]:
    """Score training, validation and test rows; single classes on test rows alone."""
    parts = (subject.train, subject.validation, subject.test)
    score = _score_classes if subject.classifies else _score_numbers
    whole = tuple(metric for number, part in enumerate(parts) for metric in score(subject, part, number))
    if not subject.classifies:
        return whole
    return whole + class_metrics(class_answers(subject, subject.test), subject.task.classes)


def _score_classes(subject: Subject, part: Part, number: int) -> tuple[Metric, ...]:
    answers = class_answers(subject, part)
    rng = np.random.default_rng([subject.seed, _STREAM, number])
    return tuple(score(answers, rng) for score in SCORES)


def _score_numbers(subject: Subject, part: Part, number: int) -> tuple[Metric, ...]:
    rng = np.random.default_rng([subject.seed, _STREAM, number])
    return number_metrics(number_answers(subject, part), rng)
