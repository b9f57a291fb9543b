"""Words on a chart: only characters that the fonts have, and only as many as there is room for."""

import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from reportgen.charts.fonts import FAMILIES, covered

LONGEST = 400  # no chart has room for more; measuring a whole novel would only cost time
EMPTY = '""'
ELLIPSIS = "..."  # the one letter stands in the middle of the line in a Chinese font
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # controls and marks that turn text around: shown by number
JOINTS = "_-/.,;:|"
NEAR = 12  # a label goes on with the word in which it differs, if that began so many letters before
FRONT = 8  # letters of what labels share that stay before an ellipsis
HAN = 0x2E80  # from here on a line may end after any letter


def shown(text: str) -> str:
    """The text on one line; what the fonts lack stands as its code point, as [U+1F600]."""
    line = " ".join(unicodedata.normalize("NFC", text[:LONGEST]).split())
    return "".join(_shown(letter) for letter in line) or EMPTY


def _shown(letter: str) -> str:
    known = ord(letter) in covered() and unicodedata.category(letter) not in UNSEEN
    return letter if known else f"[U+{ord(letter):04X}]"


@lru_cache(maxsize=4096)
def width(text: str, size: float, weight: str = "normal") -> float:
    """How wide the text will be, in points."""
    font = FontProperties(family=list(FAMILIES), size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0])


def elided(text: str, room: float, size: float) -> str:
    """The text as it is shown, cut with an ellipsis where it is wider than the room."""
    text = shown(text)
    if width(text, size) <= room:
        return text
    keep = _fits(text, room - width(ELLIPSIS, size), size)
    return text[:keep].rstrip() + ELLIPSIS


def wrapped(text: str, room: float, size: float, lines: int = 2) -> str:
    """The text as it is shown on at most so many lines, the last one cut with an ellipsis if need be."""
    rest = shown(text)
    done: list[str] = []
    while rest and len(done) < lines - 1 and width(rest, size) > room:
        cut = _break(rest, _fits(rest, room, size))
        done.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return "\n".join([*done, elided(rest, room, size)] if rest else done)


def told_apart(labels: Sequence[str], fit: Callable[[str], str]) -> list[str]:
    """Each label as `fit` shows it; different ones that would look the same lose of what they share at the front."""
    fitted = {label: fit(label) for label in labels}
    alike: dict[str, list[str]] = {}
    for label, text in fitted.items():
        alike.setdefault(text, []).append(label)
    for several in alike.values():
        if len(several) > 1 and (start := _parting(several)):
            rests = told_apart([label[start:] for label in several], partial(_behind, several[0][:start], fit))
            fitted |= zip(several, rests, strict=True)
    return [fitted[label] for label in labels]


def _behind(shared: str, fit: Callable[[str], str], rest: str) -> str:
    """The rest of a label behind the first letters of what it shares with others."""
    return fit((shared if len(shared) <= NEAR else shared[:FRONT].rstrip() + ELLIPSIS) + rest)


def _parting(labels: list[str]) -> int:
    """How long their common beginning is, up to the word in which they part."""
    first, last = min(labels), max(labels)
    ends = (place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    shared = first[: next(ends, min(len(first), len(last)))]
    word = max(shared.rfind(sign) for sign in (" ", *JOINTS)) + 1
    return word if word and len(shared) - word <= NEAR else len(shared)


def _fits(text: str, room: float, size: float) -> int:
    """How many letters fit, at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(text[:middle], size) <= room else (low, middle - 1)
    return low


def _break(text: str, limit: int) -> int:
    """The last good place to break at or before the limit; between two Han characters any place is good."""
    for good in (_spaced, _parted):
        for cut in range(limit, limit // 4, -1):
            if good(text, cut):
                return cut
    return limit


def _spaced(text: str, cut: int) -> bool:
    return text[cut : cut + 1] == " " or ord(text[cut - 1]) >= HAN


def _parted(text: str, cut: int) -> bool:
    """After a sign that joins words, but never inside a number."""
    return text[cut - 1] in JOINTS and not text[cut : cut + 1].isdigit()
