"""How wide the columns of a table on paper are: told from their words, which spares the layout a trial of each."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

MARKUP = re.compile(r"<img[^>]*>|<br>|<wbr>|<[^>]+>|&[#\w]+;")
STANDS_FOR = {"<img": "m" * 13, "<br>": "\n", "<wbr": "\u200b"}
BREAKS = re.compile(r"[\s\u200b]+")
ROOM = 117.0
"""How many digits stand beside each other in a line of a table on a page of 165 mm; in a crowded table more do."""
NARROW, BROAD = frozenset(" .,:;!|'()[]-ijlrtfI\u00a0"), frozenset("%mwMWQO@→<>=")
BOLD = 1.1
CROWDED = 7
GAP = 2.3
BRIEF = 8
TITLE_LINES = 4
"""Headings take about so many lines at most: Chinese ones could be broken anywhere, into a column of letters."""
LONGEST = 90.0


def column_widths(
    head: Sequence[object], rows: Iterable[Sequence[object]], numeric: Iterable[int], beside: int = 1
) -> list[str]:
    """The share of each column in the width of its table, as CSS percentages; `beside` so many tables stand in a line.

    Each column has room for its longest word, and beyond that a share of the rest by the length of its longest cell,
    as browsers do it (CSS 2.1, 17.5.2.2).
    """
    columns = list(zip(*([tuple(head)] + [tuple(row) for row in rows]), strict=True))
    upright = frozenset(numeric)
    ends = [_ends([_plain(cell) for cell in column], number in upright) for number, column in enumerate(columns)]
    least, most = [end[0] + GAP for end in ends], [end[1] + GAP for end in ends]
    room = ROOM * (1.12 if len(columns) > CROWDED else 1.0) / beside
    widths = _shared(least, most, room)
    return [f"{width / sum(widths) / beside:.2%}" for width in widths]


def _shared(least: Sequence[float], most: Sequence[float], room: float) -> list[float]:
    """What lies beyond the least of all columns goes to each by what it wants; what nobody wants is dealt alike."""
    if sum(least) >= room:
        return list(least)
    if sum(most) <= room:
        return [want * room / sum(most) for want in most]
    spare = (room - sum(least)) / (sum(most) - sum(least))
    return [low + (want - low) * spare for low, want in zip(least, most, strict=True)]


def _plain(cell: object) -> str:
    return MARKUP.sub(lambda found: STANDS_FOR.get(found[0][:4], "o" if found[0][0] == "&" else ""), str(cell))


def _ends(cells: Sequence[str], numeric: bool) -> tuple[float, float]:
    """The longest word of a column, and its longest line; a number and a brief word or heading are never broken."""
    head, *rest = cells
    whole = [line for cell in rest for line in cell.split("\n") if numeric or len(cell.strip()) <= BRIEF]
    words = [word for cell in rest for word in BREAKS.split(cell)]
    lines = [line for cell in rest for line in cell.split("\n")]
    broken = max((_letters(head) / TITLE_LINES, *map(_word, BREAKS.split(head))))
    titles = [BOLD * (_letters(head) if len(head.strip()) <= BRIEF else broken)]
    least = max((*map(_word, words), *titles, *map(_letters, whole)), default=1.0)
    return least, max(least, min(LONGEST, max(map(_letters, lines), default=1.0)))


def _word(word: str) -> float:
    """How wide a word is that may be broken only between Chinese letters; a very long one may be broken anywhere."""
    return min(26.0, max(map(_letters, re.split(r"(?<=[\u2e80-\uffef])", word)), default=0.0))


def _letters(text: str) -> float:
    return sum(map(_letter, text.strip()))


@cache
def _letter(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 2.0
    return 0.75 if letter in NARROW else 1.7 if letter in BROAD else 1.2 if letter.isupper() else 1.05
