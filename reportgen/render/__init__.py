"""From a document to its files: HTML, PDF, JSON, CSV, Markdown, JUnit and SARIF."""

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportgen.document import Document
from reportgen.errors import OutputError
from reportgen.output import TABLES
from reportgen.render.html import to_html
from reportgen.render.json import read_json, to_json
from reportgen.render.junit import to_junit
from reportgen.render.markdown import to_markdown
from reportgen.render.pdf import PANGO_HELP, PdfUnavailable, pango_version, rehearse, to_pdf, warm_up
from reportgen.render.sarif import to_sarif
from reportgen.render.tables import table_files, tables

__all__ = (
    "PdfUnavailable",
    "Written",
    "read_json",
    "refuse_pdf_alone",
    "rehearse",
    "tables",
    "to_html",
    "to_json",
    "to_junit",
    "to_markdown",
    "to_pdf",
    "to_sarif",
    "warm_up",
    "write",
)

NAMES = {
    "html": "report.html",
    "pdf": "report.pdf",
    "json": "report.json",
    "md": "report.md",
    "junit": "junit.xml",
    "sarif": "report.sarif",
}


@dataclass(frozen=True)
class Written:
    """The files that were written, and a sentence for each that could not be."""

    paths: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def write(
    document: Document,
    out: Path,
    formats: Sequence[str],
    lang: str = "en",
    templates: Path | None = None,
    printing: Callable[[], bytes | None] | None = None,
    paper: str = "a4",
) -> Written:
    """Write the report in every format asked for; nothing is written unless all of them could be made.

    `printing` waits for a PDF that is laid out elsewhere meanwhile, and gives None where it was not. Where Pango is
    missing the PDF alone is left out, and a note says how to get it; where nothing but the PDF was asked for,
    PdfUnavailable is raised.
    """
    made: dict[str, dict[str, bytes]] = {}
    notes: list[str] = []
    for form in sorted(formats, key=lambda form: form == "pdf"):
        try:
            printed = printing() if printing and form == "pdf" else None
            made[form] = {NAMES[form]: printed} if printed else _contents(form, document, lang, templates, paper)
        except PdfUnavailable as lack:
            if set(formats) == {"pdf"}:
                raise
            notes.append(str(lack))
    contents = {name: content for form in formats for name, content in made.get(form, {}).items()}
    return Written(tuple(_place(out / name, content) for name, content in contents.items()), tuple(notes))


def refuse_pdf_alone(formats: Sequence[str]) -> None:
    """Raise PdfUnavailable, before any work is done, where only the PDF is wanted and Pango is missing."""
    if set(formats) == {"pdf"} and pango_version() is None:
        raise PdfUnavailable(PANGO_HELP)


def _contents(form: str, document: Document, lang: str, templates: Path | None, paper: str) -> dict[str, bytes]:
    """What one format comes to, by the files' names: all but the long tables are one file."""
    return table_files(document) if form == "csv" else {NAMES[form]: _content(form, document, lang, templates, paper)}


def _content(form: str, document: Document, lang: str, templates: Path | None, paper: str) -> bytes:
    makers: dict[str, Callable[[], str]] = {
        "html": lambda: to_html(document, lang, templates),
        "md": lambda: to_markdown(document, lang, templates),
        "json": lambda: to_json(document),
        "junit": lambda: to_junit(document),
        "sarif": lambda: to_sarif(document),
    }
    return to_pdf(document, lang, templates, paper) if form == "pdf" else makers[form]().encode()


def _place(path: Path, content: bytes) -> Path:
    """Write a file under another name in the same folder, then give it its own: it is whole or not there."""
    try:
        if path.parent.name == TABLES:
            path.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    except OSError as error:
        raise OutputError(f"cannot write to the folder {path.parent}: {error.strerror or error}") from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError(f"cannot write {path}: {error.strerror or error}") from None
        raise
    return path
