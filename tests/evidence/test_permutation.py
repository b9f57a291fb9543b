from dataclasses import replace

import numpy as np
import pytest

from reportgen.evidence import permutation
from reportgen.evidence.permutation import Judged, Loss, permuted
from reportgen.records.table import Encoded
from tests.evidence.parts import some


def linear(subject, slopes, rows, rng, noise=1.0):
    """A regression subject of independent standard normal columns whose model knows the slopes."""
    x = rng.normal(size=(rows, len(slopes))).astype(np.float32)
    y = x @ slopes + noise * rng.normal(size=rows)
    inputs = tuple(Encoded(name=f"c{i}", feature=f"c{i}", kind="number") for i in range(len(slopes)))
    test = replace(subject.test, x=x, y=y, rows=np.arange(rows))
    return replace(subject, inputs=inputs, test=test, predict=lambda x: x @ slopes)


def asked(subject, predict=None, rows=None, effort=permutation.FULL):
    """Every column shuffled on its own among test rows, the largest loss first, with rows and shuffles."""
    models = (Judged(subject.test, subject.groups, predict or subject.predict),)
    found = permuted(subject, models, [(feature,) for feature in subject.features], effort=effort)
    return sorted(found.losses, key=lambda one: -one.value), found.rows, found.shuffles


def test_a_linear_column_costs_twice_its_squared_slope_times_its_variance(regression_subject):
    subject = linear(regression_subject, np.array([2.0, -1.0, 0.0]), 4_000, np.random.default_rng(0))
    features, rows, shuffles = asked(subject)
    assert [one.features[0] for one in features] == ["c0", "c1", "c2"]
    assert (rows, shuffles) == (4_000, 3)
    assert [one.value for one in features] == pytest.approx([8.0, 2.0, 0.0], abs=0.5)
    for one, truth in zip(features, (8.0, 2.0, 0.0), strict=True):
        assert one.low <= truth <= one.high


def test_intervals_hold_the_truth_about_nineteen_times_in_twenty(regression_subject):
    rng = np.random.default_rng(1)
    held = np.zeros(2)
    for _ in range(100):
        subject = linear(regression_subject, np.array([1.0, 0.3]), 80, rng)
        features = {one.features[0]: one for one in asked(subject)[0]}
        for i, truth in enumerate((2.0, 0.18)):
            held[i] += features[f"c{i}"].low <= truth <= features[f"c{i}"].high
    assert np.all(held >= 88)  # 95 expected; 87 or fewer happen in 1 of 500


def test_a_column_that_the_model_wrongly_uses_reaches_no_loss(regression_subject):
    """The slope on c1 is the model's error; the column is noise, and using it costs as much before as after."""
    rng, truth = np.random.default_rng(2), np.array([1.0, 0.0])
    reached = 0
    for _ in range(100):
        subject = linear(regression_subject, truth, 80, rng)
        features = asked(subject, lambda x: x @ np.array([1.0, 0.3]))[0]
        reached += next(one.low for one in features if one.features == ("c1",)) <= 0
    assert reached >= 92  # 97.5 expected; 91 or fewer happen in 1 of 500


def test_the_columns_of_a_category_move_together(multiclass_subject):
    seen = []

    def predict(x):
        seen.append(x[:, 2:].sum(axis=1))
        return multiclass_subject.predict(x)

    features, _, _ = asked(multiclass_subject, predict)
    assert [one.features[0] for one in features] == ["size", "colour", "weight"]
    assert all(np.all(sums == 1) for sums in seen)
    assert features[2] == Loss(("weight",), 0.0, 0.0, 0.0)


def test_no_row_keeps_its_own_value_and_every_row_gives_once():
    for rows in (2, 3, 30, 500):
        givers = permutation._givers(np.zeros(rows, dtype=int), min(rows - 1, 30), np.random.default_rng(0))
        assert not (givers == np.arange(rows)).any()
        assert all(sorted(giver) == list(range(rows)) for giver in givers)


