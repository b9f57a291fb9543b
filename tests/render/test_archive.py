"""The PDF as archives and screen readers take it: PDF/A-3a and PDF/UA-1, as far as a program can check it here."""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pdfua import validate
from pikepdf import Array, Dictionary, Name, Pdf

from reportgen.render import tables, to_json
from reportgen.render.archive import UNDATED, _moment
from reportgen.render.pdf import pango_version
from tests.render.archival import RULES, faults, tags
from tests.render.papers import paper
from tests.samples import binary, regression

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(pango_version() is None, reason="Pango is not here"),
]
PAPERS = ("binary", "multiclass", "wide")


def _opened(name: str) -> Pdf:
    return Pdf.open(io.BytesIO(paper(name)))


@pytest.mark.parametrize("name", PAPERS)
def test_no_rule_of_pdfa_or_pdfua_is_broken(name: str) -> None:
    assert faults(paper(name)) == []


@pytest.mark.parametrize("name", PAPERS)
def test_the_rules_of_others_find_nothing(name: str, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(paper(name))
    assert [finding.message for finding in validate(str(path)).findings] == []
    if shutil.which("qpdf"):
        said = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=True)
        assert "WARNING" not in said.stdout + said.stderr


def _first(pdf: Pdf, tag: str) -> Any:
    return next(element for element, _ in tags(pdf) if str(element.S) == tag)


def _set(element: Any, key: str, value: Any) -> None:
    element[key] = value


def _without(element: Any, key: str) -> None:
    del element[key]


def _font(pdf: Pdf) -> Any:
    return next(item for item in pdf.objects if isinstance(item, Dictionary) and item.get("/Subtype") == Name.Type0)


def _link(pdf: Pdf) -> Any:
    return next(one for page in pdf.pages for one in page.obj.get("/Annots", Array()))


def _drawing(pdf: Pdf, more: bytes) -> None:
    pdf.pages[0].Contents = pdf.make_stream(pdf.pages[0].Contents.read_bytes() + more)


def _claim(pdf: Pdf, old: bytes, new: bytes) -> None:
    stream = pdf.Root.Metadata
    stream.write(stream.read_bytes().replace(old, new))


