"""The PDF: our page on paper, in our fonts, with not one empty box. WeasyPrint is imported when it is needed."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.charts import covered
from reportgen.document import Document
from reportgen.errors import RenderError
from reportgen.languages import language, locate
from reportgen.render.archive import VARIANT, Attached, attached, attachments, finish, intent
from reportgen.render.html import to_paper
from reportgen.render.words import environment

if TYPE_CHECKING:
    from weasyprint.text.fonts import FontConfiguration

PANGO_HELP = (
    "the PDF needs the library Pango, which is not on this machine; get it with `apt install libpango-1.0-0 "
    "libpangoft2-1.0-0` (Debian, Ubuntu), `dnf install pango` (Fedora) or `brew install pango` (macOS)"
)
FACES = (
    ("Reportgen Sans", 400, "ReportgenSans-Regular.otf"),
    ("Reportgen Sans", 700, "ReportgenSans-Bold.otf"),
    ("Reportgen Extra", 400, "ReportgenExtra-Regular.ttf"),
    ("Reportgen Extra", 700, "ReportgenExtra-Bold.ttf"),
    ("Reportgen Mono", 400, "ReportgenMono-Regular.ttf"),
)
UNSHOWN = (0x20, 0x0A, 0x09)  # white space needs no glyph
WIDE = {"“": '"', "”": '"', "‘": "'", "’": "'", "…": "..."}  # as wide as a Chinese character in our font


class PdfUnavailable(RenderError):  # noqa: N818 - it is a lack, not a fault  # noqa: N818 - it is the lack of something, not a fault
    """Pango is missing, so there can be no PDF; everything else can be written."""


def to_pdf(
    document: Document,
    lang: str = "en",
    templates: Path | None = None,
    paper: str = "a4",
) -> bytes:
    """The report as a PDF/A-3a that conforms to PDF/UA-1, the same bytes each time.

    report.json and the long tables lie in it. `paper` is a4 or letter.

    Raises PdfUnavailable where Pango is missing, and RenderError where a character would show as an empty box.
    """
    try:
        import weasyprint  # noqa: PLC0415 - half a second, and it needs Pango
    except OSError as error:
        raise PdfUnavailable(PANGO_HELP) from error
    page = shown(to_paper(document, lang, templates, paper), {} if language(lang).closed_up else WIDE)
    files = attached(document, lang, templates)
    with _log() as complaints:
        html = weasyprint.HTML(string=page, url_fetcher=_refuse, base_url=None)
        content: bytes = html.write_pdf(
            font_config=_fonts(),
            pdf_variant=VARIANT,
            **intent(),
            pdf_identifier=_identifier(page, files),
            custom_metadata=False,
            attachments=attachments(files, document),
            finisher=lambda _pages, pdf: finish(pdf, page),
        )
    _check(complaints)
    return content


def _identifier(page: str, files: tuple[Attached, ...]) -> bytes:
    """What tells this PDF from any other: a digest of all that it is made from."""
    digest = sha256(page.encode())
    for file in files:
        digest.update(file.text.encode())
    return digest.digest()[:16]


def warm_up(lang: str, templates: Path | None) -> None:
    """Import and read what `to_pdf` will need, where there is time for it before the report is known."""
    import weasyprint  # noqa: F401, PLC0415 - as above

    _fonts()
    speech = environment(lang, templates)
    for name in speech.list_templates(extensions=["j2", "css"]):
        speech.get_template(name)


def rehearse(document: Document, lang: str, templates: Path | None, paper: str) -> None:
    """Draw the charts of a report that is not whole yet; `to_pdf` takes those that stay as they are."""
    to_paper(document, lang, templates, paper)


def pango_version() -> str | None:
    """The version of Pango that WeasyPrint would use, None where there is none."""
    try:
        from weasyprint.text.ffi import pango  # noqa: PLC0415 - it needs Pango
    except OSError:
        return None
    number = int(pango.pango_version())
    return f"{number // 10_000}.{number // 100 % 100}.{number % 100}"


def shown(page: str, instead: Mapping[str, str]) -> str:
    """The page with every character that our fonts lack written as its code point, as [U+1F600].

    `instead` names characters that are there and yet do not look well; quotation marks in it come out as entities.
    """
    lacking = {ord(letter) for letter in set(page)} - covered() - set(UNSHOWN)
    numbered = {point: f"[U+{point:04X}]" for point in lacking}
    return page.translate(numbered | {ord(letter): escape(text) for letter, text in instead.items()})


@cache
def _fonts() -> "FontConfiguration":
    """Our fonts, made known to Pango once in a process."""
    from weasyprint import CSS  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    configuration = FontConfiguration()
    folder = locate() / "fonts"
    rules = (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url("{(folder / file).as_uri()}"); }}'
        for family, weight, file in FACES
    )
    CSS(string="\n".join(rules), font_config=configuration, url_fetcher=_fetch_font)
    return configuration


def _fetch_font(url: str) -> Any:  # noqa: ANN401 - WeasyPrint's own answer
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    if not url.startswith((locate() / "fonts").as_uri() + "/"):
        raise ValueError(f"only our own fonts are read, not {url[:80]}")
    return URLFetcher(allowed_protocols=("file",)).fetch(url)


def _refuse(url: str) -> Any:  # noqa: ANN401 - WeasyPrint's own answer
    if not url.startswith("data:"):
        raise ValueError(f"a report fetches nothing, not {url[:80]}")
    return _reader().fetch(url)


@cache
def _reader() -> Any:  # noqa: ANN401 - of WeasyPrint's own kind
    """What reads charts out of the page; made once, for it takes as long as to read one."""
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    return URLFetcher(allowed_protocols=("data",))


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def _log() -> Iterator[list[str]]:
    """Keep what WeasyPrint has to say, instead of letting it go to stderr."""
    logger, collector = logging.getLogger("weasyprint"), _Collector()
    handlers, propagate = logger.handlers[:], logger.propagate
    logger.handlers, logger.propagate = [collector], False
    try:
        yield collector.lines
    finally:
        logger.handlers, logger.propagate = handlers, propagate


def _check(complaints: list[str]) -> None:
    boxes = [line for line in complaints if ".notdef" in line]
    if boxes:
        raise RenderError(f"the PDF would show an empty box for a character: {boxes[0]}")
