from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence import performance
from reportgen.evidence.class_scores import accuracy, roc_auc
from reportgen.evidence.number_scores import number_metrics
from reportgen.evidence.predictions import ClassAnswers, NumberAnswers

CLASS_NAMES = [
    "accuracy",
    "error_rate",
    "balanced_accuracy",
    "f1_macro",
    "roc_auc",
    "log_loss",
    "brier",
    "ece",
    "mean_class_difference",
]
NUMBER_NAMES = ["r2", "rmse", "mae", "median_absolute_error", "bias"]
PARTS = ["train", "validation", "test"]


@pytest.mark.parametrize("fixture", ["binary_subject", "multiclass_subject", "regression_subject"])
def test_every_part_is_scored_and_single_classes_on_test_rows_alone(fixture, request):
    subject = request.getfixturevalue(fixture)
    found = [(metric.split, metric.name, metric.of) for metric in performance.measure(subject)]
    names = CLASS_NAMES if subject.classifies else NUMBER_NAMES
    single = [("test", name, of) for of in subject.task.classes for name in ("precision", "recall", "f1")]
    assert found == [(part, name, None) for part in PARTS for name in names] + single


def test_each_part_is_scored_on_its_own_rows(binary_subject):
    found = {(m.name, m.split): m for m in performance.measure(binary_subject)}
    for part in (binary_subject.train, binary_subject.validation, binary_subject.test):
        right = (binary_subject.predict(part.x).argmax(axis=1) == part.y).sum()
        assert found["accuracy", part.name].value == right / len(part.y)
        assert found["accuracy", part.name].n == len(part.y)


def test_the_seed_decides(regression_subject):
    first = performance.measure(regression_subject)
    assert performance.measure(regression_subject) == first
    assert performance.measure(replace(regression_subject, seed=1)) != first


def test_a_part_of_one_class_has_no_area_and_says_so(binary_subject):
    test = replace(binary_subject.test, y=np.zeros_like(binary_subject.test.y))
    metrics = performance.measure(replace(binary_subject, test=test))
    area = next(m for m in metrics if (m.name, m.split) == ("roc_auc", "test"))
    assert (area.value, area.note) == (None, "one_class")


def _share(holds):
    return np.mean([holds(np.random.default_rng([17, draw])) for draw in range(400)])


def _holds(metric, truth):
    return metric.low <= truth <= metric.high


@pytest.mark.slow
@pytest.mark.parametrize("n", [30, 200])
def test_intervals_of_accuracy_hold_the_truth_95_times_of_100(n):
    def holds(rng):
        correct = rng.random(n) < 0.85
        stated = np.where(correct[:, None], [0.9, 0.1], [0.1, 0.9])
        return _holds(accuracy(ClassAnswers("test", np.zeros(n, dtype=int), stated, 1), rng), 0.85)

    assert 0.90 <= _share(holds) <= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("n", [30, 200])
def test_intervals_of_the_area_hold_the_truth_95_times_of_100(n):
    def holds(rng):
        actual = (np.arange(n) % 3 == 0).astype(int)
        score = 1 / (1 + np.exp(-rng.normal(1.5 * actual)))
        stated = np.column_stack([1 - score, score])
        return _holds(roc_auc(ClassAnswers("test", actual, stated, 1), rng), 0.8555778)  # Phi(1.5 / sqrt 2)

    assert 0.90 <= _share(holds) <= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("n", [40, 200])
def test_intervals_of_r2_hold_the_truth_95_times_of_100(n):
    def holds(rng):
        predicted = rng.normal(size=n)
        actual = predicted + rng.normal(scale=0.5, size=n)
        return _holds(number_metrics(NumberAnswers("test", actual, predicted), rng)[0], 0.8)  # 1 - 0.25 / 1.25

    assert 0.90 <= _share(holds) <= 0.99
