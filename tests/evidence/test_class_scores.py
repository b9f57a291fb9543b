import tracemalloc

import numpy as np
import pytest
from sklearn import metrics as sk

from reportgen.evidence import class_scores
from reportgen.evidence.class_scores import AVERAGED, FEW, MOVER, SCORES, STRETCHED, class_metrics, class_values
from reportgen.evidence.intervals import BCA, WILSON, rate_interval
from reportgen.evidence.predictions import ClassAnswers, class_answers

ABC = ("a", "b", "c")


def _answers(actual, predicted, classes=3, positive=None, sure=0.9):
    stated = np.full((len(actual), classes), (1 - sure) / (classes - 1))
    stated[np.arange(len(actual)), predicted] = sure
    return ClassAnswers("test", np.array(actual), stated, positive)


def _score(name, answers):
    return getattr(class_scores, name)(answers, np.random.default_rng(0))


@pytest.fixture(params=["binary_subject", "multiclass_subject"])
def answers(request):
    subject = request.getfixturevalue(request.param)
    return class_answers(subject, subject.test)


def test_values_are_scikit_learns(answers):
    truth, stated, predicted = answers.actual, answers.probabilities, answers.predicted
    binary = answers.positive is not None
    expected = {
        "accuracy": sk.accuracy_score(truth, predicted),
        "error_rate": sk.zero_one_loss(truth, predicted),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, predicted),
        "f1_macro": sk.f1_score(truth, predicted, average="macro"),
        "roc_auc": sk.roc_auc_score(truth, stated[:, 1] if binary else stated, multi_class="ovr"),
        "log_loss": sk.log_loss(truth, stated),
        "brier": sk.brier_score_loss(truth, stated[:, 1] if binary else stated),
        "mean_class_difference": np.abs(truth - predicted).mean(),
    }
    found = {name: _score(name, answers).value for name in expected}
    assert found == pytest.approx(expected)


def test_every_score_has_its_interval_its_rows_and_its_method(answers):
    for score in SCORES:
        metric = score(answers, np.random.default_rng(0))
        assert metric.name == score.__name__
        assert metric.low < metric.value < metric.high or metric.name == "ece"
        assert 0 <= metric.low <= metric.value <= metric.high
        assert (metric.n, metric.level, metric.note) == (200, 0.95, None)
        assert metric.method


def test_values_without_intervals_are_the_same_to_the_last_digit(answers):
    assert class_values(answers) == {s.__name__: s(answers, np.random.default_rng(0)).value for s in SCORES}


def test_single_classes_are_scikit_learns(multiclass_subject):
    answers = class_answers(multiclass_subject, multiclass_subject.test)
    found = class_metrics(answers, multiclass_subject.task.classes)
    table = sk.precision_recall_fscore_support(answers.actual, answers.predicted)
    for at, name in enumerate(("precision", "recall", "f1")):
        metrics = [metric for metric in found if metric.name == name]
        assert [metric.of for metric in metrics] == ["1", "2", "3"]
        assert [metric.value for metric in metrics] == pytest.approx(table[at])
        assert all(metric.low < metric.value < metric.high for metric in metrics)


def test_a_class_never_predicted_has_no_precision_and_one_never_seen_no_recall():
    found = {(m.name, m.of): m for m in class_metrics(_answers([0, 0, 1], [0, 0, 0]), ABC)}
    precision, recall, f1 = (found[name, of] for name, of in (("precision", "b"), ("recall", "c"), ("f1", "c")))
    assert (precision.value, precision.n, precision.note) == (None, 0, "never_predicted")
    assert (recall.value, recall.n, recall.note) == (None, 0, "class_absent")
    assert (f1.value, f1.note) == (None, "class_absent")
    assert found["recall", "b"].value == 0.0


def test_f1_is_a_rate_in_disguise():
    answers = _answers([0] * 30 + [1] * 20, [0] * 24 + [1] * 6 + [1] * 16 + [0] * 4, classes=2, positive=1)
    f1 = next(m for m in class_metrics(answers, ("no", "yes")) if (m.name, m.of) == ("f1", "yes"))
    low, high = rate_interval(16, 26)
    assert (f1.value, f1.low, f1.high) == pytest.approx((32 / 42, 2 * low / (1 + low), 2 * high / (1 + high)))
    assert f1.n == 26


