"""What differs between two tables, told by their reports alone."""

import numpy as np
import pandas as pd
import pytest

from reportgen.comparison import SeenReport
from reportgen.comparison.drift import BOUND, SHIFT, drift
from reportgen.data.summary import levels_of, number_summary

LETTERS = np.array(list("abcdefghijklmnop"))


def column(name, values, kind="numeric", role="feature"):
    series = pd.Series(values)
    levels, others = levels_of(series, kind)
    numbers = number_summary(series.to_numpy(dtype=float)) if kind == "numeric" else None
    return {
        "name": name,
        "kind": kind,
        "role": role,
        "missing": int(series.isna().sum()),
        "numbers": numbers.model_dump() if numbers else None,
        "levels": [level.model_dump() for level in levels],
        "other_levels": others,
    }


def report(*columns, rows=400, sha256="00"):
    return SeenReport.model_validate(
        {
            "dataset": {"name": "t", "rows": rows, "rows_used": rows, "sha256": sha256, "columns": columns},
            "task": {"kind": "binary", "target": "y"},
            "split": {"train": rows, "test": 1},
            "metrics": [],
        }
    )


def differ(old, new, rows=400):
    return drift(report(*old, rows=rows), report(*new, rows=rows), False)


def normal(seed, mean=0.0, n=400):
    return np.random.default_rng(seed).normal(mean, 1, n)


def letters(seed, shares, n=400):
    return np.random.default_rng(seed).choice(LETTERS[: len(shares)], n, p=shares)


def test_a_mean_that_moved_is_told_in_standard_deviations():
    (one,) = differ([column("x", normal(0))], [column("x", normal(1, 0.6))]).changes
    assert (one.column, one.what, one.n) == ("x", "mean", (400, 400))
    assert 0.4 < one.change.low < one.change.difference < one.change.high < 0.9


def test_values_newly_missing_are_told_as_a_difference_of_shares():
    gaps = normal(1)
    gaps[:60] = np.nan
    (one,) = differ([column("x", normal(0))], [column("x", gaps)]).changes
    assert (one.what, one.old, one.new) == ("missing", 0.0, 0.15)
    assert one.change.difference == pytest.approx(0.15)


def test_a_value_that_came_is_named_with_its_shares():
    new = letters(1, [0.5, 0.3, 0.2])
    new[:80] = "z"
    (one,) = differ(
        [column("x", letters(0, [0.5, 0.3, 0.2]), "categorical")], [column("x", new, "categorical")]
    ).changes
    assert (one.what, one.level_name, one.old, one.new) == ("levels", "z", 0.0, 0.2)
    assert 0.1 < one.change.low < one.change.difference < 0.2 < one.change.high


def test_a_rare_value_that_became_common_is_told_though_the_older_report_does_not_list_it():
    shares = np.full(16, 1 / 16)
    tilted = np.array([*np.full(15, 0.6 / 15), 0.4])
    old = column("x", letters(0, shares), "categorical")
    old["levels"] = [level for level in old["levels"] if level["label"] != "p"]
    (one,) = differ([old], [column("x", letters(1, tilted), "categorical")]).changes
    assert (one.what, one.level_name) == ("levels", "p")
    assert differ([old], [column("x", letters(1, shares), "categorical")]).changes == ()


def test_many_values_of_which_each_report_lists_others_are_not_said_to_differ_without_proof():
    alarms = 0
    for seed in range(20):
        shares = np.full(16, 1 / 16)
        sides = [
            [column(f"c{k}", letters([seed, side, k], shares), "categorical") for k in range(4)] for side in (0, 1)
        ]
        alarms += bool(differ(*sides).changes)
    assert alarms <= 3


def test_what_is_proven_and_small_is_only_counted():
    found = differ([column("x", normal(0, n=20_000))], [column("x", normal(1, 0.1, n=20_000))], rows=20_000)
    assert (found.changes, found.slight, found.tests) == ((), 1, 2)


def test_the_two_bounds_are_one():
    from scipy.stats import norm

    assert 2 * norm.cdf(SHIFT / 2) - 1 == pytest.approx(BOUND, abs=0.001)


def test_tables_of_like_rows_are_seldom_said_to_differ():
    alarms = 0
    for seed in range(12):
        sides = []
        for side in range(2):
            numbers = [column(f"n{k}", normal([seed, side, k], n=60)) for k in range(10)]
            kinds = [column(f"c{k}", letters([seed, side, k], [0.6, 0.3, 0.1], 60), "categorical") for k in range(10)]
            sides.append([*numbers, *kinds])
        alarms += bool(differ(*sides, rows=60).changes)
    assert alarms <= 2


def test_columns_come_go_and_are_taken_otherwise():
    old = [column("a", normal(0)), column("b", normal(0)), column("c", normal(0), role="dropped")]
    new = [column("b", letters(0, [0.5, 0.5]), "categorical"), column("c", normal(0)), column("d", normal(0))]
    found = differ(old, new)
    assert [(one.column, one.change) for one in found.roles] == [
        ("b", "kind"), ("c", "role"), ("d", "come"), ("a", "gone"),
    ]  # fmt: skip


def test_of_one_table_no_drift_is_looked_for_but_roles_are():
    old, new = report(column("x", normal(0))), report(column("x", normal(1, 3.0), role="group"))
    found = drift(old, new, True)
    assert (found.reason, found.changes, found.roles[0].change) == ("same_data", (), "role")


def test_keys_and_dropped_columns_are_not_compared():
    found = differ([column("x", normal(0), role="id")], [column("x", normal(1, 3.0), role="id")])
    assert (found.changes, found.reason) == ((), "nothing_to_compare")
