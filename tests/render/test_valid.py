"""Every page is sound HTML by the rules that can be checked without a browser: the parser's and W3C's."""

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from xml.etree.ElementTree import Element

import html5lib
import pytest

from reportgen.batch.index import to_html as batch_page
from reportgen.render import to_html
from reportgen.render.compared import comparison_page
from tests.batch.test_index import AT, ROWS
from tests.comparison.test_pages import lost
from tests.samples import binary, multiclass, regression

OBSOLETE_TAGS = {"acronym", "big", "center", "font", "frame", "marquee", "nobr", "strike", "tt"}
OBSOLETE = {"align", "bgcolor", "border", "cellpadding", "cellspacing", "frameborder", "language", "nowrap", "valign"}
SVG = "{http://www.w3.org/2000/svg}"
XHTML = "{http://www.w3.org/1999/xhtml}"

MAKERS = {
    "binary": lambda lang: to_html(binary(), lang),
    "multiclass": lambda lang: to_html(multiclass(), lang),
    "regression": lambda lang: to_html(regression(), lang),
    "compare": lambda lang: comparison_page(lost(multiclass), lang),
    "batch": lambda lang: batch_page(ROWS, AT, lang),
}


class Parsed(NamedTuple):
    """A page: its elements in their order, each with its parent, and its text."""

    elements: list[Element]
    parents: dict[Element, Element]
    lang: str

    def all(self, *names: str) -> list[Element]:
        return [element for element in self.elements if name(element) in names]

    def inside(self, element: Element, *names: str) -> bool:
        above = self.parents.get(element)
        return above is not None and (name(above) in names or self.inside(above, *names))


def name(element: Element) -> str:
    return str(element.tag).replace(XHTML, "").replace(SVG, "svg:")


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


@cache
def made(kind: str, lang: str) -> Parsed:
    text = MAKERS[kind](lang)
    root = html5lib.HTMLParser(strict=True).parse(text)  # raises at the first fault, a double attribute among them
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    parents = {child: parent for parent in elements for child in parent if isinstance(child.tag, str)}
    return Parsed(elements, parents, lang)


@pytest.fixture(params=[(kind, lang) for kind in MAKERS for lang in ("en", "zh")], ids="-".join)
def page(request) -> Parsed:
    return made(*request.param)


def test_the_page_says_its_language_and_title(page: Parsed) -> None:
    (html,), (title,) = page.all("html"), page.all("title")
    assert html.get("lang") == {"en": "en", "zh": "zh-CN"}[page.lang]
    assert words(title)


def test_there_is_one_first_heading_and_no_level_is_left_out(page: Parsed) -> None:
    levels = [int(name(element)[1]) for element in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    assert all(words(element) for element in page.all("h1", "h2", "h3", "h4"))


def test_ids_are_single_and_every_place_that_is_pointed_to_exists(page: Parsed) -> None:
    ids = [element.get("id") for element in page.elements if element.get("id") is not None]
    assert len(ids) == len(set(ids))
    assert all(one and not re.search(r"\s", one) for one in ids)
    pointed = {value[1:] for e in page.elements for key, value in e.items() if "href" in key and value.startswith("#")}
    pointed |= {
        place for e in page.elements for value in e.attrib.values() for place in re.findall(r"url\(#(.*?)\)", value)
    }
    pointed |= {place for e in page.elements for key in ("for", "aria-labelledby", "aria-describedby")
                for place in e.get(key, "").split()}  # fmt: skip
    assert pointed <= set(ids)


def test_every_table_is_named_and_its_headings_say_what_they_head(page: Parsed) -> None:
    for table in page.all("table"):
        captions = [child for child in table if name(child) == "caption"]
        assert any(words(caption) for caption in captions) or table.get("aria-label")
    for heading in page.all("th"):
        assert heading.get("scope") in ("col", "row")
        assert words(heading) or heading.get("aria-label")
    for table in page.all("table"):
        widths = {len([cell for cell in row if name(cell) in ("td", "th")]) for row in table.iter(f"{XHTML}tr")}
        assert len(widths) == 1


def test_pictures_have_words_or_are_passed_over(page: Parsed) -> None:
    for image in page.all("img"):
        assert image.get("alt") is not None
    for drawing in page.all("svg:svg"):
        assert drawing.get("aria-hidden") == "true" or (drawing.get("role") == "img" and drawing.get("aria-label"))
    for figure in page.all("figure"):
        assert any(name(child) == "figcaption" and words(child) for child in figure)


def test_nothing_is_obsolete_and_no_style_is_needed_to_draw(page: Parsed) -> None:
    assert {name(element) for element in page.elements} & OBSOLETE_TAGS == set()
    for element in page.elements:
        assert set(element.attrib) & OBSOLETE == set()
        assert not (name(element).startswith("svg:") and element.get("style"))


def test_what_can_be_filled_in_has_a_label_and_what_scrolls_can_be_reached(page: Parsed) -> None:
    for control in page.all("input", "select", "textarea"):
        assert page.inside(control, "label") or control.get("aria-label")
    for element in page.elements:
        if "scroll" in element.get("class", "").split():
            assert element.get("tabindex") == "0"
            assert element.get("role")
            assert element.get("aria-label")
        assert int(element.get("tabindex", "0")) <= 0


def test_landmarks_are_single_or_named_apart(page: Parsed) -> None:
    assert len(page.all("main")) == 1
    for kind in ("nav", "aside", "form"):
        labels = [element.get("aria-label") for element in page.all(kind)]
        assert len(labels) == len(set(labels))
    regions = [e.get("aria-label") for e in page.elements if e.get("role") in ("region", "group")]
    assert len(regions) == len(set(regions))


def test_lists_hold_items_and_nothing_else(page: Parsed) -> None:
    for element in page.all("ul", "ol"):
        assert {name(child) for child in element} <= {"li"}
    for element in page.all("dl"):
        assert {name(child) for child in element} <= {"dt", "dd", "div"}


def test_contents_are_sections_with_their_questions(page: Parsed) -> None:
    for nav in page.all("nav"):
        inner = [item for item in nav.iter(f"{XHTML}li") if item.get("class") == "level3"]
        assert all(page.inside(item, "li") for item in inner)
        assert list(nav.iter(f"{XHTML}ol")) == []


def test_the_policy_of_the_page_allows_no_request(page: Parsed) -> None:
    (policy,) = [m.get("content", "") for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.split(None, 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    scripts = re.fullmatch(r"('sha256-[\w+/=]+'\s?)+", rules.pop("script-src", "'sha256-0'"))
    assert scripts
    assert set(rules) <= {"default-src", "img-src", "style-src", "font-src"}
    assert {rules.get("img-src"), rules.get("font-src", "data:")} == {"data:"}
