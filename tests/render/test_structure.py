"""The two scores of a split, as the page tells them."""

import pytest

from reportgen.records.structure import Structure
from reportgen.render.html import to_html
from tests.findings.conftest import candidate, metric
from tests.samples import binary

FOUND = candidate("group", "<i>patient</i>", flatters=True)
HARMLESS = candidate("time", "day")


def _page(lang="en", **changes):
    return to_html(binary().model_copy(update={"structure": Structure(**changes)}), lang)


def test_both_scores_stand_side_by_side():
    page = _page(
        candidates=(FOUND, HARMLESS),
        respected=FOUND.columns,
        kind="group",
        origin="found",
        random_split=metric("test", 0.95, 0.03, 200),
    )
    assert "Does a random split flatter?" in page
    assert "90.0% (87.0% to 93.0%)" in page
    assert "60.0% (57.0% to 63.0%)" in page
    assert "rows parted at random reaches 95.0% (92.0% to 98.0%) (n = 200)" in page
    assert "find_groups = false" in page
    assert "not shown to flatter" in page
    assert "<i>patient</i>" not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"respected": ("day",), "kind": "time", "origin": "given"}, "The user named it."),
        ({"candidates": (FOUND,), "why_not_respected": "test_rows_given"}, "The test rows were given"),
        ({"candidates": (FOUND,), "why_not_respected": "split_impossible"}, "rows were parted at random"),
        ({"candidates": (FOUND,), "set_aside": ("boat",)}, "(boat)"),
        (
            {"respected": ("day",), "kind": "time", "origin": "found", "why_no_random_split": "refits_off"},
            "no network was asked to be made anew",
        ),
    ],
)
def test_what_was_done_and_left_is_said(changes, words):
    assert words in _page(**changes)


def test_a_table_without_such_columns_has_no_such_section():
    assert "Does a random split flatter?" not in _page()
    assert "Does a random split flatter?" not in to_html(binary(), "en")


def test_it_is_said_in_chinese():
    page = _page("zh", candidates=(FOUND,), respected=FOUND.columns, kind="group", origin="found")
    assert "随机划分是否使成绩偏高？" in page
