"""The page: the same words and pictures for the browser and for paper."""

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from jinja2 import TemplateError
from markupsafe import Markup

from reportgen.document import Document
from reportgen.errors import RenderError
from reportgen.records.finding import Finding
from reportgen.render.outline import Count, Entry, outlined
from reportgen.render.plain import visible
from reportgen.render.words import environment, explain, fault, say_verdict

PAGE = "report.html.j2"
BETWEEN = re.compile("(?<=[。；：，、！？）”])[ \n]+(?=[\u4e00-\u9fff“（])")
KEY_METRICS = ("accuracy", "balanced_accuracy", "roc_auc", "r2", "mae", "rmse")

LANGUAGES = {"en": "en", "zh": "zh-CN"}
"""What a browser, a screen reader and a search engine are told."""


class Words(NamedTuple):
    """A finding as a reader sees it."""

    title: str
    message: str
    advice: str


class Chapter(NamedTuple):
    """A section of the contents, and the questions in it."""

    head: Entry
    parts: tuple[Entry, ...]


@dataclass(frozen=True)
class Outlined:
    """The body of the page and its contents."""

    body: Markup
    entries: tuple[Entry, ...]

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The contents as sections with their questions."""
        starts = [place for place, entry in enumerate(self.entries) if entry.level == 2]
        ends = [*starts[1:], len(self.entries)]
        return tuple(
            Chapter(self.entries[start], self.entries[start + 1 : end]) for start, end in zip(starts, ends, strict=True)
        )


def to_html(document: Document, lang: str = "en", templates: Path | None = None) -> str:
    """One page for the browser that fetches nothing and needs no script."""
    return _page(document, lang, templates, paper=False)


def to_paper(document: Document, lang: str = "en", templates: Path | None = None) -> str:
    """The same page as the PDF is laid out from."""
    return _page(document, lang, templates, paper=True)


def _page(document: Document, lang: str, templates: Path | None, *, paper: bool) -> str:
    try:
        page = environment(lang, templates).get_template(PAGE)
        text = page.render(
            doc=document,
            paper=paper,
            language=LANGUAGES[lang],
            count=Count(),
            key_metrics=KEY_METRICS,
            outlined=_outlined,
            verdict=say_verdict(document.verdict, lang, templates),
            words=partial(_words, lang, templates),
        )
    except TemplateError as error:
        raise RenderError(fault(PAGE, error)) from error
    return closed_up(visible(text.strip()), lang) + "\n"


def closed_up(text: str, lang: str) -> str:
    """Chinese sentences follow each other without the blank that templates leave between them."""
    return BETWEEN.sub("", text) if lang == "zh" else text


def _outlined(body: Markup) -> Outlined:
    return Outlined(*outlined(body))


def _words(lang: str, templates: Path | None, finding: Finding) -> Words:
    return Words(*explain(finding, lang, templates))
