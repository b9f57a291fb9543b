"""report.md: a summary that fits a pull request."""

from functools import partial
from pathlib import Path

from reportgen.document import Document
from reportgen.render.html import KEY_METRICS, Words
from reportgen.render.plain import visible
from reportgen.render.words import explain, render, say_verdict

MOST_BYTES = 60_000
"""A comment on GitHub holds 65,536 characters; the rest is for whoever posts it: a link, a greeting."""

CUTS = ((10_000, 10_000), (100, 600), (40, 600), (20, 300), (8, 200))
"""How many findings are shown, and how many characters of each text, until all of it fits."""


def to_markdown(document: Document, lang: str = "en", templates: Path | None = None) -> str:
    """The verdict, the targets, the key numbers and the findings as Markdown; the gravest only where many are found."""
    said = say_verdict(document.verdict, lang, templates)
    text = ""
    for most, length in CUTS:
        text = render(
            "report.md.j2",
            lang,
            templates,
            doc=document,
            key_metrics=KEY_METRICS,
            verdict=said,
            words=lambda finding: Words(*partial(explain, lang=lang, templates=templates)(finding)),
            most=most,
            length=length,
        )
        if len(text.encode(errors="replace")) <= MOST_BYTES:
            break
    return visible(text.strip()) + "\n"
