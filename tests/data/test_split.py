"""Parts: disjoint, complete, every class everywhere, groups whole, time in order."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.config import Config, SplitConfig
from reportgen.data import Parts, load, split
from reportgen.data.split import allocate
from reportgen.errors import DataError


def parts_of(frame: pd.DataFrame, **options: object) -> Parts:
    config = Config(**options)
    return split(load(frame, config), config)


def rows(parts: Parts) -> list[set[int]]:
    return [set(frame.index) for frame in (parts.train, parts.validation, parts.test)]


@settings(max_examples=40, deadline=None)
@given(
    counts=st.lists(st.integers(3, 40), min_size=2, max_size=8).filter(lambda c: sum(c) >= 10),
    shares=st.tuples(st.floats(0.01, 0.49), st.floats(0.01, 0.49)),
    seed=st.integers(0, 2**32 - 1),
)
def test_stratified_parts_are_disjoint_complete_and_hold_every_class(counts, shares, seed) -> None:
    labels = np.repeat([f"class {i}" for i in range(len(counts))], counts)
    frame = pd.DataFrame({"x": np.random.default_rng(0).normal(size=len(labels)), "t": labels})
    parts = parts_of(frame, seed=seed, split=SplitConfig(validation=shares[0], test=shares[1]))
    train, validation, test = rows(parts)
    assert train | validation | test == set(range(len(labels)))
    assert len(train) + len(validation) + len(test) == len(labels)
    for part in parts.split.parts:
        assert min(part.counts) >= 1
        assert sum(part.counts) == part.rows


@given(
    counts=st.lists(st.integers(3, 500), min_size=1, max_size=20),
    shares=st.tuples(st.floats(0.01, 0.49), st.floats(0.01, 0.49)),
)
def test_quotas_leave_every_part_a_row(counts, shares) -> None:
    stratum = np.array(counts)
    validation, test = allocate(stratum, shares)
    assert (validation >= 1).all()
    assert (test >= 1).all()
    assert (stratum - validation - test >= 1).all()


def test_largest_remainders_keep_the_total() -> None:
    (quota,) = allocate(np.array([7, 7, 7, 9]), (0.2,))  # exact: 1.4 1.4 1.4 1.8, six in all
    assert quota.tolist() == [2, 1, 1, 2]


def test_shares_are_sixty_twenty_twenty() -> None:
    parts = parts_of(
        pd.DataFrame({"x": np.random.default_rng(0).normal(size=500), "t": ["a", "b", "b", "b", "c"] * 100})
    )
    record = parts.split
    assert (record.strategy, record.train, record.validation, record.test) == ("stratified", 300, 100, 100)
    assert [part.counts for part in record.parts] == [(60, 180, 60), (20, 60, 20), (20, 60, 20)]


def test_numbers_are_stratified_by_tenths() -> None:
    rng = np.random.default_rng(0)
    parts = parts_of(pd.DataFrame({"x": rng.normal(size=1000), "t": rng.normal(size=1000)}))
    assert (parts.split.strategy, parts.split.train, parts.split.validation, parts.split.test) == (
        "stratified",
        600,
        200,
        200,
    )
    edges = np.quantile(parts.dataset.frame["t"], np.linspace(0, 1, 11)[1:-1])
    for frame, each in ((parts.train, 60), (parts.validation, 20), (parts.test, 20)):
        assert np.bincount(np.searchsorted(edges, frame["t"])).tolist() == [each] * 10
    assert parts.split.parts[0].numbers is not None


def test_ten_rows_are_enough() -> None:
    parts = parts_of(pd.DataFrame({"x": np.arange(10) / 3, "t": np.arange(10) / 7}))
    assert [len(part) for part in rows(parts)] == [6, 2, 2]


def test_the_seed_decides_and_nothing_else() -> None:
    frame = pd.DataFrame({"x": np.arange(90) / 3, "t": ["a", "b", "c"] * 30})
    assert rows(parts_of(frame)) == rows(parts_of(frame))
    assert rows(parts_of(frame)) != rows(parts_of(frame, seed=1))


def test_a_given_test_file_leaves_three_quarters_for_training(tmp_path) -> None:
    frame = pd.DataFrame({"x": np.arange(200) / 3, "t": ["a", "b"] * 100})
    frame.iloc[:50].to_csv(tmp_path / "test.csv", index=False)
    parts = parts_of(frame, test=str(tmp_path / "test.csv"))
    record = parts.split
    assert (record.strategy, record.train, record.validation, record.test) == ("given", 150, 50, 50)
    assert not rows(parts)[0] & rows(parts)[1]
    assert list(parts.test.index) == list(range(50))


def grouped(groups: int, size: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    group = rng.permutation(np.repeat(np.arange(groups), size))
    return pd.DataFrame(
        {"g": [f"P{g}" for g in group], "x": rng.normal(size=len(group)), "t": np.where(group % 3, "a", "b")}
    )


def test_groups_stay_whole_and_shares_hold() -> None:
    parts = parts_of(grouped(60, 10), group=("g",))
    held = [set(frame["g"]) for frame in (parts.train, parts.validation, parts.test)]
    assert not (held[0] & held[1] or held[0] & held[2] or held[1] & held[2])
    assert sum(map(len, rows(parts))) == 600
    assert (parts.split.strategy, parts.split.by) == ("group", "g")
    assert [len(part) for part in rows(parts)] == [360, 120, 120]
    assert [part.counts for part in parts.split.parts] == [(240, 120), (80, 40), (80, 40)]


def test_rows_without_a_group_are_groups_of_their_own() -> None:
    frame = grouped(30, 4)
    frame.loc[frame.index[:60], "g"] = None
    parts = parts_of(frame, group=("g",))
    assert all(frame["g"].isna().any() for frame in (parts.train, parts.validation, parts.test))


def test_two_groups_are_too_few() -> None:
    with pytest.raises(DataError, match="g has 2 groups, but each part needs one of its own"):
        parts_of(grouped(2, 20), group=("g",))


def timed(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    order = rng.permutation(n)
    return pd.DataFrame({"day": order // 4, "x": rng.normal(size=n), "t": np.where(rng.random(n) < 0.5, "a", "b")})


def test_time_runs_from_training_to_test_and_a_day_stays_together() -> None:
    parts = parts_of(timed(400), time=("day",))
    assert parts.train["day"].max() < parts.validation["day"].min()
    assert parts.validation["day"].max() < parts.test["day"].min()
    assert [len(part) for part in rows(parts)] == [240, 80, 80]
    assert (parts.split.strategy, parts.split.by) == ("time", "day")


def test_dates_and_rows_without_one() -> None:
    frame = timed(200)
    frame["day"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(frame["day"], unit="D")
    frame.loc[3, "day"] = pd.NaT
    parts = parts_of(frame, time=("day",))
    assert 3 in rows(parts)[0]
    assert parts.train["day"].max() < parts.test["day"].min()


def test_words_have_no_order_in_time() -> None:
    frame = timed(100).assign(month=["Jan", "Feb"] * 50)
    with pytest.raises(DataError, match="the time column 'month' is categorical; it needs numbers or dates"):
        parts_of(frame, target="t", time=("month",))


def test_one_moment_cannot_be_parted() -> None:
    with pytest.raises(DataError, match="split by time leaves the validation part without rows"):
        parts_of(timed(100).assign(day=5), time=("day",))


def test_a_class_that_only_comes_late_is_no_class_to_train() -> None:
    frame = timed(200).sort_values("day").assign(t=["a", "b"] * 90 + ["c"] * 20)
    with pytest.raises(DataError, match="leaves training without the classes 'c'"):
        parts_of(frame, time=("day",))


def test_a_class_that_only_comes_early_is_noted() -> None:
    frame = timed(200).sort_values("day").assign(t=["c"] * 20 + ["a", "b"] * 90)
    notes = parts_of(frame, time=("day",)).split.notes
    assert [(n.code, n.facts["part"], n.facts["label"]) for n in notes] == [
        ("class_absent", "validation", "c"),
        ("class_absent", "test", "c"),
    ]


def test_the_digest_tells_whether_the_test_rows_are_the_same() -> None:
    frame = pd.DataFrame({"x": np.arange(60.0) % 30, "t": ["a", "b"] * 30})
    digests = [parts_of(frame, seed=seed).split.test_digest for seed in (0, 0, 1)]
    assert digests[0] == digests[1] != digests[2]
    assert len(digests[0]) == 64
