"""report.json holds everything, and nothing else is taken for it."""

import json
from pathlib import Path

import pytest

from reportgen.document import Document
from reportgen.errors import ReportgenError
from reportgen.render import read_json, to_html, to_json
from tests.samples import SAMPLES, binary


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_document_survives_json(sample) -> None:
    document = sample()
    assert Document.model_validate_json(to_json(document)) == document


def test_text_stands_as_it_is_and_ends_with_a_line(tmp_path: Path) -> None:
    text = to_json(binary())
    assert text.endswith("}\n")
    assert "\U0001f600" in text
    assert json.loads(text)["schema"] == "reportgen/report/1"
    assert list(json.loads(text))[:3] == ["dataset", "task", "split"]


def test_a_page_from_json_equals_the_page_from_memory(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(to_json(binary()), encoding="utf-8")
    assert to_html(read_json(file), "en") == to_html(binary(), "en")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[]", "is not a report"),
        ("{", "is not JSON"),
        ('{"schema": "reportgen/report/9"}', "this version of reportgen reads 'reportgen/report/1'"),
        ('{"schema": "reportgen/report/1"}', "is a damaged report: dataset: field required"),
    ],
)
def test_what_is_no_report_is_refused_in_a_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ReportgenError, match=sentence):
        read_json(file)


def test_a_missing_report_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ReportgenError, match="there is no report"):
        read_json(tmp_path / "x.json")
