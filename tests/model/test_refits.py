"""How often the network is made anew, from which seeds, and that it is the same kind of network."""

import numpy as np
import pytest

from reportgen.config import Budget, Config, ModelConfig
from reportgen.model.plan import Size, epoch_work, make_plan
from reportgen.model.refits import MOST, WORK, refit, refits_for, seeds
from tests.model.stand_ins import NUMBER, StandIn, blobs, classes, line, parts

TINY = {"hidden": (16, 8), "epochs": 12, "members": 2}
QUICK = {"learning_rate": 0.02, "batch": 16, "dropout": 0.0}


def allowed(rows: int, columns: int, budget: Budget) -> int:
    size = Size(rows, numbers=columns, flags=0, outputs=2)
    return refits_for(make_plan(size, "log_loss", ModelConfig(), budget), size, budget)


@pytest.mark.parametrize("budget", ["quick", "standard", "thorough"])
def test_small_tables_have_as_many_as_the_budget_allows(budget):
    assert allowed(100, 4, budget) == MOST[budget]


@pytest.mark.parametrize("budget", ["quick", "standard", "thorough"])
def test_larger_tables_have_fewer_and_very_large_ones_none(budget):
    counts = [allowed(rows, 20, budget) for rows in (1_000, 10_000, 100_000, 1_000_000, 10**9)]
    assert counts[0] == MOST[budget]
    assert counts[-1] == 0
    assert 1 not in counts


def test_they_cost_no_more_than_the_budget_has_for_them():
    size = Size(8_000, numbers=30, flags=10, outputs=2)
    plan = make_plan(size, "log_loss", ModelConfig(), "standard")
    count = refits_for(plan, size, "standard")
    assert 0 < count * plan.epochs * epoch_work(plan, size) <= WORK["standard"]


def test_seeds_differ_repeat_and_do_not_depend_on_their_number():
    drawn = seeds(7, 100)
    assert len({7, *drawn}) == 101
    assert seeds(7, 3) == drawn[:3]
    assert not set(drawn) & set(seeds(8, 100))
    assert all(Config(seed=seed).seed == seed for seed in drawn)


def trained(table: StandIn, seed: int = 1, **settings):
    from reportgen.model import train

    return train(table, table.task, Config(seed=seed, model=ModelConfig(**TINY | settings)))


@pytest.mark.slow
@pytest.mark.parametrize("table", [blobs(3, 30), line(100)], ids=["classes", "number"])
def test_a_network_made_anew_is_what_training_from_that_seed_gives(table):
    first = trained(table)
    same, other = refit(first, [table, table], table.task, [1, 5])
    fresh = trained(table, seed=5)
    x = table.test.x
    for _ in range(2):  # they take turns in one workshop
        np.testing.assert_allclose(same.predict(x), first.predict(x), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(other.predict(x), fresh.predict(x), rtol=1e-4, atol=1e-5)
    assert not np.allclose(same.predict(x), other.predict(x), rtol=1e-4, atol=1e-5)
    assert (same.notes, other.notes) == (first.record.notes, fresh.record.notes)


@pytest.mark.slow
def test_the_network_s_own_answers_outlive_its_refits_and_refits_repeat():
    table, others = blobs(3, 30), [blobs(3, 30, seed=seed) for seed in (1, 2)]
    network = trained(table)
    answers, slopes = network.predict(table.test.x), network.gradients(table.test.x, 0)
    parts_of = network.first_layer(table.test.x, np.array([0, 1]))
    once = [one.predict(table.test.x) for one in refit(network, others, table.task, seeds(0, 2))]
    twice = [one.predict(table.test.x) for one in refit(network, others[::-1], table.task, seeds(0, 2)[::-1])]
    assert all(map(np.array_equal, once, twice[::-1]))
    assert np.array_equal(network.predict(table.test.x), answers)
    assert all(map(np.array_equal, network.gradients(table.test.x, 0), slopes))
    assert np.array_equal(network.first_layer(table.test.x, np.array([0, 1])), parts_of)


@pytest.mark.slow
def test_draws_of_other_widths_open_one_larger_workshop(monkeypatch):
    from reportgen.model import refits

    table, wide, narrow = (blobs(2, 40, columns=columns, spread=0.1) for columns in (4, 6, 3))
    flagged = parts(np.hstack([wide.train.x[:, :4], wide.train.x[:, :3] > 0]), wide.train.y, classes(2))
    network, opened, before = trained(table, **QUICK), [], refits.open_workshop

    def opening(plan, size):
        opened.append(size)
        return before(plan, size)

    monkeypatch.setattr(refits, "open_workshop", opening)
    assert len([*refit(network, [narrow, table], table.task, [3, 4])]) == 2
    assert opened == []
    draws = [wide, narrow, flagged, table]
    for drawn, made in zip(draws, refit(network, draws, table.task, [3, 4, 5, 6]), strict=True):
        answers = made.predict(drawn.test.x)
        assert answers.shape == (len(drawn.test.x), 2)
        assert (answers.argmax(axis=1) == drawn.test.y).mean() > 0.8
    (size,) = opened
    assert (size.numbers, size.flags, size.rows) == (6, 3, network.workshop.size.rows)
    assert network.workshop.size.numbers == 4


@pytest.mark.slow
def test_a_column_that_is_a_number_in_some_draws_and_a_flag_in_others():
    """A third value so rare that other training rows lack it."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, (60, 2)).astype(float)
    y = x[:, 0] != x[:, 1]
    flags = parts(x, y, classes(2))
    flags.train.x[0, 0] = 0.0
    numbers = parts(x, y, classes(2))
    numbers.train.x[0] = 2.0
    for first, second in ((flags, numbers), (numbers, flags)):
        network = trained(first, epochs=3)
        assert (network.plan.embedding == "none") == (first is flags)
        draws = [second, first]
        for drawn, made in zip(draws, refit(network, draws, first.task, [1, 2]), strict=True):
            assert np.isfinite(made.predict(drawn.test.x)).all()


@pytest.mark.slow
def test_numbers_are_restored_by_the_scale_of_their_own_rows():
    table, higher = line(100), line(100, seed=1)
    network = trained(table, epochs=30, **QUICK)
    high = parts(np.vstack([higher.train.x, higher.test.x]), np.hstack([higher.train.y, higher.test.y]) + 1e6, NUMBER)
    (made,) = refit(network, [high], NUMBER, [1])
    assert 1 - np.mean((made.predict(high.test.x) - high.test.y) ** 2) / high.test.y.var() > 0.8


@pytest.mark.slow
def test_each_draw_wants_a_seed():
    table = blobs(2, 20)
    with pytest.raises(ValueError, match="zip"):
        [*refit(trained(table, epochs=1), [table, table], table.task, [1])]
