from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.config import ModelConfig
from reportgen.model.plan import Plan, make_plan

OPEN = ModelConfig()


def test_what_the_user_asks_for_goes_first():
    asked = Plan((7,), learning_rate=0.5, weight_decay=0.0, dropout=0.0, batch=3, epochs=2, patience=1)
    assert make_plan(90, ModelConfig(**vars(asked)), "quick") == asked


def test_one_setting_leaves_the_others():
    assert make_plan(90, ModelConfig(batch=8), "standard") == replace(make_plan(90, OPEN, "standard"), batch=8)


@given(rows=st.integers(1, 10**7), budget=st.sampled_from(("quick", "standard", "thorough")))
def test_settings_are_usable_for_every_table(rows, budget):
    plan = make_plan(rows, OPEN, budget)
    assert all(16 <= width <= 512 for width in plan.hidden)
    assert 32 <= plan.batch <= 512
    assert 0 <= plan.dropout < 1
    assert plan.rest < plan.patience < plan.epochs


@pytest.mark.parametrize("setting", ["epochs", "patience"])
def test_a_larger_budget_waits_longer(setting):
    quick, standard, thorough = (
        getattr(make_plan(1000, OPEN, budget), setting) for budget in ("quick", "standard", "thorough")
    )
    assert quick < standard < thorough


def test_a_larger_table_gets_a_wider_network():
    widths = [make_plan(rows, OPEN, "standard").hidden[0] for rows in (90, 1000, 30_000)]
    assert widths == sorted(set(widths))
