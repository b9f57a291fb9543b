"""What this machine has and lacks for making a report."""

import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from reportgen.languages import locate
from reportgen.render.pdf import PANGO_HELP, pango_version

LIBRARIES = ("tensorflow", "keras", "scikit-learn", "pandas", "pyarrow", "matplotlib", "weasyprint")
FONTS = ("ReportgenSans-Regular.otf", "ReportgenSans-Bold.otf")


@dataclass(frozen=True)
class Point:
    """One thing that was looked at, whether it is in order, and a sentence about it."""

    sound: bool
    text: str


def examine() -> tuple[Point, ...]:
    """Look at Python, the libraries, Pango and the fonts."""
    return (_python(), *(_library(name) for name in LIBRARIES), _pango(), _fonts())


def _python() -> Point:
    return Point(sys.version_info >= (3, 11), f"Python {sys.version.split()[0]} (3.11 or newer is needed)")


def _library(name: str) -> Point:
    try:
        return Point(sound=True, text=f"{name} {version(name)}")
    except PackageNotFoundError:
        return Point(sound=False, text=f"{name}: get it with `pip install {name}`")


def _pango() -> Point:
    found = pango_version()
    return Point(sound=True, text=f"Pango {found} (for the PDF)") if found else Point(sound=False, text=PANGO_HELP)


def _fonts() -> Point:
    fonts = locate() / "fonts"
    lacking = [name for name in FONTS if not (fonts / name).is_file()]
    text = f"fonts in {fonts}"
    return Point(not lacking, f"{text}: {', '.join(lacking)} not there; install reportgen again" if lacking else text)
