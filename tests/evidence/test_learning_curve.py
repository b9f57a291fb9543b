"""Learning curves of known truth: what is told of twice the rows, and when nothing is."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from reportgen.evidence import learning_curve
from reportgen.evidence.base import NotApplicable, Shrinking, Smaller
from reportgen.evidence.learning_curve import Nets, curve, power_law
from tests.evidence.parts import some

SHARES = np.array([1 / 8, 1 / 4, 1 / 2, 1.0])
WEIGHTS = 2 * np.sqrt(SHARES)


def nets(rows, a, b, c, spread, rng, draws=2, each=800):
    """Networks whose error rate is a + b x^-c, with a spread between draws; some rows are harder for all of them."""
    shares = np.repeat(SHARES, draws)
    errors = np.clip(a + b * shares**-c + spread * shares**-0.25 * rng.standard_normal(len(shares)), 1e-4, 0.9)
    hard = np.sqrt(0.7) * rng.standard_normal((rows, 1))
    wrong = hard + np.sqrt(0.3) * rng.standard_normal((rows, len(shares))) < ndtri(errors)
    return Nets((shares * each).astype(int), wrong.astype(float), None)


@pytest.mark.parametrize(("a", "b", "c"), [(0.05, 0.1, 0.5), (0.2, 0.05, 1.0), (0.0, 0.3, 0.2), (0.1, -0.02, 0.5)])
def test_a_power_law_without_noise_is_recovered(a, b, c):
    now, ahead = power_law(SHARES, (a + b * SHARES**-c)[None, :], WEIGHTS)
    assert now[0] == pytest.approx(a + b, abs=2e-3)
    assert ahead[0] == pytest.approx(a + b * 2**-c, abs=2e-3)


def test_what_never_changes_is_not_expected_to():
    now, ahead = power_law(SHARES, np.full((1, 4), 0.2), WEIGHTS)
    assert (now[0], ahead[0]) == (pytest.approx(0.2), pytest.approx(0.2))


def test_no_error_is_expected_below_none():
    _, ahead = power_law(SHARES, np.array([[0.3, 0.2, 0.1, 0.0]]), WEIGHTS)
    assert ahead[0] == 0.0


@pytest.mark.parametrize(
    ("rows", "b", "verdict"), [(20_000, 0.0, "enough"), (20_000, 0.1, "more"), (30, 0.08, "unsure")]
)
def test_what_is_said_of_more_rows(rows, b, verdict):
    found = curve(nets(rows, 0.1, b, 0.4, 0.002, np.random.default_rng(0)), np.random.default_rng(0))
    assert found.verdict == verdict
    assert found.ahead.rows == 1_600
    assert found.gain_low <= b * (1 - 2**-0.4) <= found.gain_high


def test_intervals_hold_the_truth_about_nineteen_times_in_twenty_and_flat_curves_are_called_rising_seldom():
    rng, held, risen = np.random.default_rng(3), np.zeros(2), 0
    for _ in range(40):
        found = curve(nets(300, 0.1, 0.08, 0.5, 0.01, rng), rng)
        gain = 0.08 * (1 - 2**-0.5)
        held += (found.gain_low <= gain <= found.gain_high, found.ahead.low <= 0.82 + gain <= found.ahead.high)
        risen += curve(nets(300, 0.18, 0.0, 0.5, 0.01, rng), rng).verdict == "more"
    assert (held >= 34).all()  # 38 expected; 33 or fewer happen in 1 of 70
    assert risen <= 4  # 1 expected at most; 5 or more happen in 1 of 250


def test_few_rows_on_which_all_agree_prove_little():
    agreeing = Nets(np.repeat([20, 40, 80], 2), np.zeros((30, 6)), None)
    found = curve(agreeing, np.random.default_rng(0))
    assert found.points[-1].value == 1.0
    assert found.points[-1].low < 0.95
    assert found.gain_low < 0 < found.gain_high


def _learnt(subject, rows, errors, rng):
    """Networks whose answers are the reported one's, of which a share is turned around."""
    answers = subject.predict(subject.test.x)
    made = []
    for size, share in zip(rows, errors, strict=True):
        turned = rng.random(len(answers)) < share
        made.append(Smaller(size, 0, np.where(turned[:, None], answers[:, ::-1], answers)))
    return replace(subject, smaller=Shrinking(tuple(made)))


def test_the_reported_network_is_one_of_those_that_learnt_all_rows(build_subject):
    subject = build_subject("binary", 1_200)
    all_rows = len(subject.train.y)
    rows = (150, 150, 300, 300, all_rows)
    found = learning_curve.measure(_learnt(subject, rows, (0.3, 0.32, 0.1, 0.12, 0.0), np.random.default_rng(0)))
    assert [point.rows for point in found.points] == [150, 300, all_rows]
    assert [len(point.values) for point in found.points] == [2, 2, 2]
    right = float((subject.predict(subject.test.x).argmax(axis=1) == subject.test.y).mean())
    assert found.points[-1].value == pytest.approx(right)
    assert found.n == len(subject.test.y)
    assert all(point.low <= point.value <= point.high for point in (*found.points, found.ahead))


def test_numbers_are_judged_by_r2(build_subject):
    subject, rng = build_subject("regression", 1_200), np.random.default_rng(0)
    answers, y = subject.predict(subject.test.x), subject.test.y
    sizes = (150, 150, 300, 300, len(subject.train.y))
    made = tuple(Smaller(rows, 0, answers + 20 * rows**-0.5 * rng.standard_normal(len(answers))) for rows in sizes)
    found = learning_curve.measure(replace(subject, smaller=Shrinking(made)))
    assert found.measure == "r2"
    assert found.points[0].values[0] == pytest.approx(1 - np.mean((made[0].predictions - y) ** 2) / y.var())
    assert found.verdict == "more"
    assert found.ahead.value > found.points[-1].value


@pytest.mark.parametrize("reason", ["learning_curve_off", "too_large_for_learning_curve", "not_in_budget"])
def test_without_networks_the_reason_is_given(binary_subject, reason):
    with pytest.raises(NotApplicable, match=reason):
        learning_curve.measure(replace(binary_subject, smaller=Shrinking(why_none=reason)))


def test_one_network_a_size_or_few_test_rows_are_not_enough(binary_subject):
    rng = np.random.default_rng(0)
    with pytest.raises(NotApplicable, match="too_few_draws"):
        learning_curve.measure(_learnt(binary_subject, (50, 100), (0.1, 0.1), rng))
    few = replace(binary_subject, test=some(binary_subject.test, np.arange(5)))
    with pytest.raises(NotApplicable, match="too_few_test_rows"):
        learning_curve.measure(_learnt(few, (50, 100), (0.1, 0.1), rng))


def test_an_audit_repeats_itself(binary_subject):
    subject = _learnt(binary_subject, (50, 50, 100, 100), (0.2, 0.2, 0.1, 0.1), np.random.default_rng(0))
    assert learning_curve.measure(subject) == learning_curve.measure(subject)
