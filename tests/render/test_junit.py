"""junit.xml as a CI reads it."""

from xml.etree.ElementTree import fromstring

from reportgen.render import to_junit
from tests.samples import binary, multiclass, regression


def test_one_case_a_check_and_a_failure_for_each_alarm() -> None:
    document = binary()
    suite = fromstring(to_junit(document).encode()).find("testsuite")
    assert [case.get("name") for case in suite] == [check.code for check in document.checks]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("6", "1", "1")
    assert suite.get("name") == "Audit of <script>alert(1)</script>"
    failure = suite.find("testcase[@name='class_imbalance']/failure")
    assert failure.get("type") == "warning"
    assert failure.get("message") == document.findings[0].message


def test_a_note_does_not_fail() -> None:
    suite = fromstring(to_junit(multiclass()).encode()).find("testsuite")
    assert suite.get("failures") == "0"
    assert "as good" in suite.findtext("testcase[@name='simpler_model_suffices']/system-out")


def test_characters_that_xml_forbids_are_named() -> None:
    document = regression()
    finding = document.findings[0].model_copy(update={"message": "bell \x07 \ufffe ]]> &"})
    text = to_junit(document.model_copy(update={"findings": (finding,)}))
    failure = fromstring(text.encode()).find(".//failure")
    assert failure.get("message") == "bell [U+0007] [U+FFFE] ]]> &"
