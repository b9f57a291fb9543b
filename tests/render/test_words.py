"""The sentences of findings and verdicts."""

import pytest

from reportgen.records.finding import Finding, Severity
from reportgen.render.words import explain, say_verdict, worded, worded_verdict
from tests.samples import binary


def test_a_finding_is_explained_in_plain_text() -> None:
    title, message, advice = explain(binary().findings[0], "en")
    assert title == "One class outweighs the others"
    assert message.startswith(
        "In 75.0% of 300 rows the target “outcome” is no; rows of the smallest class, <b>yes</b>:"
    )
    assert advice.startswith("Judge the model by balanced accuracy")


def test_worded_findings_hold_the_english_words() -> None:
    (finding,) = worded(binary().findings[:1])
    assert (finding.message, finding.advice) == explain(binary().findings[0], "en")[1:]


def test_a_code_of_a_later_version_keeps_its_words() -> None:
    finding = Finding(code="brand_new", severity=Severity.INFO, message="M", advice="A")
    assert explain(finding, "zh") == ("Brand new", "M", "A")


def test_the_verdict_is_one_line() -> None:
    verdict = worded_verdict(binary().verdict)
    assert verdict.text == say_verdict(binary().verdict, "en")
    assert verdict.text.startswith("Use with caution")
    assert "\n" not in verdict.text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_language_says_every_verdict(lang: str) -> None:
    assert all(
        say_verdict(binary().verdict.model_copy(update={"level": level}), lang)
        for level in ("sound", "caution", "unfit")
    )
