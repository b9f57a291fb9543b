"""Columns exchanged in the first layer's sums: the answers are those to the rows themselves."""

import numpy as np
import pytest

from reportgen.config import Config, ModelConfig
from reportgen.model.plan import MOST_PIECES, PIECE, Size, make_plan, rows_at_once
from reportgen.model.refits import refit
from tests.model.stand_ins import NUMBER, classes, parts


def mixed(number: bool, rows: int = 80):
    """A flag between three numbers; the target is their sum, or whether it is above one."""
    rng = np.random.default_rng(3)
    x = np.hstack([rng.normal(size=(rows, 1)), rng.integers(0, 2, (rows, 1)), rng.normal(size=(rows, 2))])
    total = x.sum(axis=1)
    return parts(x, 40 * total, NUMBER) if number else parts(x, (total > 0).astype(int) + (total > 1), classes(3))


def by_hand(predict, x, swaps):
    """Ask about the rows themselves, with the columns of their givers."""
    tables = []
    for columns, rows, givers in swaps:
        table = x[rows]
        table[:, columns] = x[np.ix_(givers, columns)]
        tables.append(table)
    return predict(np.concatenate(tables))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "settings"),
    [
        (False, {"embedding": "piecewise", "members": 2}),
        (True, {"embedding": "periodic", "members": 1}),
        (False, {"embedding": "none", "members": 1, "hidden": (8,)}),
    ],
    ids=["piecewise", "periodic", "plain"],
)
def test_answers_are_those_to_the_rows_with_the_columns_of_others(number, settings):
    from reportgen.model import train

    table = mixed(number)
    asked = ModelConfig(**{"hidden": (8, 6), "epochs": 8, "learning_rate": 0.02} | settings)
    network = train(table, table.task, Config(seed=1, model=asked))
    other, last = refit(network, [table, table], table.task, [5, 6])
    x = table.test.x.copy()
    rng, rows = np.random.default_rng(0), np.arange(len(x))
    swaps = [
        (np.array(columns), rows[::step], rng.permutation(rows)[::step]) for columns, step in (([1], 1), ([3, 0], 2))
    ]
    for one in (network, other, last):
        expected = by_hand(one.predict, x, swaps)
        assert np.abs(expected - one.predict(x[np.r_[rows, rows[::2]]])).max() > 0.001
        np.testing.assert_allclose(one.exchanged(x, swaps), expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())
    assert len(network.exchanged(x, [])) == 0


def test_wide_rows_are_answered_in_smaller_pieces():
    plan = make_plan(Size(3_000, 100, 0, 2), "log_loss", ModelConfig(), "standard")
    assert rows_at_once(plan, 100) == PIECE
    assert rows_at_once(plan, 2_000) == MOST_PIECES // (2_000 * plan.bins) < 100
    assert rows_at_once(plan, 10**6) == 32
