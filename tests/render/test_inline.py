"""Charts as a part of the page: words as text, no styles, no addresses, and ids that no two charts share."""

import re
from xml.etree import ElementTree

import pytest

from reportgen.charts import advance, bars, histogram, letters, pie, ranges, scatter
from reportgen.render.inline import inline

LABELS = ("petal & <width>", "花瓣长度", "x  --  y", "naïve Ελλ")
SPACE = "{http://www.w3.org/2000/svg}"


def _drawn(svg: str, number: int = 1) -> ElementTree.Element:
    """The chart parsed by itself, as a browser knows the names of its elements in a page."""
    svg = inline(svg, "said", "chart", number)
    return ElementTree.fromstring(svg.replace("<svg ", f'<svg xmlns="{SPACE[1:-1]}" ', 1))


def _bars() -> str:
    return bars(LABELS, [3.0, 2.0, 1.0, 0.5], name="n", axis="value")


def test_words_are_text_of_the_length_that_they_have_in_our_font() -> None:
    words = {element.text: element for element in _drawn(_bars()).iter(f"{SPACE}text")}
    assert {"petal & <width>", "花瓣长度", "value"} <= set(words)
    glyphs = {letter: glyph for glyph, letter in letters("ReportgenSans-Regular").items()}
    wide = sum(advance("ReportgenSans-Regular", glyphs[letter]) for letter in "value")
    assert float(words["value"].get("textLength", "0")) == pytest.approx(wide * 8.5, rel=0.03)  # but for kerning
    assert float(words["花瓣长度"].get("textLength", "0")) == pytest.approx(4 * 7.5, rel=0.15)  # a full square each


def test_nothing_needs_a_style_or_an_address() -> None:
    for svg in (_bars(), pie(["a", "b"], [1, 2], name="n"), ranges(["a", "b"], [1.0, 2.0], name="n", axis="")):
        text = inline(svg, "said", "chart", 3)
        assert " style=" not in text
        assert "xlink" not in text
        assert "<use" not in text or 'href="#p3-' in text


def test_ids_are_the_pages_own() -> None:
    svg = scatter([1.0, 2.0], [2.0, 1.0], name="n", x_label="a", y_label="b")
    one, two = (set(re.findall(r' id="([^"]+)"', inline(svg, "", "chart", number))) for number in (1, 2))
    assert one
    assert not one & two
    for number, ids in ((1, one), (2, two)):
        pointed = re.findall(r'(?:href="|url\()#([^")]+)', inline(svg, "", "chart", number))
        assert pointed
        assert set(pointed) <= ids


def test_what_it_says_stands_in_its_label_and_is_escaped_once() -> None:
    root = ElementTree.fromstring(inline(_bars(), 'a "b" <c> & d', "chart", 1))
    assert root.get("aria-label") == 'a "b" <c> & d'
    assert root.get("role") == "img"
    assert root.get("viewBox")
    hidden = ElementTree.fromstring(inline(_bars(), "", "spark", 1))
    assert hidden.get("aria-hidden") == "true"
    assert hidden.get("role") is None


def test_bars_tell_their_numbers_to_who_points_at_them() -> None:
    root = _drawn(histogram(["a", "b"], [3, 4], name="n"))
    assert [title.text for title in root.iter(f"{SPACE}title")]


def test_letters_that_hang_on_their_neighbours_keep_their_outlines() -> None:
    text = inline(bars(["مرحبا"], [1.0], name="n", axis="value"), "", "chart", 1)
    used = set(re.findall(r'href="#([^"]+)"', text))
    assert used
    assert used <= set(re.findall(r' id="([^"]+)"', text))
    assert ">value</text>" in text


def test_the_page_pays_less_than_half_of_what_the_drawing_weighs() -> None:
    assert len(inline(_bars(), "", "chart", 1)) < len(_bars()) / 2
