"""Targets and waivers as readers and machines see them: the page, Markdown, JUnit, SARIF and GitHub."""

import html
import json
import re
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from markdown_it import MarkdownIt

from reportgen.config import load_config
from reportgen.document import Document
from reportgen.findings import CODES, decide, hold, waive
from reportgen.records.finding import Finding, Severity
from reportgen.records.gates import Waiver
from reportgen.render import to_html, to_json, to_junit, to_markdown, to_sarif
from reportgen.render.github import MOST_BYTES, annotations, append_summary
from reportgen.render.words import worded_verdict
from tests.samples import HOSTILE, binary, regression

REASON = "see | <minutes> 50%, *no* 3:\n::error::"
ASKED = {
    "recall": {"<b>yes</b>": ">= 0.9"},
    "accuracy": ">= 0.9",
    "rows": ">= 100",
    "precision": {"no": "> 0.5"},
    "findings": {"warning": "<= 0"},
}
TODAY = date(2026, 11, 23)


def gated(not_shown: str = "pass") -> Document:
    """A report with two waivers, one of which has ended, and five targets: one missed, two met, two not shown."""
    document = binary()
    waivers = (
        Waiver(code="class_imbalance", reason=REASON, by="Ada | <L.>", until=date(2027, 1, 31)),
        Waiver(code="low_fidelity", reason="pilot", by="Ben", until=date(2026, 10, 31)),
        Waiver(code="overfit", reason="pilot", by="Ben", until=date(2026, 12, 31)),
    )
    findings, judged = waive(document.findings, waivers, TODAY)
    targets = hold(load_config(None, {"targets": ASKED}).targets, document, findings)
    verdict = worded_verdict(decide(document, findings, targets))
    changed = {"findings": findings, "waivers": judged, "targets": targets, "verdict": verdict, "judged_on": TODAY}
    return document.model_copy(update=changed | {"targets_not_shown": not_shown})


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_verdict_says_what_was_missed_and_how_many_are_waived() -> None:
    text = gated().verdict.text
    assert text.startswith("Not fit for use as it stands, since it misses what was asked of it (targets missed: 1, rec")
    assert "Targets neither shown to be met nor shown to be missed: 2 (accuracy and precision.no)." in text
    assert text.endswith("Targets met: 2 of 5. Findings waived, and so left out of this verdict: 1.")


def test_the_first_page_shows_targets_and_waivers() -> None:
    page = words(to_html(gated()))
    assert "▲ missed “<b>yes</b>”: recall (share of the class that was found) ≥ 90%" in page
    assert "◆ not shown Accuracy ≥ 90% 81.7% (72.7% to 90.7%) 60" in page
    assert "– it could not be measured in this run 0" in page
    assert "● met Rows of the table ≥ 100 303 –" in page
    assert "does not fail this run; the verdict counts it" in page
    assert "Waived by Ada | <L.> until 31 January 2027: see | <minutes> 50%, *no* 3: ::error::" in page
    assert "A waiver by Ben ended on 31 October 2026, so this counts again." in page
    assert "The day by which this was judged: 23 November 2026 (UTC)." in page
    assert "about nothing that was found Learning by heart" in page
    assert "fails this run" in words(to_html(gated("fail")))


def test_the_page_speaks_chinese() -> None:
    page = words(to_html(gated(), "zh"))
    assert "▲ 未达到 “<b>yes</b>”：" in page
    assert "由 Ada | <L.> 豁免至 2027年1月31日" in page


def test_a_report_without_gates_has_no_word_of_them() -> None:
    document = binary()
    page = words(to_html(document))
    assert not {"Targets", "Waivers"} & set(page.split())
    assert document.judged_on is None
    assert "Targets" not in to_markdown(document)


