"""The plan: what is asked goes first, and no table asks for more work than its ceiling."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.config import ModelConfig
from reportgen.model import plan as module
from reportgen.model.plan import (
    EPOCHS,
    FEWEST_EPOCHS,
    MEMBERS,
    STARTS,
    WORK,
    Plan,
    Size,
    epoch_work,
    make_plan,
    settings,
    width,
)

OPEN = ModelConfig()
BUDGETS = ("quick", "standard", "thorough")
LOSSES = ("log_loss", "squared_error", "huber")

sizes = st.builds(
    Size,
    rows=st.integers(1, 10**7),
    numbers=st.integers(0, 10**4),
    flags=st.integers(0, 10**4),
    outputs=st.integers(1, 1_000),
)
budgets = st.sampled_from(BUDGETS)
losses = st.sampled_from(LOSSES)


def table(rows: int = 600, numbers: int = 8, flags: int = 4, outputs: int = 2) -> Size:
    return Size(rows, numbers, flags, outputs)


def asked_for(kind: str) -> ModelConfig:
    """Every setting there is, none of them at a value that a plan would choose."""
    return ModelConfig(
        kind=kind, members=3, embedding="periodic", bins=5, embedding_width=3, hidden=(7,), loss="huber",
        class_weights="balanced", calibrate=False, schedule="constant", learning_rate=0.5, weight_decay=0.25,
        dropout=0.75, batch=3, epochs=2, patience=1,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["network", "article"])
@pytest.mark.parametrize("budget", BUDGETS)
def test_what_the_user_asks_for_goes_first(kind, budget):
    asked = asked_for(kind)
    assert None not in asked.model_dump().values(), "a new setting wants a place in this test"
    plan = make_plan(Size(10**7, 10**4, 10**4, 10), "squared_error", asked, budget)
    assert {name: getattr(plan, name) for name in type(asked).model_fields} == asked.model_dump()


def test_a_loss_of_numbers_is_not_for_classes():
    assert make_plan(table(), "log_loss", ModelConfig(loss="huber"), "standard").loss == "log_loss"
    assert make_plan(table(), "huber", ModelConfig(loss="squared_error"), "standard").loss == "squared_error"


@pytest.mark.parametrize("embedding", [None, "piecewise", "periodic"])
def test_a_table_of_flags_has_no_numbers_to_embed(embedding):
    asked = ModelConfig(embedding=embedding)
    assert make_plan(table(numbers=0), "log_loss", asked, "standard").embedding == "none"
    assert make_plan(table(numbers=1), "log_loss", asked, "standard").embedding == (embedding or "piecewise")


@pytest.mark.parametrize(
    "setting", [{"learning_rate": 0.5}, {"dropout": 0.0}, {"weight_decay": 0.0}, {"batch": 8}, {"calibrate": False}]
)
def test_one_setting_leaves_the_others(setting):
    before = make_plan(table(), "log_loss", OPEN, "standard")
    assert make_plan(table(), "log_loss", ModelConfig(**setting), "standard") == replace(before, **setting)


@pytest.mark.parametrize(
    ("asked", "calibrates"),
    [
        ({}, True),
        ({"class_weights": "none"}, True),
        ({"class_weights": "balanced"}, False),
        ({"class_weights": "balanced", "calibrate": True}, True),
    ],
)
def test_balanced_classes_have_no_temperature_of_the_table_s_own_frequencies(asked, calibrates):
    assert make_plan(table(), "log_loss", ModelConfig(**asked), "standard").calibrate is calibrates


@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("size", [Size(20, 2, 0, 1), Size(10**6, 10**3, 10**3, 9)])
def test_the_article_is_its_own_net_whatever_the_table(budget, loss, size):
    article = Plan(
        kind="article", members=1, embedding="none", bins=8, embedding_width=8, hidden=(10,), loss=loss,
        class_weights="none", optimiser="Adam", learning_rate=0.001, schedule="constant", warm_up=0.0,
        weight_decay=0.0, dropout=0.0, batch=10, epochs=100, patience=100, calibrate=False, starts=1,
    )  # fmt: skip
    assert make_plan(size, loss, ModelConfig(kind="article"), budget) == article
    assert not article.waits


@given(size=sizes, loss=losses, budget=budgets)
def test_settings_are_usable_for_every_table(size, loss, budget):
    plan = make_plan(size, loss, OPEN, budget)
    assert plan.kind == "network" and plan.waits
    assert 1 <= plan.members <= MEMBERS[budget]
    assert all(module.NARROWEST <= units <= 512 for units in plan.hidden)
    assert 8 <= plan.bins <= 48
    assert 32 <= plan.batch <= 2048
    assert 0 < plan.learning_rate < 0.1
    assert 0 <= plan.dropout < 1
    assert 3 <= plan.epochs <= EPOCHS[budget]
    assert 2 <= plan.patience <= plan.epochs
    assert plan.loss == loss
    assert plan.starts in (1, STARTS[budget])
    assert plan.embedding == "none" or size.numbers
    assert plan.embedding == "piecewise" or not size.numbers or plan.members == 1


@given(size=sizes, loss=losses, budget=budgets)
def test_all_epochs_stay_within_the_ceiling_unless_they_are_the_fewest(size, loss, budget):
    plan = make_plan(size, loss, OPEN, budget)
    spent = plan.starts * plan.epochs * epoch_work(plan, size)
    assert spent <= module._ceiling(size.rows) * WORK[budget] or (plan.epochs, plan.members) == (3, 1)


@given(size=sizes, budget=budgets)
def test_starts_members_embedding_and_width_go_before_epochs_grow_too_few(size, budget):
    plan = make_plan(size, "log_loss", OPEN, budget)
    smallest = (plan.starts, plan.members, plan.embedding, min(plan.hidden)) == (1, 1, "none", module.NARROWEST)
    assert plan.epochs >= min(FEWEST_EPOCHS, EPOCHS[budget]) or smallest


@given(size=sizes, budget=budgets, epochs=st.integers(1, 500), members=st.integers(1, 64))
def test_the_ceiling_never_overrules_what_was_asked(size, budget, epochs, members):
    assert make_plan(size, "log_loss", ModelConfig(epochs=epochs), budget).epochs == epochs
    assert make_plan(size, "log_loss", ModelConfig(epochs=epochs), budget).members == MEMBERS[budget]
    assert make_plan(size, "log_loss", ModelConfig(members=members), budget).members == members


@given(size=sizes, more=st.integers(1, 10**7), budget=budgets)
def test_more_rows_never_narrow_the_network(size, more, budget):
    few, many = (module._network(rows, "log_loss", budget) for rows in (size, replace(size, rows=size.rows + more)))
    assert few.hidden <= many.hidden
    assert few.bins <= many.bins
    assert few.batch <= many.batch
    assert module._ceiling(size.rows) <= module._ceiling(size.rows + more)


@given(size=sizes, more=st.integers(1, 10**4), budget=budgets)
def test_more_columns_never_add_members(size, more, budget):
    few, many = (
        make_plan(columns, "log_loss", OPEN, budget) for columns in (size, replace(size, flags=size.flags + more))
    )
    assert few.members >= many.members
    alike = replace(many, epochs=few.epochs, patience=few.patience) == few
    assert few.epochs >= many.epochs or not alike


@given(size=sizes, loss=losses)
def test_a_larger_budget_is_never_the_smaller_network(size, loss):
    quick, standard, thorough = (make_plan(size, loss, OPEN, budget) for budget in BUDGETS)
    assert quick.members <= standard.members <= thorough.members
    assert quick.hidden <= standard.hidden <= thorough.hidden
    assert quick.starts <= standard.starts <= thorough.starts


@pytest.mark.parametrize("setting", ["members", "hidden", "epochs", "patience"])
def test_on_a_small_table_a_larger_budget_is_larger(setting):
    quick, standard, thorough = (getattr(make_plan(table(90), "log_loss", OPEN, b), setting) for b in BUDGETS)
    assert quick < standard < thorough


@pytest.mark.parametrize(
    ("embedding", "expected"), [("none", 8 + 4), ("piecewise", 8 * 4 + 4), ("periodic", 8 * 4 + 4)]
)
def test_the_first_hidden_layer_sees_numbers_their_embedding_and_flags(embedding, expected):
    asked = ModelConfig(embedding=embedding, embedding_width=3)
    assert width(table(), make_plan(table(), "log_loss", asked, "standard")) == expected


def test_an_epoch_costs_rows_by_members_by_weights():
    asked = ModelConfig(members=4, hidden=(10, 5), embedding="none")
    plan = make_plan(table(rows=100, outputs=3), "log_loss", asked, "standard")
    assert epoch_work(plan, table(rows=100, outputs=3)) == 100 * 4 * (12 * 10 + 10 * 5 + 5 * 3)


def test_the_report_shows_settings_by_the_names_of_the_configuration():
    shown = settings(make_plan(table(), "log_loss", ModelConfig(hidden=(9, 7)), "standard"))
    assert set(ModelConfig.model_fields) <= set(shown)
    assert shown["hidden"] == "9, 7"


def test_the_report_shows_no_setting_that_decided_nothing():
    bare = settings(make_plan(table(), "huber", ModelConfig(embedding="none"), "standard"))
    assert not {"bins", "embedding_width", "class_weights", "calibrate"} & set(bare)
    waves = settings(
        make_plan(table(), "log_loss", ModelConfig(embedding="periodic", bins=9, embedding_width=7), "standard")
    )
    assert (waves["bins"], waves["embedding_width"]) == (9, 7)
