"""The network in its two forms: as members are trained, and multiplied out."""

import numpy as np
import pytest

from reportgen.model.epoch import as_one
from reportgen.model.layers import (
    FARTHEST,
    SMOOTH,
    combined,
    finished_scores,
    first_weights,
    give_weights,
    multiply_out,
    stack,
    take_weights,
    trained_scores,
    widened,
)
from reportgen.model.layout import cut
from reportgen.model.plan import Size, width
from reportgen.model.runtime import keras
from tests.model.benches import plan_of

pytestmark = pytest.mark.slow

MIXED, NO_NUMBERS, NO_FLAGS = Size(50, 3, 2, 4), Size(50, 0, 3, 2), Size(50, 2, 0, 1)


def both_forms(size, plan, seed=0):
    """The two models over the same layers, with weights that no training made."""
    rng = np.random.default_rng(seed)
    arranged = keras.Input((size.numbers + size.flags,))
    wide, layers = widened(arranged, size, plan), stack(size, plan)
    trained = keras.Model(arranged, trained_scores(wide, layers))
    finished = keras.Model(arranged, finished_scores(wide, layers))
    pieces = cut(rng.normal(size=(50, size.numbers)), plan.bins, size.numbers)
    drawn = first_weights(size, plan, pieces, np.zeros(size.outputs), seed)
    noisy = {
        name: arrays if name == "pieces" else [array + 0.5 * rng.normal(size=array.shape) for array in arrays]
        for name, arrays in drawn.items()
    }
    give_weights(trained, noisy)
    return layers, trained, finished


@pytest.mark.parametrize("hidden", [(6, 5), (7,), (6, 5, 4)], ids=str)
@pytest.mark.parametrize("members", [1, 8])
@pytest.mark.parametrize(
    ("size", "embedding"),
    [
        (MIXED, "none"),
        (MIXED, "piecewise"),
        (MIXED, "periodic"),
        (NO_FLAGS, "none"),
        (NO_FLAGS, "piecewise"),
        (NO_FLAGS, "periodic"),
        (NO_NUMBERS, "none"),
    ],
)
def test_multiplied_out_the_network_answers_as_it_was_trained(size, embedding, members, hidden):
    plan = plan_of(size, members=members, embedding=embedding, hidden=hidden, dropout=0.3)
    layers, trained, finished = both_forms(size, plan)
    x = np.random.default_rng(1).normal(size=(20, size.numbers + size.flags)).astype(np.float32)
    before = trained(x, training=False).numpy().swapaxes(0, 1)
    assert before.shape == (20, members, size.outputs)
    assert not np.allclose(finished(x, training=False), before, atol=1e-3)
    multiply_out(layers)
    np.testing.assert_allclose(finished(x, training=False), before, rtol=1e-4, atol=1e-4)
    assert np.ptp(before, axis=1).max() > 0.1 or members == 1


@pytest.mark.parametrize("embedding", ["none", "piecewise", "periodic"])
def test_the_first_hidden_layer_sees_what_the_plan_counts(embedding):
    for size in (MIXED, NO_FLAGS, NO_NUMBERS):
        plan = plan_of(size, embedding=embedding)
        assert widened(keras.Input((size.numbers + size.flags,)), size, plan).shape == (None, width(size, plan))


def test_numbers_are_bent_smoothly_and_flags_are_not():
    size = Size(50, 2, 1, 2)
    plan = plan_of(size, embedding="none")
    arranged = keras.Input((3,))
    wide = keras.Model(arranged, widened(arranged, size, plan))
    x = np.array([[0.0, 1.0, 1.0], [-3.0, 1e3, 5.0], [1e20, -3e38, -1e30]], dtype=np.float32)
    bent = SMOOTH / np.sqrt(2)
    expected = [[0, 3 / np.sqrt(10), 1], [-bent, SMOOTH, 5], [SMOOTH, -SMOOTH, -FARTHEST]]
    np.testing.assert_allclose(wide(x), expected, rtol=1e-5)


def test_pieces_are_linear_between_their_edges():
    size, values = Size(50, 1, 0, 2), np.array([[0.0], [1.0], [3.0], [7.0]])
    plan = plan_of(size, embedding="piecewise", bins=3, embedding_width=1)
    arranged = keras.Input((1,))
    wide = keras.Model(arranged, widened(arranged, size, plan))
    pieces = cut(values, 3, 1)
    steps = np.array([10.0, 100.0, 1000.0]).reshape(1, 3, 1)
    give_weights(wide, {"pieces": [pieces.slope, pieces.offset], "embedding": [steps, np.array([[0.5]])]})
    told = wide(np.float32([[-9.0], [0.5], [2.0], [5.0], [99.0]])).numpy()[:, 1]
    np.testing.assert_allclose(told, [0.5, 5.5, 60.5, 610.5, 1110.5], rtol=1e-5)


@pytest.mark.parametrize("members", [1, 3])
def test_members_are_one_by_the_mean_of_their_probabilities(members):
    scores = np.random.default_rng(0).normal(size=(9, members, 4)).astype(np.float32) * 5
    odds = np.exp(scores.astype(np.float64))
    mean = (odds / odds.sum(axis=2, keepdims=True)).mean(axis=1)
    for one in (combined(scores, classes=True), as_one(scores, classes=True)[:, 0]):
        apart = np.asarray(one) - np.log(mean)
        np.testing.assert_allclose(apart, np.broadcast_to(apart[:, :1], apart.shape), atol=1e-4)


def test_members_are_one_by_the_mean_of_their_numbers():
    scores = np.random.default_rng(0).normal(size=(9, 3, 1)).astype(np.float32)
    np.testing.assert_allclose(combined(scores, classes=False), scores.mean(axis=1), rtol=1e-5)
    np.testing.assert_allclose(as_one(scores, classes=False), scores.mean(axis=1, keepdims=True), rtol=1e-5)


def test_the_first_weights_are_drawn_from_the_seed_alone():
    plan = plan_of(MIXED, embedding="piecewise")
    pieces = cut(np.random.default_rng(0).normal(size=(50, 3)), plan.bins, 3)
    start = np.log([0.1, 0.2, 0.3, 0.4])
    one, same, other = (first_weights(MIXED, plan, pieces, start, seed) for seed in (3, 3, 4))
    assert one.keys() == {"pieces", "embedding", "member_scales", "hidden_1", "hidden_2", "output"}
    assert all(np.array_equal(a, b) for name in one for a, b in zip(one[name], same[name], strict=True))
    assert not any(np.array_equal(one[name][0], other[name][0]) for name in one if name != "pieces")
    assert set(np.unique(one["member_scales"][0])) == {-1.0, 1.0}
    np.testing.assert_allclose(one["output"][1], np.tile(start, (plan.members, 1, 1)), rtol=1e-6)
    assert np.abs(one["hidden_2"][0]).max() <= 1 / np.sqrt(6)


def test_weights_that_are_taken_can_be_given_back():
    plan = plan_of(MIXED, embedding="periodic")
    _, first, _ = both_forms(MIXED, plan)
    _, second, _ = both_forms(MIXED, plan, seed=1)
    x = np.random.default_rng(1).normal(size=(20, 5)).astype(np.float32)
    assert not np.array_equal(first(x), second(x))
    give_weights(second, take_weights(first))
    assert np.array_equal(first(x), second(x))
