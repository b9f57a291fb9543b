"""What the script adds to the page, driven in Chromium: slider, sort, filter, links, copy, class and mistakes."""

import base64
import csv
import hashlib
import html
import io
import json
import re
import shutil
from functools import cache

import numpy as np
import pytest

from reportgen.document import Document
from reportgen.evidence.predictions import ClassAnswers
from reportgen.evidence.thresholds import TENTHS, at_threshold, choose, count, mean_cost, scores
from reportgen.records.explanation import Contribution
from reportgen.records.mistakes import Confusion, ErrorRow
from reportgen.records.network import Metric
from reportgen.records.thresholds import Thresholds
from reportgen.render import to_html
from tests.samples import SAMPLES, binary, multiclass

CHROMIUM = shutil.which("chromium")
sync_api = pytest.importorskip("playwright.sync_api")
in_chromium = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not on this machine")
HOSTILE = "</script><script>document.title='broken'</script>\u2028\u202e"
COSTS = (1.0, 5.0)


def _answers(rows: int = 700, digits: int = 3) -> ClassAnswers:
    """Rows whose probabilities are about true; the positive class stands first in the matrix of the report."""
    rng = np.random.default_rng(11)
    stated = rng.beta(0.7, 1.2, rows).round(digits)
    actual = (rng.random(rows) >= stated).astype(np.int64)
    return ClassAnswers("test", actual, np.column_stack([stated, 1 - stated]), 0)


def _report(answers: ClassAnswers) -> Document:
    """The hand-built report of two classes with these answers in its matrix and its lines."""
    document = binary()
    best = choose(answers, COSTS)
    lines = Thresholds(
        positive=document.task.classes[0],
        rows=tuple(at_threshold(answers, line, COSTS) for line in TENTHS),
        chosen=at_threshold(answers, best, COSTS),
        aim="cost",
        validation_rows=60,
        gain=Metric(name="cost", split="test", value=0.1, low=-0.1, high=0.3, n=len(answers.actual), method="m"),
        false_positive=COSTS[0],
        false_negative=COSTS[1],
        scores=scores(answers, (*TENTHS, best), COSTS),
    )
    matrix = Confusion(labels=document.task.classes, counts=tuple(map(tuple, answers.table.tolist())))
    rows = tuple(_mistake(document, at) for at in range(30))
    errors = document.errors.model_copy(update={"confusion": matrix, "rows": rows, "wrong_rows": tuple(range(44, 104))})
    return document.model_copy(update={"thresholds": lines, "errors": errors})


def _mistake(document: Document, at: int) -> ErrorRow:
    one, other = document.task.classes
    actual, predicted = (one, other) if at % 3 else (other, one)
    parts = tuple(
        Contribution(feature=name, value="7", contribution=size) for name, size in (("age", 1.5), ("", -0.25))
    )
    return ErrorRow(
        row=44 + at,
        actual=actual,
        predicted=predicted,
        probability=0.99 - at / 100,
        values=(("age", str(20 + at)), (HOSTILE, "=cmd()")),
        parts=parts,
    )


ANSWERS = _answers()
DOCUMENTS = {"two": lambda: _report(ANSWERS)} | {sample.__name__: sample for sample in SAMPLES}


@cache
def _html(name: str, lang: str = "en") -> str:
    """A page, made once for all tests."""
    return to_html(DOCUMENTS[name](), lang)


