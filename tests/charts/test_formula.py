"""Every formula that is committed is what its LaTeX draws."""

from xml.etree import ElementTree

import pytest

from reportgen.charts.formula import FORMULAS, formula, mathml, place

MATHML = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mover", "msub", "msup", "msubsup"),
    *("mstyle", "munder", "munderover"),
}


@pytest.mark.parametrize("key", FORMULAS)
def test_the_drawing_is_fresh(key: str) -> None:
    drawn = place(key).read_text(encoding="utf-8")
    assert formula(FORMULAS[key][0]) == drawn
    ElementTree.fromstring(drawn)


@pytest.mark.parametrize("key", FORMULAS)
def test_the_mathml_is_fresh_and_holds_no_latex(key: str) -> None:
    written = place(key, "mml").read_text(encoding="utf-8").strip()
    assert mathml(FORMULAS[key][0]) == written
    assert "\\" not in written
    assert {element.tag for element in ElementTree.fromstring(written).iter()} <= MATHML


def test_a_fraction_a_root_and_a_sum_are_told_apart() -> None:
    assert mathml(r"\dfrac{a}{b}").count("<mfrac>") == 1
    assert "<msqrt>" in mathml(r"\sqrt{x}")
    assert "<mo>∑</mo>" in mathml(r"\sum_{i} x_i")


def test_no_drawing_is_left_over() -> None:
    for kind in ("svg", "mml"):
        assert {path.stem for path in place("x").parent.glob(f"*.{kind}")} == set(FORMULAS)


def test_every_formula_is_said_in_words() -> None:
    assert all(len(words.split()) > 5 and "\\" not in words for _, words in FORMULAS.values())
