"""The pages in Chromium: WCAG by axe-core, reflow, keyboard, print, no request, and a server's own policy."""

import os
import shutil
import threading
from collections.abc import Iterator
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from reportgen.batch.index import to_html as batch_page
from reportgen.render import to_html
from reportgen.render.compared import comparison_page
from tests.batch.test_index import AT, ROWS
from tests.comparison.test_pages import lost
from tests.samples import binary, multiclass, regression

CHROMIUM = shutil.which("chromium")
sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not on this machine")

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
JUDGE = """rules => axe.run({include: ["html"], exclude: ["svg > *"]},
    {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]})
  .then(found => found.violations.map(one => one.id + ": " + one.nodes.map(node => node.html).join("  ")))"""
JENKINS = "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"
WIDTHS = (360, 768, 1400)
MAKERS = {
    "binary": lambda lang: to_html(binary(), lang),
    "multiclass": lambda lang: to_html(multiclass(), lang),
    "regression": lambda lang: to_html(regression(), lang),
    "compare": lambda lang: comparison_page(lost(multiclass), lang),
    "batch": lambda lang: batch_page(ROWS, AT, lang),
}
LANGS = {"binary": "zh", "multiclass": "en", "regression": "en", "compare": "zh", "batch": "en"}
WHOLE = list(product(MAKERS, ("en", "zh"), ("light", "dark"), WIDTHS))
EVERY = WHOLE if os.environ.get("REPORTGEN_EVERY_PAGE") else WHOLE[::7]
"""Seven is no factor of how many pages, languages, lights and widths there are: each meets each other's in turn."""


@cache
def text(kind: str, lang: str) -> str:
    return MAKERS[kind](lang)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def shown(browser, tmp_path) -> Iterator[Any]:
    """A page of ours, opened from a file as a reader opens it; every request that it makes is written down."""
    contexts = []

    def show(kind: str, lang: str = "", width: int = 1400, address: str = "", **more: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **more)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        file = tmp_path / "report.html"
        file.write_text(text(kind, lang or LANGS[kind]), encoding="utf-8")
        page.goto(address or file.as_uri())
        return page

    yield show
    for context in contexts:
        context.close()


def judged(page: Any, rules: tuple[str, ...] = RULES) -> list[str]:
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    return page.evaluate(JUDGE, list(rules))


@pytest.mark.parametrize(
    ("kind", "scheme", "width"),
    [
        ("binary", "dark", 360),
        ("multiclass", "light", 1400),
        ("regression", "dark", 768),
        ("compare", "light", 360),
        ("batch", "dark", 1400),
    ],
)
def test_axe_finds_nothing(shown, kind, scheme, width) -> None:
    assert judged(shown(kind, width=width, color_scheme=scheme, bypass_csp=True)) == []


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "lang", "scheme", "width"), EVERY)
def test_axe_finds_nothing_in_any_page(shown, kind, lang, scheme, width) -> None:
    assert judged(shown(kind, lang, width, color_scheme=scheme, bypass_csp=True)) == []


def test_axe_finds_nothing_in_what_is_printed(shown) -> None:
    page = shown("regression", width=768, color_scheme="dark", bypass_csp=True)
    page.emulate_media(media="print")
    assert judged(page, ("wcag2aa",)) == []
    assert not page.is_visible("nav")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.chart')).filter") == "none"


@pytest.mark.parametrize("kind", MAKERS)
def test_nothing_runs_over_the_edge_at_any_width(shown, kind) -> None:
    page = shown(kind)
    for width in (320, *WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(over) == 0, width
        wide = page.evaluate("[...document.querySelectorAll('caption')].filter(c => c.offsetWidth > innerWidth).length")
        assert wide == 0, width


@pytest.mark.parametrize("kind", MAKERS)
def test_no_request_is_made_and_the_policy_of_the_page_refuses_nothing_of_ours(shown, kind) -> None:
    page = shown(kind)
    assert len(page.asked) == 1
    assert page.said == []


@pytest.mark.parametrize("kind", ["multiclass", "compare", "batch"])
def test_the_keyboard_reaches_everything_in_its_order_and_shows_where_it_is(shown, kind) -> None:
    page = shown(kind)
    page.evaluate("""() => { window.stops = [...document.querySelectorAll(
        "a[href], button, input, select, summary, [tabindex='0']")].filter(e => e.checkVisibility()); }""")
    wanted = page.evaluate("stops.length")
    assert wanted > 10
    for place in range(wanted):
        page.keyboard.press("Tab")
        at, width = page.evaluate("""() => { const here = document.activeElement, look = getComputedStyle(here);
            return [stops.indexOf(here), look.outlineStyle === "none" ? 0 : parseFloat(look.outlineWidth)]; }""")
        assert at == place
        assert width >= 1


def test_the_first_stop_leads_past_the_contents(shown) -> None:
    page = shown("multiclass")
    page.keyboard.press("Tab")
    box = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
    assert box["left"] >= 0
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.fixture
def strict(tmp_path) -> Iterator[str]:
    """A server that sends Jenkins's default policy with every file."""

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", JENKINS)
            super().end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/report.html"
    server.shutdown()
    server.server_close()


READ = """() => {
    document.querySelectorAll("[aria-hidden=true], .skip, .live, script, style").forEach(e => e.remove());
    return document.body.innerText.split(/\\s+/).filter(Boolean); }"""
UNSEEN = """() => [...document.querySelectorAll("svg.chart")].filter(chart => {
    const box = chart.getBoundingClientRect(), inks = new Set([...chart.querySelectorAll("path, rect, text")].map(
        part => getComputedStyle(part).fill + getComputedStyle(part).stroke));
    return box.width < 100 || box.height < 40 || inks.size < 2; }).length"""


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_under_a_policy_that_refuses_styles_and_scripts_the_same_words_and_charts_are_there(
    shown, strict, kind
) -> None:
    page = shown(kind, address=strict)
    assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "none"  # no style arrived
    assert page.evaluate("document.querySelectorAll('svg.chart').length") > 3
    assert page.evaluate(UNSEEN) == 0
    assert not page.evaluate("[...document.images].some(image => image.alt !== '')")
    plain = page.evaluate(READ)
    assert sorted(plain) == sorted(shown(kind).evaluate(READ))
