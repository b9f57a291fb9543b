"""The page over all datasets: whole, small, safe to open, and the same for programs."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from junitparser import JUnitXml

from reportgen.batch.index import Row, path, rows_of, to_html, to_json, to_junit, to_markdown, totals, write_index
from reportgen.batch.journal import State
from reportgen.batch.plan import Job
from reportgen.batch.result import Failure, Past, Result, Score, Worst
from reportgen.config import Config
from reportgen.errors import OutputError
from tests.samples import HOSTILE

AT = "2026-11-23T02:00:00+00:00"
FILES = ("report.html", "report.pdf", "report.json", "report.md")


def job(name: str, tags: tuple[str, ...] = ()) -> Job:
    out = Path("audits")
    return Job(name, f"tables/{name}.csv", Config(), None, out / name, out / "logs" / f"{name}.log", tags)


def done(level: str = "sound", value: float = 0.9, **more) -> Result:
    score = Score(name="accuracy", value=value, low=value - 0.05, high=value + 0.05, n=100)
    facts = {"findings": {"critical": 0, "warning": 1, "info": 2}, "files": FILES, "rows": 1000, "sha256": "ab" * 32}
    return Result(**{"status": "done", "at": AT, "seconds": 12.0, "level": level, "score": score, **facts, **more})


def failed(why: str = "bad_input", detail: str = "it is no table", log: str = "first\nlast") -> Result:
    return Result(status="failed", at=AT, seconds=1.0, failure=Failure(why=why, detail=detail, log=log))


def past(value: float, level: str = "sound") -> Past:
    return Past("2026-11-22", level, "accuracy", value, value - 0.05, value + 0.05, "abababababab")


WORST = Worst(code="target_leakage", severity="critical", columns=("cost", "paid"), message="It gives it away.")
ROWS = (
    Row(job("broken"), "failed", failed()),
    Row(job("leaky", ("eu",)), "unfit", done("unfit", 0.7, worst=WORST, gate_failed=True), (past(0.9), past(0.95))),
    Row(job("new"), "pending", None),
    Row(job("good"), "sound", done(), (past(0.88),)),
)  # fmt: skip


class Page(HTMLParser):
    """What of a page a test asks about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.tags if found == tag]


def test_where_to_look_comes_first():
    states = {
        "a": State("done", "h", done()),
        "b": State("done", "h", done("caution")),
        "c": State("failed", "h", failed()),
        "d": State("done", "h", done("unfit")),
        "e": State("done", "h", done("caution", gate_failed=True)),
        "g": State("done", "old", done()),
    }
    rows = rows_of([job(name) for name in "abcdefg"], states, dict.fromkeys("abcdefg", "h"))
    assert [row.job.name for row in rows] == ["c", "d", "e", "b", "f", "g", "a"]
    assert totals(rows) == {
        "datasets": 7, "failed": 1, "unfit": 1, "caution": 2, "pending": 2, "sound": 1, "gates_failed": 1,
    }  # fmt: skip


def test_the_change_is_against_the_last_report():
    leaky, good = ROWS[1].change, ROWS[3].change
    assert leaky and good
    assert (round(leaky.difference or 0, 9), leaky.before, leaky.clear, leaky.other_data) == (
        -0.25,
        "sound",
        True,
        False,
    )
    assert (round(good.difference or 0, 9), good.before, good.clear) == (0.02, None, False)
    assert ROWS[0].change is None
    assert (ROWS[1].spark, ROWS[2].spark) == ("m2 4 26-2 26 10", "")
    assert path([0.5, 0.5]) == "m2 7 52 0"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_fetches_nothing_and_allows_its_own_script_alone(lang):
    text = to_html(ROWS, AT, lang)
    page = Page(text)
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv"))
    (script,) = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert policy == f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert not [tag for tag, attributes in page.tags if "src" in attributes or tag == "link"]
    reports = [f"{name}/report.{end}" for name in ("leaky", "good") for end in ("html", "pdf", "json")]
    assert [attributes["href"] for attributes in page.all("a")] == ["#f1", *reports, "logs/broken.log"]
    assert len(page.all("tr")) == 1 + len(ROWS)
    assert ("审计总览" in text) == (lang == "zh")


