"""brand.toml: what it does to a page and to the PDF, and the sentence for each mistake in it."""

import re
import shutil
import struct
import zlib
from base64 import b64decode
from pathlib import Path

import pytest
from pdfua import validate

from reportgen.errors import ReportgenError
from reportgen.languages import locate
from reportgen.render import to_html, to_pdf
from reportgen.render.brand import PLAIN, brand_of, css_text
from reportgen.render.palette import DARK, LIGHT, PRINT, READABLE, WORDS, contrast, least_contrast, made_readable
from reportgen.render.pdf import pango_version
from reportgen.render.picture import LARGEST, PictureError, picture
from tests.render.archival import faults
from tests.samples import regression

needs_pango = pytest.mark.skipif(pango_version() is None, reason="Pango is not here")
SHAPES = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">%s<path d="M0 0H40V20Z"/></svg>'


def _png(wide: int = 4, high: int = 2, *, notes: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress((b"\0" + b"\x80" * wide) * high)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0))
    note = chunk(b"tEXt", notes) if notes else b""
    return b"\x89PNG\r\n\x1a\n" + head + note + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _brand(folder: Path, text: str, **files: bytes | str) -> Path:
    (folder / "brand.toml").write_text(text, encoding="utf-8")
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def _svg(content: str) -> str:
    return b64decode(picture(content.encode()).uri.partition(",")[2]).decode()


def test_without_a_file_the_look_is_ours(tmp_path: Path) -> None:
    assert brand_of(None) is brand_of(tmp_path) is PLAIN


def test_our_own_colours_can_be_read() -> None:
    for palette in (LIGHT, DARK, PRINT):
        for name in WORDS:
            assert least_contrast(getattr(palette, name), palette)[0] >= READABLE, name


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("colour", ["#ffcc00", "#00ff00", "#000080", "#808080", "#ffffff", "#000000"])
def test_a_colour_is_made_readable(palette, colour: str) -> None:
    assert least_contrast(made_readable(colour, palette), palette)[0] >= READABLE


def test_style_sheets_name_no_colour_themselves() -> None:
    kept = {"#ffffff", "#000000"}  # charts and formulas stand on white, a browser prints in black
    for file in ("page", "screen", "print", "paper", "brand", "own"):
        text = (locate() / "style" / f"{file}.css").read_text(encoding="utf-8")
        assert set(re.findall(r"#[0-9a-fA-F]{6}\b", text)) <= kept, file


def test_a_brand_stands_on_the_page(tmp_path: Path) -> None:
    text = 'name = "A & B"\nfooter = "for \\"us\\" <only>"\n[logo]\nfile = "logo.svg"\n[colours]\naccent = "#7b1e3a"\n'
    page = to_html(regression(), "en", _brand(tmp_path, text, logo_svg=SHAPES % ""))
    logo = re.search(
        r'<p class="brand"><img class="logo" src="data:image/svg\+xml;base64,[^"]+" alt="A &amp; B"></p>', page
    )
    assert logo is not None
    assert page.index('id="summary"') < logo.start() < page.index("<h1>")
    assert '<footer class="foot"><p>A &amp; B · for &#34;us&#34; &lt;only&gt;</p></footer>' in page
    assert '<meta name="author" content="A &amp; B">' in page
    assert "--accent: #7b1e3a;" in page
    assert f"--accent: {brand_of(tmp_path).dark.accent};" in page
    assert "font-src" not in page


def test_a_name_stands_where_there_is_no_logo(tmp_path: Path) -> None:
    assert '<p class="brand">Ada</p>' in to_html(regression(), "en", _brand(tmp_path, 'name = "Ada"'))


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    assert brand_of(_brand(tmp_path, 'name = "One"')).name == "One"
    assert brand_of(_brand(tmp_path, 'name = "Another"')).name == "Another"


def test_only_the_light_accent_needs_a_name(tmp_path: Path) -> None:
    brand = brand_of(_brand(tmp_path, '[colours]\naccent = "#123"'))
    assert brand.light.accent == brand.print.accent == "#112233"
    assert brand.dark.accent != "#112233"
    assert least_contrast(brand.dark.accent, brand.dark)[0] >= READABLE


