"""Every formula that is committed is what its LaTeX draws."""

from xml.etree import ElementTree

import pytest

from reportgen.charts.formula import FORMULAS, formula, place


@pytest.mark.parametrize("key", FORMULAS)
def test_the_drawing_is_fresh(key: str) -> None:
    drawn = place(key).read_text(encoding="utf-8")
    assert formula(FORMULAS[key][0]) == drawn
    ElementTree.fromstring(drawn)


def test_no_drawing_is_left_over() -> None:
    assert {path.stem for path in place("x").parent.glob("*.svg")} == set(FORMULAS)


def test_every_formula_is_said_in_words() -> None:
    assert all(len(words.split()) > 5 and "\\" not in words for _, words in FORMULAS.values())
