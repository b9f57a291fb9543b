"""Rows that repeat, contradict each other, or stand on both sides of the split."""

from dataclasses import replace

import numpy as np
import pandas as pd

from reportgen.config import Config
from reportgen.data import Parts, load, profile, split


def parts_of(frame: pd.DataFrame, **options: object) -> Parts:
    config = Config(**options)
    return split(load(frame, config), config)


def base(n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    words = rng.choice(["u", "v", None], n)
    return pd.DataFrame({"x": rng.normal(size=n), "w": words, "t": ["a", "b"] * (n // 2)})


def test_a_sound_table_has_none() -> None:
    found = profile(parts_of(base()))
    assert (found.duplicate_rows, found.conflicting_rows, found.overlap_rows) == ((), (), ())


def test_copies_are_all_but_the_first() -> None:
    frame = pd.concat([base(), base().iloc[[3, 3, 10]]], ignore_index=True)
    assert profile(parts_of(frame)).duplicate_rows == (60, 61, 62)


def test_a_running_number_hides_no_copy_but_a_name_tells_rows_apart() -> None:
    frame = pd.concat([base(), base().iloc[[3]]], ignore_index=True)
    assert profile(parts_of(frame.assign(no=range(61)), target="t")).duplicate_rows == (60,)
    assert profile(parts_of(frame.assign(who=[f"P{i}" for i in range(61)]), target="t")).duplicate_rows == ()


def test_copies_with_keys_of_their_own_are_copies() -> None:
    frame = pd.concat([base(), base().iloc[[3, 5, 9]]], ignore_index=True)
    frame = frame.assign(y=np.r_[range(60), 3, 5, 9] / 7, who=[f"P{i}" for i in range(63)])
    found = profile(parts_of(frame, target="t"))
    assert (found.duplicate_rows, found.renamed) == ((60, 61, 62), ("who",))


def test_persons_who_are_alike_in_coarse_values_are_no_copies() -> None:
    """They are as often alike in all answers but one."""
    rng = np.random.default_rng(1)
    mood = rng.normal(size=400)
    answers = {f"q{k}": np.clip((mood + 0.5 * rng.normal(size=400)).round(), -2, 2) for k in range(6)}
    frame = pd.DataFrame({**answers, "who": [f"P{i}" for i in rng.permutation(400)], "t": np.where(mood > 0, "a", "b")})
    assert frame.drop(columns="who").duplicated().sum() > 20
    found = profile(parts_of(frame))
    assert (found.duplicate_rows, found.renamed, found.overlap_rows) == ((), (), ())


def test_test_rows_with_other_keys_overlap_all_the_same(tmp_path) -> None:
    frame = base().assign(y=np.arange(60) / 7)[["x", "w", "y", "t"]]
    other = base().assign(x=lambda f: f["x"] + 1, y=lambda f: f["x"] / 3)[["x", "w", "y", "t"]]
    other.iloc[[5, 9]] = frame.iloc[[7, 21]].to_numpy()
    frame.insert(0, "who", [f"P{i}" for i in range(60)])
    other.insert(0, "who", [f"Q{i}" for i in range(60)])
    other.to_csv(tmp_path / "test.csv", index=False)
    frame.to_csv(tmp_path / "data.csv", index=False)
    config = Config(test=str(tmp_path / "test.csv"))
    assert profile(split(load(tmp_path / "data.csv", config), config)).overlap_rows == (5, 9)


def test_contradictions_are_all_rows_of_the_set() -> None:
    twin = base().iloc[[3, 10]].assign(t=["a", "b"])  # rows 3 and 10 have b and a
    frame = pd.concat([base(), twin], ignore_index=True)
    found = profile(parts_of(frame))
    assert found.conflicting_rows == (3, 10, 60, 61)
    assert found.contradictions == 2
    assert found.duplicate_rows == ()


def test_of_many_equal_rows_only_those_off_their_commonest_class_contradict() -> None:
    one = base().iloc[[3] * 40].assign(t=["a"] + ["b"] * 39)
    found = profile(parts_of(pd.concat([base(), one], ignore_index=True)))
    assert (len(found.conflicting_rows), found.contradictions) == (41, 1)


def test_equal_features_are_no_contradiction_of_a_number() -> None:
    frame = pd.concat([base(), base().iloc[[3]]], ignore_index=True).assign(t=np.arange(61) / 7)
    assert profile(parts_of(frame)).conflicting_rows == ()


def test_overlap_is_of_test_rows_with_the_others() -> None:
    parts = parts_of(base())
    seen = pd.concat([parts.test, parts.train.iloc[[0]], parts.validation.iloc[[1]]])
    found = profile(replace(parts, test=seen))
    assert found.overlap_rows == (int(parts.train.index[0]), int(parts.validation.index[1]))


def test_overlap_with_a_test_file(tmp_path) -> None:
    frame = base()
    other = base().assign(x=lambda f: f["x"] + 1)
    other.iloc[[5, 9]] = frame.iloc[[7, 21]].to_numpy()
    path = tmp_path / "test.csv"
    other.to_csv(path, index=False)
    frame.insert(0, "no", range(60))
    frame.insert(1, "empty", None)
    frame.to_csv(tmp_path / "data.csv", index=False)
    config = Config(test=str(path))
    assert profile(split(load(tmp_path / "data.csv", config), config)).overlap_rows == (5, 9)


def test_what_was_left_out_is_passed_on() -> None:
    frame = base()
    frame.loc[[4, 5], "t"] = [None, "z"]
    found = profile(parts_of(frame))
    assert (found.missing_target_rows, found.left_out_rows) == ((4,), (5,))
    assert [(level.label, level.count) for level in found.left_out_classes] == [("z", 1)]
