"""junit.xml: one test case a target and a check, so that any CI shows what fails."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reportgen.document import Document
from reportgen.records.finding import Check, Finding, Severity
from reportgen.records.gates import Target
from reportgen.render.plain import visible
from reportgen.render.sentences import target_sentence, waiver_sentence

SUITE = "reportgen"
TIME = {"time": "0"}
"""Many readers ask for seconds; a report says the same on every machine, so it tells none."""


def to_junit(document: Document) -> str:
    """Every target and every check as a test case. The words are English.

    A finding that is at least a warning makes its check fail unless it is waived. A target that is missed fails; one
    that is not shown is skipped, or fails where the configuration says so.
    """
    cases = [_target_case(target, document.targets_not_shown) for target in document.targets]
    cases += [_case(check, [f for f in document.findings if f.code == check.code]) for check in document.checks]
    failures = sum(case.find("failure") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": str(skipped), **TIME}
    root = Element("testsuites", {"name": SUITE, **counts})
    suite = SubElement(root, "testsuite", {"name": visible(document.title), **counts})
    suite.extend(cases)
    indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _target_case(target: Target, not_shown: str) -> Element:
    name = visible(f"{target.name} {target.asked}")
    case = Element("testcase", {"classname": f"{SUITE}.targets", "name": name, **TIME})
    sentence = visible(target_sentence(target))
    if target.status == "missed" or (target.status == "not_shown" and not_shown == "fail"):
        SubElement(case, "failure", {"type": target.status, "message": sentence}).text = sentence
    elif target.status == "not_shown":
        SubElement(case, "skipped", {"message": sentence})
    else:
        SubElement(case, "system-out").text = sentence
    return case


def _case(check: Check, findings: list[Finding]) -> Element:
    case = Element("testcase", {"classname": SUITE, "name": check.code, **TIME})
    alarms = [finding for finding in findings if finding.severity != Severity.INFO and finding.waived is None]
    if check.status == "skipped":
        SubElement(case, "skipped", {"message": visible(check.reason or "")})
    if alarms:
        worst = max(alarms, key=lambda finding: finding.severity.weight)
        failure = SubElement(case, "failure", {"type": worst.severity, "message": visible(worst.message)})
        failure.text = visible("\n".join(_lines(alarms)))
    notes = [finding for finding in findings if finding not in alarms]
    if notes:
        SubElement(case, "system-out").text = visible("\n".join(_lines(notes)))
    return case


def _lines(findings: list[Finding]) -> list[str]:
    """One line a finding; advice that the next one repeats is said once, after the last of them."""
    following = [*(finding.advice for finding in findings[1:]), None]
    return [_line(finding, finding.advice != after) for finding, after in zip(findings, following, strict=True)]


def _line(finding: Finding, advised: bool) -> str:
    words = (f"{finding.severity}:", finding.message, finding.advice if advised else "", waiver_sentence(finding))
    return " ".join(word for word in words if word)
