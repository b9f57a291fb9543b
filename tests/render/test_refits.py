"""The network among others made in the same way: what the page and the summary say of it."""

import html
import json
import re

import pytest

from reportgen.document import Document
from reportgen.render import to_html, to_json, to_markdown
from tests.samples import binary, multiclass, regression

FIGURE = re.compile(r'<svg class="chart" role="img" aria-label="Strips of dots')


def _page(document: Document) -> str:
    """The words of the page, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", to_html(document))).split())


def _with(document: Document, **facts: object) -> Document:
    """The document, its key metric over refits changed."""
    refits = document.refits
    key = refits.metric(document.key_metric).model_copy(update=facts)
    others = tuple(metric for metric in refits.metrics if metric.name != key.name)
    return document.model_copy(update={"refits": refits.model_copy(update={"metrics": (key, *others)})})


def test_the_table_says_which_interval_is_which() -> None:
    page = _page(binary())
    assert "95% interval over other rows: this network" in page
    assert "95% interval over other training rows and other starts: networks made in the same way" in page
    assert "Accuracy 81.7% 72.7% to 90.7% 75.5% 73.5% to 77.5% 5" in page
    assert "These intervals are over other rows, for this very network." in page


def test_what_varied_is_said_for_each_way_of_splitting() -> None:
    assert "The test rows stayed the same" in _page(binary())
    split = multiclass()
    assert "other rows were held out" in _page(split)
    alone = split.model_copy(update={"refits": split.refits.model_copy(update={"covers": ("seed",)})})
    assert "cover the random start alone" in _page(alone)


@pytest.mark.parametrize(
    ("usual_low", "usual_high", "words"),
    [
        (0.7, 0.8, "lies above: part of its result is probably a lucky draw"),
        (0.7, 0.9, "lies within: nothing marks it as a lucky or an unlucky draw"),
        (0.85, 0.9, "lies below: it is probably an unlucky draw"),
        (None, None, "too few, or too much alike, to tell"),
    ],
)
def test_a_reader_is_told_whether_the_draw_was_lucky(usual_low, usual_high, words) -> None:
    page = _page(_with(binary(), usual_low=usual_low, usual_high=usual_high))
    assert words in page
    assert "accuracy is higher than the reported one's: 0 of 4; lower: 4; the same: 0." in page


def test_that_all_agree_is_called_no_proof() -> None:
    page = _page(multiclass())
    assert "That all of them agree is no proof" in page
    assert "no interval: all values are equal" in page


def test_failures_are_counted_and_told() -> None:
    page = _page(binary())
    assert "Of the 4 networks made anew, 2 give one and the same class to all training rows" in page
    assert "Of the 4 networks made anew, 1 broke down in training" in page
    assert "training without a class: 1." in page
    assert "broke down" not in _page(multiclass())


def test_the_corrected_interval_is_explained_with_its_numbers() -> None:
    assert "here 1/4 + 69/274, with J − 1 degrees of freedom" in _page(multiclass())
    assert "here 1/" not in _page(binary())
    assert "the interval of their mean is Student's" in _page(binary())


def test_one_picture_holds_the_measures_of_one_axis() -> None:
    assert len(FIGURE.findall(to_html(binary()))) == 1
    assert FIGURE.search(to_html(regression())) is None


def test_without_refits_the_reason_is_given() -> None:
    assert "the table is too large to make the network anew within this budget" in _page(regression())


def test_a_report_from_before_there_were_refits_is_still_rendered() -> None:
    content = json.loads(to_json(multiclass()))
    del content["refits"], content["settings"]["refits"]
    old = Document.model_validate_json(json.dumps(content))
    assert old.refits is None
    assert "How much of this is the luck of the draw? Not measured in this run." in _page(old)
    assert "networks made in the same way" not in to_markdown(old)


def test_the_summary_has_one_line_of_it() -> None:
    assert (
        "Over other training rows and other starts, networks made in the same way: accuracy 75.5% on average, "
        "95% interval 73.5% to 77.5% (5 networks)."
    ) in to_markdown(binary())
    assert "networks made in the same way" not in to_markdown(multiclass())  # no interval, as all are equal


def test_it_is_said_in_chinese() -> None:
    page = to_html(binary(), "zh")
    assert "其中有多少是运气？" in page
    assert "换用其他训练行和其他随机种子" in page
