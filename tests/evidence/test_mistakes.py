from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen.evidence import confusion, mistakes, residuals
from reportgen.evidence.attribution import integrated_gradients
from reportgen.evidence.error_parts import take_apart
from reportgen.evidence.mistakes import MOST_ROWS
from reportgen.evidence.predictions import class_answers, number_answers
from reportgen.records.mistakes import ErrorRow


def _small(subject, y, predicted):
    test = subject.test
    part = replace(
        test,
        x=test.x[: len(y)],
        y=np.asarray(y),
        rows=np.arange(len(y)) + 70,
        frame=pd.DataFrame(
            {
                "size": [1.5, np.nan, 2.0, 3.25][: len(y)],
                "weight": [7.0] * len(y),
                "colour": ["red", None, "x" * 90, "blue"][: len(y)],
            }
        ),
    )
    return replace(subject, test=part, predict=lambda x: np.asarray(predicted))


def test_the_surest_wrong_answers_lead(binary_subject):
    stated = [[0.9, 0.1], [0.3, 0.7], [0.05, 0.95], [0.2, 0.8]]
    found = mistakes.measure(_small(binary_subject, [0, 0, 0, 1], stated))
    assert found.rows == (
        ErrorRow(
            row=72,
            actual="no",
            predicted="yes",
            probability=0.95,
            values=(("size", "2"), ("weight", "7"), ("colour", "x" * 59 + "…")),
        ),
        ErrorRow(
            row=71,
            actual="no",
            predicted="yes",
            probability=0.7,
            values=(("size", ""), ("weight", "7"), ("colour", "")),
        ),
    )
    assert (found.measure, found.mean_class_difference, found.residuals) == ("error_rate", 0.5, None)


def test_the_farthest_numbers_lead_and_a_hit_is_no_mistake(regression_subject):
    found = mistakes.measure(_small(regression_subject, [1.0, 2.0, 3.0], [1.0, 2.5, -7.0]))
    assert [(row.row, row.actual, row.predicted, row.error) for row in found.rows] == [
        (72, "3", "-7", -10.0),
        (71, "2", "2.5", 0.5),
    ]
    assert all(row.probability is None for row in found.rows)
    assert (found.measure, found.confusion, found.mixups) == ("mean_absolute_error", None, ())


def test_a_classifier_is_seen_through_its_confusion(multiclass_subject):
    found = mistakes.measure(multiclass_subject)
    answers, classes = class_answers(multiclass_subject, multiclass_subject.test), multiclass_subject.task.classes
    assert found.confusion == confusion.count(answers, classes)
    assert found.mixups == confusion.mixups(answers, classes)
    assert found.mean_class_difference == np.abs(answers.predicted - answers.actual).mean()
    assert found.ordered
    assert len(found.rows) == min(MOST_ROWS, int(np.count_nonzero(~answers.correct)))
    sure = [row.probability for row in found.rows]
    assert sure == sorted(sure, reverse=True)
    assert all(row.actual != row.predicted for row in found.rows)


def test_only_the_surest_hundred_are_kept(binary_subject):
    test, sure = binary_subject.test, np.linspace(0.51, 0.99, 200)
    wrong = replace(
        binary_subject,
        predict=lambda x: np.column_stack([sure, 1 - sure]),
        test=replace(test, y=np.ones(200, dtype=int)),
    )
    kept = mistakes.measure(wrong).rows
    assert len(kept) == MOST_ROWS == 100
    assert (kept[0].probability, kept[-1].probability) == (sure[-1], sure[100])


@pytest.mark.parametrize("task", ["binary_subject", "multiclass_subject", "regression_subject"])
def test_what_is_listed_is_taken_apart_and_adds_up(task, request):
    subject = request.getfixturevalue(task)
    assert take_apart(subject, ()) == ()
    for row in take_apart(subject, mistakes.measure(subject).rows[:7]):
        at = int(np.flatnonzero(subject.test.rows == row.row)[0])
        output = subject.task.classes.index(row.predicted) if subject.classifies else 0
        path = integrated_gradients(subject, subject.test.x[[at]], output, most=64)
        assert sum(part.contribution for part in row.parts) == pytest.approx(path.contributions.sum(), abs=1e-6)
        sizes = [abs(part.contribution) for part in row.parts if part.feature]
        assert sizes == sorted(sizes, reverse=True)
        assert len(sizes) == min(6, len(subject.features))


def test_numbers_are_seen_through_their_residuals(regression_subject):
    answers = number_answers(regression_subject, regression_subject.test)
    assert mistakes.measure(regression_subject).residuals == residuals.measure(answers)
    assert mistakes.measure(_small(regression_subject, [1.0], [2.0])).residuals is None


def test_rows_are_those_of_the_file(binary_subject):
    test = binary_subject.test
    for row in mistakes.measure(binary_subject).rows:
        at = int(np.flatnonzero(test.rows == row.row)[0])
        assert binary_subject.task.classes[test.y[at]] == row.actual
        assert dict(row.values)["colour"] == test.frame["colour"].iloc[at]


def test_all_wrong_rows_are_listed_by_their_numbers_for_classes_alone(binary_subject, regression_subject):
    stated = [[0.9, 0.1], [0.3, 0.7], [0.05, 0.95], [0.8, 0.2]]
    assert mistakes.measure(_small(binary_subject, [0, 0, 0, 1], stated)).wrong_rows == (71, 72, 73)
    assert mistakes.measure(regression_subject).wrong_rows is None
