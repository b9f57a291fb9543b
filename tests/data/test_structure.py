"""Which columns may name groups or moments, by their values and their names; nothing is learnt here."""

import numpy as np
import pandas as pd
import pytest

from reportgen.config import Config, SplitConfig
from reportgen.data import load, measured, respect, split, suspects

ROWS = 400
RNG = np.random.default_rng(0)


def _table(**columns):
    base = {"x": RNG.normal(size=ROWS), **columns}
    return pd.DataFrame({**base, "y": np.array(["no", "yes"], dtype=object)[RNG.integers(0, 2, ROWS)]})


def _found(table, **options):
    config = Config(target="y", **options)
    return [(one.kind, one.columns) for one in suspects(load(table, config), config)]


def _names(count, prefix="P"):
    return [f"{prefix}{k % count:03d}" for k in range(ROWS)]


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("patient", _names(40), True),
        ("patient_id", [k % 40 for k in range(ROWS)], True),
        ("客户编号", [k % 40 for k in range(ROWS)], True),
        ("label", _names(40), True),
        ("patient", _names(5), False),
        ("age", [k % 40 for k in range(ROWS)], False),
        ("patients", [k % 40 for k in range(ROWS)], False),
        ("weight_id", [k % 40 + 0.5 for k in range(ROWS)], False),
        ("patient", [f"P{k}" if k > 60 else f"P{k // 2}" for k in range(ROWS)], False),
    ],
)
def test_groups_are_many_and_repeat_and_are_named_or_outnumber_their_rows(name, values, found):
    assert _found(_table(**{name: values})) == ([("group", (name,))] if found else [])


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("recorded_at", pd.date_range("2024-01-01", periods=ROWS, freq="h"), True),
        ("recorded_at", pd.date_range("2024-01-01", periods=ROWS, freq="h")[RNG.permutation(ROWS)], True),
        ("birth_date", pd.date_range("1950-01-01", periods=ROWS, freq="30D"), False),
        ("day", np.arange(ROWS) // 2, True),
        ("day", ROWS - np.arange(ROWS) // 2, True),
        ("hour", np.arange(ROWS) % 24, False),
        ("hours_per_week", RNG.integers(1, 99, ROWS), False),
        ("refund_after_days", RNG.normal(8, 3, ROWS).round(2), False),
        ("income", np.arange(ROWS) * 1.5, False),
        ("year", np.repeat([2022, 2023, 2024, 2025], ROWS // 4), False),
    ],
)
def test_time_is_a_date_or_is_named_so_and_runs_along_the_file(name, values, found):
    assert _found(_table(**{name: values})) == ([("time", (name,))] if found else [])


def test_a_year_takes_its_month_along():
    sold = pd.DataFrame({"year": np.repeat(np.arange(2016, 2024), 50), "month": np.tile(np.arange(50) % 12 + 1, 8)})
    config = Config(target="y")
    (one,) = suspects(load(_table(year=sold["year"], month=sold["month"]), config), config)
    assert one.columns == ("year", "month")
    assert (one.codes == (sold["year"] * 12 + sold["month"]).rank(method="dense").to_numpy() - 1).all()


def test_what_the_user_named_is_tried_alone():
    table = _table(patient=_names(40), day=np.arange(ROWS))
    assert _found(table) == [("group", ("patient",)), ("time", ("day",))]
    assert _found(table, group=("patient",)) == [("group", ("patient",))]
    assert _found(table, time=("day",)) == [("time", ("day",))]


def test_both_searches_can_be_turned_off():
    table = _table(patient=_names(40), day=np.arange(ROWS))
    assert _found(table, split=SplitConfig(find_groups=False)) == [("time", ("day",))]
    assert _found(table, split=SplitConfig(find_time=False)) == [("group", ("patient",))]


def test_a_column_that_was_dropped_still_groups_its_rows():
    assert _found(_table(patient=_names(40)), drop=("patient",)) == [("group", ("patient",))]


@pytest.mark.parametrize(
    ("name", "count", "stable"),
    [("region", 12, True), ("customer_segment", 12, True), ("patient", 12, False), ("region", 20, False)],
)
def test_a_category_with_many_rows_of_each_value_may_be_all_there_is(name, count, stable):
    config = Config(target="y")
    (one,) = suspects(load(_table(**{name: _names(count)}), config), config)
    assert one.stable is stable


def test_a_missing_group_is_a_group_of_its_own():
    table = _table(patient=[None if k % 10 == 0 else name for k, name in enumerate(_names(40))])
    config = Config(target="y")
    (one,) = suspects(load(table, config), config)
    assert len(np.unique(one.codes[::10])) == ROWS // 10


@pytest.mark.parametrize(("start", "common"), [(0, 1.0), (20, 0.5), (40, 0.0)])
def test_given_test_rows_say_how_many_of_their_groups_are_known(tmp_path, start, common):
    table = _table(patient=_names(40))
    table.to_csv(tmp_path / "data.csv", index=False)
    table.assign(patient=[f"P{start + k % 40:03d}" for k in range(ROWS)]).to_csv(tmp_path / "test.csv", index=False)
    config = Config(target="y", test=str(tmp_path / "test.csv"))
    (one,) = suspects(load(tmp_path / "data.csv", config), config)
    assert one.common == common


@pytest.mark.parametrize(("first", "common"), [(0, 1.0), (ROWS // 2, 0.5), (ROWS, 0.0)])
def test_given_test_rows_say_how_many_come_no_later(tmp_path, first, common):
    table = _table(day=np.arange(ROWS))
    table.to_csv(tmp_path / "data.csv", index=False)
    table.assign(day=np.arange(ROWS) + first).to_csv(tmp_path / "test.csv", index=False)
    config = Config(target="y", test=str(tmp_path / "test.csv"))
    (one,) = suspects(load(tmp_path / "data.csv", config), config)
    assert one.common == common


def test_a_found_group_is_kept_together_like_a_named_one():
    table, asked = _table(patient=_names(40)), Config(target="y")
    dataset, config = respect(load(table, asked), asked, "group", ("patient",))
    named = Config(target="y", group=("patient",))
    found, given = split(dataset, config), split(load(table, named), named)
    assert found.test.index.tolist() == given.test.index.tolist()
    assert set(found.train["patient"]).isdisjoint(found.test["patient"])
    (column,) = (c for c in dataset.columns if c.name == "patient")
    assert (column.role, column.why) == ("group", "found")
    assert [c.name for c in dataset.features] == ["x"]


def test_features_become_numbers_without_a_look_at_the_target():
    table = _table(colour=["red", None] * (ROWS // 2), at=pd.date_range("2024-01-01", periods=ROWS, freq="6h"))
    config = Config(target="y")
    matrix, names = measured(load(table, config))
    assert names == ("x", "colour", "at", "at", "at")
    assert np.isnan(matrix[1, 1])
    assert matrix[5, 2:].tolist() == [19724.25, 1.0, 6.0]
    other = table.assign(y=table["y"].to_numpy()[::-1])
    assert np.array_equal(measured(load(other, config))[0], matrix, equal_nan=True)
