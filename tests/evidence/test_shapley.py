import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.evidence.shapley import questions

GROUPS = {"a": np.array([0]), "b": np.array([1, 3]), "c": np.array([2])}


def _sampled(model, row, background, groups=GROUPS, seed=0):
    asked = questions(groups, np.asarray(row, float), np.asarray(background, float), np.random.default_rng(seed))
    return asked.read(np.asarray(model(asked.x.astype(float)), float))


def test_shares_of_a_sum_are_its_terms():
    weights, row = np.array([2.0, -1.0, 0.5, 3.0]), np.array([1.0, 2.0, 3.0, 4.0])
    background = np.random.default_rng(1).integers(-4, 5, (20, 4)).astype(float)
    found = _sampled(lambda x: x @ weights, row, background)
    terms = weights * (row - background)
    expected = np.stack([terms[:, columns].sum(axis=1) for columns in GROUPS.values()], axis=1)
    assert found.parts == pytest.approx(expected)
    assert found.bases == pytest.approx(background @ weights)


def test_two_factors_share_their_product_evenly():
    found = _sampled(lambda x: x[:, 0] * x[:, 1], [3.0, 5.0], [[1.0, 1.0]], {"a": np.array([0]), "b": np.array([1])})
    # both orders of two columns are gone, so the value is exact: (2·1 + 2·5) / 2 and (4·1 + 4·3) / 2
    assert found.parts.tolist() == [[6.0, 8.0]]


@given(st.integers(0, 10_000), st.integers(1, 12))
def test_shares_add_up_to_the_answer_less_the_base(seed, rows):
    rng = np.random.default_rng(seed)
    row, background = rng.standard_normal(4), rng.standard_normal((rows, 4))
    inner, outer = rng.standard_normal((4, 3)), rng.standard_normal(3)

    def model(x):
        return np.tanh(x @ inner) @ outer

    found = _sampled(model, row, background, seed=seed)
    reached = float(model(row.astype(np.float32).astype(float)[None, :])[0])
    assert found.parts.sum(axis=1) == pytest.approx(reached - found.bases)


def test_a_column_that_the_model_ignores_or_does_not_have_adds_nothing():
    found = _sampled(lambda x: np.exp(x[:, 0]), [1.0, 2.0, 3.0, 4.0], np.zeros((3, 4)))
    assert found.of("b").tolist() == found.of("c").tolist() == found.of("elsewhere").tolist() == [0.0, 0.0, 0.0]
    assert found.of("a") == pytest.approx(np.e - 1)


def test_one_column_has_the_whole():
    found = _sampled(lambda x: x[:, 0] ** 2, [3.0], [[1.0], [2.0]], {"a": np.array([0])})
    assert found.parts.tolist() == [[8.0], [5.0]]


def test_more_orders_come_closer_to_all_orders():
    """The Shapley value of min(a, c) from (0, 0) with a third column in between: each of the two gets half."""
    found = _sampled(lambda x: np.minimum(x[:, 0], x[:, 2]), [1.0, 1.0, 1.0, 1.0], np.zeros((400, 4)))
    assert found.parts.mean(axis=0) == pytest.approx([0.5, 0.0, 0.5], abs=1e-9)