def test_without_script_the_page_offers_no_tools_that_do_nothing():
    page = Page(to_html(ROWS, AT, "en"))
    assert [form for form in page.all("form") if "hidden" in form] == page.all("form")
    assert page.all("button") == []


def test_hostile_names_and_words_stay_words():
    rows = [
        Row(job(f"n{number}", (name,)), "failed", failed(detail=name, log=name)) for number, name in enumerate(HOSTILE)
    ]
    rows += [
        Row(Job(name, name, Config(), None, Path("out") / "x", Path("logs") / "x.log"), "sound", done(worst=None))
        for name in HOSTILE
    ]
    text = to_html(rows, AT, "en")
    assert len(Page(text).all("script")) == 1
    assert "\u202e" not in text
    assert "&amp;lt;" not in text
    assert "<script>alert" not in to_markdown(rows, "en")
    assert json.loads(to_json(rows, AT))["totals"]["datasets"] == len(rows)
    assert to_junit(rows).count("<testcase") == len(rows)


def test_two_thousand_datasets_stay_below_two_megabytes():
    history = tuple(past(number / 20) for number in range(13))
    rows = [
        Row(
            job(f"warehouse_eu_customers_{number:05}"),
            "failed" if number % 20 == 0 else "unfit",
            failed(log="a line of a log\n" * 250) if number % 20 == 0 else done("unfit", 0.5, worst=WORST),
            history,
        )
        for number in range(2000)
    ]
    assert len(to_html(rows, AT, "en").encode()) < 2_000_000
    assert len(to_markdown(rows, "en").encode()) < 60_000


def test_programs_read_what_stands_on_the_page():
    content = json.loads(to_json(ROWS, AT))
    broken, leaky, new, _good = content["datasets"]
    assert (content["schema"], content["created"]) == ("reportgen/batch/1", AT)
    assert (broken["status"], leaky["status"], new["status"]) == ("failed", "done", "pending")
    assert broken["failure"] == {"reason": "bad_input", "detail": "it is no table", "log": "first\nlast"}
    assert leaky["metric"] == {"name": "accuracy", "value": 0.7, "low": 0.7 - 0.05, "high": 0.7 + 0.05, "n": 100}
    assert leaky["files"]["report.html"] == "leaky/report.html"
    assert (leaky["change"]["verdict_before"], leaky["change"]["intervals_apart"]) == ("sound", True)
    assert leaky["worst"]["code"] == "target_leakage"


def test_junit_holds_a_case_a_dataset(tmp_path):
    (tmp_path / "junit.xml").write_text(to_junit(ROWS), encoding="utf-8")
    xml = JUnitXml.fromfile(str(tmp_path / "junit.xml"))
    assert (xml.tests, xml.failures, xml.errors, xml.skipped) == (4, 1, 1, 1)


def test_the_index_is_written_whole_or_not_at_all(tmp_path):
    (tmp_path / ".reportgen").mkdir()
    write_index(tmp_path, ROWS, AT, "en")
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        ".reportgen", "index.html", "index.json", "index.md", "junit.xml",
    ]  # fmt: skip
    assert list((tmp_path / ".reportgen").iterdir()) == []
    (tmp_path / "index.md").unlink()
    (tmp_path / "index.md").mkdir()
    with pytest.raises(OutputError, match=r"cannot write .*index\.md"):
        write_index(tmp_path, ROWS, AT, "en")
    assert list((tmp_path / ".reportgen").iterdir()) == []


@pytest.mark.parametrize("why", ["bad_input", "output", "fault", "signal", "exit", "timeout", "memory", "lost"])
def test_every_reason_has_words(why):
    row = Row(job("x"), "failed", failed(why, "" if why == "lost" else "7"))
    for lang in ("en", "zh"):
        assert to_markdown([row], lang).splitlines()[-1].count("|") == 6
    assert row.why
