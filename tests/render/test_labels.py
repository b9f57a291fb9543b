"""What the page says of labels that look wrong, and of rows beside their nearest training rows."""

import html
import re

import pytest

from reportgen.document import Document
from reportgen.render import to_html
from tests.samples import binary, multiclass, regression


def _page(document: Document, lang: str = "en") -> str:
    """The words of the page, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", to_html(document, lang))).split())


def _neighbours(document: Document, **facts: object) -> Document:
    return document.model_copy(update={"neighbours": document.neighbours.model_copy(update=facts)})


def test_labels_that_look_wrong_are_listed_the_likeliest_first() -> None:
    page = _page(binary())
    assert "Probably some are: models that had not seen a row contradict its label" in page
    assert "About 4.0% of the 300 labels look exchanged (95% interval 2.0% to 7.0%; p-value < 0.001)" in page
    assert "Rows worth a look: 2, among them 1 that are more likely wrong than right." in page
    assert "46 <b>yes</b> no 91.0% age = 25" in page


def test_where_nothing_can_be_told_nothing_is_listed() -> None:
    page = _page(multiclass())
    assert "No label can be called wrong." in page
    assert "between 0.0% and 1.2% of the" in page
    assert "Chance that it is wrong" not in page


def test_a_target_that_is_a_number_is_not_asked_about_labels() -> None:
    assert "Is a label wrong?" not in _page(regression())


def test_labels_that_were_not_judged_are_said_to_be_so() -> None:
    page = _page(multiclass().model_copy(update={"labels": None}))
    assert "Is a label wrong? Not measured in this run." in page


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "difference 29.0% (95% interval 2.0% to 70.0%). It does worse there."),
        ({"low": -0.1}, "Whether it does worse there cannot be told."),
        ({"gap": None}, "They are too few to say whether it errs more there."),
        ({"outside": 0}, "none of the 69 test rows lies outside the training data"),
        ({"outside": 0}, "a single odd row could not have been told from chance"),
    ],
)
def test_rows_outside_the_training_data_are_told_with_their_errors(facts, words) -> None:
    assert words in _page(_neighbours(multiclass(), **facts))


def test_mistakes_stand_beside_their_neighbours() -> None:
    document = multiclass()
    actual, predicted = document.errors.rows[0].actual, document.errors.rows[0].predicted
    assert f"90 {actual} {predicted} {predicted} (7; 0.25) 0.2%, outside" in _page(document)


def test_neighbours_that_were_not_looked_for_are_said_to_be_so() -> None:
    page = _page(multiclass().model_copy(update={"neighbours": None}))
    assert "Has the network met rows like these? Not measured in this run." in page


def test_it_is_told_in_chinese() -> None:
    page = _page(binary(), "zh")
    assert "有没有标签是错的？" in page
    assert "网络见过这样的行吗？" in page
