"""From a table to the split: tables of known structure, those that only look like it, and what follows."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from reportgen.config import Config, RefitConfig, SplitConfig
from reportgen.data import load, prepare
from reportgen.flow import probing, random_split
from reportgen.flow.parting import part_rows
from reportgen.model.refits import Refitted
from reportgen.records.base import Code
from reportgen.records.structure import Structure


def _labels(values):
    return np.where(values, "yes", "no").astype(object)


def _patients(seed=0, coin=True, apart=3.0):
    """Eighty patients with ten rows each; the answer is the patient's, or, without a coin, tells what a row is like."""
    rng = np.random.default_rng([seed, 1])
    who = np.repeat(np.arange(80), 10)
    x = rng.normal(0, apart, (80, 4))[who] + rng.normal(0, 0.4, (800, 4))
    y = rng.integers(0, 2, 80)[who] == 1 if coin else x[:, 0] + rng.normal(0, 1, 800) > 0
    table = pd.DataFrame(x, columns=list("abcd")).assign(patient=[f"P{k:02d}" for k in who], y=_labels(y))
    return table.sample(frac=1, random_state=seed).reset_index(drop=True)


def _days(seed=0, regime=True):
    """Columns that drift, and an answer that stretches of forty rows have in common, or that rows have of their own."""
    rng = np.random.default_rng([seed, 2])
    rows, step = 1600, 50
    knots = [rng.normal(size=rows // step + 2) for _ in range(4)]
    x = np.column_stack([np.interp(np.arange(rows), np.arange(len(k)) * step, k) for k in knots])
    x += 0.15 * rng.normal(size=x.shape)
    free = rng.normal(size=rows)
    shared = np.repeat(rng.permutation(np.resize([-1, 1], rows // 40)), 40)
    score = (1.6 * shared + 0.9 * free) if regime else x[:, 0] + free
    return pd.DataFrame(x, columns=list("abcd")).assign(
        e=free,
        at=pd.date_range("2024-01-01", periods=rows, freq="7h"),
        y=_labels(score + 0.4 * rng.normal(size=rows) > 0),
    )


def _structure(table, **options):
    config = Config(target="y", **options)
    return probing.probe(load(table, config), config)


def _flattering(table, **options):
    return [one.columns for one in _structure(table, **options).candidates if one.flatters]


def _parted(table, **options):
    config = Config(target="y", **options)
    dataset = load(table, config)
    return part_rows(dataset, config, probing.probe(dataset, config))


@pytest.fixture(scope="module")
def by_patient():
    return _parted(_patients())


def _region(seed):
    """A hundred regions with a price level of their own: an honest predictor, which no other column knows of."""
    rng = np.random.default_rng([seed, 3])
    where, size = rng.integers(0, 100, 900), rng.normal(size=900)
    level = rng.normal(size=100)[where]
    return pd.DataFrame(
        {"size": size, "rooms": size + rng.normal(size=900), "region": [f"R{k}" for k in where], "y": level + size}
    )


def _repeated_names(seed):
    """First names that different persons share by chance."""
    rng = np.random.default_rng([seed, 4])
    table = _patients(seed, coin=False).drop(columns="patient")
    return table.assign(visitor=[f"N{k}" for k in rng.integers(0, 200, len(table))])


def _twins(seed):
    """Pairs that share a household and nothing else."""
    return _repeated_names(seed).assign(visitor=[f"H{k // 2}" for k in range(800)])


def _trend(seed):
    """A number that rises with time, which a column says as well as time does."""
    rng = np.random.default_rng([seed, 5])
    rows = 900
    price, free = np.arange(rows) / rows + 0.3 * rng.normal(size=rows), rng.normal(size=rows)
    at = pd.date_range("2024-01-01", periods=rows, freq="D")
    return pd.DataFrame({"price": price, "free": free, "at": at, "y": price + free + 0.3 * rng.normal(size=rows)})


def _drift_without_regime(seed):
    return _days(seed, regime=False)


def _predicts_like_a_date(seed):
    """A date that has to do with the answer, as a column may that is no time of the row."""
    rng = np.random.default_rng([seed, 6])
    table = _patients(seed, coin=False).drop(columns="patient")
    days = np.where(table["y"] == "yes", 25, 0) + rng.normal(0, 40, len(table))
    return table.assign(closed_at=pd.Timestamp(2024, 1, 1) + pd.to_timedelta(days.round(2), unit="D"))


def test_patients_whose_answer_is_their_own_are_found(by_patient):
    (one,) = by_patient[2].candidates
    assert (one.columns, one.flatters, one.clusters, one.rows) == (("patient",), True, 80, 800)
    assert one.random.low > 0.9
    assert one.apart.high < 0.75


def test_days_that_have_something_in_common_are_found():
    (one,) = _structure(_days()).candidates
    assert (one.columns, one.flatters, one.clusters) == (("at",), True, 20)
    assert one.random.low > one.apart.high


@pytest.mark.parametrize("seed", [0])
@pytest.mark.parametrize(
    "make", [_region, _repeated_names, _twins, _trend, _drift_without_regime, _predicts_like_a_date]
)
def test_what_only_looks_like_it_is_tried_and_found_harmless(make, seed):
    structure = _structure(make(seed))
    assert len(structure.candidates) == 1
    assert not structure.candidates[0].flatters


def test_patients_who_are_told_by_what_all_have_in_common_are_harmless():
    assert _flattering(_patients(coin=False, apart=0.4)) == []


@pytest.mark.parametrize("make", [_patients, lambda: _patients(coin=False, apart=0.4)])
def test_the_order_of_rows_says_nothing_about_groups(make):
    table = make()
    verdicts = [_flattering(table.sample(frac=1, random_state=k).reset_index(drop=True)) for k in range(2)]
    assert verdicts == [_flattering(table)] * 2


def test_a_stable_category_is_told_and_not_kept_to():
    """Fifteen clinics that what their patients are like tells apart, each with an answer of its own."""
    rng = np.random.default_rng(7)
    where = rng.integers(0, 15, 900)
    x = rng.normal(0, 3, (15, 4))[where] + 0.4 * rng.normal(size=(900, 4))
    y = _labels(rng.permutation(np.arange(15) % 2)[where] == 1)
    parts, config, structure = _parted(
        pd.DataFrame(x, columns=list("abcd")).assign(clinic=[f"K{k}" for k in where], y=y)
    )
    (one,) = structure.candidates
    assert (one.flatters, one.stable, structure.respected) == (True, True, ())
    assert (parts.split.strategy, config.group) == ("stratified", ())


def test_a_leak_does_not_hide_a_group():
    table = _patients()
    leak = (table["y"] == "yes") + 0.01 * np.random.default_rng(0).normal(size=len(table))
    structure = _structure(table.assign(leak=leak))
    assert structure.set_aside == ("leak",)
    assert structure.candidates[0].flatters


def test_what_groups_explain_is_not_put_down_to_time():
    """Patients come one after the other: days near each other are days of one patient."""
    table = _patients().sort_values("patient").reset_index(drop=True)
    at = pd.Series(pd.date_range("2024-01-01", periods=len(table), freq="h"))
    assert _flattering(table.assign(at=at)) == [("patient",)]
    alone = table.drop(columns="patient").assign(at=at)
    assert _flattering(alone) == [("at",)]


def test_the_split_keeps_to_the_group_that_was_found(by_patient):
    parts, config, structure = by_patient
    assert (parts.split.strategy, parts.split.by, config.group) == ("group", "patient", ("patient",))
    assert (structure.respected, structure.kind, structure.origin) == (("patient",), "group", "found")


def test_the_split_keeps_to_the_time_that_was_found():
    parts, config, structure = _parted(_days())
    assert (parts.split.strategy, config.time, structure.kind) == ("time", ("at",), "time")
    assert parts.train["at"].max() < parts.test["at"].min()


def test_the_command_with_the_column_named_makes_the_same_split(by_patient):
    found, named = by_patient[0], _parted(_patients(), group=("patient",))[0]
    assert found.test.index.equals(named.test.index)
    assert prepare(found).inputs == prepare(named).inputs


def test_the_split_stays_where_nothing_was_sought():
    parts, config, structure = _parted(_patients(), split=SplitConfig(find_groups=False))
    assert (parts.split.strategy, config.group, structure.candidates) == ("stratified", (), ())


def test_given_test_rows_stay(tmp_path):
    table = _patients()
    table[:600].to_csv(tmp_path / "data.csv", index=False)
    table[600:].to_csv(tmp_path / "test.csv", index=False)
    config = Config(target="y", test=str(tmp_path / "test.csv"))
    dataset = load(tmp_path / "data.csv", config)
    parts, _, structure = part_rows(dataset, config, probing.probe(dataset, config))
    assert parts.split.strategy == "given"
    assert (structure.respected, structure.why_not_respected) == ((), "test_rows_given")
    assert structure.candidates[0].common == 1.0


def test_a_split_that_cannot_be_made_is_left_alone(by_patient):
    """An answer that only the last rows have would be tested and never learnt."""
    found = by_patient[2].candidates[0].model_copy(update={"kind": "time", "columns": ("at",)})
    table = _days()
    table.loc[1500:, "y"] = "late"
    asked = Config(target="y")
    parts, config, told = part_rows(load(table, asked), asked, Structure(candidates=(found,)))
    assert (parts.split.strategy, config) == ("stratified", asked)
    assert (told.respected, told.why_not_respected) == ((), "split_impossible")


@pytest.fixture
def heard(monkeypatch):
    calls = []

    def refit(network, draws, task, seeds):
        for rows in draws:
            calls.append(rows)
            yield Refitted(lambda x: np.full((len(x), len(task.classes)), 0.5), (Code(code="collapsed"),))

    monkeypatch.setattr(random_split, "refit", refit)
    return calls


def _network():
    return SimpleNamespace(plan=None, workshop=SimpleNamespace(size=None))


def test_one_more_network_is_made_on_rows_parted_at_random(heard, by_patient):
    parts, config, structure = by_patient
    config = config.model_copy(update={"refits": RefitConfig(count=1)})
    network, told = random_split.split_at_random(parts, prepare(parts), _network(), config, structure)
    (rows,) = heard
    assert told == structure
    assert [one.feature for one in network.inputs] == list("abcd")
    held = set(parts.dataset.frame.loc[rows.test.rows, "patient"])
    assert len(held & set(parts.dataset.frame.loc[rows.train.rows, "patient"])) > 50


def test_no_network_is_made_where_the_split_is_at_random_or_refits_are_off(heard, by_patient):
    parts, config, structure = _parted(_patients(), split=SplitConfig(find_groups=False))
    assert random_split.split_at_random(parts, prepare(parts), _network(), config, structure) == (None, structure)
    parts, config, structure = by_patient
    config = config.model_copy(update={"refits": RefitConfig(count=0)})
    network, told = random_split.split_at_random(parts, prepare(parts), _network(), config, structure)
    assert (network, told.why_no_random_split, heard) == (None, "refits_off", [])


def test_a_table_without_such_columns_costs_nothing(monkeypatch):
    monkeypatch.setattr(probing, "hold", None)
    monkeypatch.setattr(probing, "telling", None)
    assert _structure(_patients().drop(columns="patient")) == Structure()
