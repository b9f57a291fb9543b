"""How often the network is made anew, from which seeds, and that it is the same kind of network."""

import pytest

from reportgen.config import Config
from reportgen.model.refits import MOST, refit, refits_for, seeds
from tests.model.stand_ins import blobs


@pytest.mark.parametrize("budget", ["quick", "standard", "thorough"])
def test_small_tables_have_as_many_as_the_budget_allows(budget):
    assert refits_for(100, 4, budget) == MOST[budget]


def test_larger_tables_have_fewer_and_very_large_ones_none():
    counts = [refits_for(rows, 100, "thorough") for rows in (1_000, 10_000, 100_000, 200_000, 1_000_000, 10**9)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == MOST["thorough"]
    assert counts[-1] == 0
    assert 1 not in counts


def test_a_larger_budget_never_has_fewer():
    for rows in (0, 10, 1_000, 50_000, 10**7):
        assert refits_for(rows, 30, "quick") <= refits_for(rows, 30, "standard") <= refits_for(rows, 30, "thorough")


def test_seeds_differ_repeat_and_do_not_depend_on_their_number():
    drawn = seeds(7, 100)
    assert len({7, *drawn}) == 101
    assert seeds(7, 3) == drawn[:3]
    assert not set(drawn) & set(seeds(8, 100))
    assert all(Config(seed=seed).seed == seed for seed in drawn)


@pytest.mark.slow
def test_a_network_made_anew_is_what_training_from_that_seed_gives():
    from reportgen.model import train

    table = blobs(3, 30)
    config = Config(seed=1, budget="quick")
    first = train(table, table.task, config)
    anew = refit(first, table, table.task, config, 5)
    same = train(table, table.task, Config(seed=5, budget="quick"))
    assert (anew.predict(table.test.x) == same.predict(table.test.x)).all()
    assert (anew.predict(table.test.x) != first.predict(table.test.x)).any()
    assert anew.notes == same.record.notes
