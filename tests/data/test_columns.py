"""Roles: what names rows, what says nothing, what can be learnt from."""

import numpy as np
import pandas as pd
import pytest

from reportgen.config import Config
from reportgen.data import load
from reportgen.data.columns import _counts, is_key

N = 200
RNG = np.random.default_rng(5)
TARGET = ["a", "b"] * (N // 2)


def role(values: object, name: str = "c", **options: object) -> tuple[str, str, str | None]:
    frame = pd.DataFrame({name: values, "other": RNG.normal(size=N), "t": TARGET})
    column = load(frame, Config(target="t", **options)).columns[0]
    return column.kind, column.role, column.why


def test_keys() -> None:
    assert role([f"C{i:06d}" for i in RNG.permutation(N)]) == ("text", "id", "key")
    assert role(np.arange(N)) == ("numeric", "id", "key")
    assert role(RNG.permutation(N) + 1000) == ("numeric", "id", "key")
    assert role(RNG.choice(10**9, N, replace=False), "customerID") == ("numeric", "id", "key")
    assert role(RNG.choice(10**9, N, replace=False), "PID") == ("numeric", "id", "key")
    assert role(RNG.choice(10**9, N, replace=False), "客户编号") == ("numeric", "id", "key")
    few_twice = np.append(RNG.choice(10**6, N - 5, replace=False), [7] * 5)
    assert role(few_twice, "client_id") == ("numeric", "id", "key")
    assert role([f"name {i}" for i in range(N - 5)] + ["name 1"] * 5) == ("text", "id", "key")


def test_what_looks_like_a_key_and_is_none() -> None:
    assert role(RNG.normal(size=N)) == ("numeric", "feature", None)
    assert role(RNG.choice(10**9, N, replace=False), "amount_paid") == ("numeric", "feature", None)
    few_twice = np.append(RNG.choice(10**6, N - 5, replace=False), [7] * 5)
    assert role(few_twice, "amount_paid") == ("numeric", "feature", None)
    assert role(few_twice, "total number") == ("numeric", "feature", None)  # a count, of which two may be equal
    assert role(np.repeat(RNG.choice(10**6, N // 2, replace=False), 2), "client_id") == ("numeric", "feature", None)
    assert role(np.arange(N) / 10) == ("numeric", "feature", None)
    assert role(np.arange(1800, 1800 + N), "year") == ("numeric", "feature", None)
    assert role(np.arange(N), "ts") == ("numeric", "feature", None)  # a time, which may flatter a split
    assert role(pd.date_range("2020-01-01", periods=N, freq="7h")) == ("datetime", "feature", None)
    assert role([f"R{i:02d}" for i in RNG.integers(0, 40, N)]) == ("categorical", "feature", None)
    assert role([f"P-{i}" for i in RNG.integers(0, 120, N)]) == ("categorical", "feature", None)
    assert role([i if i < 30 else None for i in range(N)]) == ("numeric", "feature", None)
    assert role(RNG.integers(0, 50, N), "id") == ("numeric", "feature", None)


def test_few_rows_are_different_by_chance() -> None:
    numbers = pd.Series(np.arange(19, dtype=float), name="c")
    assert not is_key(numbers, "numeric")
    assert is_key(pd.Series(np.arange(20, dtype=float), name="c"), "numeric") is False  # 190 pairs on 20 values: e^-9.5
    assert is_key(pd.Series(np.arange(40, dtype=float), name="c"), "numeric")


@pytest.mark.parametrize(
    "name", ["id", "row_id", "Id", "userId", "userID", "PID", "index", "No", "Rec No", "uuid", "学号"]
)
def test_names_of_keys(name: str) -> None:
    assert is_key(pd.Series(np.arange(50.0) ** 4, name=name), "numeric")


@pytest.mark.parametrize("name", ["paid", "humid", "grid", "piano", "turkey", "enumber", "AVOID", "name"])
def test_names_that_only_end_like_a_key(name: str) -> None:
    assert not is_key(pd.Series(np.arange(50.0) ** 4, name=name), "numeric")


def test_columns_that_say_nothing() -> None:
    assert role([3.5] * N) == ("numeric", "dropped", "constant")
    assert role([None] * N) == ("categorical", "dropped", "all_missing")
    prose = [f"a remark of more than six words about {'abcdefgh'[i % 8]} and {i // 2}" for i in range(N)]
    assert role(prose) == ("text", "feature", None)
    assert role(["x", None] * (N // 2)) == ("categorical", "feature", None)


def test_what_the_user_asks_for_goes_first() -> None:
    numbers = np.arange(N)
    assert role(numbers, drop=("c",)) == ("numeric", "dropped", "asked")
    assert role(numbers, group=("c",)) == ("numeric", "group", "asked")
    assert role(numbers, time=("c",)) == ("numeric", "time", "asked")


def test_counts_are_over_rows_with_a_target() -> None:
    frame = pd.DataFrame({"x": [1.5, None, 2.5, 3.5] * 10, "t": ["a", "b", None, "b"] * 10})
    x, target = load(frame, Config()).columns
    assert (x.missing, x.distinct) == (10, 2)
    assert (target.missing, target.distinct, target.why) == (10, 2, "default_target")


@pytest.mark.parametrize(
    "values",
    [
        [1.0, 2.0, 2.0, np.nan, -0.0, 0.0],
        [np.nan, np.nan],
        [3.5],
        np.round(np.random.default_rng(0).normal(size=900), 1),
    ],
)
def test_values_of_numbers_are_counted_as_by_hashing(values):
    column = pd.Series(values, dtype=np.float64)
    assert sorted(_counts(column).tolist()) == sorted(column.value_counts().tolist())