@pytest.fixture(scope="module")
def browser():
    """One Chromium for all tests of this file."""
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The pages, each written once."""
    folder = tmp_path_factory.mktemp("pages")
    for name, lang in (("two", "en"), ("two", "zh"), ("multiclass", "en"), ("regression", "en")):
        (folder / f"{name}_{lang}.html").write_text(_html(name, lang), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def opened(browser, files):
    """Open a page, and hold on to what it asked for and what it complained of."""

    def open_page(name: str, **options):
        page = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options).new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda said: page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto((files / f"{name}.html").as_uri())
        return page

    return open_page


@pytest.fixture(scope="module")
def page(opened):
    """The page of two classes, as each test finds it after the others."""
    return opened("two_en", permissions=["clipboard-read", "clipboard-write"])


def _cells(page, selector: str) -> list[list[str]]:
    return page.eval_on_selector_all(
        f"{selector} tbody tr", "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )


def _type_line(page, line: float) -> None:
    field = page.locator("#try-line input[type=number]").first
    field.fill(repr(line))
    field.dispatch_event("change")


def _matrix(page) -> list[list[int]]:
    rows = _cells(page, "#try-line .scroll:nth-child(1)")
    return [[int(cell.replace(",", "")) for cell in row[1:3]] for row in rows]


@in_chromium
def test_the_sliders_matrix_is_the_reports_own_at_its_own_line(page) -> None:
    assert page.locator("#try-line output.now").inner_text() == "0.5"
    assert _matrix(page) == ANSWERS.table.tolist()


@in_chromium
@pytest.mark.parametrize("line", [0.1, 0.3, 0.7, 0.9, float(np.unique(ANSWERS.stated)[17])])
def test_at_any_line_the_numbers_are_those_that_numpy_counts(page, line) -> None:
    _type_line(page, line)
    found, held = count(ANSWERS, line), at_threshold(ANSWERS, line, COSTS)
    assert _matrix(page) == [[found.hits, found.misses], [found.alarms, found.rests]]
    shown = {row[0]: row[1:] for row in _cells(page, "#try-line .scroll:nth-child(2)")}
    for name, title in (("precision", "Precision"), ("recall", "Recall"), ("specificity", "Specificity")):
        one = held.metric(name)
        assert shown[title] == [f"{one.value:.1%}", f"{one.low:.1%} to {one.high:.1%}", str(one.n)]
    f1, right = held.metric("f1"), found.hits + found.rests
    assert shown["F1"] == [f"{f1.value:.3f}", f"{f1.low:.3f} to {f1.high:.3f}", str(f1.n)]
    assert shown["Accuracy"][0] == f"{right / found.n:.1%}"
    value, bounds = mean_cost(found, COSTS)
    assert [float(text) for text in shown["Cost of a row"][1].split(" to ")] == pytest.approx(bounds[:2], rel=1e-3)
    assert float(shown["Cost of a row"][0]) == pytest.approx(value, rel=1e-3)


@in_chromium
def test_the_slider_moves_by_keys_and_ends_where_nobody_is_flagged(page) -> None:
    slider = page.get_by_label("Answer “", exact=False)
    slider.press("End")
    assert [row[0] for row in _matrix(page)] == [0, 0]
    assert slider.get_attribute("aria-valuetext") == "above every stated probability"
    assert _cells(page, "#try-line .scroll:nth-child(2)")[0][1] == "–"
    slider.press("ArrowLeft")
    assert sum(row[0] for row in _matrix(page)) == int(np.sum(ANSWERS.stated == ANSWERS.stated.max()))
    page.get_by_role("button", name="Back to the report's line").click()
    assert _matrix(page) == ANSWERS.table.tolist()


@in_chromium
def test_the_cheapest_line_is_named_with_a_warning(page) -> None:
    values = np.append(np.unique(np.append(ANSWERS.stated, TENTHS)), 2.0)
    for alarm, miss in ((1.0, 5.0), (20.0, 1.0)):
        page.get_by_label("Cost of a false alarm").fill(str(alarm))
        page.get_by_label("Cost of one that is missed").fill(str(miss))
        said = page.locator("#try-line p[role=status]").inner_text()
        least = min(alarm * one.alarms + miss * one.misses for one in (count(ANSWERS, line) for line in values))
        assert float(re.search(r"at ([\d.]+) a row", said)[1]) == pytest.approx(least / 700, rel=1e-3)
        assert "looks better on them than it will on others" in said
        page.get_by_role("button", name="Go there").click()
        shown = dict(row[:2] for row in _cells(page, "#try-line .scroll:nth-child(2)"))
        assert float(shown["Cost of a row"]) == pytest.approx(least / 700, rel=1e-3)
    page.get_by_label("Cost of a false alarm").fill("-1")
    assert page.locator("#try-line p[role=status]").inner_text() == "A cost is a number of 0 or more."


@in_chromium
def test_a_heading_sorts_up_then_down_then_back(page) -> None:
    table = page.locator("#appendix table", has_text="All metrics of the network")
    head = table.locator("thead th").nth(1)
    before = table.locator("tbody tr").all_inner_texts()

    def values() -> list[float]:
        found = table.locator("tbody td:nth-child(2)").all_inner_texts()
        return [float(text.split()[0].rstrip("%").replace("−", "-")) / (100 if "%" in text.split()[0] else 1)
                for text in found if text != "–"]  # fmt: skip

    head.get_by_role("button").press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert len(values()) > 4
    assert values() == sorted(values())
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert values() == sorted(values(), reverse=True)
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") is None
    assert table.locator("tbody tr").all_inner_texts() == before


@in_chromium
def test_a_long_table_is_filtered_and_counted_and_a_short_one_has_no_filter(page) -> None:
    block = page.locator(".table", has_text="All columns of the table").first
    rows = block.locator("tbody tr").count()
    assert rows > 12
    field = block.get_by_label("Show rows with")
    kind, role = block.locator("tbody tr").first.locator("td").all_text_contents()[:2]
    field.fill(f"{role} {kind.upper()}")
    fits = [text for text in block.locator("tbody tr").all_text_contents() if kind in text and role in text]
    assert 0 < block.locator("tbody tr:visible").count() == len(fits) < rows
    assert f"{len(fits)} of {rows} rows" in block.inner_text()
    page.emulate_media(media="print")
    assert block.locator("tbody tr:visible").count() == rows
    page.emulate_media(media="screen")
    field.fill("")
    assert page.locator(".table", has_text="What made this report").get_by_label("Show rows with").count() == 0


@in_chromium
def test_a_table_is_copied_unrounded_and_quoted(page) -> None:
    block = page.locator("#mistakes-table")
    block.get_by_role("button", name="Copy as CSV").click()
    block.get_by_text("Copied: 12 rows").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert "\r\n" in text or "\n" in text
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Row", "Actual", "Predicted", "Stated probability", "Its values"]
    assert [float(row[3]) for row in rows[1:]] == [0.99 - at / 100 for at in range(12)]
    assert {len(row) for row in rows} == {5}
    metrics = page.locator("#appendix .table", has_text="All metrics of the network")
    metrics.get_by_role("button", name="Copy as CSV").click()
    metrics.get_by_text("Copied:").wait_for()
    head, *found = list(csv.reader(io.StringIO(page.evaluate("navigator.clipboard.readText()"))))
    accuracy = next(row for row in found if row[0].startswith("Accuracy"))
    place = next(at for at, name in enumerate(head) if name.startswith("Test rows") and name.endswith("lower limit"))
    held = binary().metric("accuracy")
    assert [float(text) for text in accuracy[place - 1 : place + 2]] == [held.value, held.low, held.high]


@in_chromium
def test_where_the_clipboard_is_shut_the_text_is_marked(opened) -> None:
    page = opened("regression_en")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    block = page.locator("#mistakes-table")
    block.get_by_role("button", name="Copy as CSV").click()
    assert "copy it with Ctrl+C" in block.inner_text()
    field = block.locator("textarea")
    assert field.input_value().startswith("Row,Actual,Predicted,Error,Its values\n")
    assert field.evaluate("field => field.selectionEnd - field.selectionStart") == len(field.input_value())


@in_chromium
def test_a_formula_in_a_cell_is_copied_as_text(page) -> None:
    block = page.locator("#appendix .table", has_text="All columns of the table").first
    block.get_by_role("button", name="Copy as CSV").click()
    block.get_by_text("Copied:").wait_for()
    names = [row[0] for row in csv.reader(io.StringIO(page.evaluate("navigator.clipboard.readText()")))]
    assert "'=cmd()" in names
    assert not any(name.startswith(("=", "+", "@")) for name in names)


@in_chromium
def test_every_finding_and_heading_has_a_link_to_itself(page) -> None:
    places = page.eval_on_selector_all("main :is(h2, h3, h4)[id], main .finding[id]", "all => all.map(one => one.id)")
    links = page.eval_on_selector_all("a.link", "all => all.map(one => one.getAttribute('href').slice(1))")
    assert set(places) <= set(links)
    link = page.locator("#finding-class_imbalance-outcome a.link")
    assert link.get_attribute("aria-label").startswith("Link to: ◆ warning ")
    link.press("Enter")
    assert page.url.endswith("#finding-class_imbalance-outcome")


@in_chromium
def test_the_mistakes_are_read_one_by_one_and_filtered(page) -> None:
    box = page.locator("#one-error")
    assert "the 30 surest of 60 wrong answers" in box.inner_text()
    assert "Row 44" in box.inner_text()
    box.get_by_role("button", name="Next").press("ArrowRight")
    assert "Row 45" in box.inner_text()
    box.get_by_role("button", name="Next").click()
    assert "Row 46" in box.inner_text()
    box.get_by_role("button", name="Previous").press("ArrowLeft")
    assert "2 of 30" in box.inner_text()
    box.get_by_label("Predicted").select_option("=no")
    assert "1 of 10" in box.inner_text()
    box.get_by_label("Stated probability at least (%)").fill("90")
    assert "1 of 4" in box.inner_text()
    assert "+1.5" in box.inner_text()
    assert "−0.25" in box.inner_text()
    box.get_by_label("Stated probability at least (%)").fill("100")
    assert "No mistake that is kept fits this choice." in box.inner_text()
    box.get_by_label("Stated probability at least (%)").fill("")
    box.get_by_label("Predicted").select_option("")


@in_chromium
def test_hostile_names_stay_letters_in_the_script_too(page) -> None:
    assert page.title() != "broken"
    assert "</script><script>document.title" in page.locator("#one-error").inner_text()
    assert "\u202e" not in page.locator("main").inner_text()
    assert page.locator("main script").count() == 0


@in_chromium
def test_one_class_is_kept_and_the_others_are_dimmed(opened) -> None:
    page = opened("multiclass_en")
    box, labels = page.locator("#one-class"), multiclass().task.classes
    box.get_by_label("Look at one class").select_option(label=labels[1])
    text = box.inner_text()
    assert f"Test rows that are {labels[1]}: 13." in text
    assert f"{labels[1]} (right): 12" in text
    assert f"{labels[0]}: 1" in text
    dimmed = page.eval_on_selector_all(
        "#matrix tbody tr",
        "rows => rows.map(row => [...row.cells].slice(1).map(cell => cell.classList.contains('dim')))",
    )
    assert dimmed == [[i != 1 and j != 1 for j in range(3)] for i in range(3)]
    box.get_by_label("Look at one class").select_option(label=labels[2])
    assert page.locator("#mistakes-table tbody tr.dim").count() == 1
    box.get_by_label("Look at one class").select_option(label="all classes")
    assert page.locator(".dim").count() == 0


@in_chromium
@pytest.mark.parametrize("name", ["two_en", "two_zh", "multiclass_en", "regression_en"])
def test_nothing_is_fetched_and_nothing_complains(opened, name) -> None:
    page = opened(name)
    page.mouse.wheel(0, 4000)
    assert [url for url in page.asked if not url.startswith("data:")] == [page.url]
    assert page.complaints == []
    page.context.close()


@in_chromium
@pytest.mark.parametrize("name", ["two_en", "two_zh"])
def test_a_phone_in_the_dark_has_room_and_contrast(opened, name) -> None:
    page = opened(name, viewport={"width": 360, "height": 720}, color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    colours = page.locator("#try-line select, #try-line input[type=number], #try-line button").evaluate_all(
        "all => all.map(one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor])"
    )
    assert colours
    assert all(_contrast(*pair) > 7 for pair in colours)
    small = page.locator("button:visible, select:visible, input:visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 24 && one.type !== 'range').length"
    )
    assert small == 0
    page.context.close()


def _contrast(one: str, other: str) -> float:
    light = sorted(_light(colour) for colour in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def _light(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    shares = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@in_chromium
def test_on_paper_there_is_no_control(opened) -> None:
    page = opened("two_en")
    page.emulate_media(media="print")
    seen = "all => all.filter(one => one.getClientRects().length).length"
    assert page.eval_on_selector_all(".live, input, select, textarea", seen) == 0
    page.context.close()


@in_chromium
def test_without_scripting_every_number_is_still_there(opened) -> None:
    page = opened("two_en", java_script_enabled=False)
    text = page.locator("main").inner_text()
    assert page.locator("button, input, select, .live").count() == 0
    for row in _report(ANSWERS).thresholds.rows:
        for name in ("precision", "recall", "specificity"):
            assert f"{row.metric(name).value:.1%}" in text
    assert page.locator("#matrix tbody td").all_text_contents() == [
        str(one) for row in ANSWERS.table.tolist() for one in row
    ]
    page.context.close()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_one_script_runs_by_its_hash_and_the_data_block_is_plain_json(name) -> None:
    text = _html(name)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    (block,) = re.findall(r'<script type="application/json" id="live">(.*?)</script>', text, flags=re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy == f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert len(script.encode()) < 25_000
    assert block.isascii()
    assert not set("<>&'") & set(block)
    assert set(json.loads(block)) == {"words", "line", "classes", "errors"}


@pytest.mark.parametrize("name", ["two", "multiclass", "regression"])
def test_places_have_the_same_names_in_every_language(name) -> None:
    english, chinese = (
        re.findall(r'<(?:h[1-4]|section|div class="finding[^"]*"|li)[^>]* id="([^"]+)"', _html(name, lang))
        for lang in ("en", "zh")
    )
    assert english == chinese
    assert len(english) > 40
    assert [
        name for name in english if re.search(r"^(finding|[a-z]+)-\d+$", name) and not name.startswith("row-")
    ] == []


def test_a_report_of_before_has_no_slider_and_says_the_same() -> None:
    old = _report(ANSWERS)
    old = old.model_copy(update={"thresholds": old.thresholds.model_copy(update={"scores": None})})
    block = re.search(r'id="live">(.*?)</script>', to_html(old, "en"), flags=re.DOTALL)
    assert json.loads(html.unescape(block[1]))["line"] is None


@in_chromium
def test_a_charts_numbers_are_read_by_pointer_and_by_keys(page) -> None:
    image = page.locator("#concepts svg:has(.spots)").first
    said = image.locator("xpath=..").locator("output")
    image.scroll_into_view_if_needed()
    box = image.locator(".spots path").nth(1).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    second = said.inner_text()
    assert re.fullmatch(r".+: [\d.]+ \([\d.]+ to [\d.]+\)", second)
    page.mouse.move(0, 0)
    assert said.inner_text() == ""
    image.focus()
    first = said.inner_text()
    assert first
    image.press("ArrowDown")
    assert said.inner_text() == second != first
    image.press("Tab")
    assert said.inner_text() == ""


@pytest.mark.parametrize("name", ["two", "multiclass", "regression"])
def test_every_chart_tells_its_numbers_without_a_script_too(name) -> None:
    charts = re.findall(r'<svg class="chart".*?</svg>', _html(name), re.DOTALL)
    assert len(charts) >= 10
    for chart in charts:
        assert re.search(r'<g class="spots"[^>]*><path data-at="[^"]*" d="[^"]*"><title>[^<]*\d', chart), chart[:300]