def test_calls_of_the_model_stay_small_and_blocks_change_nothing(binary_subject, monkeypatch):
    whole = asked(binary_subject)
    sizes = []

    def predict(x):
        sizes.append(x.size)
        return binary_subject.predict(x)

    monkeypatch.setattr(permutation, "MOST_NUMBERS", 5_000)
    assert asked(binary_subject, predict) == whole
    assert max(sizes) <= 5_000


def test_many_test_rows_are_drawn_from(binary_subject):
    effort = permutation.Effort(rows=50, losses=100, answers=10_000, most=30)
    assert asked(binary_subject, effort=effort)[1:] == (50, 2)


def test_answers_are_shared_between_features_and_classes(binary_subject, multiclass_subject):
    effort = permutation.Effort(rows=4_000, losses=4_000, answers=1_350, most=30)
    assert effort.plan(binary_subject, [200]) == ((200,), 2)  # 450 losses a column
    assert effort.plan(multiclass_subject, [200]) == ((150,), 1)
    assert effort.plan(binary_subject, [200, 40, 300]) == ((150, 40, 150), 1)  # 450 by three networks


def test_wide_tables_are_asked_about_fewer_rows_and_many_classes_about_enough(binary_subject, monkeypatch):
    effort = permutation.Effort(rows=4_000, losses=4_000, answers=600_000, most=1)
    assert effort.plan(binary_subject, [4_000])[0] == (4_000,)
    numbers = len(binary_subject.features) * len(binary_subject.inputs)
    monkeypatch.setattr(permutation, "MOST_GIVEN", 150 * numbers)
    assert effort.plan(binary_subject, [4_000])[0] == (150,)
    monkeypatch.setattr(permutation, "MOST_GIVEN", numbers)
    assert effort.plan(binary_subject, [4_000])[0] == (permutation.FEWEST_ROWS,)
    task = binary_subject.task.model_copy(update={"kind": "multiclass", "classes": tuple(map(str, range(5_000)))})
    assert effort.plan(replace(binary_subject, task=task), [4_000])[0] == (permutation.ENOUGH_ROWS,)


def test_rows_that_keep_their_value_are_not_asked_about_again(binary_subject):
    questions = []

    def predict(x):
        questions.append(len(x))
        return binary_subject.predict(x)

    same = binary_subject.test.x.copy()
    same[:, :] = same[0]
    constant = replace(binary_subject, test=replace(binary_subject.test, x=same))
    features, _, _ = asked(constant, predict)
    assert questions == [len(same)]
    assert [one.high for one in features] == [0.0] * 3


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_handful_of_test_rows_is_survived(binary_subject, rows):
    test = binary_subject.test
    few = replace(test, x=test.x[:rows], y=test.y[:rows], rows=test.rows[:rows])
    features, n, _ = asked(replace(binary_subject, test=few))
    assert n == rows
    assert all(one.low <= one.value <= one.high for one in features)


def test_rows_exchange_only_with_rows_of_their_number():
    labels = np.repeat([4, 7, 9], [5, 2, 1])
    givers = permutation._givers(labels, 6, np.random.default_rng(0))
    assert (labels[givers] == labels).all()
    assert (givers[:, 7] == 7).all()
    assert not (givers[:, :7] == np.arange(7)).any()
    assert all(sorted(giver) == list(range(8)) for giver in givers)


def test_a_row_without_a_partner_is_left_out(regression_subject):
    subject = linear(regression_subject, np.array([2.0, -1.0]), 60, np.random.default_rng(0))
    models = (Judged(subject.test, subject.groups, subject.predict),)
    alone = np.r_[np.zeros(40, dtype=int), np.arange(1, 21)]
    many = permutation.Effort(rows=4_000, losses=20_000, answers=1_000_000, most=30)
    (found,) = permuted(subject, models, [("c0",)], {("c0",): [alone]}, many).losses
    few = replace(subject, test=some(subject.test, np.arange(40)))
    (same,) = permuted(few, (Judged(few.test, few.groups, few.predict),), [("c0",)], effort=many).losses
    assert found.value == pytest.approx(same.value, rel=0.1)
    assert found.high - found.low == pytest.approx(same.high - same.low, rel=0.2)


