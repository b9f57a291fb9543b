"""The pages of a comparison: HTML, Markdown and JSON, and the sentence that sums it up."""

from collections.abc import Callable
from functools import partial

from reportgen.errors import RenderError
from reportgen.languages import language
from reportgen.records.comparison import Comparison
from reportgen.records.finding import Finding
from reportgen.render.html import Outlined, Words, closed_up
from reportgen.render.outline import Count, outlined
from reportgen.render.plain import visible
from reportgen.render.words import explain, render

FORMATS = ("html", "md", "json")
NAMES = {"html": "compare.html", "md": "compare.md", "json": "compare.json"}


def contents(comparison: Comparison, formats: tuple[str, ...], lang: str = "en") -> dict[str, str]:
    """The text of every file that is asked for, by the file's name."""
    makers: dict[str, Callable[[], str]] = {
        "html": lambda: comparison_page(comparison, lang),
        "md": lambda: comparison_markdown(comparison, lang),
        "json": lambda: comparison.model_dump_json(by_alias=True, indent=1) + "\n",
    }
    return {NAMES[form]: makers[form]() for form in formats}


def comparison_page(comparison: Comparison, lang: str = "en") -> str:
    """One page for the browser that fetches nothing and needs no script."""
    text = render(
        "compare.html.j2",
        lang,
        c=comparison,
        paper=False,
        language=language(lang).tag,
        count=Count(),
        outlined=lambda body: Outlined(*outlined(body)),
        sentence=sentence(comparison, lang),
        words=partial(_words, lang),
    )
    return closed_up(visible(text.strip()), lang) + "\n"


def comparison_markdown(comparison: Comparison, lang: str = "en") -> str:
    """What changed, as Markdown that fits a pull request; its first line is a comment by which a script finds it."""
    text = render("compare.md.j2", lang, c=comparison, sentence=sentence(comparison, lang), words=partial(_words, lang))
    return visible(text.strip()) + "\n"


def sentence(comparison: Comparison, lang: str = "en") -> str:
    """What the comparison comes to, in a sentence or two of plain text."""
    return " ".join(closed_up(" ".join(render("part/compared.j2", lang, c=comparison).split()), lang).split())


def _words(lang: str, finding: Finding) -> Words:
    """A finding in words; where an older report lacks a fact that its words need, the words it came with."""
    try:
        return Words(*explain(finding, lang))
    except RenderError:
        return Words(finding.code.replace("_", " ").capitalize(), finding.message, finding.advice)
