"""What the page says about how far explanations may be believed."""

import html
import re

from reportgen.document import Document
from reportgen.records.base import Skipped
from reportgen.render import to_html
from tests.samples import binary, multiclass, regression


def _page(document: Document) -> str:
    """The words of the page, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?a\b[^>]*>", "", to_html(document)))).split())


def test_what_was_shown_faithful_is_named_with_its_interval() -> None:
    page = _page(binary())
    assert "right columns: expected gradients, integrated gradients and linear surrogate." in page
    assert "ahead of chance by 60% of the whole change of the answer (95% interval 50% to 70%)" in page
    assert "The counter-check holds: contributions from 8 networks" in page
    assert "are not shown to be ahead of chance (1%, −9% to 11%)" in page


def test_what_was_not_is_warned_of() -> None:
    page = _page(multiclass())
    assert "Not shown to be better than an order by chance: linear surrogate." in page
    assert "The counter-check gives cause for caution" in page
    assert "Here even they do not agree well" in page


def test_methods_that_agree_are_said_to() -> None:
    page = _page(binary())
    assert "any two of them put the same column first in at least 90% of the pairs compared." in page
    assert "These describe other models of the same data: regression analysis, decision tree and boosted trees." in page


def test_without_a_trial_the_reason_is_told() -> None:
    reason = Skipped(analysis="faithfulness", reason="one_column_only")
    alone = binary().model_copy(update={"faithfulness": None, "agreement": None, "skipped": (reason,)})
    assert "Not measured: the network has one column only, so there is no order of columns" in _page(alone)


def test_a_report_of_before_has_neither() -> None:
    page = _page(regression())
    assert "May these explanations be believed?" in page
    assert "Which method to believe" not in page


def test_rules_are_read_from_the_top_and_regions_say_whether_they_are_confirmed() -> None:
    page = _page(binary())
    assert "in all other cases" in page
    assert "The test rows confirm it: do not let this surrogate speak for such rows." in page
    assert "The test rows do not confirm that it is worse there than elsewhere." in _page(regression())
