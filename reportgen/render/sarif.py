"""report.sarif: findings and targets in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS 2020)."""

import json
from typing import Any
from urllib.parse import quote

from reportgen.document import Document
from reportgen.findings import CODES
from reportgen.records.finding import Finding
from reportgen.records.gates import Target
from reportgen.render.plain import visible
from reportgen.render.sentences import target_sentence

LEVELS = {"critical": "error", "warning": "warning", "info": "note"}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
TARGET = "target"
MOST_PLACES = 100
"""Places shown of one finding; report.json holds all of its rows."""


def to_sarif(document: Document) -> str:
    """One result a finding and a target that is not met; a waived finding is suppressed. The words are English.

    Places are lines of the data file, as its rows stand where no cell holds a line break and no line is blank.
    """
    rules = _rules(document)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    results = [_target(target, document) for target in document.targets if target.status != "met"]
    results += [_finding(finding, document) for finding in document.findings]
    for result in results:
        result["ruleIndex"] = numbers[result["ruleId"]]
    driver = {"name": "reportgen", "version": document.environment.versions.get("reportgen", "0"), "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False) + "\n"


def _rules(document: Document) -> list[dict[str, Any]]:
    """A rule a code, with its meaning; those of a later version's report have their name alone."""
    meanings = {code.code: f"{code.meaning[:1].upper()}{code.meaning[1:]}." for code in CODES}
    found = dict.fromkeys((*meanings, *(finding.code for finding in document.findings)))
    rules = [_rule(code, meanings.get(code, code.replace("_", " "))) for code in found]
    return [*rules, _rule(TARGET, "A target in reportgen.toml that is missed, or not shown to be met.")]


def _rule(code: str, meaning: str) -> dict[str, Any]:
    return {"id": code, "shortDescription": {"text": meaning}, "help": {"text": meaning}}


def _finding(finding: Finding, document: Document) -> dict[str, Any]:
    message = visible(f"{finding.message} {finding.advice}".strip() or finding.code)
    result = {
        "ruleId": finding.code,
        "level": LEVELS[finding.severity],
        "message": {"text": message},
        "locations": _places(finding, document),
        "properties": {"columns": [visible(name) for name in finding.columns]},
    }
    if finding.waived:
        words = visible(f"{finding.waived.reason} ({finding.waived.by}, until {finding.waived.until})")
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": words}]
    return result


def _target(target: Target, document: Document) -> dict[str, Any]:
    failed = target.status == "missed" or document.targets_not_shown == "fail"
    return {
        "ruleId": TARGET,
        "level": "error" if failed else "warning",
        "message": {"text": visible(target_sentence(target))},
        "locations": [_place(document.dataset.source)],
        "properties": {"status": target.status},
    }


def _places(finding: Finding, document: Document) -> list[dict[str, Any]]:
    """The lines of the rows it is about, in the file that they are counted in; the whole file where it has no lines."""
    dataset = document.dataset
    source = dataset.source
    if finding.code == "train_test_overlap" and dataset.test_source:
        source = dataset.test_source
    if not finding.rows or dataset.reading.delimiter is None:
        return [_place(source)]
    return [_place(source, row + 2) for row in finding.rows[:MOST_PLACES]]


def _place(source: str, line: int | None = None) -> dict[str, Any]:
    uri = source if "://" in source else quote(source.replace("\\", "/"), safe="/@!$&'()*+,;=-._~")
    place: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if line is not None:
        place["region"] = {"startLine": line}
    return {"physicalLocation": place}
