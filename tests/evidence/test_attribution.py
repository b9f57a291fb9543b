from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence import attribution
from reportgen.evidence.attribution import integrated_gradients


def test_a_linear_model_is_taken_apart_exactly(regression_subject):
    slopes = np.array([3.0, 0.0, 0.0, 0.5, 1.0])
    rows = regression_subject.test.x[:7]
    away = rows - regression_subject.train.x.mean(axis=0, dtype=np.float64)
    expected = np.stack([away[:, 0] * 3, away[:, 1] * 0, away[:, 2:] @ slopes[2:]], axis=1)
    found = integrated_gradients(regression_subject, rows, 0)
    assert found.contributions == pytest.approx(expected)
    assert found.output == pytest.approx(regression_subject.predict(rows), rel=1e-5)
    assert found.base == pytest.approx(5 + regression_subject.train.x.mean(axis=0) @ slopes, rel=1e-5)
    assert found.steps.tolist() == [attribution.FIRST_STEPS] * 7


@pytest.mark.parametrize("output", [0, 1, 2])
def test_contributions_add_up_on_every_output(multiclass_subject, output):
    found = integrated_gradients(multiclass_subject, multiclass_subject.test.x, output)
    assert found.contributions.sum(axis=1) + found.gap == pytest.approx(found.output - found.base)
    assert np.all(np.abs(found.gap) <= 0.01 * np.abs(found.output - found.base) + 1e-5)


def test_a_square_is_integrated_exactly_and_a_kink_with_more_steps(regression_subject):
    def square(x, _output):
        return (x.astype(np.float64) ** 2).sum(axis=1), 2 * x.astype(np.float64)

    def kink(x, _output):
        return np.maximum(x[:, 0].astype(np.float64) - 1.2345, 0), (x > 1.2345) * np.eye(5)[0]

    rows = regression_subject.test.x[:20]
    base = regression_subject.train.x.mean(axis=0, dtype=np.float64)
    smooth = integrated_gradients(replace(regression_subject, gradients=square), rows, 0)
    assert smooth.contributions[:, 0] == pytest.approx(rows[:, 0].astype(float) ** 2 - base[0] ** 2, rel=1e-4, abs=1e-5)
    high = rows.copy()
    high[:, 0] = 1.3
    bent = integrated_gradients(replace(regression_subject, gradients=kink), high, 0)
    assert bent.steps.max() > attribution.FIRST_STEPS
    assert bent.steps.max() <= attribution.MOST_STEPS


def test_the_steps_stop_at_a_bound(regression_subject):
    def liar(x, _output):
        return x[:, 0].astype(np.float64), np.zeros(x.shape)

    found = integrated_gradients(replace(regression_subject, gradients=liar), regression_subject.test.x[:3], 0)
    assert found.steps.tolist() == [attribution.MOST_STEPS] * 3
    assert found.gap == pytest.approx(found.output - found.base)


def test_blocks_change_nothing(binary_subject, monkeypatch):
    whole = integrated_gradients(binary_subject, binary_subject.test.x, 1)
    monkeypatch.setattr(attribution, "MOST_NUMBERS", 1_000)
    parts = integrated_gradients(binary_subject, binary_subject.test.x, 1)
    assert parts.contributions.tolist() == whole.contributions.tolist()
