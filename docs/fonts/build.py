"""Builds the fonts of templates/fonts from their sources; README.md there says where the sources come from.

    python docs/fonts/build.py HAN_FOLDER LATIN_FOLDER DEJAVU_FOLDER

HAN_FOLDER holds NotoSansCJK-Regular.ttc and -Bold.ttc, LATIN_FOLDER the .woff files of Source Sans 3,
DEJAVU_FOLDER DejaVuSans.ttf, DejaVuSans-Bold.ttf and DejaVuSansMono.ttf (matplotlib carries them).
Needs fontTools, nothing else. The same sources give the same bytes.
"""

import io
import itertools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.scaleUpem import scale_upem

OUT = Path(__file__).resolve().parents[2] / "templates" / "fonts"
SIMPLIFIED_CHINESE = 2  # the face of that number in Noto's collections
WEIGHTS = {"Regular": "400", "Bold": "700"}
EPOCH = 3_786_912_000  # 2024-01-01, in the seconds since 1904 that fonts count; a font must not know when it was built
LATIN_SUBSETS = ("latin", "latin-ext", "vietnamese", "greek", "greek-ext", "cyrillic", "cyrillic-ext")
LETTERS = (
    range(0x20, 0x7F),
    range(0xA0, 0x530),  # Latin-1, Extended-A and -B, phonetics, accents, Greek, Cyrillic
    range(0x1E00, 0x2000),  # Vietnamese and Greek with accents
)
SYMBOLS = (
    range(0x2000, 0x2060),  # punctuation, with its spaces
    range(0x2070, 0x2190),  # super- and subscripts, currency, letter-like signs, number forms
    range(0x2190, 0x2400),  # arrows, operators, technical signs
    range(0x2460, 0x2700),  # circled numbers, boxes, blocks, shapes, signs
    range(0x2713, 0x2719),  # ticks and crosses
    range(0x27E8, 0x27EC),
    range(0x2A00, 0x2B00),
)
RIGHT_TO_LEFT = (range(0x590, 0x700), range(0xFB1D, 0xFB50), range(0xFB50, 0xFE00), range(0xFE70, 0xFEFF))
HAN_FORMS = (range(0x3000, 0x3100), range(0xFE30, 0xFE50), range(0xFF00, 0xFFF0))
SPACES = {0x20, 0xA0}  # a line of Arabic is set in one font, with its spaces
HIDDEN = {0x200B, 0x200C, 0x200D, 0x200E, 0x200F, *range(0x202A, 0x202F)}  # they have no ink and may turn text around
NAMES = {"Reportgen Sans": "ReportgenSans", "Reportgen Extra": "ReportgenExtra", "Reportgen Mono": "ReportgenMono"}


def main() -> None:
    """Write the five fonts and the list of the characters that they cover."""
    han, latin, dejavu = (Path(folder) for folder in sys.argv[1:4])
    covered: set[int] = set()
    for weight in WEIGHTS:
        sans = _han(han / f"NotoSansCJK-{weight}.ttc")
        extra = _extra(latin, dejavu, weight, _points(sans), _width(sans))
        have = _points(sans) | _points(extra)
        covered = covered & have if covered else have
        _save(sans, "Reportgen Sans", weight, f"ReportgenSans-{weight}.otf")
        _save(extra, "Reportgen Extra", weight, f"ReportgenExtra-{weight}.ttf")
    mono = _cut(TTFont(dejavu / "DejaVuSansMono.ttf"), {*range(0x20, 0x7F), *range(0xA0, 0x100), *_all(SYMBOLS)})
    _save(mono, "Reportgen Mono", "Regular", "ReportgenMono-Regular.ttf")
    lines = (f"{first:04X}-{last:04X}\n" for first, last in _ranges(sorted(covered - HIDDEN)))
    (OUT / "coverage.txt").write_text("".join(lines), encoding="ascii")


