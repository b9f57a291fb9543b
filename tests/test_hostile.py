"""A table whose every word is meant to break the report: what the formats make of it, in each language."""

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reportgen.render import read_json, to_json
from reportgen.render.plain import UNSEEN
from tests import hostile
from tests.runs import Run, reportgen

pytestmark = pytest.mark.slow

FILES = {
    "report.html", "report.pdf", "report.json", "report.md", "junit.xml", "manifest.json",
    "model.keras", "preparer.json", "tables",
}  # fmt: skip
VOID = {"meta", "img", "br", "wbr", "hr", "link", "input"}
TAGS = {
    "html", "head", "meta", "title", "style", "body", "a", "nav", "p", "ol", "ul", "li", "main", "header", "section",
    "h1", "h2", "h3", "h4", "h5", "div", "span", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th",
    "td", "figure", "figcaption", "img", "pre", "code", "strong", "em", "wbr", "br", "sub", "sup", "small", "abbr",
    "cite", "q", "details", "summary", "script", "svg", "g", "path", "rect", "text", "use", "defs", "clippath",
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mover", "msub", "msup", "msubsup",
    "mstyle", "munder", "munderover",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "aria-label", "aria-hidden",
    "tabindex", "role", "scope", "style", "rowspan", "colspan", "title", "data-value",
    "data-low", "data-high", "data-sort", "data-at", "pointer-events", "type",
    "width", "height", "viewbox", "d", "x", "y",
    "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-dashoffset", "stroke-linejoin", "stroke-linecap",
    "stroke-opacity", "fill-opacity", "opacity", "transform", "clip-path", "font-family", "font-size", "font-weight",
    "textlength", "lengthadjust", "display", "displaystyle", "scriptlevel", "accent", "mathvariant", "movablelimits",
    "stretchy", "fence", "form", "xml:space",
}  # fmt: skip
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
A4 = (595.28, 841.89)
MARGINS = (23, 22)  # millimetres on the left and on the right, as style/paper.css has them
POINTS = 72 / 25.4


class Page(HTMLParser):
    """Every tag and attribute of a page, its text, and the cells of each row; an unclosed tag is an error."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.words: list[str] = []
        self.tables: list[list[int]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {str(value) for name, value in attrs if name in ("href", "src")}
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append(0)
        if tag in ("th", "td"):
            self.tables[-1][-1] += int(dict(attrs).get("colspan") or 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture(scope="module", params=["en", "zh"])
def audited(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    folder = tmp_path_factory.mktemp(f"hostile-{request.param}")
    words = hostile.write(folder)
    return folder, reportgen(*words, "--out", str(folder / "out"), "--lang", request.param)


@pytest.fixture(scope="module")
def out(audited: tuple[Path, Run]) -> Path:
    return audited[0] / "out"


@pytest.fixture(scope="module")
def page(out: Path) -> Page:
    return Page((out / "report.html").read_text(encoding="utf-8"))


def test_the_run_ends_well_and_stays_in_its_folder(audited: tuple[Path, Run]) -> None:
    folder, run = audited
    assert (run.status, run.err) == (0, "")
    assert {path.name for path in (folder / "out").iterdir()} == FILES
    assert {path.name for path in folder.iterdir()} == {"out", hostile.FILE, "reportgen.toml"}


def test_the_terminal_gets_no_control(audited: tuple[Path, Run]) -> None:
    assert not CONTROLS.search(audited[1].out)


def test_the_page_holds_our_elements_alone(page: Page) -> None:
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert {link for link in page.links if not link.startswith("#")} == set()


def test_the_page_shows_the_names_letter_by_letter(page: Page, out: Path) -> None:
    source = (out / "report.html").read_text(encoding="utf-8")
    for name in (*hostile.NUMERIC[:2], "$x_1$", *hostile.CATEGORICAL[:4], *hostile.CLASSES, hostile.CONSTANT):
        assert name in page.text
    assert not CONTROLS.search(source)
    assert "[U+202E]" in page.text
    assert "{{7*7}}" in page.text
    assert hostile.CARD["purpose"] in page.text


def test_every_row_of_a_table_has_as_many_cells_as_its_head(page: Page) -> None:
    assert page.tables
    assert [rows for rows in page.tables if len(set(rows)) != 1] == []


def width_on_a_phone(page: Path, folder: Path) -> tuple[int, int]:
    """How wide Chromium's window for a page is, and how wide the page, in a frame as narrow as a phone."""
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text(encoding="utf-8"))
    measure = (
        "const frame = document.querySelector('iframe'); frame.addEventListener('load', () => {"
        "const root = frame.contentDocument.documentElement;"
        "document.title = 'measured ' + root.clientWidth + ' ' + root.scrollWidth })"
    )
    frame = f'<iframe width="360" height="640" srcdoc="{escape(text)}"></iframe><script>{measure}</script>'
    (folder / "frame.html").write_text(f"<!DOCTYPE html><title>none</title>{frame}", encoding="utf-8")
    words = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
    done = subprocess.run(
        ["chromium", *words, (folder / "frame.html").as_uri()], capture_output=True, text=True, check=True, timeout=120
    )
    found = re.search(r"<title>measured (\d+) (\d+)</title>", done.stdout)
    assert found, done.stderr
    return int(found[1]), int(found[2])


@pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not on this machine")
def test_a_phone_shows_the_page_without_scrolling_sideways(out: Path, tmp_path: Path) -> None:
    window, width = width_on_a_phone(out / "report.html", tmp_path)
    assert 300 < window <= 360
    assert width == window


