"""All sentences that need a translation; `python -m tests.render.messages` brings templates/locale/zh.po up to date."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from reportgen.charts.formula import FORMULAS
from reportgen.languages import locate

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
OPTIONS = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}
PRIVATE = tuple(f'"{name}' for name in ("POT-", "PO-", "Project-", "Report-", "Last-", "Language-Team", "Generated-"))
ROOT = Path(__file__).resolve().parents[2]


def extracted() -> Catalog:
    """Every sentence of the templates, of the code that speaks, and of the formulas."""
    catalog = Catalog(
        locale="zh_CN",
        header_comment="# The report in Chinese; `python -m tests.render.messages` adds new sentences.",
        fuzzy=False,
    )
    for file in sorted(locate().rglob("*.j2")):
        _add(catalog, file, "jinja2.ext:babel_extract", OPTIONS)
    for file in sorted((ROOT / "reportgen" / "render").glob("*.py")):
        _add(catalog, file, "python", {})
    for key, (_, words) in FORMULAS.items():
        catalog.add(words, locations=[("reportgen/charts/formula.py", 1)], auto_comments=[f"formula {key}"])
    return catalog


def _add(catalog: Catalog, file: Path, method: str, options: dict[str, str]) -> None:
    with file.open("rb") as stream:
        for _line, message, _comments, _context in extract(method, stream, KEYWORDS, options=options):
            catalog.add(message, locations=[(str(file.relative_to(ROOT)), 1)])


def translated() -> Catalog:
    """The translations as they stand."""
    file = locate() / "locale" / "zh.po"
    with file.open("rb") as stream:
        return read_po(stream, locale="zh_CN")


def update() -> int:
    """Write zh.po anew: old translations are kept, new sentences wait; returns how many wait."""
    file = locate() / "locale" / "zh.po"
    old = {message.id: message.string for message in translated()} if file.is_file() else {}
    catalog = extracted()
    for message in catalog:
        if message.id and old.get(message.id):
            message.string = old[message.id]
            message.flags.discard("fuzzy")
    with file.open("wb") as stream:
        write_po(stream, catalog, width=0, omit_header=False, sort_by_file=True, include_lineno=False)
    text = file.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(PRIVATE)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sum(1 for message in catalog if message.id and not message.string)


if __name__ == "__main__":
    raise SystemExit(f"{update()} sentences wait for a translation in templates/locale/zh.po")
