"""Charts for paper: each piece of text becomes one path, which WeasyPrint draws sooner."""

import re
from functools import lru_cache

GLYPH = re.compile(r'<path id="([^"]+)"(?: d="([^"]*)")? transform="scale\(0\.015625\)"/>\s*')
WORD = re.compile(r'(?:<use xlink:href="#[^"]+"(?: transform="translate\([^"]*")?/>\s*)+')
USE = re.compile(r'"#([^"]+)"(?: transform="translate\(([-\d.]+)(?: ([-\d.]+))?\)(?: scale\(([\d.]+)\))?")?/>')
POINT = re.compile(r"(-?[\d.]+) (-?[\d.]+)")
UNITS = 64  # matplotlib gives glyphs in 1/64 of the unit that their places are in


def flat(svg: str) -> str:
    """The same picture without references to glyphs; what is built otherwise is left as it is."""
    glyphs = dict(GLYPH.findall(svg))
    if not glyphs:
        return svg
    flattened = WORD.sub(lambda match: _path(match, glyphs), svg)
    left = set(re.findall(r'href="#([^"]+)"', flattened))
    pruned = GLYPH.sub(lambda match: match[0] if match[1] in left else "", flattened)
    return re.sub(r"<defs>\s*</defs>\s*", "", pruned)


def _path(match: re.Match[str], glyphs: dict[str, str]) -> str:
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
