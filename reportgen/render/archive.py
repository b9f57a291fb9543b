"""What makes the PDF one for archives: PDF/A-3a (ISO 19005-3) with PDF/UA-1, and what it was made from inside it."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html import unescape
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from reportgen.document import Document
from reportgen.render.json import to_json
from reportgen.render.tables import tables
from reportgen.render.tagging import mend
from reportgen.render.words import render

VARIANT = "pdf/a-3a"
PROFILE = "sRGB2014.icc"
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of what has none: a report that names no day is the same bytes on every day."""

KINDS = ("report", "table")

ANCHORED = re.compile(r'<h[1-6][^>]* id="([^"]+)"[^>]*>(.*?)</h[1-6]>', re.DOTALL)
SECTION = re.compile(r'<section id="([^"]+)">\s*<h2[^>]*>(.*?)</h2>', re.DOTALL)
LINK = re.compile(r'<a [^>]*href="#([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
FORMULA = re.compile(r'<div class="formula.*?alt="([^"]*)"', re.DOTALL)
MARKUP = re.compile(r"<[^>]*>")

UNIVERSAL = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>the part of ISO 14289 that the document conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>"""
"""Who claims PDF/UA inside PDF/A must describe the property, which PDF/A does not know (ISO 19005-3, 6.6.2.3)."""


@dataclass(frozen=True)
class Attached:
    """A file inside the PDF: its name, its text, what it is and what it is to the page (`Source` or `Data`)."""

    name: str
    text: str
    description: str
    relationship: str


def attached(document: Document, lang: str, templates: Path | None) -> tuple[Attached, ...]:
    """report.json, which the page is made from, and the report's tables, in the order of their names."""
    words = {kind: " ".join(render("part/attached.j2", lang, templates, kind=kind).split()) for kind in KINDS}
    every = (
        Attached("report.json", to_json(document), words["report"], "Source"),
        *(Attached(name, text, words["table"], "Data") for name, text in tables(document).items()),
    )
    return tuple(sorted(every, key=lambda file: file.name))


def attachments(attached: tuple[Attached, ...], document: Document) -> list[Any]:
    """The files as WeasyPrint takes them."""
    from weasyprint import Attachment  # noqa: PLC0415 - it needs Pango

    moment = _moment(document)
    return [
        Attachment(
            string=file.text, name=file.name, description=file.description, created=moment, modified=moment,
            relationship=file.relationship,
        )
        for file in attached
    ]  # fmt: skip


def _moment(document: Document) -> datetime:
    """The day by which waivers were judged, the one on the card, or none: never that of the writing."""
    if document.judged_on:
        return datetime.combine(document.judged_on, time(), UTC)
    try:
        return datetime.combine(date.fromisoformat(document.card.date or ""), time(), UTC)
    except ValueError:
        return UNDATED


def intent() -> dict[str, Any]:
    """The colours that the document means, sRGB, as WeasyPrint takes them; it would leave the profile's file open."""
    from weasyprint.css import ColorProfile  # noqa: PLC0415 - it needs Pango

    profile = BytesIO(files("weasyprint.pdf").joinpath(PROFILE).read_bytes())
    colours = ColorProfile(profile, PROFILE, "relative-colorimetric", (["r"], ["g"], ["b"]))
    return {"color_profiles": {"rgb": colours}, "output_intent": "rgb"}


def finish(pdf: Any, page: str) -> None:  # noqa: ANN401 - pydyf has no types
    """Finish a pydyf document that was made of `page`: its tags, metadata, links, labels of pages and files."""
    mend(pdf, {unescape(words) for words in FORMULA.findall(page)})
    _claim(pdf)
    _say_where(pdf, page)
    _label(pdf)
    _associate(pdf)
    _pack(pdf)


def _claim(pdf: Any) -> None:  # noqa: ANN401
    """Say in the metadata that the document is accessible, too; they are left uncompressed, for any tool to read."""
    stream = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    stream.stream = [b"".join(stream.stream).replace(b"</rdf:RDF>", UNIVERSAL)]
    stream.compress = False


def _say_where(pdf: Any, page: str) -> None:  # noqa: ANN401
    """Describe each link by the heading that it leads to, or by its own words."""
    places = dict(_places(page))
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Subtype") == "/Link" and "Dest" in item:
            item["Contents"].string = places.get(item["Dest"].string, item["Dest"].string)


def _places(page: str) -> Iterator[tuple[str, str]]:
    for pattern in (LINK, ANCHORED, SECTION):
        for anchor, words in reversed(pattern.findall(page)):
            if said := " ".join(unescape(MARKUP.sub(" ", words)).split()):
                yield anchor, said


def _label(pdf: Any) -> None:  # noqa: ANN401
    """Page i is the cover, and the page after it is 1, as printed."""
    kind, array = type(pdf.catalog), type(pdf.pages["Kids"])
    labels = array([0, kind({"S": "/r"}), 1, kind({"S": "/D"})])
    pdf.catalog["PageLabels"] = kind({"Nums": labels})


def _associate(pdf: Any) -> None:  # noqa: ANN401
    """Name each file once: WeasyPrint lists it as one by its name and as one by its relationship."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])


def _pack(pdf: Any) -> None:  # noqa: ANN401
    """Compress each stream once: pydyf would once for the file's identifier and again for the file."""
    for item in pdf.objects:
        if getattr(item, "compress", False):
            item.compress = False
            content = item.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
            item.stream, item.extra["Filter"] = [zlib.compress(content, 9)], "/FlateDecode"
