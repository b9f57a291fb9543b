import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk

from reportgen.evidence.intervals import BCA, JACKKNIFE, ORDER, STUDENT
from reportgen.evidence.number_scores import explained, loss_columns, number_metrics, number_values, r2
from reportgen.evidence.predictions import NumberAnswers, number_answers


def _scores(actual, predicted):
    found = number_metrics(
        NumberAnswers("test", np.array(actual, float), np.array(predicted, float)), np.random.default_rng(0)
    )
    return {metric.name: metric for metric in found}


def test_values_are_scikit_learns(regression_subject):
    answers = number_answers(regression_subject, regression_subject.test)
    found = {metric.name: metric for metric in number_metrics(answers, np.random.default_rng(0))}
    truth, predicted = answers.actual, answers.predicted
    expected = {
        "r2": sk.r2_score(truth, predicted),
        "rmse": sk.root_mean_squared_error(truth, predicted),
        "mae": sk.mean_absolute_error(truth, predicted),
        "median_absolute_error": sk.median_absolute_error(truth, predicted),
        "bias": np.mean(predicted - truth),
    }
    assert {name: metric.value for name, metric in found.items()} == pytest.approx(expected)
    assert {name: metric.method for name, metric in found.items()} == {
        "r2": BCA,
        "rmse": BCA,
        "mae": BCA,
        "median_absolute_error": ORDER,
        "bias": STUDENT,
    }
    assert all(metric.low < metric.value < metric.high for metric in found.values())
    assert {metric.n for metric in found.values()} == {200}
    assert {name: metric.value for name, metric in found.items()} == number_values(answers)


def test_the_mean_error_is_students():
    error = np.array([1.0, -2.0, 0.5, 3.0])
    bias = _scores(np.zeros(4), error)["bias"]
    assert (bias.low, bias.high) == pytest.approx(tuple(stats.ttest_1samp(error, 0).confidence_interval()))


def test_a_target_without_spread_has_no_r2():
    found = _scores([2.0] * 8, [1.0, 2.0] * 4)
    assert (found["r2"].value, found["r2"].low, found["r2"].note) == (None, None, "constant_target")
    assert found["mae"].value == 0.5


def test_five_rows_have_a_median_but_no_interval_of_it():
    median = _scores(np.arange(5), np.arange(5) + 1.0)["median_absolute_error"]
    assert (median.value, median.low, median.note) == (1.0, None, "too_few_rows")


def test_one_row_has_a_mean_error_and_no_interval():
    found = _scores([1.0], [3.0])
    assert (found["bias"].value, found["bias"].low, found["r2"].value) == (2.0, None, None)


def test_a_far_offset_costs_no_digits():
    rng = np.random.default_rng(0)
    actual = 1e9 + rng.normal(size=50)
    predicted = actual + rng.normal(size=50)
    assert _scores(actual, predicted)["r2"].value == pytest.approx(sk.r2_score(actual, predicted), rel=1e-6)


def test_r2_of_means_is_r2():
    actual, error = np.array([1.0, 2.0, 4.0]), np.array([0.5, 0.0, -1.0])
    means = loss_columns(actual, error).mean(axis=0, keepdims=True)
    assert explained(means)[0] == pytest.approx(sk.r2_score(actual, actual + error))


def test_many_rows_need_no_redrawing():
    rng = np.random.default_rng(0)
    actual = rng.normal(size=6_000)
    r2 = _scores(actual, actual + rng.normal(scale=0.5, size=6_000))["r2"]
    assert r2.method == JACKKNIFE
    assert r2.low < r2.value < r2.high < r2.low + 0.05


def test_the_standard_error_of_r2_is_the_spread_of_repeated_samples():
    rng = np.random.default_rng(4)
    values, spreads = [], []
    for _ in range(400):
        truth = rng.normal(size=150)
        value, spread = r2(truth, truth + 0.5 * rng.normal(size=150))
        values.append(value)
        spreads.append(spread)
    assert np.mean(values) == pytest.approx(0.8, abs=0.01)
    assert np.mean(spreads) == pytest.approx(np.std(values), rel=0.1)


def test_a_target_without_spread_is_explained_by_nothing():
    assert r2(np.ones(5), np.ones(5)) == (0.0, 0.0)