SPOILT: dict[str, Callable[[Pdf], None]] = {
    "limits": lambda pdf: _drawing(pdf, b" q" * 30 + b" Q" * 30),
    "active": lambda pdf: _set(pdf.Root, "/OpenAction", Dictionary(S=Name.JavaScript, JS="app.alert(1)")),
    "colour": lambda pdf: _drawing(pdf, b" /Artifact BMC 1 0 0 0 k EMC"),
    "transparency": lambda pdf: _set(pdf.Root, "/x", pdf.make_indirect(Dictionary(BM=Name.Hue))),
    "fonts": lambda pdf: _set(_font(pdf).DescendantFonts[0], "/W", Array([1, Array([1, 1, 1])])),
    "metadata": lambda pdf: _claim(pdf, b"reportgen", b"another"),
    "files": lambda pdf: _without(pdf.Root.AF[0], "/AFRelationship"),
    "document": lambda pdf: _without(pdf.Root, "/Lang"),
    "marks": lambda pdf: _drawing(pdf, b" 0 0 9 9 re f"),
    "structure": lambda pdf: _set(_first(pdf, "/H2"), "/S", Name.H4),
    "tables": lambda pdf: _without(_first(pdf, "/TH").A, "/Scope"),
    "pictures": lambda pdf: _without(_first(pdf, "/Figure"), "/Alt"),
    "links": lambda pdf: _without(_link(pdf), "/Contents"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_rule_finds_what_breaks_it(name: str) -> None:
    rule = next(rule for rule in RULES if rule.__name__ == name)
    spoilt = io.BytesIO()
    with _opened("binary") as pdf:
        SPOILT[name](pdf)
        pdf.save(spoilt)
    with Pdf.open(spoilt) as pdf:
        try:
            assert list(rule(pdf, spoilt.getvalue())) != []
        except AttributeError as missing:  # what a rule looks for is not there at all
            assert name == "links", missing


def test_the_evidence_and_its_tables_lie_inside() -> None:
    with _opened("binary") as pdf:
        names = list(pdf.Root.Names.EmbeddedFiles.Names)
        inside = {str(name): item for name, item in zip(names[::2], names[1::2], strict=True)}
        assert inside.keys() == {"report.json", *tables(binary())}
        report = inside["report.json"]
        assert report.EF.F.read_bytes().decode() == to_json(binary())
        assert (report.AFRelationship, inside["columns.csv"].AFRelationship) == (Name.Source, Name.Data)
        assert inside["columns.csv"].EF.F.read_bytes().decode() == tables(binary())["columns.csv"]
        assert str(report.EF.F.Params.ModDate) == "D:20260131000000Z"  # the day on the card
    with _opened("multiclass") as pdf:
        report = next(item for item in pdf.Root.AF if item.F == "report.json")
        assert json.loads(report.EF.F.read_bytes())["schema"] == "reportgen/report/1"
        assert re.search("[\u4e00-\u9fff]", str(report.Desc))


def test_files_are_of_the_day_that_the_report_names() -> None:
    document = regression()
    assert _moment(document.model_copy(update={"judged_on": None})) == UNDATED
    assert _moment(document.model_copy(update={"judged_on": date(2026, 5, 4)})).isoformat()[:10] == "2026-05-04"
    card = document.card.model_copy(update={"date": "2026-02-03"})
    assert _moment(document.model_copy(update={"card": card, "judged_on": None})).isoformat()[:10] == "2026-02-03"


@pytest.mark.parametrize(("name", "size"), [("binary", (595, 842)), ("wide", (612, 792))])
def test_pages_are_of_the_size_that_was_asked_for(name: str, size: tuple[int, int]) -> None:
    with _opened(name) as pdf:
        assert {tuple(round(float(number)) for number in page.mediabox[2:]) for page in pdf.pages} == {size}


def test_the_label_of_a_page_is_what_is_printed_on_it(tmp_path: Path) -> None:
    with _opened("binary") as pdf:
        assert [page.label for page in pdf.pages][:3] == ["i", "1", "2"]
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here")
    (tmp_path / "x.pdf").write_bytes(paper("binary"))
    text = subprocess.run(["pdftotext", tmp_path / "x.pdf", "-"], capture_output=True, text=True, check=True).stdout
    printed = [re.findall(r"^Page (\w+)$", page, re.MULTILINE) for page in text.split("\f")[:-1]]
    assert [one[-1] for one in printed] == ["i", *(str(number) for number in range(1, len(printed)))]
    assert f"{len(printed)} pages with the cover" in text


def test_every_section_has_a_bookmark() -> None:
    with _opened("binary") as pdf, pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
        assert titles[:3] == ["Summary", "Contents", "Findings in full"]
        assert titles[-1] == "Appendix"
        assert any(title.startswith("3 ") for title in titles)
        assert any(item.children for item in outline.root)


def test_text_is_read_in_its_order() -> None:
    """The tags' own order, which is what a screen reader follows: cover, contents, findings, sections, appendix."""
    with _opened("binary") as pdf:
        order = [str(element.S) for element, _ in tags(pdf)]
    assert order.count("/H1") == 1
    first = [order.index(tag) for tag in ("/H1", "/Table", "/TOC", "/Sect", "/Formula")]
    assert first == sorted(first)
    assert order.count("/TOC") == order.count("/Part") == order.count("/Document") == 1
    assert "/Lbl" in order
    assert "/NonStruct" not in order


def test_what_repeats_on_each_page_is_no_text() -> None:
    with _opened("binary") as pdf:
        marked = [of for of, operator in pikepdf.parse_content_stream(pdf.pages[4]) if str(operator) == "BDC"]
        assert [str(of[1].Type) for of in marked if of[0] == Name.Artifact] == ["/Pagination"] * 4
