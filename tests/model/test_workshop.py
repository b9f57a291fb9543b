"""The epoch and the workshop: losses and steps in closed form, and nothing left over from one training to the next."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import log_softmax

from reportgen.model import workshop as module
from reportgen.model.descent import CLIP
from reportgen.model.epoch import (
    JUDGED,
    LOSSES,
    SLOPES,
    UNSHOWN,
    draw_bits,
    huber,
    kept,
    log_loss,
    squared_error,
)
from reportgen.model.history import History
from reportgen.model.layers import first_weights, take_weights
from reportgen.model.plan import PIECE, Size
from reportgen.model.runtime import tf
from reportgen.model.workshop import _fit, _judged, _row_weights, open_workshop
from tests.model.benches import bench_of, plan_of, size_of
from tests.model.stand_ins import NUMBER, blobs, classes, line, parts, xor

pytestmark = pytest.mark.slow

MIXED = Size(60, 3, 2, 2)


def mixed(rows=100, seed=0):
    """Three numbers and two flags; the class is the sign of a sum."""
    rng = np.random.default_rng(seed)
    x = np.hstack([rng.normal(size=(rows, 3)), rng.integers(0, 2, (rows, 2))])
    return parts(x, x.sum(axis=1) > 1, classes(2))


def equal(one, other):
    """Whether two trainings left the same losses and the same weights, to the last bit."""
    (first, weights), (second, others) = one, other
    same = [np.array_equal(a, b) for name in weights for a, b in zip(weights[name], others[name], strict=True)]
    return (first.train, first.validation) == (second.train, second.validation) and all(same)


def test_log_loss_is_minus_the_log_of_the_own_probability():
    scores, y = np.random.default_rng(0).normal(size=(7, 3, 4)) * 9, np.arange(7) % 4
    expected = -log_softmax(scores, axis=2)[np.arange(7), :, y]
    np.testing.assert_allclose(log_loss(tf.constant(y[:, None]), tf.constant(scores)), expected, rtol=1e-6)


def test_squared_error_and_huber_are_equal_up_to_one_deviation():
    distance = np.array([0.0, 0.5, -1.0, 1.0, 3.0, -10.0, 1e6], dtype=np.float32)
    y, scores = tf.constant(distance[:, None]), tf.zeros((7, 2, 1))
    np.testing.assert_allclose(squared_error(y, scores), np.tile(distance**2, (2, 1)).T)
    closed = np.where(np.abs(distance) <= 1, distance**2, 2 * np.abs(distance) - 1)
    np.testing.assert_allclose(huber(y, scores), np.tile(closed, (2, 1)).T)


@pytest.mark.parametrize("loss", ["log_loss", "squared_error", "huber"])
def test_a_slope_is_what_the_loss_itself_has(loss):
    rng, rows, outputs = np.random.default_rng(1), 7, 3 if loss == "log_loss" else 1
    scores = tf.constant(rng.normal(size=(4, rows, outputs)) * 2, tf.float32)
    y = (
        tf.constant(np.arange(rows) % 3, tf.int32)
        if loss == "log_loss"
        else tf.constant(rng.normal(size=rows), tf.float32)
    )
    share = tf.constant(rng.random(rows) / 28, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(scores)
        value = tf.reduce_sum(share * LOSSES[loss](y[None, :], scores))
    np.testing.assert_allclose(
        SLOPES[loss](y, scores, share[:, None]), tape.gradient(value, scores), rtol=2e-6, atol=1e-9
    )


def test_rows_are_judged_by_the_weights_that_they_are_learnt_by():
    rng = np.random.default_rng(0)
    table = parts(rng.normal(size=(100, 3)), rng.random(100) < 0.2, classes(2))
    plan = plan_of(size_of(table), class_weights="balanced", epochs=1)
    workshop, bench = open_workshop(plan, size_of(table)), bench_of(table)
    history, _ = workshop.train(bench, seed=0)
    for told, rows in ((history.train, bench.train), (history.validation, bench.validation)):
        own = log_softmax(workshop.answer(bench, rows.x).astype(float), axis=1)[np.arange(len(rows.y)), rows.y]
        assert told[0] == pytest.approx(np.mean([-own[rows.y == label].mean() for label in (0, 1)]), rel=1e-5)


@pytest.mark.parametrize("loss", ["log_loss", "squared_error", "huber"])
def test_the_losses_told_are_those_of_the_answers(loss):
    x = np.random.default_rng(0).normal(size=(5 * (PIECE + 300), 3))
    table = parts(x, x[:, 0] > 0, classes(2)) if loss == "log_loss" else parts(x, 9 * x[:, 0] ** 3, NUMBER)
    workshop, bench = (
        open_workshop(plan_of(size_of(table), loss, epochs=1, batch=1024), size_of(table)),
        bench_of(table),
    )
    history, _ = workshop.train(bench, seed=5)
    judged = _judged(len(bench.train.x), 5)
    assert len(bench.validation.x) > PIECE
    told = (history.train[0], bench.train.x[judged], bench.train.y[judged]), (
        history.validation[0], bench.validation.x, bench.validation.y
    )  # fmt: skip
    for value, rows, y in told:
        scores = workshop.answer(bench, rows).astype(np.float64)
        if loss == "log_loss":
            expected = -log_softmax(scores, axis=1)[np.arange(len(y)), y].mean()
        else:
            away = np.abs(y - scores[:, 0])
            expected = np.where((loss == "huber") & (away > 1), 2 * away - 1, away**2).mean()
        assert value == pytest.approx(expected, rel=1e-5)


def test_all_rows_are_judged_up_to_many_and_then_some_without_repetition():
    assert np.array_equal(_judged(JUDGED, 0), np.arange(JUDGED))
    some = _judged(JUDGED + 100, 0)
    assert len(np.unique(some)) == len(some) == JUDGED
    assert some.max() < JUDGED + 100
    assert not np.array_equal(some, _judged(JUDGED + 100, 1))


def test_balanced_rows_have_a_mean_of_one_and_every_class_the_same_sum():
    y = np.repeat([0, 1, 2], [70, 25, 5])
    weights = _row_weights(y, "balanced")
    assert weights.mean() == pytest.approx(1)
    np.testing.assert_allclose(np.bincount(y, weights), 100 / 3, rtol=1e-5)
    assert (_row_weights(y, "none") == 1).all()
    np.testing.assert_allclose(_row_weights(np.repeat([0, 3], [30, 10]), "balanced")[[0, -1]], [40 / 60, 40 / 20])


def descended(plan, bench, rate, decay=0.0, clip=math.inf):
    """Loss after each step of Adam on all rows at once, by numpy: one member, two layers of weights, no embedding."""
    size = Size(len(bench.train.x), bench.train.x.shape[1], 0, len(bench.start))
    drawn = first_weights(size, plan, None, bench.start, 0)
    a, b, (c, d) = *drawn["hidden_1"], drawn["output"]
    weights = [array.astype(np.float64) for array in (a, b, c[0], d[0])]
    first, second = ([np.zeros_like(array) for array in weights] for _ in range(2))
    losses = []
    for step in range(plan.epochs):
        gradients = _gradients(weights, bench.train)[1]
        norm = math.sqrt(sum((g**2).sum() for g in gradients))
        for n, gradient in enumerate(g * min(1, clip / norm) for g in gradients):
            first[n] = 0.9 * first[n] + 0.1 * gradient
            second[n] = 0.999 * second[n] + 0.001 * gradient**2
            unbiased = rate(step) * math.sqrt(1 - 0.999 ** (step + 1)) / (1 - 0.9 ** (step + 1))
            shrunk = weights[n] * (1 - rate(step) * decay) if n % 2 == 0 else weights[n]
            weights[n] = shrunk - unbiased * first[n] / (np.sqrt(second[n]) + 1e-7)
        losses.append(_gradients(weights, bench.train)[0])
    return losses


def _gradients(weights, rows):
    """The mean squared error of a layer of relus, and its derivative by each weight."""
    a, b, c, d = weights
    x = rows.x.astype(np.float64)
    x = x / np.sqrt(1 + (x / 3) ** 2)
    hidden = np.maximum(x @ a + b, 0)
    away = (hidden @ c + d)[:, 0] - rows.y
    back = 2 * away[:, None] / len(away)
    below = (back @ c.T) * (hidden > 0)
    return (away**2).mean(), (x.T @ below, below.sum(axis=0), hidden.T @ back, back.sum(axis=0))


def test_the_article_descends_by_adam_at_keras_s_own_settings():
    table = line(100)
    plan = plan_of(size_of(table), "squared_error", kind="article", hidden=(10,), batch=100, epochs=40)
    history, _ = open_workshop(plan, size_of(table)).train(bench_of(table), seed=0)
    expected = descended(plan, bench_of(table), rate=lambda _: 0.001)
    np.testing.assert_allclose(history.train, expected, rtol=1e-4)


def test_the_network_descends_by_adamw_with_a_warm_up_a_cosine_and_a_clipped_norm():
    table = line(100)
    plan = plan_of(
        size_of(table), "squared_error", members=1, embedding="none", hidden=(10,), batch=100, epochs=40,
        dropout=0.0, weight_decay=2.0, learning_rate=0.02, patience=40,
    )  # fmt: skip

    def rate(step):
        """Two of forty steps of warm-up from nothing, then a cosine down to a hundredth."""
        if step < 2:
            return 0.02 * step / 2
        return 0.02 * (0.01 + 0.99 * (1 + math.cos(math.pi * (step - 2) / 38)) / 2)

    assert plan.warm_up == 0.05
    history, _ = open_workshop(plan, size_of(table)).train(bench_of(table), seed=0)
    expected = descended(plan, bench_of(table), rate, decay=2.0, clip=CLIP)
    np.testing.assert_allclose(history.train, expected, rtol=1e-3)


@pytest.mark.parametrize("embedding", ["none", "piecewise", "periodic"])
def test_rows_of_no_weight_teach_nothing_and_decay_spares_biases_scales_and_waves(embedding, monkeypatch):
    monkeypatch.setattr(module, "_row_weights", lambda y, _: np.zeros(len(y), dtype=np.float32))
    plan = plan_of(
        MIXED, embedding=embedding, epochs=1, batch=15, schedule="constant", learning_rate=0.5, weight_decay=0.4
    )
    workshop, bench = open_workshop(plan, MIXED), bench_of(mixed())
    workshop.epoch(bench, seed=0)(1)
    pieces = module.cut(bench.layout.arrange(bench.train.x)[:, :3], plan.bins, 3)
    after = take_weights(workshop.forms.trained)
    before = first_weights(MIXED, plan, pieces, bench.start, 0)
    assert after.keys() == before.keys()
    for name, arrays in after.items():
        for number, array in enumerate(arrays):
            spared = name in ("member_scales", "waves", "pieces") or number == 1
            shrunk = before[name][number] * (1 if spared else (1 - 0.5 * 0.4) ** 4)
            np.testing.assert_allclose(array, shrunk, rtol=1e-5, err_msg=f"{name} {number}")


@pytest.mark.parametrize(
    "settings",
    [
        {"embedding": "piecewise", "dropout": 0.4},
        {"embedding": "periodic", "dropout": 0.4, "schedule": "constant"},
        {"embedding": "none", "members": 1, "dropout": 0.4},
        {"kind": "article", "epochs": 3},
    ],
    ids=str,
)
def test_a_second_training_begins_where_a_first_one_does(settings):
    plan = plan_of(MIXED, **settings)
    used, bench = open_workshop(plan, MIXED), bench_of(mixed())
    first = used.train(bench, seed=7)
    other = used.train(bench_of(mixed(seed=1)), seed=8)
    again = used.train(bench, seed=7)
    fresh = open_workshop(plan, MIXED).train(bench, seed=7)
    assert equal(first, again)
    assert equal(first, fresh)
    assert not equal(first, other)
    assert np.isfinite(first[0].validation).all()


def test_answers_follow_the_training_that_came_last():
    plan, bench = plan_of(MIXED), bench_of(mixed())
    workshop = open_workshop(plan, MIXED)
    workshop.train(bench, seed=7)
    answers = workshop.answer(bench, bench.validation.x)
    workshop.train(bench, seed=8)
    assert not np.array_equal(workshop.answer(bench, bench.validation.x), answers)
    workshop.train(bench, seed=7)
    assert np.array_equal(workshop.answer(bench, bench.validation.x), answers)
    assert answers.shape == (20, 2)
    assert workshop.answer(bench, bench.validation.x[:0]).shape == (0, 2)


def test_how_many_training_rows_are_judged_changes_no_network():
    plan, bench = plan_of(MIXED), bench_of(mixed())
    workshop = open_workshop(plan, MIXED)
    shown, weights = workshop.train(bench, seed=7)
    unshown, same = workshop.train(bench, seed=7, judged=UNSHOWN)
    assert unshown.validation == shown.validation
    assert unshown.train != shown.train
    assert all(np.array_equal(a, b) for name in weights for a, b in zip(weights[name], same[name], strict=True))


@pytest.mark.parametrize("share", [0.001, 0.2, 0.75])
def test_dropout_takes_its_share_and_leaves_the_mean(share):
    plan = plan_of(MIXED, hidden=(7, 5), dropout=share)
    bits = draw_bits(plan, (40_000,), (tf.constant(3, tf.int64), tf.constant(-1, tf.int64)))
    first, second = (one.numpy() for one in kept(bits, plan))
    assert (first.shape, second.shape) == ((40_000, 7), (40_000, 5))
    both = np.hstack([first, second])
    assert abs((both == 0).mean() - share) < 5 * np.sqrt(share * (1 - share) / both.size) + 2**-16
    assert both.max() == pytest.approx(1 / (1 - share), rel=1e-3)
    assert np.abs(np.corrcoef(both.T) - np.eye(12)).max() < 0.03


def test_no_two_steps_drop_the_same_units():
    plan = plan_of(MIXED, dropout=0.5)
    drawn = [
        draw_bits(plan, (15,), (tf.constant(seed, tf.int64), tf.constant(-step, tf.int64))).numpy()
        for seed, step in ((7, 1), (7, 2), (8, 1), (7, 1))
    ]
    assert np.array_equal(drawn[0], drawn[3])
    assert not any(np.array_equal(drawn[0], other) for other in drawn[1:3])


def test_dropout_is_drawn_from_the_seed():
    still, dropped = (plan_of(MIXED, dropout=share, epochs=1) for share in (0.0, 0.5))
    bench = bench_of(mixed())
    assert not equal(open_workshop(still, MIXED).train(bench, 0), open_workshop(dropped, MIXED).train(bench, 0))


def test_a_workshop_holds_what_is_no_wider_of_either_kind():
    workshop = open_workshop(plan_of(MIXED, members=1), MIXED)
    assert all(workshop.holds(Size(10**6, numbers, flags, 2)) for numbers, flags in ((3, 2), (2, 0), (1, 2)))
    assert not any(workshop.holds(Size(1, numbers, flags, 2)) for numbers, flags in ((4, 2), (3, 3), (4, 0), (0, 5)))


def test_columns_that_fill_the_room_have_no_part_in_learning():
    """Rows of zeros in the kernels may hold anything: their inputs are zero, but for the bias of an embedding."""
    table, large = xor(200), Size(120, 5, 3, 2)
    plan = plan_of(large, embedding="none", hidden=(32, 16), epochs=40, learning_rate=0.02, batch=32)
    workshop, bench = open_workshop(plan, large), bench_of(table)
    history, weights = workshop.train(bench, seed=0)
    kernel = weights["members"][0].reshape(8, plan.members, 32)
    started = first_weights(large, plan, None, bench.start, 0)["hidden_1"][0]
    ratio = kernel[2:, 0] / started[2:]
    np.testing.assert_allclose(np.abs(ratio), np.broadcast_to(np.abs(ratio[:1, :1]), ratio.shape), rtol=1e-3)
    right = workshop.answer(bench, table.test.x).argmax(axis=1) == table.test.y
    assert right.mean() > 0.9
    assert min(history.validation) < 0.3


@pytest.mark.parametrize("embedding", ["piecewise", "periodic"])
def test_a_table_learns_in_a_workshop_with_room_to_spare(embedding):
    table, large = xor(200), Size(120, 4, 2, 2)
    plan = plan_of(large, embedding=embedding, hidden=(32, 16), epochs=40, learning_rate=0.01, batch=32)
    workshop, bench = open_workshop(plan, large), bench_of(table)
    workshop.train(bench, seed=0)
    assert (workshop.answer(bench, table.test.x).argmax(axis=1) == table.test.y).mean() > 0.9


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_fewer_rows_than_the_workshop_has_steps_are_learnt_one_by_one(rows):
    plan = plan_of(Size(300, 2, 0, 2), batch=30)
    table = xor(100)
    bench = replace(bench_of(table), train=type(table.train)(table.train.x[:rows], table.train.y[:rows]))
    history, _ = open_workshop(plan, Size(300, 2, 0, 2)).train(bench, seed=0)
    assert np.isfinite(history.train).all()
    assert history.train[1] < history.train[0]


class Losses:
    """An epoch that tells prepared losses, and a model whose weights are the number of the epoch."""

    def __init__(self, *told):
        self.told, self.layers = told, []

    def __call__(self, number):
        self.number = number
        return self.told[number - 1]


@pytest.fixture
def remembered(monkeypatch):
    monkeypatch.setattr(module, "take_weights", lambda epoch: getattr(epoch, "number", 0))


def fit(plan, *told):
    epoch = Losses(*told)
    return _fit(epoch, epoch, plan, None)


@pytest.mark.usefixtures("remembered")
def test_the_weights_of_the_best_epoch_are_kept():
    history = fit(plan_of(MIXED, epochs=4, patience=4), (4.0, 4.0), (3.0, 1.0), (2.0, 2.0), (1.0, 3.0))
    assert (history.weights, history.best_epoch, history.best_loss) == (2, 2, 1.0)
    assert (history.stopped_early, history.diverged) == (False, False)


@pytest.mark.usefixtures("remembered")
def test_patience_ends_the_training():
    history = fit(plan_of(MIXED, epochs=9, patience=2), *[(1.0, loss) for loss in (3.0, 1.0, 2.0, 1.5)])
    assert (history.weights, history.stopped_early, len(history.validation)) == (2, True, 4)


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize("wild", [math.nan, math.inf])
@pytest.mark.parametrize("side", ["train", "validation"])
def test_numbers_that_run_away_end_the_training_with_the_last_good_weights(wild, side):
    last = (wild, 1.0) if side == "train" else (1.0, wild)
    history = fit(plan_of(MIXED, epochs=9, patience=9), (3.0, 3.0), (2.0, 2.0), last)
    assert (history.diverged, history.weights, history.best_epoch, len(history.validation)) == (True, 2, 2, 2)
    assert fit(plan_of(MIXED, epochs=9), last) == History(0, diverged=True)


@pytest.mark.usefixtures("remembered")
def test_the_article_keeps_its_last_epoch_and_never_stops():
    plan = plan_of(MIXED, kind="article", epochs=4, patience=1)
    history = fit(plan, (4.0, 1.0), (3.0, 2.0), (2.0, 3.0), (1.0, 4.0))
    assert (history.weights, history.best_epoch, history.stopped_early) == (4, 4, False)


def test_many_classes_and_numbers_open_workshops_of_their_own_width():
    table = blobs(7, 10)
    workshop, bench = open_workshop(plan_of(size_of(table)), size_of(table)), bench_of(table)
    workshop.train(bench, seed=0)
    assert workshop.answer(bench, table.test.x).shape == (14, 7)
    table = line(50)
    workshop, bench = open_workshop(plan_of(size_of(table), "huber"), size_of(table)), bench_of(table)
    workshop.train(bench, seed=0)
    assert workshop.answer(bench, table.test.x).shape == (10, 1)
