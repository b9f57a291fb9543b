"""Charts for the screen: the same picture as a part of the page, its words as text and its elements without styles.

A picture in the page needs no address, so a browser that forbids addresses and styles (as servers of builds do) still
shows it; words can be searched, and bars tell their numbers to who points at them.
"""

import re
from itertools import groupby

from markupsafe import escape

from reportgen.charts import advance
from reportgen.render.flatten import EMPTY, GLYPH, SAID, Glyph, letter, placed, plain

HEAD = re.compile(
    r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt" viewBox="([^"]+)"[^>]*>\s*(?:<title>.*?</title>)?'
)
NAMED = re.compile(r'(?<= id=")[^"]+(?=")')
POINTED = re.compile(r'(?:xlink:)?href="#([^"]+)"|url\(#([^)]+)\)')
BACKGROUND = re.compile(r'<path d="M 0 [\d.]+ L [^"]+ z" (?:style="fill: #ffffff"|fill="#ffffff")/>\s*')


def inline(svg: str, alt: str, kind: str, number: int, over: str = "") -> str:
    """The chart as an element of a page; `number` is the page's own, so that no two charts share an id.

    `over` is laid over it: the areas that tell numbers. An empty `alt` hides it from those who listen, since words
    beside it say the same.
    """
    svg = plain(_in_words(BACKGROUND.sub("", svg, count=1)))
    svg = POINTED.sub(lambda match: _pointing(match, number), NAMED.sub(lambda match: f"p{number}-{match[0]}", svg))
    spoken = f'role="img" aria-label="{escape(alt)}"' if alt else 'aria-hidden="true"'
    drawn = HEAD.sub(
        lambda match: (
            f'<svg class="{kind}" {spoken} width="{match[1]}pt" height="{match[2]}pt" viewBox="{match[3]}" '
            f'stroke-linejoin="round" font-family="sans-serif">'
        ),
        svg,
        count=1,
    )
    return drawn.replace("</svg>", f"{over}</svg>") if over else drawn


def _in_words(svg: str) -> str:
    """The chart with its words as text; the outlines that are still needed stand in front of all."""
    outlines = {match[1]: match[0] for match in GLYPH.finditer(svg)}
    said = SAID.sub(_said, EMPTY.sub("", GLYPH.sub("", svg)))
    kept = "".join(outline for name, outline in outlines.items() if f'#{name}"' in said)
    return HEAD.sub(lambda match: f"{match[0]}<defs>{kept}</defs>", said, count=1) if kept else said


def _pointing(match: re.Match[str], number: int) -> str:
    return f'href="#p{number}-{match[1]}"' if match[1] else f"url(#p{number}-{match[2]})"


def _said(match: re.Match[str]) -> str:
    """A word as text that is as long as its glyphs are in our font, whatever font the reader has."""
    size, spelt = placed(match)
    runs = ((face, list(same)) for face, same in groupby(spelt, lambda one: one.face))
    return "".join(_run(match, face, run, size) for face, run in runs) or match[0]


def _run(word: re.Match[str], face: str, run: list[Glyph], size: float) -> str:
    start = f' x="{run[0].x:.1f}"' if run[0].x else ""
    length = run[-1].x - run[0].x + advance(face, run[-1].number) * size
    held = f' textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs"' if len(run) > 1 else ""
    weight = ' font-weight="700"' if face.endswith("Bold") else ""
    words = escape("".join(letter(one) for one in run))
    return (
        f'<text{word["style"] or ""} transform="{word["place"]}"{start}{weight} font-size="{size:g}"{held}>'
        f"{words}</text>\n"
    )