def _han(path: Path) -> TTFont:
    """GB2312's and Big5's frequent characters, and every letter and sign that this face has."""
    wanted = {*_all(HAN_FORMS), *_all(LETTERS), *_all(SYMBOLS)}
    wanted |= set(_charset("gb2312", range(0xA1, 0xF8))) | set(_charset("big5", range(0xA1, 0xC7)))
    return _cut(TTCollection(path).fonts[SIMPLIFIED_CHINESE], wanted)


def _charset(codec: str, leads: range) -> Iterator[int]:
    for lead, trail in itertools.product(leads, range(0x40, 0xFF)):
        try:
            yield ord(bytes([lead, trail]).decode(codec))
        except UnicodeDecodeError:
            continue


def _extra(latin: Path, dejavu: Path, weight: str, have: set[int], width: float) -> TTFont:
    """Letters of Source Sans 3 (Noto's own Latin is the same design), signs of DejaVu, where Noto has none."""
    fonts = []
    for name in LATIN_SUBSETS:
        font = TTFont(latin / f"source-sans-3-{name}-{WEIGHTS[weight]}-normal.woff")
        fonts.append(_cut(font, set(_all(LETTERS)) - have))
        have = have | _points(fonts[-1])
    base = TTFont(latin / f"source-sans-3-latin-{WEIGHTS[weight]}-normal.woff")
    scale = width / _width(base)
    suffix = "" if weight == "Regular" else "-Bold"
    signs = ({*_all((*LETTERS, *SYMBOLS, *RIGHT_TO_LEFT))} - have) | SPACES
    fonts.append(_cut(TTFont(dejavu / f"DejaVuSans{suffix}.ttf"), signs))
    scales = [*[scale] * len(LATIN_SUBSETS), 0.92]
    return _merged([_scaled(font, by) for font, by in zip(fonts, scales, strict=True) if _points(font)])


def _cut(font: TTFont, wanted: set[int]) -> TTFont:
    options = subset.Options()
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.layout_features = ["kern", "ccmp", "isol", "init", "medi", "fina", "rlig", "mark", "mkmk"]
    options.name_IDs = [0, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "FFTM", "STAT"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted - HIDDEN)
    subsetter.subset(font)
    return font


def _scaled(font: TTFont, by: float) -> TTFont:
    scale_upem(font, round(1000 * by))
    font["head"].unitsPerEm = 1000
    return font


def _merged(fonts: list[TTFont]) -> TTFont:
    files = []
    for font in fonts:
        font.flavor = None
        files.append(io.BytesIO())
        font.save(files[-1])
        files[-1].seek(0)
    return merge.Merger().merge(files)


def _points(font: TTFont) -> set[int]:
    return set(font.getBestCmap() or ())


def _width(font: TTFont) -> float:
    name = font.getBestCmap()[ord("n")]
    return float(font["hmtx"][name][0] / font["head"].unitsPerEm)


def _save(font: TTFont, family: str, weight: str, file: str) -> None:
    """A name of our own: never mistaken for a full font of the reader's, and none of the names OFL reserves."""
    table = font["name"]
    postscript = f"{NAMES[family]}-{weight}"
    for number, text in {1: family, 2: weight, 3: postscript, 4: f"{family} {weight}", 6: postscript}.items():
        table.setName(text, number, 3, 1, 0x409)
    table.names = [record for record in table.names if (record.platformID, record.langID) == (3, 0x409)]
    if "CFF " in font:
        top = font["CFF "].cff.topDictIndex[0]
        font["CFF "].cff.fontNames = [postscript]
        top.FamilyName, top.FullName, top.Weight = family, f"{family} {weight}", weight
    font["OS/2"].usWeightClass = int(WEIGHTS[weight])
    font["head"].created = font["head"].modified = EPOCH
    font.recalcTimestamp = False
    font.save(OUT / file)


def _all(blocks: Iterable[range]) -> Iterator[int]:
    return itertools.chain.from_iterable(blocks)


def _ranges(points: list[int]) -> Iterator[tuple[int, int]]:
    """Runs of neighbours, as (first, last)."""
    for _, run in itertools.groupby(enumerate(points), lambda pair: pair[1] - pair[0]):
        members = [point for _, point in run]
        yield members[0], members[-1]


if __name__ == "__main__":
    main()
