"""What the page says of test rows that differ, and of cells that are empty."""

import html
import re

from reportgen.document import Document
from reportgen.records.drift import Drift
from reportgen.render import to_html
from tests.findings.wounds import gap, moved, unseen
from tests.samples import binary, regression


def _page(document: Document, lang: str = "en") -> str:
    """The words of the page, without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", to_html(document, lang))).split())


def _drifted(strategy: str = "given", **changes: object) -> Document:
    still = moved(feature="<b>still</b>", distance=0.01, low=0.0, high=0.05, p_value=1.0)
    city = moved(feature="city", kind="levels", label="<i>Faro</i>", before=0.1, after=0.2, low=0.05, p_value=1.0)
    found = Drift(
        features=(moved(**changes), city, moved(feature="day", kind="dates", before="2020-01-01", after=None), still),
        unseen=(unseen(levels=("Gdańsk",)),),
        bound=0.1,
        train=600,
        test=200,
        method="by hand",
    )
    document = binary()
    split = document.split.model_copy(update={"strategy": strategy})
    return document.model_copy(update={"drift": found, "split": split})


def test_the_distances_stand_in_a_figure_and_a_table() -> None:
    page = _page(_drifted())
    assert "Are the test rows like the training rows?" in page
    assert "Farther than 10%, from where on it matters, beyond chance: age and day." in page
    assert "<b>still</b>" in page
    assert "<i>Faro</i>: 10.0%" in page
    assert "Gdańsk" in page
    assert "测试行与训练行相像吗" in _page(_drifted(), "zh")


def test_groups_dealt_by_chance_are_not_called_far() -> None:
    page = _page(_drifted("group"))
    assert "no finding is made of it" in page
    assert "Farther than" not in page


def test_too_few_values_have_a_dash() -> None:
    assert "– < 0.001" in _page(_drifted(distance=None, low=None, high=None)).replace("\u00a0", " ")


def test_parts_drawn_at_random_have_no_such_section() -> None:
    assert "Are the test rows like" not in _page(binary())


def test_gaps_are_told_with_what_others_leave_of_them() -> None:
    twin = gap(feature="rent", same_as="income", partial=None)
    found = {"missingness": (gap(), twin)}
    page = _page(binary().model_copy(update=found))
    assert "140 of 1000" in page
    assert "yes: 83.0%" in page
    assert "as “income”" in page
    number = gap(label=None, inside=103.0, outside=181.0, gap_low=-90.0, gap_high=-66.0, partial=None)
    assert "103" in _page(regression().model_copy(update={"missingness": (number,)}))
    assert "空单元格会透露目标吗" in _page(binary().model_copy(update=found), "zh")
