"""The crosswalk: every topic has a state that follows from the report, and names no place that is not there."""

import re

import pytest

from reportgen.document import Document
from reportgen.records.card import Card
from reportgen.render import to_html
from reportgen.render.standards import STANDARDS, TOPICS, Row, crosswalk
from tests.samples import SAMPLES, binary, multiclass

PAGE = "".join(f'<section id="{place}">' for topic in TOPICS for place in (*topic.places, "background-owners"))


def _rows(document: Document, page: str = PAGE) -> dict[str, Row]:
    return {row.key: row for row in crosswalk(document, page)}


def _saying(**answers: str) -> Document:
    return binary().model_copy(update={"card": Card(**answers)})


def test_what_only_people_can_say_is_open_until_they_say_it() -> None:
    assert _rows(_saying())["oversight"][1:4] == ("open", (), ("oversight",))
    assert _rows(_saying(oversight="A clerk."))["oversight"][1:4] == ("stated", ("background-owners",), ())


def test_an_answer_in_part_names_what_is_lacking() -> None:
    row = _rows(_saying(licence="CC BY 4.0"))["rights"]
    assert (row.state, row.lacking) == ("stated", ("consent", "legal_basis"))


def test_what_was_measured_is_answered_where_it_stands() -> None:
    document = multiclass()
    rows = _rows(document)
    assert rows["performance"][1:3] == ("measured", ("summary", "concepts", "appendix"))
    assert rows["groups"].state == ("measured" if document.fairness else "open")
    without = document.model_copy(update={"learning_curve": None})
    assert _rows(without)["sample_size"][1:3] == ("open", ())


def test_rows_of_another_time_are_needed_to_speak_of_it() -> None:
    document = binary()
    for given, state in (("0" * 64, "measured"), (None, "open")):
        dataset = document.dataset.model_copy(update={"test_sha256": given})
        assert _rows(document.model_copy(update={"dataset": dataset}))["elsewhere"].state == state


def test_no_measurement_answers_for_the_law() -> None:
    assert {key for key, row in _rows(binary()).items() if row.state == "beyond"} == {
        "risks", "security", "conformity", "environment",
    }  # fmt: skip


def test_a_place_that_the_page_has_not_is_not_named() -> None:
    assert _rows(binary(), "")["performance"].places == ("summary", "appendix")


def test_every_question_of_the_card_belongs_to_a_topic() -> None:
    asked = {key for topic in TOPICS for key in topic.card}
    assert asked == set(Card.model_fields) - {"date"}


def test_every_standard_asks_something_and_every_topic_is_asked() -> None:
    for number, standard in enumerate(STANDARDS):
        assert sum(bool(topic.items[number]) for topic in TOPICS) >= 6, standard
    assert all(any(topic.items) for topic in TOPICS)
    assert len({topic.key for topic in TOPICS}) == len(TOPICS)


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_links_to_places_that_it_has(sample, lang: str) -> None:
    page = to_html(sample(), lang)
    links = re.findall(r'<a class="place" href="#([^"]+)">([^<]+)</a>', page)
    assert len(links) > 10
    assert {anchor for anchor, _ in links} <= set(re.findall(r' id="([^"]+)"', page))
    assert not any("step-" in words or "_" in words for _, words in links)
