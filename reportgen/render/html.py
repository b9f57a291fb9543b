"""The page: the same words and pictures for the browser and for paper."""

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, TemplateError
from markupsafe import Markup

from reportgen.document import Document
from reportgen.errors import RenderError
from reportgen.languages import language
from reportgen.records.finding import Finding
from reportgen.render.anchors import Anchors
from reportgen.render.live import SCRIPT, digest, live
from reportgen.render.outline import Count, Entry, outlined
from reportgen.render.plain import visible
from reportgen.render.standards import crosswalk
from reportgen.render.words import environment, explain, fault, say_verdict

PAGE = "report.html.j2"
BETWEEN = re.compile("(?<=[。；：，、！？）”])[ \n]+(?=[\u4e00-\u9fff“（])")
KEY_METRICS = ("accuracy", "balanced_accuracy", "roc_auc", "r2", "mae", "rmse")


class Words(NamedTuple):
    """A finding as a reader sees it."""

    title: str
    message: str
    advice: str


@dataclass(frozen=True)
class Outlined:
    """The body of the page and its contents."""

    body: Markup
    entries: tuple[Entry, ...]


def to_html(document: Document, lang: str = "en", templates: Path | None = None) -> str:
    """One page for the browser that fetches nothing and needs no script; the one it holds adds to it."""
    return _page(document, lang, templates, paper="")


def to_paper(document: Document, lang: str = "en", templates: Path | None = None, paper: str = "a4") -> str:
    """The same page as the PDF is laid out from, for paper of a size: a4 or letter."""
    return _page(document, lang, templates, paper=paper)


def _page(document: Document, lang: str, templates: Path | None, *, paper: str) -> str:
    try:
        spoken = environment(lang, templates)
        page = spoken.get_template(PAGE)
        script = "" if paper else _script(spoken, lang)
        text = page.render(
            doc=document,
            paper=paper,
            anchor=Anchors(document.findings),
            language=language(lang).tag,
            count=Count(),
            key_metrics=KEY_METRICS,
            outlined=_outlined,
            crosswalk=partial(crosswalk, document),
            numbers={} if paper else live(document),
            script=script,
            script_hash=digest(script),
            verdict=say_verdict(document.verdict, lang, templates),
            words=partial(_words, lang, templates),
        )
    except TemplateError as error:
        raise RenderError(fault(PAGE, error)) from error
    return closed_up(visible(text.strip()), lang) + "\n"


def closed_up(text: str, lang: str) -> str:
    """Where sentences follow each other without blanks, the one that templates leave between them goes."""
    return BETWEEN.sub("", text) if language(lang).closed_up else text


def _script(templates: Environment, lang: str) -> str:
    """The page's script, letter for letter as it will stand in the page."""
    loader = templates.loader
    source = loader.get_source(templates, SCRIPT)[0] if loader else ""
    return closed_up(visible(source.strip()), lang)


def _outlined(body: Markup) -> Outlined:
    return Outlined(*outlined(body))


def _words(lang: str, templates: Path | None, finding: Finding) -> Words:
    return Words(*explain(finding, lang, templates))
