from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence.predictions import SMALLEST, class_answers, losses, number_answers, remember


def _counting(predict):
    asked = []

    def counted(x):
        asked.append(len(x))
        return predict(x)

    return counted, asked


def test_each_part_is_asked_once(binary_subject):
    predict, asked = _counting(binary_subject.predict)
    subject = remember(replace(binary_subject, predict=predict))
    for part in (subject.test, subject.train, subject.test, subject.train):
        assert np.array_equal(subject.predict(part.x), binary_subject.predict(part.x))
    assert asked == [200, 300]


def test_other_rows_are_asked_afresh_even_where_they_are_equal(binary_subject):
    predict, asked = _counting(binary_subject.predict)
    subject = remember(replace(binary_subject, predict=predict))
    for _ in range(2):
        subject.predict(subject.test.x[:5].copy())
    assert asked == [5, 5]


def test_baselines_are_remembered_each_for_itself(binary_subject):
    subject = remember(binary_subject)
    for before, after in zip(binary_subject.baselines, subject.baselines, strict=True):
        assert np.array_equal(after.predict(subject.test.x), before.predict(subject.test.x))


def test_answers_of_classes_are_held_against_the_truth(binary_subject):
    answers = class_answers(binary_subject, binary_subject.test)
    assert np.array_equal(answers.stated, answers.probabilities[:, 1])
    assert np.array_equal(answers.happened, binary_subject.test.y == 1)
    assert np.array_equal(answers.correct, (answers.probabilities[:, 1] > 0.5) == (binary_subject.test.y == 1))
    assert answers.table.sum() == 200
    assert answers.table.trace() == answers.correct.sum()


def test_the_positive_class_may_be_the_first(binary_subject):
    turned = replace(binary_subject, task=binary_subject.task.model_copy(update={"positive": "no"}))
    answers = class_answers(turned, turned.test)
    assert np.array_equal(answers.stated, answers.probabilities[:, 0])
    assert np.array_equal(answers.happened, turned.test.y == 0)


def test_of_more_classes_it_is_the_predicted_one_that_is_stated(multiclass_subject):
    answers = class_answers(multiclass_subject, multiclass_subject.test)
    assert np.array_equal(answers.stated, answers.probabilities.max(axis=1))
    assert np.array_equal(answers.happened, answers.correct)


def test_errors_are_predicted_minus_actual(regression_subject):
    answers = number_answers(regression_subject, regression_subject.test)
    expected = regression_subject.predict(regression_subject.test.x) - regression_subject.test.y
    assert np.array_equal(answers.error, expected)


def test_losses_are_minus_log_probability_and_squared_error():
    chances = np.array([[0.25, 0.75], [1.0, 0.0]])
    assert losses(chances, np.array([0, 1])).tolist() == pytest.approx([np.log(4), -np.log(SMALLEST)])
    assert losses(np.array([3.0]), np.array([1.0])).tolist() == [4.0]
