"""The languages that a report is written in: English, and one for each file of translations (templates/locale)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

ENGLISH = "en"
VARIANTS = {"en": ("en", "en_GB"), "zh": ("zh-CN", "zh_Hans_CN")}
"""What a browser is told, and whose way of writing numbers is followed, where it is not the language's own."""

CLOSED_UP = frozenset({"zh", "ja"})  # sentences follow each other without a blank


@dataclass(frozen=True)
class Language:
    """A language: its code, its tag for browsers, its locale, and whether no blanks stand between its sentences."""

    code: str
    tag: str
    locale: str
    closed_up: bool


@cache
def locate() -> Path:
    """The folder of the templates: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


@cache
def languages() -> tuple[str, ...]:
    """The codes of all languages, English first."""
    found = (file.stem for file in (locate() / "locale").glob("*.po"))
    return (ENGLISH, *sorted(code for code in found if code != ENGLISH))


@cache
def language(code: str) -> Language:
    """A language by its code."""
    tag, locale = VARIANTS.get(code, (code.replace("_", "-"), code))
    return Language(code, tag, locale, code.partition("_")[0] in CLOSED_UP)
