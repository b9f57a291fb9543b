"""The task: classes or a number, in which order, and which class is meant by yes."""

import numpy as np
import pandas as pd
import pytest

from reportgen.config import Config
from reportgen.data.target import aim, positive_class, sort_classes, target_name
from reportgen.errors import DataError


def task(values: object, **options: object):
    return aim(pd.Series(values, name="t"), Config(**options), least=3).task


def test_words_are_classes() -> None:
    found = task(["b", "a", " b", "c"] * 5, target="t")
    assert (found.kind, found.classes, found.ordered, found.positive) == ("multiclass", ("a", "b", "c"), False, None)
    assert (found.target_default, found.kind_default) == (False, True)


def test_few_whole_numbers_that_repeat_are_ordered_classes() -> None:
    found = task([3, 10, 2, 3] * 10)
    assert (found.kind, found.classes, found.ordered) == ("multiclass", ("2", "3", "10"), True)
    assert task(list(range(20)) * 10).kind == "multiclass"


@pytest.mark.parametrize(
    "values",
    [list(range(21)) * 10, list(range(20)) * 9, [1.5, 2.5, 3.5] * 20, np.arange(60.0) / 7],
    ids=["21 values", "9 rows each", "fractions", "all different"],
)
def test_other_numbers_are_a_regression(values: object) -> None:
    assert (task(values).kind, task(values).classes) == ("regression", ())


def test_two_numbers_are_two_classes_whatever_they_are() -> None:
    assert task([0.5, 1.5] * 5).classes == ("0.5", "1.5")
    assert (task([-1.0, 1.0] * 5).classes, task([-1.0, 1.0] * 5).positive) == (("-1", "1"), "1")


def test_truths_are_classes() -> None:
    found = task(pd.array([True, False] * 10))
    assert (found.classes, found.positive) == (("False", "True"), "True")


def test_the_user_decides_the_kind() -> None:
    assert task([3, 10, 2, 3] * 10, task="regression").kind == "regression"
    assert task([1.5, 2.5, 3.5] * 20, task="multiclass").classes == ("1.5", "2.5", "3.5")
    assert task(["a", "b"] * 10, task="multiclass").kind == "multiclass"
    assert not task(["a", "b"] * 10, task="binary").kind_default
    with pytest.raises(DataError, match="task binary needs two classes, but the target 't' has 3; use task multiclass"):
        task(["a", "b", "c"] * 10, task="binary")


def test_words_among_few_numbers_are_classes() -> None:
    values = pd.Series(["1", "2", "3"] * 10 + ["unknown"] * 3, name="t", dtype="str")
    assert aim(values, Config(), least=3).task.classes == ("1", "2", "3", "unknown")


@pytest.mark.parametrize(
    ("classes", "positive"),
    [
        (("no", "yes"), "yes"),
        (("No", "Yes"), "Yes"),
        (("0", "1"), "1"),
        (("1", "2"), "1"),
        (("bad", "good"), "bad"),
        (("benign", "malignant"), "malignant"),
        (("healthy", "ill"), "ill"),
        (("diabetic", "normal"), "diabetic"),
        (("否", "是"), "是"),
        (("<=50K", ">50K"), ">50K"),
        (("a", "b"), "b"),
    ],
)
def test_the_positive_class(classes: tuple[str, ...], positive: str) -> None:
    assert positive_class(classes) == positive


def test_classes_are_sorted_as_numbers_only_if_all_are_numbers() -> None:
    assert sort_classes(["10", "9", "-1"]) == (("-1", "9", "10"), True)
    assert sort_classes(["10", "9", "x"]) == (("10", "9", "x"), False)


def test_the_last_column_that_is_free_is_the_target() -> None:
    assert target_name(["a", "b", "c"], Config()) == "c"
    assert target_name(["a", "b", "c"], Config(drop=("c",))) == "b"
