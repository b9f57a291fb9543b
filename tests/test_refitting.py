"""The network made anew: on which rows, from which seeds, and what is told of it; no net is trained here."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from reportgen.config import Config, CurveConfig, RefitConfig
from reportgen.data import load, prepare, refold, split
from reportgen.flow import curve
from reportgen.flow import refits as flow_refits
from reportgen.flow.refits import refitting
from reportgen.flow.together import Together
from reportgen.model.curve import Course, Learnt
from reportgen.model.refits import Refitted, seeds
from reportgen.model.training import measure, plan_for
from reportgen.records.base import Code

RNG = np.random.default_rng(0)
TABLE = pd.DataFrame(
    {
        "x": RNG.normal(size=120),
        "colour": np.array(["red", "blue", "green"], dtype=object)[RNG.integers(0, 3, 120)],
        "day": np.arange(120) // 3,
        "who": [f"P{row}" for row in np.repeat(np.arange(20), 6)],
        "y": ["yes", "no", "no"] * 40,
    }
)
NOTE = Code(code="collapsed", facts={"class": "no", "rows": 72})


@pytest.fixture
def heard(monkeypatch):
    """Every network made anew answers one half, and tells with which rows and which seed it was made."""
    calls = []

    def refit(network, draws, task, seeds):
        for rows, seed in zip(draws, seeds, strict=True):
            calls.append((rows, seed))
            yield Refitted(lambda x: np.full((len(x), len(task.classes)), 0.5), (NOTE,))

    monkeypatch.setattr(flow_refits, "refit", refit)
    return calls


def _network(prepared, config):
    """What of a network decides how often it is made anew."""
    task = prepared.preparer.task
    return SimpleNamespace(
        plan=plan_for(prepared, task, config), workshop=SimpleNamespace(size=measure(prepared, task))
    )


def _refits(table=TABLE, **options):
    config = Config(target="y", **options)
    parts = split(load(table, config), config)
    prepared = prepare(parts)
    return parts, prepared, refitting(parts, prepared, _network(prepared, config), config)


def _rows(part) -> frozenset[int]:
    return frozenset(part.rows.tolist())


def test_each_is_made_on_a_split_of_its_own_from_a_seed_of_its_own(heard):
    _, _, refits = _refits(refits=RefitConfig(count=4))
    assert [seed for _, seed in heard] == list(seeds(0, 4))
    for (rows, _), network in zip(heard, refits.networks, strict=True):
        assert not _rows(rows.test) & (_rows(rows.train) | _rows(rows.validation))
        assert (network.test.y == rows.test.y).all()
        assert (network.test.frame == TABLE.loc[network.test.rows, ["x", "colour", "day", "who"]]).all(axis=None)
        assert (network.train_rows, len(network.test.y)) == (len(rows.train.y) + len(rows.validation.y), 24)
        assert network.predict(network.test.x).shape == (24, 2)
        assert network.notes == (NOTE,)
    assert (refits.covers, refits.left_out) == (("split", "seed"), 0)


def test_a_draw_keeps_original_values_of_its_test_rows_alone(heard):
    """Of 2,000 columns each table of original values takes a hundred megabytes."""
    _, prepared, refits = _refits(refits=RefitConfig(count=2))
    for (rows, _), network in zip(heard, refits.networks, strict=True):
        assert (len(rows.train.frame), len(rows.validation.frame), len(rows.test.frame)) == (0, 0, 24)
        assert len(rows.train.x) == len(rows.train.y) > 0
        assert network.encode(network.test.frame).shape == network.test.x.shape
    assert len(prepared.train.frame) == len(prepared.train.y)


@pytest.mark.parametrize("by", [(), ("who",)])
def test_four_complete_a_partition_and_nine_go_through_two(heard, by):
    parts, _, _ = _refits(refits=RefitConfig(count=9), group=by)
    tested = [*parts.test.index, *(row for rows, _ in heard for row in rows.test.rows)]
    assert sorted(tested[:120]) == list(range(120))
    assert sorted(tested[120:]) == list(range(120))
    assert tested[:24] != tested[120:144]


def test_a_partition_is_even_over_classes(heard):
    _refits(refits=RefitConfig(count=4))
    assert [np.bincount(rows.test.y).tolist() for rows, _ in heard] == [[16, 8]] * 4


def test_nothing_is_fitted_on_rows_that_it_is_judged_on(heard):
    _refits(refits=RefitConfig(count=3))
    scales = {rows.inputs[0].centre for rows, _ in heard}
    for rows, _ in heard:
        assert rows.inputs[0].centre == pytest.approx(TABLE["x"].iloc[rows.train.rows].mean())
    assert len(scales) == 3


def test_in_order_of_time_only_the_seed_varies(heard):
    _, prepared, refits = _refits(time=("day",), refits=RefitConfig(count=3))
    assert refits.covers == ("seed",)
    assert all(rows.train.x is prepared.train.x and rows.test is prepared.test for rows, _ in heard)
    assert len({seed for _, seed in heard}) == 3


def test_given_test_rows_stay_and_training_rows_vary(heard, tmp_path: Path):
    TABLE.iloc[:30].to_csv(tmp_path / "test.csv", index=False)
    parts, _, refits = _refits(TABLE.iloc[30:], test=str(tmp_path / "test.csv"), refits=RefitConfig(count=3))
    assert parts.split.strategy == "given"
    assert refits.covers == ("training_rows", "seed")
    assert len({_rows(rows.validation) for rows, _ in heard}) == 3
    assert {_rows(rows.test) for rows, _ in heard} == {frozenset(range(30))}


def test_groups_stay_whole_in_every_split(heard):
    _, _, refits = _refits(group=("who",), refits=RefitConfig(count=3))
    assert refits.covers == ("split", "seed")
    for rows, _ in heard:
        learnt = set(TABLE["who"].iloc[np.concatenate([rows.train.rows, rows.validation.rows])])
        assert not learnt & set(TABLE["who"].iloc[rows.test.rows])


def test_groups_of_different_sizes_still_fall_otherwise_with_each_seed(heard):
    who = np.repeat([f"P{n}" for n in range(14)], [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 3])
    parts, _, refits = _refits(TABLE.assign(who=who[:120]), group=("who",), refits=RefitConfig(count=4))
    assert refits.covers == ("split", "seed")
    assert len({frozenset(parts.test.index), *(_rows(rows.test) for rows, _ in heard)}) >= 4


def test_a_draw_that_cannot_be_learnt_from_is_left_out_and_counted(heard, monkeypatch):
    from reportgen.errors import DataError

    turns = iter([True, False, True])

    def moody(*given):
        if not next(turns):
            raise DataError("a part without rows")
        return refold(*given)

    config = Config(target="y", refits=RefitConfig(count=3))
    parts = split(load(TABLE, config), config)
    monkeypatch.setattr(flow_refits, "refold", moody)
    prepared = prepare(parts)
    refits = refitting(parts, prepared, _network(prepared, config), config)
    assert (len(refits.networks), refits.left_out, refits.why_none) == (2, 1, "no_other_split")


def test_none_are_made_where_none_are_asked_for(heard):
    _, _, refits = _refits(refits=RefitConfig(count=0))
    assert (refits.networks, refits.why_none, heard) == ((), "refits_off", [])


def test_none_are_made_of_a_table_too_large_for_the_budget_unless_they_are_asked_for(heard, monkeypatch):
    monkeypatch.setattr(flow_refits, "refits_for", lambda plan, size, budget: 0)
    assert _refits()[2].why_none == "too_large_to_refit"
    assert len(_refits(refits=RefitConfig(count=2))[2].networks) == 2


def test_the_budget_decides_where_nothing_is_asked_for(heard):
    _refits(budget="quick")
    assert len(heard) == 2


class TestFewerRows:
    """Which networks learn fewer rows, and why none where none do; no net is trained here."""

    @pytest.fixture
    def taught(self, monkeypatch):
        calls = []

        def learn_less(network, prepared, task, course, seed, _units):
            calls.append((course, seed))
            yield Learnt(course.sizes[0], 0, np.full((len(prepared.test.y), len(task.classes)), 0.5))

        monkeypatch.setattr(curve, "learn_less", learn_less)
        return calls

    def smaller(self, table=TABLE, **options):
        config = Config(target="y", **options)
        prepared = prepare(split(load(table, config), config))
        alone = Together(None, None)
        lessons = curve.lessons_for(prepared, prepared.preparer.task, config, alone)
        return curve.shrinking(_network(prepared, config), lessons, None)

    def test_the_budget_decides_where_nothing_is_asked_for(self, taught):
        wide = pd.concat([TABLE] * 2, ignore_index=True)
        (made,) = self.smaller(wide, seed=3).networks
        assert taught == [(Course((36, 72), 2), 3)]
        assert (made.rows, made.predictions.shape) == (36, (48, 2))
        assert self.smaller(wide, budget="quick").why_none == "not_in_budget"

    def test_what_is_asked_for_goes_first(self, taught, monkeypatch):
        wide = pd.concat([TABLE] * 2, ignore_index=True)
        monkeypatch.setattr(curve, "course_for", lambda *_: None)
        assert self.smaller(wide).why_none == "too_large_for_learning_curve"
        assert self.smaller(wide, learning_curve=CurveConfig(draws=0)).why_none == "learning_curve_off"
        assert self.smaller(wide, learning_curve=CurveConfig(draws=3)).networks
        assert taught == [(Course((36, 72), 3), 0)]

    def test_too_few_rows_make_no_curve(self, taught):
        assert self.smaller().why_none == "too_few_for_learning_curve"
        assert taught == []