def test_a_class_that_is_not_there_is_left_out_and_said_to_be():
    answers = _answers([0, 0, 1, 1], [0, 0, 1, 0])
    balanced = _score("balanced_accuracy", answers)
    assert (balanced.value, balanced.note, balanced.method) == (0.75, "class_absent", MOVER)
    assert _score("roc_auc", answers).note == "class_absent"


def test_of_one_class_alone_there_is_no_area():
    area = _score("roc_auc", _answers([1, 1], [1, 1], classes=2, positive=1))
    assert (area.value, area.low, area.high, area.note) == (None, None, None, "one_class")
    assert class_values(_answers([1, 1], [1, 1], classes=2, positive=1))["roc_auc"] is None


def test_thirty_right_answers_are_not_certainty():
    answers = _answers([0, 1, 2] * 10, [0, 1, 2] * 10)
    upper = rate_interval(0, 30)[1]
    difference = _score("mean_class_difference", answers)
    assert (difference.value, difference.low, difference.method) == (0.0, 0.0, STRETCHED)
    assert difference.high == pytest.approx(2 * upper)
    f1 = _score("f1_macro", answers)
    low = rate_interval(10, 10)[0]
    assert (f1.value, f1.high, f1.method) == (1.0, 1.0, AVERAGED)
    assert f1.low == pytest.approx(2 * low / (1 + low))
    assert _score("balanced_accuracy", answers).low == pytest.approx(1 - (1 - low) / 3**0.5)
    assert _score("roc_auc", answers).low < 1


def test_from_ten_errors_on_rows_are_redrawn():
    actual = np.array([0, 1, 2] * 40)
    predicted = actual.copy()
    predicted[:FEW] = (actual[:FEW] + 1) % 3
    assert _score("f1_macro", _answers(actual, predicted)).method == BCA
    assert _score("mean_class_difference", _answers(actual, predicted)).method == BCA


def test_of_two_classes_the_difference_is_the_error_rate():
    answers = _answers([0] * 10 + [1] * 10, [0] * 7 + [1] * 13, classes=2, positive=1)
    rate, difference = _score("error_rate", answers), _score("mean_class_difference", answers)
    assert (difference.value, difference.low, difference.high) == (rate.value, rate.low, rate.high)
    assert difference.method == WILSON


def test_a_probability_of_zero_for_the_truth_costs_much_and_not_infinitely():
    loss = _score("log_loss", _answers([0, 1], [1, 1], sure=1.0))
    assert loss.value == pytest.approx(-np.log(np.finfo(np.float32).eps) / 2)


@pytest.mark.parametrize("classes", [3, 12, 40])
def test_many_classes_have_the_intervals_of_few_without_redrawn_tables(classes, monkeypatch):
    rng = np.random.default_rng(classes)
    actual = rng.integers(0, classes, 60 * classes)
    predicted = np.where(rng.random(len(actual)) < 0.75, actual, rng.integers(0, classes, len(actual)))
    answers = _answers(actual, predicted, classes=classes)
    redrawn = [_score(name, answers) for name in ("f1_macro", "mean_class_difference")]
    monkeypatch.setattr(class_scores, "MANY_CLASSES", 2)
    by_rows = [_score(name, answers) for name in ("f1_macro", "mean_class_difference")]
    for one, other in zip(redrawn, by_rows, strict=True):
        assert one.value == other.value
        width = one.high - one.low
        assert other.low == pytest.approx(one.low, abs=0.2 * width)
        assert other.high == pytest.approx(one.high, abs=0.2 * width)
    assert by_rows[0].method == class_scores.DELTA


def test_five_hundred_classes_take_little_memory():
    rng = np.random.default_rng(0)
    actual = rng.integers(0, 500, 3_000)
    answers = _answers(actual, np.where(rng.random(3_000) < 0.5, actual, rng.integers(0, 500, 3_000)), classes=500)
    tracemalloc.start()
    for name in ("f1_macro", "mean_class_difference"):
        _score(name, answers)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6  # 466 GiB before
