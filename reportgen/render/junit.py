"""junit.xml: one test case a check, so that any CI shows the findings."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reportgen.document import Document
from reportgen.records.finding import Check, Finding, Severity
from reportgen.render.plain import visible

SUITE = "reportgen"


def to_junit(document: Document) -> str:
    """Every check as a test case; a finding that is at least a warning makes it fail. The words are English."""
    cases = [_case(check, [f for f in document.findings if f.code == check.code]) for check in document.checks]
    failures = sum(case.find("failure") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": str(skipped)}
    root = Element("testsuites", {"name": SUITE, **counts})
    suite = SubElement(root, "testsuite", {"name": visible(document.title), **counts})
    suite.extend(cases)
    indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _case(check: Check, findings: list[Finding]) -> Element:
    case = Element("testcase", {"classname": SUITE, "name": check.code})
    alarms = [finding for finding in findings if finding.severity != Severity.INFO]
    if check.status == "skipped":
        SubElement(case, "skipped", {"message": visible(check.reason or "")})
    if alarms:
        worst = max(alarms, key=lambda finding: finding.severity.weight)
        failure = SubElement(case, "failure", {"type": worst.severity, "message": visible(worst.message)})
        failure.text = visible("\n".join(_line(finding) for finding in alarms))
    notes = [finding for finding in findings if finding.severity == Severity.INFO]
    if notes:
        SubElement(case, "system-out").text = visible("\n".join(_line(finding) for finding in notes))
    return case


def _line(finding: Finding) -> str:
    return f"{finding.severity}: {finding.message} {finding.advice}".strip()
