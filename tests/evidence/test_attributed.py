from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence import attributed
from reportgen.evidence.attributed import Local, drawn_rows, from_average, from_rows, taken_apart, worth
from reportgen.evidence.attribution import expected_gradients, in_one_go, integrated_gradients


def test_expected_gradients_of_a_line_are_the_distance_from_the_mean_times_the_slope(regression_subject):
    rows = regression_subject.test.x[:4]
    found = expected_gradients(regression_subject, rows, (0,), draws=3)
    away = rows - regression_subject.train.x.mean(axis=0, dtype=np.float64)
    slopes = np.array([3.0, 0.0, 0.0, 0.5, 1.0])
    expected = np.stack([away[:, 0] * 3, away[:, 1] * 0, away[:, 2:] @ slopes[2:]], axis=1)
    assert found[0] == pytest.approx(expected, abs=1e-5)


def test_expected_gradients_share_a_product_where_the_average_row_is_a_saddle(regression_subject):
    def product(x, _output):
        slopes = np.zeros(x.shape)
        slopes[:, 0], slopes[:, 1] = x[:, 1], x[:, 0]
        return x[:, 0] * x[:, 1], slopes

    crossed = replace(regression_subject, gradients=product)
    rows = regression_subject.test.x[:3]
    (found,) = expected_gradients(crossed, rows, (0,), draws=20_000)
    mean = (crossed.train.x[:, 0] * crossed.train.x[:, 1]).mean()
    assert found.sum(axis=1) == pytest.approx(rows[:, 0] * rows[:, 1] - mean, abs=0.1)
    assert found[:, 2] == pytest.approx(0.0)


@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_contributions_add_up_to_the_way_from_the_mean_output(build_subject, kind):
    subject = build_subject(kind)
    local = from_rows(subject, drawn_rows(subject))
    for output, (values, parts) in enumerate(zip(local.values, local.contributions, strict=True)):
        mean = subject.gradients(subject.train.x, output)[0].mean()
        assert parts.sum(axis=1) == pytest.approx(values - mean, abs=1e-4)


def test_of_two_classes_one_is_the_other_turned_round(binary_subject):
    local = from_average(binary_subject, drawn_rows(binary_subject))
    assert local.values[0].tolist() == (-local.values[1]).tolist()
    assert local.contributions[0].tolist() == (-local.contributions[1]).tolist()


def test_blocks_of_rows_hold_the_same_draws_as_many_outputs(multiclass_subject):
    one = expected_gradients(multiclass_subject, multiclass_subject.test.x[:5], (2,), draws=30)
    all_ = expected_gradients(multiclass_subject, multiclass_subject.test.x[:5], (0, 1, 2), draws=30)
    assert one[0].tolist() == all_[2].tolist()


def test_a_fixed_number_of_points_is_enough_for_a_line(regression_subject):
    rows = regression_subject.test.x[:5]
    whole = integrated_gradients(regression_subject, rows, 0).contributions
    assert in_one_go(regression_subject, rows, 0, steps=2) == pytest.approx(whole)


def test_worth_is_the_loss_that_dropping_a_term_adds(regression_subject):
    rows = drawn_rows(regression_subject)
    local = from_average(regression_subject, rows)
    x, y = regression_subject.test.x[rows].astype(float), regression_subject.test.y[rows]
    error = y - regression_subject.predict(x)
    term = 3 * (x[:, 0] - x[:, 0].mean())
    added = (error + term) ** 2 - error**2
    (size, _, _) = worth(regression_subject, local)
    assert (size.feature, size.value) == ("size", pytest.approx(added.mean(), rel=1e-3))
    assert size.low < size.value < size.high


def test_of_classes_it_is_counted_in_log_loss(binary_subject):
    local = from_average(binary_subject, drawn_rows(binary_subject))
    y = binary_subject.test.y[local.rows]
    odds, part = local.values[1], local.contributions[1][:, 0]
    loss = lambda score: np.logaddexp(0, score) - y * score  # noqa: E731
    added = loss(odds - (part - part.mean())) - loss(odds)
    found = {one.feature: one.value for one in worth(binary_subject, local)}
    assert found["size"] == pytest.approx(added.mean(), rel=1e-6)
    assert found["weight"] == 0.0


def test_a_column_of_noise_is_worth_less_than_nothing_however_large_its_contributions(regression_subject):
    rng = np.random.default_rng(0)
    n = len(regression_subject.test.y)
    noise = rng.standard_normal(n)
    fooled = Local(
        rows=np.arange(n),
        values=(regression_subject.predict(regression_subject.test.x) + 2 * noise)[None],
        contributions=np.stack([3 * regression_subject.test.x[:, 0], 2 * noise, np.zeros(n)], axis=1)[None],
    )
    found = {one.feature: one for one in worth(regression_subject, fooled)}
    assert found["weight"].value == pytest.approx(-4, abs=1)
    assert found["weight"].high < 0 < found["size"].low


def test_the_interval_of_worth_covers(build_subject):
    """The term of `size` is 3 times a standard normal number, so dropping it adds 9 (n - 1) / n on average."""
    held = 0
    for seed in range(100):
        subject = build_subject("regression", 300, seed)
        local = from_average(subject, drawn_rows(subject))
        size = next(one for one in worth(subject, local) if one.feature == "size")
        held += size.low <= 9 * (1 - 1 / len(local.rows)) <= size.high
    assert 87 <= held <= 99


def test_rows_and_draws_are_held_within_bounds(build_subject, monkeypatch):
    subject = build_subject("multiclass", 2_400)
    assert len(drawn_rows(subject)) == attributed.MOST_ANSWERS // 3
    monkeypatch.setattr(attributed, "MOST_ANSWERS", 60)
    assert len(drawn_rows(subject)) == attributed.FEWEST_ROWS
    assert attributed.draws_for(subject, 50) == attributed.GRADIENTS // 150
    assert attributed.draws_for(subject, 10_000) == attributed.FEWEST_DRAWS


def test_rows_are_taken_apart_once(build_subject):
    subject = build_subject("binary", 120)
    assert taken_apart(subject) is taken_apart(subject)
    assert taken_apart(replace(subject)) is not taken_apart(subject)
