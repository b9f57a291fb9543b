"""Rules of PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) that a program can check: each yields what breaks it."""

import io
import re
from collections.abc import Callable, Iterator
from hashlib import md5
from itertools import pairwise
from xml.etree import ElementTree

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Pdf, Stream

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFAID, PDFUAID = "{http://www.aiim.org/pdfa/ns/id/}", "{http://www.aiim.org/pdfua/ns/id/}"
XMP = {
    "/Title": "{http://purl.org/dc/elements/1.1/}title",
    "/Producer": "{http://ns.adobe.com/pdf/1.3/}Producer",
    "/Creator": "{http://ns.adobe.com/xap/1.0/}CreatorTool",
}
BRANDED = {"/Author": "{http://purl.org/dc/elements/1.1/}creator"}
KIDS = {
    "/Table": r"(/Caption )?(/THead )?(/TBody )+",
    "/THead": "(/TR )+",
    "/TBody": "(/TR )+",
    "/TR": "(/T[HD] )+",
    "/L": "(/LI |/L )+",
    "/LI": "(/Lbl )?/LBody ",
    "/TOC": "(/TOCI )+",
    "/TOCI": "/Reference ",
}
PARENTS = {"/TR": "/THead /TBody", "/TH": "/TR", "/TD": "/TR", "/LI": "/L", "/LBody": "/LI", "/TOCI": "/TOC"}
STANDARD = re.compile(
    "/(Document|Part|Art|Sect|Div|TOC|TOCI|P|H[1-6]|L|LI|Lbl|LBody|Table|TR|TH|TD|THead|TBody|Span|Reference|Link|Figure|"
    "Formula|Caption)"
)
BLOCKS = {"/Document", "/Part", "/Art", "/Sect", "/Div"}
DEEPEST = 28  # 6.1.13: q within q
NEVER = {"/JavaScript", "/JS", "/Launch", "/SubmitForm", "/ResetForm", "/ImportData", "/GoToR", "/URI", "/Sound"}

Rule = Callable[[Pdf, bytes], Iterator[str]]


def faults(content: bytes) -> list[str]:
    """Everything in a PDF that breaks a rule."""
    with Pdf.open(io.BytesIO(content)) as pdf:
        return [f"{rule.__name__}: {fault}" for rule in RULES for fault in rule(pdf, content)]


def tags(pdf: Pdf) -> Iterator[tuple[Dictionary, str]]:
    """Every element of the tree of tags with its parent's tag, in the order of reading."""

    def below(element: Dictionary, parent: str) -> Iterator[tuple[Dictionary, str]]:
        yield element, parent
        for kid in element.get("/K", Array()):
            if isinstance(kid, Dictionary) and "/S" in kid:
                yield from below(kid, str(element.S))

    for element in pdf.Root.StructTreeRoot.K:
        yield from below(element, "")


def file_structure(pdf: Pdf, content: bytes) -> Iterator[str]:
    """6.1.2, 6.1.3: header and trailer."""
    if not re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", content):
        yield "header"
    if not content.endswith(b"%%EOF\n"):
        yield "bytes after the end"
    if "/ID" not in pdf.trailer or pdf.is_encrypted:
        yield "identifier or encryption"