@pytest.mark.slow
@needs_pango
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not here")
def test_the_pdf_bears_it_on_every_page(tmp_path: Path) -> None:
    import subprocess

    from pypdf import PdfReader

    text = 'name = "Ada"\nfooter = "“us” 中文"\n[logo]\nfile = "x.png"\nalt = "Mark"\n[font]\nregular = "own.ttf"\n'
    mono = (locate() / "fonts" / "ReportgenMono-Regular.ttf").read_bytes()
    (tmp_path / "x.pdf").write_bytes(to_pdf(regression(), "en", _brand(tmp_path, text, x_png=_png(), own_ttf=mono)))
    assert faults((tmp_path / "x.pdf").read_bytes()) == []
    assert [finding.message for finding in validate(str(tmp_path / "x.pdf")).findings] == []
    words = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "x.pdf", "-"], capture_output=True, text=True, check=True
    )
    pages = words.stdout.split("\f")[:-1]
    assert ["".join(page.split()).count("Ada·“us”中文") for page in pages] == [1] * len(pages)
    reader = PdfReader(tmp_path / "x.pdf")
    assert reader.metadata is not None
    assert reader.metadata.author == "Ada"
    fonts = {str(font["/BaseFont"]) for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert any("Mono" in font for font in fonts)


def test_a_font_is_embedded_and_allowed(tmp_path: Path) -> None:
    mono = (locate() / "fonts" / "ReportgenMono-Regular.ttf").read_bytes()
    page = to_html(regression(), "en", _brand(tmp_path, '[font]\nregular = "own.ttf"', own_ttf=mono))
    assert "; font-src data:" in page
    assert 'src: url("data:font/ttf;base64,' in page


MISTAKES = {
    "toml": ("name = ", "is not valid TOML"),
    "key": ('fotter = "x"', "line 1: fotter is not known; did you mean 'footer'?"),
    "colors": ('\n[colors]\naccent = "#123456"', "line 2: colors is not known; did you mean 'colours'?"),
    "far key": ('zzz = "x"', "line 1: zzz is not known; known here: name, footer, logo, colours, font"),
    "dark key": ('[colours.dark]\nacent = "#fff"', "line 2: colours.dark.acent is not known; did you mean 'accent'?"),
    "table": ('logo = "x.svg"', "line 1: logo has to be a table; write [logo] above its keys"),
    "kind": ("name = 3", "line 1: name = 3 has to be a text in quotation marks"),
    "long": (f'name = "{"x" * 81}"', "name has to be one line of 1 to 80 characters"),
    "lines": ('footer = "a\\nb"', "footer has to be one line of 1 to 160 characters"),
    "letter": ('name = "\U0001f600"', "name has the character U+1F600, which our fonts do not"),
    "colour": ('[colours]\naccent = "red"', "line 2: colours.accent = 'red' is no colour; write it as #rrggbb"),
    "faint": (
        '[colours]\naccent = "#d9a400"',
        "line 2: colours.accent leaves accent too faint on the light pages: #d9a400 on #f4f6f8 has a contrast of "
        "2.1:1, and text needs 4.5:1 (WCAG AA); #",
    ),
    "faint in the dark": (
        '[colours.dark]\naccent = "#333333"',
        "colours.dark.accent leaves accent too faint on the dark pages",
    ),
    "faint by its ground": (
        '[colours]\npaper = "#888888"',
        "line 2: colours.paper leaves ink too faint on the light pages",
    ),
    "no logo": ('[logo]\nalt = "x"', "line 1: logo needs file, a file (.svg, .png) in"),
    "logo's kind": ('[logo]\nfile = "x.gif"', "logo.file = 'x.gif' has to be a file that ends in .svg or .png"),
    "logo's letters": (
        '[logo]\nfile = "x\\u0000.svg"',
        "line 2: logo.file = 'x\\x00.svg' has to be a file that ends in",
    ),
    "logo's place": ('[logo]\nfile = "../x.svg"', "line 2: logo.file = '../x.svg' is no file in"),
    "logo's words": ('[logo]\nfile = "x.svg"', "line 1: logo needs words for those who cannot see it"),
    "logo's shape": (
        '[logo]\nfile = "wide.svg"\nalt = "x"',
        "is 40 times as wide as high; at most 12 times fits a page",
    ),
    "logo's content": ('[logo]\nfile = "text.svg"\nalt = "x"', "does not go into a report: it holds text"),
    "no font": ('[font]\nbold = "x.ttf"', "line 1: font needs regular, a font file"),
    "font": ('[font]\nregular = "x.ttf"', "line 2: font.regular is no font that can be read"),
}


@pytest.mark.parametrize(("text", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_sentence_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    folder = tmp_path / "look"
    folder.mkdir()
    (tmp_path / "x.svg").write_text(SHAPES % "", encoding="utf-8")
    wide, written = SHAPES.replace("0 0 40 20", "0 0 40 1") % "", SHAPES % "<text>x</text>"
    _brand(folder, text, x_svg=SHAPES % "", wide_svg=wide, text_svg=written, x_ttf="no font")
    with pytest.raises(ReportgenError) as error:
        brand_of(folder)
    assert str(error.value).startswith(str(folder / "brand.toml"))
    assert words in str(error.value)


@pytest.mark.parametrize(
    "silent",
    [
        "<script>alert(1)</script>",
        "<script href='https://example.org/x.js'/>",
        "<metadata>who drew it</metadata>",
        "<!-- a note -->",
        "<?xml-stylesheet href='x.css'?>",
        "<animate attributeName='x' to='https://example.org'/>",
        "<sodipodi:namedview xmlns:sodipodi='http://sodipodi.example'><script/></sodipodi:namedview>",
        "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    ],
)
def test_what_draws_nothing_is_taken_out(silent: str) -> None:
    assert _svg(SHAPES % silent) == _svg(SHAPES % "")


def test_handlers_and_notes_are_taken_out_and_links_opened() -> None:
    text = _svg(
        SHAPES % '<a href="https://example.org"><g onload="x()" data-x="y" fill="red"><rect width="1"/></g></a>'
    )
    assert re.search("onload|data-x|example", text) is None
    assert '<g><g fill="red"><rect width="1" /></g></g>' in text


@pytest.mark.parametrize(
    ("drawn", "why"),
    [
        ("<image href='https://example.org/x.png'/>", "a picture from elsewhere"),
        ("<image href='data:image/png;base64,x'/>", "a picture from elsewhere"),
        ("<use href='https://example.org/x.svg#a'/>", "points to"),
        ("<use xmlns:l='http://www.w3.org/1999/xlink' l:href='x.svg#a'/>", "points to"),
        ("<use href='javascript:alert(1)'/>", "points to"),
        ("<foreignObject><p>x</p></foreignObject>", "<foreignObject>"),
        ("<style>@import 'x.css';</style>", "style sheet asks for something outside"),
        ("<style>a { fill: url(https://example.org) }</style>", "style sheet asks for something outside"),
        (r"<style>a { fill: u\72l(x) }</style>", "style sheet asks for something outside"),
        ("<rect style='fill: url( \"https://example.org\" )'/>", "style asks for something outside"),
        ("<rect fill='url(x.svg#a)'/>", "fill asks for something outside"),
        ("<text>x</text>", "turn the text into paths"),
        ("<g>" * 70 + "</g>" * 70, "nested too deep"),
    ],
)
def test_what_would_be_drawn_from_elsewhere_is_refused(drawn: str, why: str) -> None:
    with pytest.raises(PictureError, match=why):
        picture((SHAPES % drawn).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<html></html>",
        b"<svg",
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">&a;</svg>',
        (SHAPES % "").encode("utf-16"),
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 nan"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 0"/>',
        b"<svg>" + b" " * LARGEST + b"</svg>",
        b"\x89PNG\r\n\x1a\n",
        _png()[:-20],
        _png(5000, 5000),
        _png().replace(b"IDAT", b"IDAX"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PictureError):
        picture(content)


def test_inner_references_stay() -> None:
    inner = (
        "<defs><linearGradient id='a'/></defs><rect fill='url(#a)'/><use href='#a'/><rect style=\"fill: url('#a')\"/>"
    )
    assert _svg(SHAPES % inner).count("#a") == 3


def test_a_png_keeps_its_pixels_alone() -> None:
    assert picture(_png(notes=b"Author\0Ada")) == picture(_png())
    assert picture(_png()).ratio == 2


def test_a_text_of_css_cannot_leave_its_string() -> None:
    assert css_text('a"b\\</style>“…中') == '"a\\000022b\\00005c\\00003c/style\\00003e\\00201c\\002026中"'
