"""A user's folder of templates, looked through before any work: a slip of the pen must not cost an hour of training."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, TemplateError, meta, nodes

from reportgen.errors import ConfigError, RenderError
from reportgen.languages import locate
from reportgen.output import sha256
from reportgen.render.brand import FILE
from reportgen.render.faults import nearest, said
from reportgen.render.html import FACTS_OF_PAGES
from reportgen.render.places import OURS
from reportgen.render.words import ENGLISH, environment

TEXTS = (".j2", ".css", ".js")
BRANDS = (".po", ".toml", ".svg", ".png", ".jpg", ".jpeg", ".otf", ".ttf")
SCRIPTS = "script"
FACTS = "finding/"
"""Templates below it are told the facts of a finding, whose names differ by its code."""

NODES = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)


def refuse_faulty(templates: Path | str | None) -> None:
    """Raise a ReportgenError for a folder of templates that is not there, or that holds one with a fault.

    Looked for are a fault of syntax, a filter, a test, a template or a name that does not exist, a file that takes the
    place of none of ours, and a brand.toml that makes no sense.
    """
    if templates is None:
        return
    folder = Path(templates)
    if not folder.is_dir():
        raise ConfigError(f"there is no folder of templates {templates}; name another, or leave --templates out")
    speech = environment(ENGLISH, folder)  # reads brand.toml
    trees = {name: _parsed(speech, name, folder) for name in _names(folder)}
    _refuse_unused(trees, folder)
    for name, tree in trees.items():
        _refuse_absent(speech, tree, folder / name)
        if not name.startswith(FACTS):
            _refuse_undefined(tree, folder / name, trees.values())


def hashes(templates: Path | str | None) -> dict[str, str]:
    """The SHA-256 of every file of a folder of templates that may shape a page, by its name there.

    Same evidence, same reportgen and same hashes: the same pages.
    """
    if templates is None:
        return {}
    folder = Path(templates)
    return {name: sha256(folder / name) for name in _names(folder, TEXTS + BRANDS)}


def _names(folder: Path, endings: tuple[str, ...] = TEXTS) -> list[str]:
    """The templates of a folder by their names; what lies in folders that begin with a dot is no template."""
    found = (path for path in sorted(folder.rglob("*")) if path.suffix in endings and path.is_file())
    files = (path.relative_to(folder) for path in found)
    return [file.as_posix() for file in files if not any(part.startswith((".", "__")) for part in file.parts)]


def _parsed(speech: Environment, name: str, folder: Path) -> nodes.Template:
    try:
        speech.get_template(name)  # compiled, so that unknown filters and tests are found
        source, file, _fresh = speech.loader.get_source(speech, name)  # type: ignore[union-attr]
        return speech.parse(source, name, file)
    except TemplateError as error:
        raise RenderError(said(name, error, folder)) from error


def _refuse_unused(trees: dict[str, nodes.Template], folder: Path) -> None:
    """Raise ConfigError for a file that would change nothing, as one whose name has a slip."""
    asked = [found for tree in trees.values() for found in meta.find_referenced_templates(tree)]
    if None in asked:
        return  # a name that is put together at run time may be any
    for name in trees:
        if name.startswith(f"{SCRIPTS}/"):
            raise ConfigError(f"{folder / name} would change nothing: scripts are not replaced, and a page's policy "
                              "names the one that it runs")  # fmt: skip
        if name not in asked and name not in _shipped():
            raise ConfigError(f"{folder / name} takes the place of none of our templates, and none of yours asks for "
                              f"it{nearest(name, _shipped()) or '; docs/templates.md lists their names'}")  # fmt: skip


def _refuse_absent(speech: Environment, tree: nodes.Template, file: Path) -> None:
    for node in tree.find_all(NODES):
        for name in _asked(node):
            if name not in speech.list_templates() and not getattr(node, "ignore_missing", False):
                words = f"there is no template {name!r}, neither of yours nor of ours"
                close = nearest(name, [*_shipped(), *(f"{OURS}/{ours}" for ours in _shipped())])
                raise RenderError(f"the template {file}, line {node.lineno} has a fault: {words}{close}")


def _asked(node: nodes.Node) -> Iterator[str]:
    asked = node.template  # type: ignore[attr-defined]
    if isinstance(asked, nodes.Const) and isinstance(asked.value, str):
        yield asked.value


def _refuse_undefined(tree: nodes.Template, file: Path, trees: Iterable[nodes.Template]) -> None:
    asked = meta.find_undeclared_variables(tree) - set(environment(ENGLISH).globals) - set(FACTS_OF_PAGES)
    known = _known(trees) if asked else frozenset()  # near a second
    for name in sorted(asked - known):
        line = min((node.lineno for node in tree.find_all(nodes.Name) if node.name == name), default=1)
        words = f"{name!r} is undefined{nearest(name, sorted(known))}"
        raise RenderError(f"the template {file}, line {line} has a fault: {words}")


def _known(trees: Iterable[nodes.Template]) -> frozenset[str]:
    """Every name that a template may use: what ours are told, and what any sets."""
    return _names_of_ours() | {name for tree in trees for name in _set(tree)}


@cache
def _names_of_ours() -> frozenset[str]:
    plain = environment(ENGLISH)
    found = set(plain.globals) | {"loop", "caller", "varargs", "kwargs", "self", "super"}
    for name in _shipped():
        if not name.endswith(".js"):
            source, file, _fresh = plain.loader.get_source(plain, name)  # type: ignore[union-attr]
            tree = plain.parse(source, name, file)
            found |= _set(tree) | (set() if name.startswith(FACTS) else meta.find_undeclared_variables(tree))
    return frozenset(found)


def _set(tree: nodes.Template) -> set[str]:
    """The names that a template gives something: by set, for, macro, import."""
    found = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
    found |= {node.name for node in tree.find_all(nodes.Macro)}
    found |= {node.target for node in tree.find_all(nodes.Import)}
    for node in tree.find_all(nodes.FromImport):
        found |= {name if isinstance(name, str) else name[1] for name in node.names}
    return found


@cache
def _shipped() -> tuple[str, ...]:
    """Our templates by their names."""
    return tuple(name for name in _names(locate()) if name != FILE)
