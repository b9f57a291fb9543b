"""report.md: a summary that fits a pull request."""

from functools import partial
from pathlib import Path

from reportgen.document import Document
from reportgen.render.html import KEY_METRICS, Words
from reportgen.render.plain import visible
from reportgen.render.words import explain, render, say_verdict


def to_markdown(document: Document, lang: str = "en", templates: Path | None = None) -> str:
    """The verdict, the key numbers and the findings as Markdown."""
    text = render(
        "report.md.j2",
        lang,
        templates,
        doc=document,
        key_metrics=KEY_METRICS,
        verdict=say_verdict(document.verdict, lang, templates),
        words=lambda finding: Words(*partial(explain, lang=lang, templates=templates)(finding)),
    )
    return visible(text.strip()) + "\n"
