"""What a page counts while it is made: figures, tables, and the headings of its contents."""

import re
from dataclasses import dataclass

from markupsafe import Markup

HEADING = re.compile(r'<section id="([\w-]+)">|<h([23])(?: id="([\w-]+)")?>(.*?)</h\2>', re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """One line of the contents: its level (2 a section, 3 a question in it), where it leads and its words."""

    level: int
    anchor: str
    words: Markup


@dataclass
class Count:
    """Numbers for captions, one row of them for figures and one for tables, and one for all drawings of the page."""

    figures: int = 0
    tables: int = 0
    pictures: int = 0

    def figure(self) -> int:
        """The next figure's number."""
        self.figures += 1
        return self.figures

    def table(self) -> int:
        """The next table's number."""
        self.tables += 1
        return self.tables

    def picture(self) -> int:
        """The next drawing's number, which keeps its ids its own."""
        self.pictures += 1
        return self.pictures


def outlined(body: Markup) -> tuple[Markup, tuple[Entry, ...]]:
    """The body with an anchor on every heading, and the contents that lead there.

    A section's heading is named after it; a question without a name of its own gets its number.
    """
    entries: list[Entry] = []
    section = ""

    def anchor(match: re.Match[str]) -> str:
        nonlocal section
        if match[1]:
            section = match[1]
            return match[0]
        name = match[3] or (f"{section}-title" if match[2] == "2" else f"{section}-{len(entries)}")
        entries.append(Entry(int(match[2]), name, Markup(match[4].strip())))  # noqa: S704 - cut from escaped markup
        return f'<h{match[2]} id="{name}">{match[4]}</h{match[2]}>'

    marked = Markup(HEADING.sub(anchor, body))  # noqa: S704 - it was markup before
    return marked, tuple(entries)