def test_columns_shuffled_together_cost_what_their_sum_costs(regression_subject):
    subject = linear(regression_subject, np.array([2.0, -1.0, 0.0]), 4_000, np.random.default_rng(0))
    models = (Judged(subject.test, subject.groups, subject.predict),)
    (both,) = permuted(subject, models, [("c0", "c1")]).losses
    assert both.features == ("c0", "c1")
    assert both.low <= 2 * (4 + 1) <= both.high


def test_a_column_that_a_network_does_not_use_costs_it_nothing(regression_subject):
    subject = linear(regression_subject, np.array([2.0, -1.0]), 400, np.random.default_rng(0))
    without = {"c1": subject.groups["c1"]}
    models = tuple(Judged(subject.test, groups, subject.predict) for groups in (subject.groups, without))
    (found,) = permuted(subject, models, [("c0",)]).losses
    (alone,) = permuted(subject, models[:1], [("c0",)]).losses
    assert found.value == pytest.approx(alone.value / 2, rel=0.1)


def test_the_interval_holds_what_networks_differ_by(regression_subject):
    """Four models with slopes 1, 2, 3 and 4: the mean of twice their squares is 15, their spread is wide."""
    rng, held = np.random.default_rng(4), 0
    for _ in range(60):
        slopes = rng.normal(2.0, 0.7, 4)
        subject = linear(regression_subject, np.array([2.0]), 400, rng)
        rows = rng.permutation(400).reshape(4, 100)
        parts = [replace(subject.test, x=subject.test.x[at], y=subject.test.y[at]) for at in rows]
        models = [
            Judged(part, subject.groups, lambda x, b=b: x[:, 0] * b) for part, b in zip(parts, slopes, strict=True)
        ]
        (found,) = permuted(subject, models, [("c0",)]).losses
        held += found.low <= 2 * 2.0 * 2.0 <= found.high  # the loss of a model of slope b rises by 2 * 2 * b
    assert held >= 50


def test_a_model_that_is_only_compared_with_is_asked_less(binary_subject):
    (full,), often = permutation.FULL.plan(binary_subject, [10_000])
    (light,), seldom = permutation.LIGHT.plan(binary_subject, [10_000])
    assert light * seldom < full * often


def swapped(predict):
    """Answers to rows with columns of others, by asking about the rows themselves."""

    def exchanged(x, swaps):
        tables = []
        for columns, rows, givers in swaps:
            tables.append(x[rows])
            tables[-1][:, columns] = x[np.ix_(givers, columns)]
        return predict(np.concatenate(tables))

    return exchanged


def test_networks_of_many_inputs_answer_the_short_way_with_the_same_losses(multiclass_subject, monkeypatch):
    predict, names = multiclass_subject.predict, [(name,) for name in multiclass_subject.features]
    effort = permutation.Effort(rows=100, losses=200, answers=10**6, most=2)
    subject = replace(multiclass_subject, exchanged=swapped(predict))
    (plain,) = permutation.judged_by(subject)
    assert plain.exchanged is None
    monkeypatch.setattr(permutation, "MANY_INPUTS", len(subject.inputs))
    (short,) = permutation.judged_by(replace(subject, predict=None))
    long = permuted(subject, [plain], names, effort=effort)
    short = replace(short, predict=lambda x: predict(x) if len(x) == 100 else pytest.fail("asked the long way"))
    assert permuted(subject, [short], names, effort=effort) == long


def test_cheap_answers_are_asked_for_more(binary_subject, monkeypatch):
    effort = permutation.Effort(rows=4_000, losses=4_000, answers=900, most=1)
    columns = len(binary_subject.features)
    monkeypatch.setattr(permutation, "MOST_GIVEN", 0)
    assert effort.plan(binary_subject, [4_000])[0] == (permutation.FEWEST_ROWS,)
    assert effort.plan(binary_subject, [4_000], cheap=True)[0] == (permutation.CHEAPER * 900 // columns,)