def test_pictures_hold_no_script_and_are_well_formed(out: Path) -> None:
    source = (out / "report.html").read_text(encoding="utf-8")
    pictures = re.findall(r"<svg .*?</svg>", source, re.DOTALL)
    assert len(pictures) > 10
    for picture in pictures:
        names = {element.tag.rpartition("}")[2] for element in ET.fromstring(picture).iter()}
        assert names.isdisjoint({"script", "foreignObject", "a", "image"})
        assert not re.search(r"\son\w+=[\"']", picture)
        assert not CONTROLS.search(picture)


def test_markdown_holds_no_markup_of_the_table(out: Path) -> None:
    text = (out / "report.md").read_text(encoding="utf-8")
    assert "<" not in text
    assert not CONTROLS.search(text)
    tables: dict[str, set[int]] = {}
    for block in text.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        if rows:
            tables[rows[0]] = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
    assert tables
    assert {head: counts for head, counts in tables.items() if len(counts) != 1} == {}
    assert re.sub(r"\\(.)", r"\1", unescape(text)).startswith(("# Audit report: <img", "# 审"))
    assert not re.search(r"(?<!\\)`|(?<!\\)\]\(|(?<!\\)!\[", text)


def test_junit_is_well_formed_and_holds_no_control(out: Path) -> None:
    text = (out / "junit.xml").read_text(encoding="utf-8")
    suites = ET.fromstring(text)
    assert not CONTROLS.search(text)
    assert not UNSEEN.search("".join(suites.itertext()))
    assert {element.tag for element in suites.iter()} <= {
        "testsuites", "testsuite", "testcase", "failure", "skipped", "system-out"
    }  # fmt: skip
    assert hostile.CONSTANT in text.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")


def test_the_evidence_holds_the_names_as_they_are_and_comes_back_whole(out: Path) -> None:
    text = (out / "report.json").read_text(encoding="utf-8")
    columns = [column["name"] for column in json.loads(text)["dataset"]["columns"]]
    assert columns == list(hostile.COLUMNS)
    assert json.loads(text)["task"]["classes"] == sorted(hostile.CLASSES)
    assert to_json(read_json(out / "report.json")) == text


def test_protected_columns_of_such_names_are_compared(out: Path) -> None:
    groups = json.loads((out / "report.json").read_text(encoding="utf-8"))["errors"]["groups"]
    assert {group["column"] for group in groups} == {hostile.SCRIPT, "a|b"}


@pytest.fixture(scope="module")
def boxes(out: Path) -> list[tuple[str, tuple[float, ...]]]:
    """Each word of the PDF with its left, top, right and lower edge in points."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler) is not on this machine")
    command = ["pdftotext", "-bbox", str(out / "report.pdf"), "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    sizes = re.findall(r'<page width="([\d.]+)" height="([\d.]+)"', text)
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {(595, 842)}
    found = re.findall(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>', text)
    return [(unescape(word), tuple(float(edge) for edge in edges)) for *edges, word in found]


def test_no_word_of_the_pdf_leaves_the_margins(boxes: list[tuple[str, tuple[float, ...]]]) -> None:
    left, right = MARGINS[0] * POINTS - 1, A4[0] - MARGINS[1] * POINTS + 1
    outside = [(word, box) for word, box in boxes if box[0] < left or box[2] > right or box[1] < 0 or box[3] > A4[1]]
    assert outside == []


def test_the_pdf_shows_every_letter_or_its_number(boxes: list[tuple[str, tuple[float, ...]]], out: Path) -> None:
    words = [word for word, _ in boxes]
    text = " ".join(words)
    for name in ("../../x", "{{7*7}}", "$x_1$", hostile.SCRIPT, "=cmd()", "a|b", "%(x)s %s {0}", "{% raw %}"):
        assert name in text
    assert "[U+1F600][U+1F680]" in text
    assert "[U+202E]" in text
    assert not CONTROLS.search(text)
    assert "\ufffd" not in text
    import pypdf

    reader = pypdf.PdfReader(out / "report.pdf")
    assert {str(key) for key in reader.root_object}.isdisjoint({"/OpenAction", "/AA", "/AcroForm"})
    links = [note.get_object() for sheet in reader.pages for note in sheet.get("/Annots", ())]
    assert [link for link in links if "/URI" in str(link)] == []


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "..", "a/../../../b", "\x1b[31m\u202ex", "x" * 400])
def test_a_hostile_name_stays_in_reports(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "inner" / "here"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    run = reportgen("run", "iris", "--name", name, "--format", "json", "--quiet", "--budget", "quick")
    assert (run.status, run.out, run.err) == (0, "", "")
    (report,) = tmp_path.rglob("report.json")
    assert report.parent.parent == folder / "reports"
    assert json.loads(report.read_text(encoding="utf-8"))["dataset"]["name"] == name


def test_a_hostile_file_name_stays_in_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    run = reportgen("run", hostile.FILE, "--format", "md", "--quiet", "--budget", "quick")
    assert (run.status, run.out, run.err) == (0, "", "")
    (report,) = tmp_path.rglob("report.md")
    assert report.parent.parent == tmp_path / "reports"
    assert not CONTROLS.search(report.parent.name)


def test_a_refusal_shows_no_control(tmp_path: Path) -> None:
    run = reportgen("run", str(tmp_path / "no\x1b[31m\u202esuch.csv"))
    assert run.status == 2
    assert not CONTROLS.search(run.err)
    assert "[U+001B][31m[U+202E]such.csv" in run.err
