"""The page for the browser."""

import re
from html.parser import HTMLParser

import pytest

from reportgen.errors import RenderError
from reportgen.languages import locate
from reportgen.render import to_html
from reportgen.render.words import environment
from tests.samples import HOSTILE, SAMPLES, binary, multiclass, regression

TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "a",
        "nav",
        "p",
        "ol",
        "ul",
        "li",
        "main",
        "header",
        "h1",
        "h2",
    ),
    *("h3", "h4", "dl", "dt", "dd", "div", "span", "table", "thead", "tbody", "tr", "th", "td", "caption", "section"),
    *("figure", "figcaption", "code", "pre", "strong", "wbr", "abbr", "br", "details", "summary", "script"),
    *("svg", "g", "path", "rect", "text", "use", "defs", "clippath", "title", "line", "polygon"),
}
TAGS |= {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mover", "msub", "msup", "msubsup"),
    *("mstyle", "munder", "munderover"),
}
VOID = ("meta", "img", "br", "wbr")


class Page(HTMLParser):
    """Every tag and attribute of a page, and whether tags are closed in their order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda sample: sample.__name__)
def page(request) -> Page:
    return Page(to_html(request.param(), "en"))


def test_tags_are_ours_and_closed(page: Page) -> None:
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= TAGS


def test_nothing_is_fetched_and_nothing_runs(page: Page) -> None:
    for _, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert "src" not in attributes
        assert "style" not in attributes or attributes["style"].startswith("width: ")
        assert re.match(r"#|$", attributes.get("href") or "")


def test_every_link_leads_somewhere_and_ids_are_single(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {attributes["href"][1:] for _, attributes in page.tags if "href" in attributes} <= set(ids)


def test_every_picture_has_words_or_is_passed_over(page: Page) -> None:
    pictures = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert pictures
    assert all(one.get("aria-label") or one.get("aria-hidden") == "true" for one in pictures)
    assert all(one.get("role") == "img" for one in pictures if "aria-label" in one)


def test_hostile_names_are_letters() -> None:
    text = to_html(binary(), "en")
    assert text.count("<script") == 2  # the numbers of the page's own script, and it
    assert "<script>alert" not in text
    assert HOSTILE[4] not in text
    assert "{{7*7}}" in text
    assert "\u202e" not in text
    assert "\x07" not in text


def test_the_chinese_page_says_so() -> None:
    assert to_html(multiclass(), "zh").startswith('<!DOCTYPE html>\n<html lang="zh-CN">')


def test_the_same_document_gives_the_same_page() -> None:
    assert to_html(regression(), "en") == to_html(regression(), "en")


def test_a_users_template_takes_the_place_of_ours(tmp_path) -> None:
    (tmp_path / "report.html.j2").write_text("only {{ doc.title }}", encoding="utf-8")
    assert to_html(regression(), "en", tmp_path) == "only Audit of houses\n"


def test_a_fault_in_a_template_is_named_with_its_line(tmp_path) -> None:
    (tmp_path / "report.html.j2").write_text("\n{% if %}", encoding="utf-8")
    with pytest.raises(RenderError, match=r"report\.html\.j2, line 2 has a fault"):
        to_html(regression(), "en", tmp_path)


def test_a_typo_in_a_template_is_an_error_not_a_blank(tmp_path) -> None:
    (tmp_path / "report.html.j2").write_text("{{ doc.titel }}", encoding="utf-8")
    with pytest.raises(RenderError, match="titel"):
        to_html(regression(), "en", tmp_path)


def test_every_template_compiles() -> None:
    for file in sorted(locate().rglob("*.j2")):
        environment("en").get_template(str(file.relative_to(locate())))
