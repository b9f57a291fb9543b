"""What other programs read of ours: junit.xml by a JUnit library, report.md by a Markdown parser."""

import pytest
from junitparser import Failure, JUnitXml, Skipped
from markdown_it import MarkdownIt

from reportgen.document import Document
from reportgen.render import to_junit, to_markdown
from tests.samples import binary, multiclass, regression

SAMPLES = (binary, multiclass, regression)


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_junit_library_reads_the_checks(sample) -> None:
    document: Document = sample()
    (suite,) = JUnitXml.fromstring(to_junit(document).encode())
    results = {case.name: case.result for case in suite}
    for check in document.checks:
        kinds = {type(result) for result in results[check.code]}
        alarmed = any(f.code == check.code and f.severity.weight for f in document.findings)
        assert (Failure in kinds, Skipped in kinds) == (alarmed, check.status == "skipped")
    before = (suite.tests, suite.failures, suite.skipped, suite.errors)
    suite.update_statistics()
    assert (suite.tests, suite.failures, suite.skipped, suite.errors) == before


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_markdown_parser_sees_headings_and_whole_tables(sample, lang: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(to_markdown(sample(), lang))
    kinds = [token.type for token in tokens]
    assert kinds[0] == "heading_open"
    assert "html_block" not in kinds
    assert "html_inline" not in [child.type for token in tokens for child in token.children or ()]
    text = [token.content for token in tokens if token.type == "inline"]
    assert not [line for line in text if line.startswith("|") or "|---" in line]
    for start, end in zip(*(_positions(kinds, f"table_{part}") for part in ("open", "close")), strict=True):
        rows = kinds[start:end]
        assert rows.count("td_open") == rows.count("th_open") * (rows.count("tr_open") - 1) > 0


def _positions(kinds: list[str], kind: str) -> list[int]:
    return [at for at, found in enumerate(kinds) if found == kind]
