"""Charts for paper: the same picture in fewer and plainer elements, which WeasyPrint draws sooner; words stay words."""

import re
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import NamedTuple

from reportgen.charts import letters

UNITS = 64  # matplotlib gives glyphs in 1/64 of the unit that their places are in
EM = 100  # and their places in hundredths of the letter size
NUMBER = r"(-?[\d.]+)"

BAR = re.compile(
    rf'<rect x="{NUMBER}" y="{NUMBER}" width="{NUMBER}" height="{NUMBER}"( fill="[^"]*")>'
    r"(?:<title>[^<]*</title>)?</rect>"
)
BARS = re.compile(rf"(?:{BAR.pattern})+")
GLYPH = re.compile(r'<path id="([^"]+)"(?: d="([^"]*)")? transform="scale\(0\.015625\)"/>\s*')
WORD = re.compile(r'(?:<use xlink:href="#[^"]+"(?: transform="translate\([^"]*")?/>\s*)+')
USE = re.compile(r'"#([^"]+)"(?: transform="translate\(([-\d.]+)(?: ([-\d.]+))?\)(?: scale\(([\d.]+)\))?")?/>')
SAID = re.compile(
    rf'<g(?P<style> style="[^"]*")? transform="(?P<place>translate\([^)]*\)(?: rotate\([^)]*\))?) '
    rf'scale\((?P<scale>[\d.]+) -[\d.]+\)">\s*(?P<uses>{WORD.pattern})</g>\s*'
)
MARK = re.compile(r'<path id="([^"]+)" d="([^"]*)"( style="[^"]*")?/>\s*')
MARKED = re.compile(rf'<use xlink:href="#([^"]+)" x="{NUMBER}" y="{NUMBER}"( style="[^"]*")?/>')
POINT = re.compile(r"(-?[\d.]+) (-?[\d.]+)")
EMPTY = re.compile(r"<defs>\s*</defs>\s*")
GROUP = re.compile(r"<g( [^>]*?)?(/)?>\s*|</g>\s*")
STYLE = re.compile(r' style="([^"]*)"')
LINE = re.compile(r'<path d="([^"]*)"([^>]* fill="none"[^>]*)/>\s*')
LINES = re.compile(rf"(?:{LINE.pattern}){{2,}}")


class Glyph(NamedTuple):
    """One glyph of a word: its face, its number in it, and how far from the word's start it stands."""

    face: str
    number: int
    x: float


@lru_cache(maxsize=256)
def flat(svg: str) -> str:
    """The same picture without references, groups within groups and styles; what is built otherwise stays as it is."""
    svg = _unreferred(BARS.sub(_bars, svg))
    return plain(svg)


def plain(svg: str) -> str:
    """The same picture without groups that say nothing and without styles, lines of one look as one path."""
    return LINES.sub(_lines, STYLE.sub(_attributes, _ungrouped(svg)))


def _bars(match: re.Match[str]) -> str:
    """Bars of one colour as one path; nobody points at paper to read their titles."""
    bars = ((fill, f"M {x} {y} h {w} v {h} h -{w} z") for x, y, w, h, fill in BAR.findall(match[0]))
    return "".join(
        f'<path d="{" ".join(shape for _, shape in same)}"{fill}/>' for fill, same in groupby(bars, lambda bar: bar[0])
    )


def _unreferred(svg: str) -> str:
    """Words as text, or as one path where a letter has no code point; marks where they stand."""
    glyphs, marks = dict(GLYPH.findall(svg)), {name: (shape, style) for name, shape, style in MARK.findall(svg)}
    bare = EMPTY.sub("", MARK.sub("", GLYPH.sub("", svg)))
    bare = WORD.sub(lambda match: _outlined(match, glyphs), SAID.sub(_said, bare))
    bare = MARKED.sub(lambda match: _marked(match, marks), bare)
    return svg if "<use " in bare else bare


