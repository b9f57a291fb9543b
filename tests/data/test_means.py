"""Categories of many levels by the target's mean: no row's own target has a part in how the row is encoded."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from reportgen.config import Config
from reportgen.data import Prepared, Preparer, load, prepare, read_rows, split
from reportgen.data.codes import CLIP
from reportgen.data.means import FEWEST_ROWS, FOLDS, Targets, crossed, learn_means, shrink
from reportgen.data.teaching import MOST_OUTPUTS
from reportgen.evidence.base import positions


def targets(values: np.ndarray, seed: int = 0, units: np.ndarray | None = None) -> Targets:
    values = np.asarray(values, dtype=np.float64).reshape(len(values), -1)
    folds = np.random.default_rng(seed).permutation(len(values)) % FOLDS
    return Targets(values, (None,) * values.shape[1], folds if units is None else units % FOLDS, units)


def told(frame: pd.DataFrame, **options: object) -> Prepared:
    config = Config(target="y", **options)
    return prepare(split(load(frame, config), config))


def many(rows: int = 3_000, levels: int = 300, effect: float = 1.0, seed: int = 0, classes: int = 0) -> pd.DataFrame:
    """Levels with a mean of their own, drawn with the deviation `effect` beside noise of 1; a number beside them."""
    rng = np.random.default_rng(seed)
    level, x = rng.integers(0, levels, rows), rng.normal(size=rows)
    y = effect * rng.normal(size=levels)[level] + 0.5 * x + rng.normal(size=rows)
    if classes:
        y = np.array([f"class {c}" for c in pd.qcut(y, classes, labels=False)])
    return pd.DataFrame({"x": x, "many": [f"L{number}" for number in level], "y": y})


def codes(prepared: Prepared, feature: str = "many") -> list[int]:
    return [i for i, e in enumerate(prepared.inputs) if e.feature == feature and e.kind == "code"]


def test_means_are_drawn_towards_the_mean_of_all_as_far_as_rows_of_a_level_differ() -> None:
    """Two levels of four rows: for equal numbers of rows the weight is 1 - MSW / MSB (the F test's two sides)."""
    levels = np.array([0, 0, 0, 0, 1, 1, 1, 1, -1])
    y = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 100])
    found = shrink(levels, 3, y[:, None])
    between, within = 4 * (2.5 - 4.5) ** 2 + 4 * (6.5 - 4.5) ** 2, (5.0 + 5.0) / 6
    weight = 1 - within / between
    assert_allclose(found.mean, [4.5])
    assert_allclose(found.deviations[:, 0], [-2 * weight, 2 * weight, 0])


def test_levels_that_differ_no_more_than_their_rows_say_nothing() -> None:
    found = shrink(np.array([0, 0, 1, 1]), 2, np.array([0.0, 1, 0, 1])[:, None])
    assert not found.deviations.any()
    assert not shrink(np.array([0, 1, 2]), 3, np.array([1.0, 2, 3])[:, None]).deviations.any()  # one row each


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-1, 6), st.floats(-1e3, 1e3)), min_size=FOLDS, max_size=60),
    st.data(),
    st.floats(-1e3, 1e3),
)
def test_no_rows_own_target_has_a_part_in_its_code(
    rows: list[tuple[int, float]], data: st.DataObject, other: float
) -> None:
    """Nor have the targets of its fold: to the last bit."""
    levels, y = np.array([level for level, _ in rows]), np.array([value for _, value in rows])
    known = targets(y)
    place = data.draw(st.integers(0, len(rows) - 1))
    y[place] = other
    changed = replace(known, values=y[:, None])
    own = known.folds == known.folds[place]
    assert np.array_equal(crossed(levels, 7, known)[own], crossed(levels, 7, changed)[own])


