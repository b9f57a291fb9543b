"""The two looks in examples/templates: each makes whole pages of every kind."""

import re
from pathlib import Path

import pytest

from reportgen.batch import index
from reportgen.comparing import compare_reports
from reportgen.render import to_html, to_json, to_markdown, to_pdf
from reportgen.render.own import refuse_faulty
from reportgen.render.pdf import pango_version
from tests.samples import binary, multiclass, regression

THEMES = Path(__file__).parents[2] / "examples" / "templates"
LOOKS = ("bank", "ledger")


def _words(page: str) -> list[str]:
    """The words of a page that stand in its own sections, without tags."""
    body = page[page.index("<main") :]
    return re.sub(r"<[^>]+>", " ", re.sub(r'<section id="committee">.*?</section>', "", body, flags=re.DOTALL)).split()


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_has_no_fault(look: str) -> None:
    refuse_faulty(THEMES / look)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_look_changes_no_number(look: str, lang: str) -> None:
    document = multiclass()
    page, plain = (to_html(document, lang, folder) for folder in (THEMES / look, None))
    assert page != plain
    numbers = [re.findall(r"\d+\.\d+%?", " ".join(_words(one))) for one in (page, plain)]
    assert numbers[0] == numbers[1]
    assert to_markdown(document, lang, THEMES / look) == to_markdown(document, lang)


def test_the_bank_signs_every_page() -> None:
    page = to_html(binary(), "en", THEMES / "bank")
    assert 'alt="Northbank"' in page
    assert "Northbank · Model Risk Management · for internal use" in page
    assert "--accent: #7b1e3a" in page
    assert "--accent: #f0a3b8" in page
    assert "Decision of the model risk committee" in page
    assert "模型风险委员会的决定" in to_html(binary(), "zh", THEMES / "bank")


def test_the_ledger_has_its_own_rules() -> None:
    page = to_html(binary(), "en", THEMES / "ledger")
    assert "--paper: #fcfdf9" in page
    assert "4px double var(--accent)" in page
    assert 'class="logo"' not in page


@pytest.mark.parametrize("look", LOOKS)
def test_batches_and_comparisons_wear_it_too(look: str, tmp_path: Path) -> None:
    pages = [index.to_html((), "2026-01-01T00:00", "en", THEMES / look)]
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").write_text(to_json(binary()), encoding="utf-8")
    old, new = tmp_path / "old", tmp_path / "new"
    compare_reports(old, new, tmp_path / "out", ("html",), "en", THEMES / look)
    pages.append((tmp_path / "out" / "compare.html").read_text(encoding="utf-8"))
    foot = {"bank": "Northbank · Model Risk Management · for internal use", "ledger": "Audit ledger"}[look]
    accent = {"bank": "#7b1e3a", "ledger": "#1d5c3a"}[look]
    for page in pages:
        assert f'<footer class="foot"><p>{foot}</p></footer>' in page
        assert f"--accent: {accent}" in page


@pytest.mark.slow
@pytest.mark.skipif(pango_version() is None, reason="Pango is not here")
@pytest.mark.parametrize(("look", "size"), [("bank", (595, 842)), ("ledger", (612, 792))])
def test_a_look_on_paper(look: str, size: tuple[int, int], tmp_path: Path) -> None:
    from pypdf import PdfReader

    (tmp_path / "x.pdf").write_bytes(to_pdf(regression(), "en", THEMES / look))
    reader = PdfReader(tmp_path / "x.pdf")
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == size
    fonts = {str(font["/BaseFont"]) for page in reader.pages for font in page["/Resources"].get("/Font", {}).values()}
    assert all("Reportgen" in font for font in fonts)