def _said(match: re.Match[str]) -> str:
    """A word as text, each letter where the glyph stood; as it was where a letter has no code point of its own."""
    size, spelt = placed(match)
    if not spelt:
        return match[0]
    return "".join(
        f'<text{match["style"] or ""} transform="{match["place"]}" {font(face)} font-size="{size:g}" '
        f'xml:space="preserve" y="0" x="{" ".join(f"{one.x:.2f}" for one in run)}">'
        f"{escape(''.join(letter(one) for one in run))}</text>\n"
        for face, run in ((face, list(same)) for face, same in groupby(spelt, lambda one: one.face))
    )


def placed(word: re.Match[str]) -> tuple[float, list[Glyph]]:
    """The size of a word that `SAID` found, and its glyphs; none where one has no letter or stands off the line."""
    found, size = USE.findall(word["uses"]), float(word["scale"]) * EM
    spelt = [_glyph(name, float(x or 0) * size / EM) for name, x, y, k in found if not float(y or 0) and not k]
    whole = len(spelt) == word["uses"].count("<use ") and all(letter(one) for one in spelt)
    return size, spelt if whole else []


def _glyph(name: str, x: float) -> Glyph:
    face, _, number = name.rpartition("-")
    return Glyph(face, int(number, 16), x)


def letter(glyph: Glyph) -> str:
    """The letter of a glyph; none where the face is not ours or has no letter for it."""
    return letters(glyph.face).get(glyph.number, "")


def font(face: str) -> str:
    """`ReportgenSans-Bold` as an element's attributes."""
    family, _, weight = face.partition("-")
    name = family.replace("Reportgen", "Reportgen ")
    return f'font-family="{name}"' + (' font-weight="700"' if weight == "Bold" else "")


def _outlined(match: re.Match[str], glyphs: dict[str, str]) -> str:
    found = USE.findall(match[0])
    if len(found) != match[0].count("<use ") or not all(name in glyphs for name, *_ in found):
        return match[0]
    outline = " ".join(_moved(glyphs[name], float(x or 0), float(y or 0), float(k or 1)) for name, x, y, k in found)
    return f'<path transform="scale({1 / UNITS})" d="{outline}"/>\n'


@lru_cache(maxsize=4096)
def _moved(outline: str, x: float, y: float, size: float) -> str:
    """A glyph's outline, in its size and at its place in the word."""
    return POINT.sub(
        lambda point: f"{float(point[1]) * size + x * UNITS:.0f} {float(point[2]) * size + y * UNITS:.0f}", outline
    )


def _marked(match: re.Match[str], marks: dict[str, tuple[str, str]]) -> str:
    """A mark where it stands; its own style goes before that of its place."""
    if match[1] not in marks:
        return match[0]
    shape, style = marks[match[1]]
    x, y = float(match[2]), float(match[3])
    shape = POINT.sub(lambda point: f"{float(point[1]) + x:.2f} {float(point[2]) + y:.2f}", shape)
    own = _declared(match[4] or "") | _declared(style)
    return f'<path d="{shape}" style="{"; ".join(f"{name}: {value}" for name, value in own.items())}"/>'


def _declared(style: str) -> dict[str, str]:
    """What a style attribute declares."""
    found = STYLE.search(style)
    pairs = (part.partition(":") for part in (found[1] if found else "").split(";") if part.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _ungrouped(svg: str) -> str:
    """Without groups that say nothing, and without those that hold nothing."""
    open_groups: list[bool] = []

    def without(match: re.Match[str]) -> str:
        if match[0].startswith("</"):
            return match[0] if open_groups.pop() else ""
        if match[2]:
            return ""
        open_groups.append(bool(match[1]))
        return match[0] if match[1] else ""

    return GROUP.sub(without, svg)


def _attributes(match: re.Match[str]) -> str:
    return "".join(f' {name}="{value}"' for name, value in _declared(match[0]).items())


def _lines(match: re.Match[str]) -> str:
    """Lines of one look that follow each other as one path; where they are seen through they stay apart."""
    runs = groupby(LINE.findall(match[0]), lambda line: line[1])
    return "".join(
        _path([shape for shape, _ in same], look)
        if "opacity" not in look
        else "".join(_path([shape], look) for shape, _ in same)
        for look, same in runs
    )


def _path(shapes: list[str], look: str) -> str:
    return f'<path d="{" ".join(shapes)}"{look}/>\n'
