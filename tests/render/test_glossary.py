"""Terms lead to the glossary where a section names them first, and nowhere else is a letter changed."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from reportgen.render import to_html
from reportgen.render.glossary import linked
from tests.samples import SAMPLES

TERMS = (("seed", ("seed", "seeds")), ("mutual-information", ("mutual information",)), ("p", ("p 值",)))
LINK = re.compile(r'<a class="term" href="#term-[^"]+">(.*?)</a>')


def _linked(text: str) -> str:
    return str(linked(Markup(text), TERMS))


def test_the_first_of_each_section_is_linked() -> None:
    text = "<section><p>A seed and a Seed.</p></section><section><li>Two seeds.</li></section>"
    assert _linked(text) == (
        '<section><p>A <a class="term" href="#term-seed">seed</a> and a Seed.</p></section>'
        '<section><li>Two <a class="term" href="#term-seed">seeds</a>.</li></section>'
    )


def test_a_term_within_another_word_is_none() -> None:
    assert "term" not in _linked("<p>seedling, birdseed, seed-money, tables/seed.csv</p>")


def test_chinese_words_need_no_blanks() -> None:
    assert _linked("<p>其p 值很小</p>") == '<p>其<a class="term" href="#term-p">p 值</a>很小</p>'


@pytest.mark.parametrize("tag", ["a", "code", "pre", "svg", "math", "table", "strong"])
def test_links_pictures_tables_and_code_are_left_alone(tag: str) -> None:
    text = f"<p>x <{tag}>mutual information</{tag}> y</p>"
    assert _linked(text) == text


def test_headings_and_captions_are_left_alone() -> None:
    text = "<h2>The seed</h2><figcaption>seed</figcaption><caption>seed</caption>"
    assert _linked(text) == text


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<li>", "</li>", "seed ", "mutual information", "&lt;b&gt;", "<br>", "p 值"])
    )
)
def test_nothing_but_links_is_added(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert LINK.sub(r"\1", _linked(text)) == text


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_term_that_is_linked_is_explained_and_no_other(sample, lang: str) -> None:
    page = to_html(sample(), lang)
    used = set(re.findall(r'href="#(term-[^"]+)"', page))
    told = dict(re.findall(r'<dt id="(term-[^"]+)">.*?</dt> <dd>(.*?)</dd>', page))
    assert used
    assert set(told) == used | {"term-n"}
    assert all(len(unescape(meaning)) > 5 for meaning in told.values())
