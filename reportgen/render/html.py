"""The page: the same words and pictures for the browser and for paper."""

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment
from markupsafe import Markup

from reportgen.document import Document
from reportgen.languages import language
from reportgen.records.finding import Finding
from reportgen.render.anchors import Anchors
from reportgen.render.fetching import refuse_fetching
from reportgen.render.live import SCRIPT, digest, live
from reportgen.render.names import ShortNames
from reportgen.render.outline import Count, Entry, outlined
from reportgen.render.plain import visible
from reportgen.render.standards import crosswalk
from reportgen.render.words import environment, explain, faults, filled, say_verdict

PAGE = "report.html.j2"
BETWEEN = re.compile(
    r"(?<=[。；：，、！？）”])((?:</(?:strong|b|em|a|span)>)?)[ \n]+((?:<(?:a|span|small|strong)\b[^<>]*>)?)"
    r"(?=[\u4e00-\u9fff“（])"
)
KEY_METRICS = ("accuracy", "balanced_accuracy", "roc_auc", "r2", "mae", "rmse")

FACTS_OF_PAGES = (
    *("doc", "paper", "language", "count", "key_metrics", "outlined", "verdict", "words", "anchor", "crosswalk"),
    *("short_names", "numbers", "script", "script_hash", "m", "v", "g"),
)
"""The names that every template of the report's page sees, beside what is there for all templates."""


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
    """One page for the browser that fetches nothing and needs no script; the one it holds adds to it."""
    return _page(document, lang, templates, paper="")


def to_paper(document: Document, lang: str = "en", templates: Path | None = None, paper: str = "a4") -> str:
    """The same page as the PDF is laid out from, for paper of a size: a4 or letter."""
    return _page(document, lang, templates, paper=paper)


def _page(document: Document, lang: str, templates: Path | None, *, paper: str) -> str:
    with faults(PAGE, templates):
        page = environment(lang, templates).get_template(PAGE)
        text = filled(page, with_macros(page.environment, facts(document, lang, templates, paper=paper)))
    if templates is not None:
        refuse_fetching(text, templates)
    return closed_up(visible(text.strip()), lang) + "\n"


def facts(document: Document, lang: str, templates: Path | None, *, paper: str) -> dict[str, object]:
    """All that the page's templates are told, beside the macros `m`, the vocabulary `v` and the glossary `g`.

    docs/templates.md lists them.
    """
    script = "" if paper else _script(environment(lang, templates), lang)
    return {
        "doc": document,
        "paper": paper,
        "language": language(lang).tag,
        "count": Count(),
        "key_metrics": KEY_METRICS,
        "outlined": _outlined,
        "verdict": say_verdict(document.verdict, lang, templates),
        "words": partial(_words, lang, templates),
        "anchor": Anchors(document.findings),
        "crosswalk": partial(crosswalk, document),
        "short_names": _short_names(document),
        "numbers": {} if paper else live(document),
        "script": script,
        "script_hash": digest(script),
    }


def with_macros(templates: Environment, told: dict[str, object]) -> dict[str, object]:
    """The facts with `v`, `m` and `g`, which every template of a page has: each takes a while to fill in."""
    for name, file in (("v", "vocabulary"), ("m", "macros"), ("g", "glossary")):
        told[name] = templates.get_template(f"part/{file}.html.j2").make_module(told)
    return told


def closed_up(text: str, lang: str) -> str:
    """Where sentences follow each other without blanks, the one that templates leave between them goes."""
    return BETWEEN.sub(r"\1\2", text) if language(lang).closed_up else text


def _script(templates: Environment, lang: str) -> str:
    """The page's script, letter for letter as it will stand in the page."""
    loader = templates.loader
    source = loader.get_source(templates, SCRIPT)[0] if loader else ""
    return closed_up(visible(source.strip()), lang)


def _short_names(document: Document) -> ShortNames:
    return ShortNames((*document.task.classes, *(column.name for column in document.dataset.columns)))


def _outlined(body: Markup) -> Outlined:
    return Outlined(*outlined(body))


def _words(lang: str, templates: Path | None, finding: Finding) -> Words:
    return Words(*explain(finding, lang, templates))
