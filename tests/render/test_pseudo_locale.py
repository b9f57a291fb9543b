"""A language that nobody speaks: every letter of every sentence is changed, so what stays plain is hard-wired."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from babel.messages.pofile import write_po

from reportgen.document import Document
from reportgen.render import to_html, to_markdown
from reportgen.render.standards import STANDARDS, TOPICS
from tests.render.messages import extracted
from tests.samples import SAMPLES

PSEUDO = "eo"  # a code that Babel knows how to write numbers for, and that we have no sentences in
PLAIN, STRANGE = "abcdefghijklmnopqrstuvwxyz", "àƃçđéƒǧħîĵķļɱñôþqŕšťûṽŵẋýž"
LETTERS = str.maketrans(PLAIN + PLAIN.upper(), STRANGE + STRANGE.upper())
KEPT = re.compile(r"%\(\w+\)s|<[^>]*>|&\w+;|\\n")
WORD = re.compile(r"[A-Za-z]{3,}")
OURS = {
    "reportgen",
    "json",
    "keras",
    "toml",
    "html",
    "AdamW",
    "Holm",
    "SHA",
    "kaj",
    "Januaro",
    "constant",
    "bootstrap",
    "pdf",
    "csv",
    "tables",
}
"""Names of files and programs, and Babel's own "and" and month."""


def cut(word: str) -> bool:
    """A part of one of the sample's hostile names, which pages shorten and break."""
    return set(word) == {"x"} or word == "aler"


def _strange(sentence: str) -> str:
    kept = KEPT.findall(sentence)
    return "".join(a.translate(LETTERS) + b for a, b in zip(KEPT.split(sentence), [*kept, ""], strict=True))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of templates that holds one file: the sentences of the new language."""
    catalog = extracted()
    for message in catalog:
        if isinstance(message.id, tuple):
            message.string = tuple(map(_strange, message.id))
        elif message.id:
            message.string = _strange(message.id)
    made = tmp_path_factory.mktemp("pseudo")
    (made / "locale").mkdir()
    with (made / "locale" / f"{PSEUDO}.po").open("wb") as stream:
        write_po(stream, catalog)
    return made


def _values(found: object) -> Iterator[str]:
    """Every text of a report that is no sentence of ours: names, codes, versions, what the owner says."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, list):
        for one in found:
            yield from _values(one)
    elif isinstance(found, dict):
        for key, one in found.items():
            if key not in ("message", "advice"):
                yield from (key, *_values(one))


def _known(document: Document) -> set[str]:
    """The words that stand the same in every language: data, codes, proper names, and what Babel writes itself.

    Keys are among them, for a code without words is shown as it is; no sentence is made of those alone.
    """
    standards = " ".join(" ".join(topic.items) for topic in TOPICS) + " ".join((*STANDARDS, "MC DS AIA SR RMF RF TR"))
    data = " ".join(_values(document.model_dump(mode="json")))
    known = set(WORD.findall(f"{standards} {data}".replace("_", " "))) | OURS
    return known | {word.capitalize() for word in known}


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_on_the_page_is_hard_wired(sample, folder: Path) -> None:
    document = sample()
    page = to_html(document, PSEUDO, folder)
    text = re.sub(r"<(style|code|pre|script|math)[^>]*>.*?</\1>", " ", page, flags=re.DOTALL)
    spoken = " ".join(re.findall(r'(?:aria-label|title|alt)="([^"]*)"', text))
    words = set(WORD.findall(unescape(re.sub(r"<[^>]*>", " ", text.replace("<wbr>", "")) + " " + spoken)))
    assert [word for word in sorted(words - _known(document)) if not cut(word)] == []
    assert f'<html lang="{PSEUDO}">' in page


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_in_the_summary_is_hard_wired(sample, folder: Path) -> None:
    document = sample()
    text = re.sub(r"`[^`]*`|<!--.*?-->", " ", to_markdown(document, PSEUDO, folder))
    assert sorted(set(WORD.findall(text)) - _known(document)) == []