@pytest.mark.parametrize("classes", [0, 2, 5])
def test_levels_that_tell_the_target_are_told_by_it(classes: int) -> None:
    frame = many(classes=classes)
    prepared = told(frame)
    places = codes(prepared)
    assert len(places) == {0: 1, 2: 1, 5: 5}[classes]
    assert set(places) <= set(positions(prepared.inputs)["many"].tolist())
    wanted = prepared.test.y if not classes else (prepared.test.y == classes - 1).astype(float)
    assert abs(np.corrcoef(prepared.test.x[:, places[-1]], wanted)[0, 1]) > 0.3
    (column,) = (c for c in prepared.columns if c.name == "many")
    (step,) = (s for s in column.treatment if s.code == "target_means")
    assert len(step.facts["classes"]) == (len(places) if classes else 0) and step.facts["folds"] == FOLDS


def test_training_rows_are_told_by_others_and_new_rows_by_all() -> None:
    frame = many()
    prepared = told(frame)
    (place,) = codes(prepared)
    assert np.array_equal(prepared.preparer.transform(frame.loc[prepared.train.rows]), prepared.train.as_new)
    assert np.array_equal(prepared.preparer.transform(frame.loc[prepared.test.rows]), prepared.test.x)
    same = np.delete(prepared.train.x, place, axis=1) == np.delete(prepared.train.as_new, place, axis=1)
    assert same.all()
    learnt, new = prepared.train.x[:, place], prepared.train.as_new[:, place]
    assert np.corrcoef(new, prepared.train.y)[0, 1] > np.corrcoef(learnt, prepared.train.y)[0, 1] + 0.05
    assert (
        abs(np.corrcoef(learnt, prepared.train.y)[0, 1] - np.corrcoef(prepared.test.x[:, place], prepared.test.y)[0, 1])
        < 0.1
    )
    assert prepared.validation.as_new is None and prepared.test.as_new is None


def test_a_random_column_of_5000_levels_is_told_by_nothing() -> None:
    """It is not kept, but for the one in twenty that a test at 5 percent lets through, and flatters no training row."""
    rng = np.random.default_rng(3)
    kept, flattery, naive = 0, [], []
    for seed in range(20):
        level, y = rng.integers(0, 5_000, 10_000), rng.integers(0, 2, 10_000).astype(float)
        values = pd.Series([f"L{n}" for n in level], name="many", dtype=object)
        known = targets(y, seed)
        kept += learn_means(values, (), known) is not None
        made, direct = crossed(level, 5_000, known)[:, 0], shrink(level, 5_000, y[:, None]).deviations[level, 0]
        mean = pd.Series(y).groupby(level).transform("mean").to_numpy()
        flattery.append(np.corrcoef(made, y)[0, 1] if made.any() else 0.0)
        naive.append(np.corrcoef(mean, y)[0, 1])
        assert direct.std() < 0.1 * mean.std()  # between levels there is nothing: all are drawn to the mean of all
    assert kept <= 4  # of 20 at 5 percent: 1 expected, more than 4 three times in a thousand
    assert abs(np.mean(flattery)) < 0.01 and min(naive) > 0.5


def test_unseen_and_missing_values_get_the_mean_of_all() -> None:
    frame = many()
    prepared = told(frame)
    (place,) = codes(prepared)
    rows = frame.loc[prepared.test.rows[:3]].copy()
    rows["many"] = ["never seen", None, "L1"]
    made = prepared.preparer.transform(rows)[:, place]
    encoded = prepared.inputs[place]
    assert made[0] == made[1] == 0 and made[2] == np.float32(encoded.codes["L1"])
    assert_allclose(encoded.centre, prepared.train.y.mean())
    own = prepared.train.y[(frame.loc[prepared.train.rows, "many"] == "L1").to_numpy()]
    meant = encoded.centre + encoded.scale * encoded.codes["L1"]
    assert min(encoded.centre, own.mean()) <= meant <= max(encoded.centre, own.mean())


def test_a_level_of_one_training_row_is_kept_by_no_file() -> None:
    prepared = told(many(levels=1_500, rows=4_000))
    (place,) = codes(prepared)
    frame = prepared.train.frame
    counts = frame["many"].value_counts()
    assert set(prepared.inputs[place].codes) == set(counts[counts >= FEWEST_ROWS].index)
    lonely = counts[counts < FEWEST_ROWS].index[0]
    assert lonely not in prepared.preparer.to_json()


