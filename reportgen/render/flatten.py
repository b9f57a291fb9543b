"""Charts for paper: each piece of text becomes one path, which halves the time that WeasyPrint takes to draw it."""

import re
from functools import lru_cache

GLYPH = re.compile(r'<path id="([^"]+)"(?: d="([^"]*)")? transform="scale\(0\.015625\)"/>')
TEXT = re.compile(
    r'<g style="([^"]*)" transform="([^"]*) scale\(([\d.]+) -\3\)">\s*'
    r"(?:<defs>.*?</defs>\s*)?((?:<use [^>]*/>\s*)+)</g>",
    re.DOTALL,
)
USE = re.compile(
    r'<use xlink:href="#([^"]+)"(?: transform="translate\(([-\d.]+)(?: ([-\d.]+))?\)(?: scale\(([\d.]+)\))?")?/>'
)
POINT = re.compile(r"(-?[\d.]+) (-?[\d.]+)")
UNITS = 64  # matplotlib gives glyphs in 1/64 of the unit that their places are in


def flat(svg: str) -> str:
    """The same picture without references to glyphs; a drawing that is built otherwise is left as it is."""
    glyphs = dict(GLYPH.findall(svg))
    if not glyphs:
        return svg
    flattened = TEXT.sub(lambda match: _path(match, glyphs), svg)
    lost = set(re.findall(r'href="#([^"]+)"', flattened)) - set(re.findall(r' id="([^"]+)"', flattened))
    return flattened if not lost else svg


def _path(match: re.Match[str], glyphs: dict[str, str]) -> str:
    style, place, scale, uses = match.groups()
    found = USE.findall(uses)
    if len(found) != uses.count("<use ") or not all(name in glyphs for name, *_ in found):
        return match[0]
    outline = " ".join(_moved(glyphs[name], float(x or 0), float(y or 0), float(k or 1)) for name, x, y, k in found)
    size = float(scale) / UNITS
    return f'<path style="{style}" transform="{place} scale({size:.8f} -{size:.8f})" d="{outline}"/>'


@lru_cache(maxsize=4096)
def _moved(outline: str, x: float, y: float, size: float) -> str:
    """A glyph's outline, in its size and at its place in the word."""
    return POINT.sub(
        lambda point: f"{float(point[1]) * size + x * UNITS:.0f} {float(point[2]) * size + y * UNITS:.0f}", outline
    )
