"""docs/templates.md against the program: every name, filter, macro, block, template and key, no more and no fewer."""

import re
from pathlib import Path

import pytest
from jinja2 import nodes
from jinja2.defaults import DEFAULT_FILTERS, DEFAULT_NAMESPACE

from reportgen.batch import index
from reportgen.document import Document
from reportgen.languages import locate
from reportgen.records.comparison import Comparison
from reportgen.render import compared, html, markdown, words
from reportgen.render.brand import KEYS
from reportgen.render.html import FACTS_OF_PAGES
from reportgen.render.words import environment
from tests.samples import binary

DOC = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")


def _rows(heading: str) -> list[list[str]]:
    """The cells of the tables below a heading."""
    text = re.split(r"^#+ ", DOC.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in text.splitlines() if line.startswith("| ") or line.startswith("| |")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if "`" in line]


def _named(heading: str) -> set[str]:
    """What the first column names."""
    found = [name for row in _rows(heading) for name in re.findall(r"`([^`]+)`", row[0])]
    assert len(found) == len(set(found)), "one is named twice"
    return set(found)


def _macros(file: str) -> set[str]:
    speech = environment("en")
    tree = speech.parse(speech.loader.get_source(speech, file)[0])
    macros = {macro for macro in tree.find_all(nodes.Macro) if not macro.name.startswith("_")}
    return {f"{macro.name}({', '.join(argument.name for argument in macro.args)})" for macro in macros}


def test_what_every_template_sees() -> None:
    assert _named("Every template") == set(environment("en").globals) - set(DEFAULT_NAMESPACE)


def test_what_the_page_of_a_report_sees() -> None:
    told = set(html.facts(binary(), "en", None, paper=False)) | {"m", "v", "g"}
    blocks = set(environment("en").get_template("report.html.j2").blocks)
    assert _named("The page of a report") == told | blocks
    assert set(FACTS_OF_PAGES) == told


def test_what_a_report_holds() -> None:
    written = {
        name for home in Document.__mro__ for name, value in vars(home).items()
        if home.__module__.startswith("reportgen.") and not name.startswith("_")
        and (callable(value) or isinstance(value, property)) and not isinstance(value, classmethod)
    }  # fmt: skip
    assert _named("doc") == set(Document.model_fields) | written


def test_every_filter() -> None:
    assert _named("Filters") == set(environment("en").filters) - set(DEFAULT_FILTERS)


@pytest.mark.parametrize(
    ("heading", "file"), [("Macros: m", "part/macros.html.j2"), ("Macros: v", "part/vocabulary.html.j2")]
)
def test_every_macro_with_its_arguments(heading: str, file: str) -> None:
    assert _named(heading) == _macros(file)


def test_every_template_has_one_job() -> None:
    shipped = {
        path.relative_to(locate()).as_posix() for path in locate().rglob("*") if path.suffix in (".j2", ".css", ".js")
    }
    listed = _named("The templates, and the one job of each")
    assert listed == {name for name in shipped if not name.startswith("finding/")} | {"finding/<code>.j2"}
    assert all(len(row) == 2 and row[1] for row in _rows("The templates, and the one job of each"))


def test_every_key_of_brand_toml() -> None:
    named = set()
    for tables, keys, _what in _rows("brand.toml: logo, colours, footer, font"):
        for table in re.findall(r"`([^`]+)`", tables) or [""]:
            named |= {(table, key) for key in re.findall(r"`([^`]+)`", keys)}
    assert named == {(table, key) for table, keys in KEYS.items() for key in keys}


def test_what_other_templates_see(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, set[str]] = {}
    fill, block = words.filled, words._blocks

    def filled(template, facts):
        told[str(template.name)] = set(facts)
        return fill(template, facts)

    def blocks(template, facts):
        told[str(template.name)] = set(facts)
        return block(template, facts)

    monkeypatch.setattr(words, "filled", filled)
    monkeypatch.setattr(words, "_blocks", blocks)
    document = binary()
    markdown.to_markdown(document)
    index.to_html((), "2026-01-01T00:00", "en")
    index.to_markdown((), "en")
    monkeypatch.setattr(compared, "sentence", lambda *_: "")
    comparison = Comparison.model_construct()
    for make in (compared.comparison_page, compared.comparison_markdown):
        with pytest.raises((words.RenderError, AttributeError)):
            make(comparison)
    finding, verdict = document.findings[0], document.verdict
    words.render("part/follows.j2", "en", cause=finding.code)
    told["part/verdict.j2"] -= set(verdict.facts)
    code = f"finding/{finding.code}.j2"
    told["finding/<code>.j2"] = told.pop(code) - set(finding.evidence)
    told = {name: names for name, names in told.items() if name == "finding/<code>.j2" or "finding/" not in name}
    rows = {row[0]: set(re.findall(r"`([a-z_]+)`", row[1])) for row in _rows("Other templates")}
    listed = {name: names for cell, names in rows.items() for name in re.findall(r"`([^`]+)`", cell)}
    listed["finding/<code>.j2"] -= {"title", "message", "advice"}
    assert listed.pop("part/compared.j2") == {"c"}
    assert told == listed