@pytest.mark.parametrize("classes", [0, 3])
def test_the_saved_preparer_reads_and_encodes_to_the_last_bit(tmp_path: Path, classes: int) -> None:
    frame = many(classes=classes)
    frame.loc[::17, "many"] = " l3"  # a spelling of L3
    file = tmp_path / "many.csv"
    frame.to_csv(file, index=False)
    config = Config(target="y")
    prepared = prepare(split(load(str(file), config), config))
    assert codes(prepared)
    again = Preparer.from_json(prepared.preparer.to_json())
    raw = pd.read_csv(file).iloc[prepared.test.rows]
    assert np.array_equal(again.transform(read_rows(raw, again.readers)), prepared.test.x)
    assert again.inputs == prepared.inputs


def test_levels_of_a_column_of_few_are_not_told_by_the_target() -> None:
    frame = many(levels=40)
    assert not codes(told(frame))
    assert told(frame).targets is None


def test_where_the_split_keeps_groups_apart_a_groups_own_levels_say_nothing() -> None:
    """Each group has levels of its own, and a mean of its own: told by other groups' rows there is nothing to tell."""
    rng = np.random.default_rng(5)
    group = rng.integers(0, 200, 3_000)
    y = rng.normal(size=200)[group] + rng.normal(size=3_000)
    frame = pd.DataFrame({"x": rng.normal(size=3_000), "group": group, "many": [f"L{g}" for g in group], "y": y})
    assert not codes(told(frame, group=("group",)))
    assert codes(told(frame.drop(columns="group")))


def test_folds_keep_groups_whole_and_time_in_stretches() -> None:
    frame = many()
    rng = np.random.default_rng(1)
    frame["group"], frame["when"] = rng.integers(0, 90, len(frame)), rng.permutation(len(frame))
    grouped = told(frame, group=("group",))
    assert grouped.targets is not None and grouped.targets.units is not None
    groups = frame.loc[grouped.train.rows, "group"].to_numpy()
    assert pd.Series(grouped.targets.folds).groupby(groups).nunique().max() == 1
    timed = told(frame.drop(columns="group"), time=("when",))
    assert timed.targets is not None
    order = np.argsort(frame.loc[timed.train.rows, "when"].to_numpy())
    assert (np.diff(timed.targets.folds[order]) >= 0).all() and set(timed.targets.folds) == set(range(FOLDS))


def test_fewer_rows_teach_their_own_means() -> None:
    """What a learning curve's network sees depends on no target of a row that it does not learn."""
    frame = many()
    config = Config(target="y")
    parts = split(load(frame, config), config)
    prepared = prepare(parts)
    chosen = np.arange(0, len(prepared.train.y), 3)
    left_out = np.setdiff1d(np.arange(len(prepared.train.y)), chosen)
    learnt, _, test = prepared.taught_by(chosen)
    values = prepared.targets.values.copy()
    values[left_out] += 100
    other = replace(prepared, targets=replace(prepared.targets, values=values))
    assert all(np.array_equal(a, b) for a, b in zip((learnt, test), other.taught_by(chosen)[::2], strict=True))
    (place,) = codes(prepared)
    assert not np.array_equal(learnt[:, place], prepared.train.x[chosen, place])
    assert np.array_equal(np.delete(learnt, place, 1), np.delete(prepared.train.x[chosen], place, 1))
    assert np.abs(learnt[:, place]).max() <= CLIP


def test_of_many_classes_the_commonest_have_a_mean_each() -> None:
    frame = many(rows=6_000, classes=14, effect=2.0)
    prepared = told(frame)
    assert len(codes(prepared)) == MOST_OUTPUTS
    assert len({prepared.inputs[place].part for place in codes(prepared)}) == MOST_OUTPUTS
