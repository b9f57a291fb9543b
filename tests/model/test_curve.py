"""The network on fewer rows: which rows, how many networks, and that they are the same kind of network."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.config import Config, ModelConfig
from reportgen.model.curve import MOST, WORK, Course, course_for, learn_less, shuffled, sizes
from reportgen.model.plan import Size, epoch_work, make_plan
from tests.model.stand_ins import blobs, line

TINY = {"hidden": (16, 8), "epochs": 6, "members": 2}


def course(rows, columns, budget):
    size = Size(rows, numbers=columns, flags=0, outputs=2)
    plan = make_plan(size, "log_loss", ModelConfig(), budget)
    return course_for(plan, size, budget), plan.epochs * epoch_work(plan, size)


def test_sizes_halve_and_leave_out_what_is_too_small():
    assert sizes(800) == (100, 200, 400)
    assert sizes(90) == (22, 45)
    assert sizes(70) == ()


def test_small_tables_get_all_sizes_larger_ones_fewer_and_very_large_ones_none():
    assert course(600, 10, "standard")[0] == Course((75, 150, 300), MOST["standard"])
    assert course(1_500, 20, "standard")[0] == Course((375, 750), 2)
    assert course(30_000, 20, "standard")[0] is None
    assert course(600, 10, "quick")[0] is None
    assert course(60, 10, "standard")[0] is None
    assert course(600, 10, "thorough")[0].draws == MOST["thorough"]


@pytest.mark.parametrize("rows", [500, 2_000, 4_000, 8_000])
def test_they_cost_no_more_than_the_budget_has_for_them(rows):
    found, once = course(rows, 30, "standard")
    assert found is None or found.trainings * once <= WORK["standard"]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(0, 10))
def test_every_beginning_of_the_shuffle_holds_each_class_in_its_share(labels, seed):
    y = np.array(labels)
    order = shuffled(y, True, np.random.default_rng(seed))
    assert sorted(order) == list(range(len(y)))
    for rows in range(1, len(y) + 1):
        for label, count in zip(*np.unique(y, return_counts=True), strict=True):
            assert abs((y[order[:rows]] == label).sum() - rows * count / len(y)) < 2.5


def trained(table, **settings):
    from reportgen.model import train

    return train(table, table.task, Config(seed=1, model=ModelConfig(**TINY | settings)))


@pytest.mark.slow
@pytest.mark.parametrize("table", [blobs(3, 60), line(200)], ids=["classes", "number"])
def test_each_size_is_learnt_as_often_and_the_reported_network_is_one_of_them(table):
    network = trained(table)
    before = network.predict(table.test.x)
    rows = len(table.train.y)
    made = [*learn_less(network, table, table.task, Course((30, 60), 2), 5)]
    assert [(one.rows, one.draw) for one in made] == [(30, 0), (60, 0), (30, 1), (60, 1), (rows, 1)]
    assert all(one.answers.shape == before.shape and np.isfinite(one.answers).all() for one in made)
    assert len({one.answers.tobytes() for one in made}) == 5
    again = [*learn_less(network, table, table.task, Course((30, 60), 2), 5)]
    assert all(np.array_equal(one.answers, other.answers) for one, other in zip(made, again, strict=True))
    assert np.array_equal(network.predict(table.test.x), before)


@pytest.mark.slow
def test_more_rows_teach_more():
    table = line(1_000, noise=0.5)
    network = trained(table, epochs=30, learning_rate=0.02, batch=16, dropout=0.0)
    made = [*learn_less(network, table, table.task, Course((10, 100), 3), 5)]
    errors = {rows: np.mean([(m.answers - table.test.y) ** 2 for m in made if m.rows == rows]) for rows in (10, 100)}
    assert errors[100] < errors[10]
