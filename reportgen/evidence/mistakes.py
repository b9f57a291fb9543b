"""All evidence about mistakes on test rows, down to the single rows."""

import numpy as np
import numpy.typing as npt

from reportgen.evidence import confusion, residuals
from reportgen.evidence.base import Subject
from reportgen.evidence.predictions import ClassAnswers, NumberAnswers, class_answers, number_answers
from reportgen.evidence.values import as_short_text, as_text
from reportgen.records.mistakes import ErrorRow, Errors

MOST_ROWS = 100
MOST_VALUES = 8


def measure(subject: Subject) -> Errors:
    """Gather the mistakes of a classifier, or of a model of numbers."""
    return _of_classes(subject) if subject.classifies else _of_numbers(subject)


def _of_classes(subject: Subject) -> Errors:
    answers, classes = class_answers(subject, subject.test), subject.task.classes
    return Errors(
        measure="error_rate",
        confusion=confusion.count(answers, classes),
        mean_class_difference=float(np.abs(answers.predicted - answers.actual).mean()),
        ordered=subject.task.ordered,
        mixups=confusion.mixups(answers, classes),
        rows=_surest_wrong(subject, answers),
        wrong_rows=tuple(sorted(int(row) for row in subject.test.rows[~answers.correct])),
    )


def _of_numbers(subject: Subject) -> Errors:
    answers = number_answers(subject, subject.test)
    return Errors(measure="mean_absolute_error", rows=_farthest(subject, answers), residuals=residuals.measure(answers))


def _surest_wrong(subject: Subject, answers: ClassAnswers) -> tuple[ErrorRow, ...]:
    classes, sure = subject.task.classes, answers.probabilities.max(axis=1)
    wrong = np.flatnonzero(~answers.correct)
    return tuple(
        ErrorRow(
            row=int(subject.test.rows[at]),
            actual=classes[answers.actual[at]],
            predicted=classes[answers.predicted[at]],
            probability=float(sure[at]),
            values=_values(subject, at),
        )
        for at in _top(wrong, sure)
    )


def _farthest(subject: Subject, answers: NumberAnswers) -> tuple[ErrorRow, ...]:
    missed = np.flatnonzero(answers.error)
    return tuple(
        ErrorRow(
            row=int(subject.test.rows[at]),
            actual=as_text(answers.actual[at]),
            predicted=as_text(answers.predicted[at]),
            error=float(answers.error[at]),
            values=_values(subject, at),
        )
        for at in _top(missed, np.abs(answers.error))
    )


def _top(rows: npt.NDArray[np.intp], size: npt.NDArray[np.floating]) -> list[int]:
    """The rows of the largest size, the first of equals first."""
    return [int(at) for at in rows[np.argsort(-size[rows], kind="stable")][:MOST_ROWS]]


def _values(subject: Subject, at: int) -> tuple[tuple[str, str], ...]:
    row = subject.test.frame.iloc[at]
    return tuple((name, as_short_text(row[name])) for name in subject.features[:MOST_VALUES])