def streams(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """6.1.7: nothing outside the file, and no filter but those that every reader has."""
    for item in pdf.objects:
        if isinstance(item, Stream):
            if {"/F", "/FFilter", "/FDecodeParms"} & set(item.keys()):
                yield "a stream from another file"
            if item.get("/Filter", Name.FlateDecode) != Name.FlateDecode:
                yield f"filter {item.Filter}"


def limits(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """6.1.13: states within states, and marks that end where they began."""
    for number, page in enumerate(pdf.pages, start=1):
        states = marks = deepest = 0
        for _, operator in pikepdf.parse_content_stream(page):
            states += {"q": 1, "Q": -1}.get(str(operator), 0)
            marks += {"BDC": 1, "BMC": 1, "EMC": -1}.get(str(operator), 0)
            deepest = max(deepest, states)
        if states or marks or deepest > DEEPEST:
            yield f"page {number}: {states} states and {marks} marks are open, {deepest} deep"


def active(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """6.5, 6.4: no scripts, no actions, no forms, and nothing that leads out of the file."""
    for item in pdf.objects:
        action = item.get("/A", Dictionary()) if isinstance(item, Dictionary) else Dictionary()
        kinds = {str(one.get("/S")) for one in (item, action) if isinstance(one, Dictionary)}
        if isinstance(item, Dictionary) and (found := NEVER & {*kinds, *item.keys()}):
            yield f"{found}"
    if found := {"/AcroForm", "/OpenAction", "/AA", "/OCProperties", "/Perms", "/Requirements"} & set(pdf.Root.keys()):
        yield f"{found} in the catalogue"


def colour(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """6.2.3, 6.2.4: one output intent with an RGB profile; colours are of no other kind."""
    intents = pdf.Root.get("/OutputIntents", Array())
    if len(intents) != 1 or intents[0].S != Name.GTS_PDFA1:
        yield "output intent"
        return
    profile = intents[0].DestOutputProfile
    data = profile.read_bytes()
    if profile.N != 3 or data[36:40] != b"acsp" or data[16:20] != b"RGB ":
        yield "profile"
    for number, page in enumerate(pdf.pages, start=1):
        used = {str(operator) for _, operator in pikepdf.parse_content_stream(page)}
        if wrong := used & {"k", "K", "cs", "CS", "ri", "sh"}:
            yield f"page {number}: {wrong}"


def transparency(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """6.2.10: usual blending alone, groups blend in the profile's space, no masks."""
    for item in pdf.objects:
        if not isinstance(item, Dictionary | Stream):
            continue
        if str(item.get("/BM", "/Normal")) not in ("/Normal", "/Compatible"):
            yield f"blend mode {item.BM}"
        if "/SMask" in item and item.SMask != Name.None_:
            yield "a mask"
        if "/TR" in item and item.get("/Type") == Name.ExtGState:
            yield "a transfer function"
        group = item.get("/Group")
        if group is not None and str(group.get("/CS", ["/ICCBased"])[0]) != "/ICCBased":
            yield "a group that blends in a space of its own"


def fonts(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """6.2.11: each font is embedded, a subset, as wide as it says it is, and tells its letters."""
    found = [item for item in pdf.objects if isinstance(item, Dictionary) and item.get("/Type") == Name.Font]
    for font in [font for font in found if font.Subtype == Name.Type0]:
        inner, name = font.DescendantFonts[0], str(font.BaseFont)
        file = inner.FontDescriptor.get("/FontFile3") or inner.FontDescriptor.get("/FontFile2")
        if font.Encoding != Name("/Identity-H"):
            yield f"{name}: encoding"
        if b"beginbfchar" not in font.ToUnicode.read_bytes():
            yield f"{name}: its letters"
        if file is None or not re.match(r"/[A-Z]{6}\+", name):
            yield f"{name}: no subset of it is embedded"
            continue
        if inner.Subtype == Name.CIDFontType2 and "/CIDToGIDMap" not in inner:
            yield f"{name}: which glyph a character is"
        yield from (f"{name}: {fault}" for fault in _widths(inner.W, file.read_bytes()))
    if {str(font.Subtype) for font in found} - {"/Type0", "/CIDFontType0", "/CIDFontType2"}:
        yield "a font of another kind"


def _widths(stated: Array, file: bytes) -> Iterator[str]:
    font = TTFont(io.BytesIO(file))
    order, metrics, unit = font.getGlyphOrder(), font["hmtx"], font["head"].unitsPerEm
    for first, widths in zip(stated[::2], stated[1::2], strict=True):
        for glyph, width in enumerate(widths, start=int(first)):
            if abs(float(width) - metrics[order[glyph]][0] * 1000 / unit) > 1:
                yield f"glyph {glyph} is not {width} wide"


def metadata(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """6.6: one packet of XMP, which says what the file claims and agrees with the older dictionary."""
    stream = pdf.Root.Metadata
    packet = stream.read_bytes()
    if "/Filter" in stream:
        yield "compressed"
    roots = list(ElementTree.fromstring(packet).iter(f"{RDF}RDF"))
    if len(roots) != 1:
        yield f"{len(roots)} packets"
    claims = {name: text for one in roots[0].iter() for name, text in (*one.attrib.items(), (one.tag, one.text))}
    if (claims.get(f"{PDFAID}part"), claims.get(f"{PDFAID}conformance")) != ("3", "A"):
        yield "no claim of PDF/A-3a"
    if claims.get(f"{PDFUAID}part") != "1" or b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>" not in packet:
        yield "no claim of PDF/UA-1, or one that PDF/A does not know"
    said_of = XMP | {key: name for key, name in BRANDED.items() if key in pdf.docinfo or name in claims}
    for key, name in said_of.items():
        one = roots[0].find(f".//{name}")
        said = claims.get(name) if one is None else "".join(one.itertext()).strip()
        if str(pdf.docinfo.get(key)) != said:
            yield f"{key} is {pdf.docinfo.get(key)} and {said}"
    if set(pdf.docinfo.keys()) - said_of.keys():
        yield f"{set(pdf.docinfo.keys()) - said_of.keys()} stands in one place alone"


def files(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """6.8: each file says what it is and what it is to the document."""
    names = list(pdf.Root.Names.EmbeddedFiles.Names)
    listed = [str(name) for name in names[::2]]
    if listed != sorted(listed):
        yield "names out of order"
    if [item.objgen for item in pdf.Root.AF] != [item.objgen for item in names[1::2]]:
        yield "not each file is associated once"
    for item in names[1::2]:
        embedded = item.EF.F
        data = embedded.read_bytes()
        if not (item.UF == item.F and str(item.get("/AFRelationship")) in ("/Source", "/Data") and str(item.Desc)):
            yield f"{item.F}: name, relationship or description"
        if str(embedded.Subtype) not in ("/application/json", "/text/csv"):
            yield f"{item.F}: {embedded.Subtype}"
        if bytes(embedded.Params.CheckSum) != md5(data, usedforsecurity=False).digest():
            yield f"{item.F}: checksum"
        if embedded.Params.Size != len(data) or not re.fullmatch(r"D:\d{14}Z", str(embedded.Params.ModDate)):
            yield f"{item.F}: size or date"


def document(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """6.7, 7.1, 7.2 of PDF/UA: marked, in a language, with a title that is shown, an outline and labels of pages."""
    root = pdf.Root
    if root.MarkInfo.get("/Marked") is not True or root.MarkInfo.get("/Suspects"):
        yield "not marked"
    if root.ViewerPreferences.get("/DisplayDocTitle") is not True:
        yield "the title is not shown"
    if not re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", str(root.get("/Lang"))):
        yield "language"
    if "/Outlines" not in root or "/PageLabels" not in root:
        yield "outline or labels"
    for number, page in enumerate(pdf.pages, start=1):
        if page.obj.get("/Tabs") != Name.S:
            yield f"page {number}: order of tabs"


def marks(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """7.1: all that is drawn is an artefact or has an owner in the tree, and no mark stands within another."""
    parents = dict(zip(*[iter(pdf.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
    owned = {
        (page.objgen, kid): element.objgen
        for element, _ in tags(pdf)
        for page in [element.get("/Pg")]
        for kid in element.K
        if isinstance(kid, int)
    }
    for number, page in enumerate(pdf.pages, start=1):
        place = parents[page.obj.StructParents]
        within: list[str] = []
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BDC", "BMC"):
                within.append(str(operands[0]))
                mark = operands[1].get("/MCID") if name == "BDC" else None
                if mark is not None and (
                    place[mark] is None or owned.get((page.obj.objgen, mark)) != place[mark].objgen
                ):
                    yield f"page {number}: mark {mark} has no owner"
                if within.count("/Artifact") and within[-1] != "/Artifact":
                    yield f"page {number}: a mark in an artefact"
                if within[-1] == "/Artifact" and set(within[:-1]) - {"/Artifact"}:
                    yield f"page {number}: an artefact in a mark"
            elif name == "EMC":
                within.pop()
            elif name in ("Tj", "TJ", "Do", "f", "f*", "S", "B", "sh") and not within:
                yield f"page {number}: {name} outside any mark"


def structure(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """7.2, 7.4 to 7.6: elements of standard kinds stand where they may, and no level of headings is skipped."""
    level = 0
    for element, parent in tags(pdf):
        tag = str(element.S)
        kids = "".join(f"{kid.S} " for kid in element.K if isinstance(kid, Dictionary) and "/S" in kid)
        if not STANDARD.fullmatch(tag):
            yield f"{tag} is no standard element"
        if not re.fullmatch(KIDS.get(tag, ".*"), kids):
            yield f"{tag} holds {kids}"
        if parent not in PARENTS.get(tag, parent):
            yield f"{tag} in {parent}"
        if tag in BLOCKS and any(isinstance(kid, int) for kid in element.K):
            yield f"{tag} holds letters"
        if not len(element.K) and tag not in ("/TD", "/TH"):
            yield f"an empty {tag}"
        if re.fullmatch("/H[1-6]", tag):
            if int(tag[2]) > level + 1 or (tag == "/H1" and level):
                yield f"{tag} after H{level}"
            level = int(tag[2])


def tables(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """7.5: each row is as long as the others, and each cell can be told its heads."""
    root = pdf.Root.StructTreeRoot
    names = root.IDTree.Names
    known = {bytes(name): element.objgen for name, element in zip(names[::2], names[1::2], strict=True)}
    if any(one >= other for one, other in pairwise(bytes(name) for name in names[::2])):
        yield "names of elements out of order"
    for table in [element for element, _ in tags(pdf) if Name.Table == element.S]:
        parts = [part for part in table.K if part.S in (Name.THead, Name.TBody)]
        rows = [row for part in parts for row in part.K]
        if len({len(row.K) for row in rows}) != 1:
            yield f"rows of {sorted({len(row.K) for row in rows})} cells"
        for cell in (cell for row in rows for cell in row.K):
            if cell.S == Name.TH and (
                str(cell.A.get("/Scope")) not in ("/Column", "/Row") or bytes(cell.ID) not in known
            ):
                yield "a head without scope or name"
            heads = [bytes(head) for head in cell.A.get("/Headers", Array())]
            if cell.S == Name.TD and (not heads or set(heads) - known.keys()):
                yield "a cell without heads"


def pictures(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """7.3, 7.7: each picture and formula has words, and says where on its page it stands."""
    for element, _ in tags(pdf):
        if str(element.S) in ("/Figure", "/Formula"):
            left, bottom, right, top = (float(number) for number in element.A.BBox)
            page = element.Pg.MediaBox
            if not str(element.get("/Alt", "")).strip():
                yield "a picture without words"
            if not (0 <= left < right <= float(page[2]) and 0 <= bottom < top <= float(page[3])):
                yield f"a picture at {left} {bottom} {right} {top}"


def links(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """7.18, 6.3: links are printed, tagged as such, and say in words where they lead."""
    parents = dict(zip(*[iter(pdf.Root.StructTreeRoot.ParentTree.Nums)] * 2, strict=True))
    names = {str(name) for name in pdf.Root.Names.Dests.Names[::2]}
    for annotation in (one for page in pdf.pages for one in page.obj.get("/Annots", Array())):
        owner = parents[annotation.StructParent]
        if annotation.Subtype != Name.Link or annotation.F != 4:
            yield f"{annotation.Subtype} with flags {annotation.F}"
        if Name.Link != owner.S or annotation.objgen not in [kid.Obj.objgen for kid in owner.K if "/Obj" in _keys(kid)]:
            yield "a link without its element"
        if not str(annotation.Contents).strip() or str(annotation.Contents) == str(annotation.Dest):
            yield f"a link to {annotation.Dest} without words"
        if str(annotation.Dest) not in names:
            yield f"a link to {annotation.Dest}, which is nowhere"


def _keys(kid: object) -> set[str]:
    return set(kid.keys()) if isinstance(kid, Dictionary) else set()


RULES: tuple[Rule, ...] = (
    file_structure, streams, limits, active, colour, transparency, fonts, metadata, files, document, marks, structure,
    tables, pictures, links,
)  # fmt: skip
