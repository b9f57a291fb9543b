"""What is wrong with a template, in one sentence that names its file and its line."""

from difflib import get_close_matches
from pathlib import Path
from traceback import walk_tb

from jinja2 import StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.environment import TemplateModule
from jinja2.utils import missing
from pydantic import BaseModel

from reportgen.languages import locate

LONGEST = 300


class Missing(StrictUndefined):
    """A name that is not there: using it is a fault, and the sentence names the nearest that is."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name, owner = self._undefined_name, self._undefined_obj
        if self._undefined_hint or owner is missing or not isinstance(name, str):
            return super()._undefined_message
        return f"{_called(owner)} has no {name!r}{nearest(name, _names(owner))}"


def nearest(name: str, known: object) -> str:
    """The end of a sentence about an unknown name: the known one that it most resembles."""
    found = get_close_matches(name, sorted(known) if isinstance(known, (set, frozenset, list, tuple)) else (), n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def _called(owner: object) -> str:
    if isinstance(owner, TemplateModule):
        return str(owner.__name__)
    return f"a {type(owner).__name__}"


def _names(owner: object) -> set[str]:
    if isinstance(owner, BaseModel):
        ours = (home for home in type(owner).__mro__ if home.__module__.startswith("reportgen."))
        return set(type(owner).model_fields) | {name for home in ours for name in vars(home) if name[0] != "_"}
    if isinstance(owner, TemplateModule):
        return {name for name in vars(owner) if not name.startswith("_")}
    if isinstance(owner, dict):
        return {name for name in owner if isinstance(name, str)}
    return set()


def of_owner(error: BaseException, templates: Path) -> bool:
    """Whether a template of the user's own stands on the way to an error."""
    return any(_within(file, templates) for file, _line in _places(error))


def said(name: str, error: BaseException, templates: Path | None) -> str:
    """The sentence about a fault: the user's own template where one leads to it, else the one that has it."""
    file, line = _place(error, templates) or (getattr(error, "name", None) or name, getattr(error, "lineno", None))
    return f"the template {file}{f', line {line}' if line else ''} has a fault: {_what(error)}"


def _place(error: BaseException, templates: Path | None) -> tuple[str, int] | None:
    if isinstance(error, TemplateSyntaxError):
        return _shown(str(error.filename or error.name), templates), error.lineno
    places = _places(error)
    own = [place for place in places if templates is not None and _within(place[0], templates)]
    if not places:
        return None
    file, line = (own or places)[-1]
    return _shown(file, templates), line


def _places(error: BaseException) -> list[tuple[str, int]]:
    """The templates on the way to an error, and their lines, the innermost last."""
    found = []
    for frame, number in walk_tb(error.__traceback__):
        template = frame.f_globals.get("__jinja_template__")
        if template is not None:
            found.append((str(template.filename), template.get_corresponding_lineno(number)))
        elif not frame.f_code.co_filename.endswith(".py"):
            found.append((frame.f_code.co_filename, number))  # Jinja wrote the frame anew as the template's
    return found


def _within(file: str, folder: Path) -> bool:
    return Path(file).is_relative_to(folder)


def _shown(file: str, templates: Path | None) -> str:
    """A template of ours by its name among them, one of the user's by its path as they wrote it."""
    if (templates is None or not _within(file, templates)) and _within(file, locate()):
        return str(Path(file).relative_to(locate()))
    return file


def _what(error: BaseException) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.message or error.name!s}, neither of yours nor of ours"
    if isinstance(error, RecursionError):
        return "it includes or calls itself without end"
    if isinstance(error, MemoryError):
        return "it takes more memory than there is"
    words = error.message if isinstance(error, TemplateError) else None
    return " ".join((words or f"{error}" or type(error).__name__).split())[:LONGEST]