def test_gates_survive_json() -> None:
    document = gated()
    text = to_json(document)
    assert Document.model_validate_json(text) == document
    content = json.loads(text)
    keys = {"name", "asked", "op", "bound", "value", "low", "high", "n", "status"}
    assert all(keys <= set(target) for target in content["targets"])
    assert content["findings"][0]["waived"] == {"reason": REASON, "by": "Ada | <L.>", "until": "2027-01-31"}
    assert [one["status"] for one in content["waivers"]] == ["active", "expired", "unused"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_markdown_tables_stay_whole(lang: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(to_markdown(gated(), lang))
    kinds = [token.type for token in tokens]
    assert not {"html_block", "html_inline"} & {*kinds, *(c.type for t in tokens for c in t.children or ())}
    opens = [at for at, kind in enumerate(kinds) if kind == "table_open"]
    closes = [at for at, kind in enumerate(kinds) if kind == "table_close"]
    assert len(opens) == 3
    for start, end in zip(opens, closes, strict=True):
        table = kinds[start:end]
        assert table.count("td_open") == table.count("th_open") * (table.count("tr_open") - 1) > 0
    shown = ["".join(c.content for c in t.children or ()) for t in tokens if t.type == "inline"]
    assert ("“<b>yes</b>”: recall (share of the class that was found)" in shown) == (lang == "en")
    assert any("<L.>" in line and "see | <minutes> 50%, *no* 3:" in line for line in shown)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_markdown_fits_a_comment_however_much_is_found(lang: str) -> None:
    long = binary().findings[0].model_copy(update={"columns": ("列|" * 300,)})
    later = Finding(code="of_a_later_version", severity=Severity.INFO, message="漢" * 9000, advice="字" * 9000)
    text = to_markdown(binary().model_copy(update={"findings": (long,) * 300 + (later,) * 300}), lang)
    assert len(text.encode()) < 65_536
    assert ("Shown are the first" if lang == "en" else "共 600 项发现") in text


def test_junit_says_of_each_target_what_became_of_it() -> None:
    for not_shown, failures in (("pass", 1), ("fail", 3)):
        root = fromstring(to_junit(gated(not_shown)).encode())
        (suite,) = root
        cases = {case.get("name"): case for case in suite}
        assert suite.get("failures") == str(failures)
        assert cases["recall.<b>yes</b> >= 0.9"].find("failure").get("type") == "missed"
        shown = cases["accuracy >= 0.9"]
        assert (shown.find("skipped") is None) == (not_shown == "fail")
        assert cases["rows >= 100"].findtext("system-out") == "rows >= 100 met: 303"
        assert "Waived by Ada" in cases["class_imbalance"].findtext("system-out")


def test_junit_keeps_to_its_schema() -> None:
    """The order and the attributes that the schemas of Jenkins and of Ant have in common; no case twice."""
    root = fromstring(to_junit(gated()).encode())
    assert (root.tag, [child.tag for child in root]) == ("testsuites", ["testsuite"])
    suite = root[0]
    assert {"name", "tests", "failures", "errors", "skipped", "time"} <= set(suite.attrib)
    assert int(suite.get("tests")) == len(suite)
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
    assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))
    for case in suite:
        assert case.tag == "testcase"
        assert {"name", "classname", "time"} == set(case.attrib)
        assert [child.tag for child in case] in (
            [], ["failure"], ["skipped"], ["system-out"], ["failure", "system-out"], ["skipped", "system-out"],
        )  # fmt: skip
        assert all({"type", "message"} == set(child.attrib) for child in case.findall("failure"))
    names = [(case.get("classname"), case.get("name")) for case in suite]
    assert len(set(names)) == len(names)


def unescaped(command: str) -> tuple[str, str, str]:
    """A workflow command as the runner reads it: its name, its title, its message."""
    name, title, message = re.fullmatch(r"::(\w+) title=([^:,\r\n]*)::([^\r\n]*)", command).groups()
    for sign, code in ((":", "%3A"), (",", "%2C")):
        title = title.replace(code, sign)
    return name, *(text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%") for text in (title, message))


def test_annotations_are_whole_commands() -> None:
    read = [unescaped(line) for line in annotations(gated())]
    assert [(name, title.partition(": target ")[2] or title) for name, title, _ in read] == [
        ("error", "recall.<b>yes</b>"),
        ("warning", "accuracy"),
        ("warning", "precision.no"),
        ("notice", "low_fidelity"),
    ]
    assert read[0][2].startswith("recall.<b>yes</b> >= 0.9 missed: 0.6 (0.5 to 0.7), n = 15")
    assert [unescaped(line)[0] for line in annotations(gated("fail"))][:3] == ["error"] * 3


@pytest.mark.parametrize("text", [*HOSTILE, "100%25, a:b\r\n::error::x", "##[add-mask]a"])
def test_no_text_of_a_table_becomes_a_command(text: str) -> None:
    finding = Finding(code="overfit", severity=Severity.CRITICAL, message=text, advice=text)
    document = regression().model_copy(update={"findings": (finding,), "title": text})
    (line,) = annotations(document)
    name, _, message = unescaped(line)
    assert (name, "##[" in line) == ("error", False)
    assert "\r" not in message


def test_the_summary_of_a_step_is_added_to_and_never_overflows(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_text("before\n", encoding="utf-8")
    assert append_summary(path, "# 报告") is None
    assert path.read_text(encoding="utf-8") == "before\n# 报告\n"
    path.write_bytes(b"x" * (MOST_BYTES - 5))
    assert "full" in append_summary(path, "# 报告")
    assert path.stat().st_size == MOST_BYTES - 5
    assert "could not be added" in append_summary(tmp_path / "none" / "summary", "x")


def test_sarif_holds_findings_and_targets() -> None:
    log = json.loads(to_sarif(gated()))
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert (log["version"], set(rules) >= {code.code for code in CODES}) == ("2.1.0", True)
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("target", "error"),
        ("target", "warning"),
        ("target", "warning"),
        ("class_imbalance", "warning"),
        ("low_fidelity", "note"),
    ]
    (waived,) = run["results"][3]["suppressions"]
    assert (waived["kind"], waived["status"]) == ("external", "accepted")
    assert "suppressions" not in run["results"][4]
    places = [place["physicalLocation"] for result in run["results"] for place in result["locations"]]
    assert {place["artifactLocation"]["uri"] for place in places} == {"data/loans%20&%20more.csv"}


def test_sarif_counts_lines_from_the_header() -> None:
    finding = Finding(code="label_noise", severity=Severity.WARNING, rows=(0, 7), message="m")
    document = binary().model_copy(update={"findings": (finding,)})
    (result,) = json.loads(to_sarif(document))["runs"][0]["results"]
    assert [place["physicalLocation"]["region"]["startLine"] for place in result["locations"]] == [2, 9]


def test_sarif_of_a_later_versions_code_is_whole() -> None:
    finding = Finding(code="of_a_later_version", severity=Severity.INFO)
    (result,) = json.loads(to_sarif(binary().model_copy(update={"findings": (finding,)})))["runs"][0]["results"]
    assert result["message"]["text"] == "of_a_later_version"
