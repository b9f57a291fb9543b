import pytest

from reportgen.findings import decide, judge
from reportgen.records.finding import Finding, Severity, Verdict
from tests.findings.conftest import baseline


def _finding(code, severity):
    return Finding(code=code, severity=severity)


def test_a_sound_verdict_counts_what_was_judged(dossier):
    assert decide(dossier, ()) == Verdict(
        level="sound",
        facts={
            "metric": "accuracy",
            "value": 0.88,
            "low": 0.835,
            "high": 0.925,
            "n": 200,
            "criticals": 0,
            "warnings": 0,
            "notes": 0,
            "judged": 29,
            "skipped": 5,
            "leading": None,
            "better": True,
            "gain": 0.38,
        },
    )


@pytest.mark.parametrize(
    ("severities", "level", "leading"),
    [
        ((Severity.INFO,), "sound", None),
        ((Severity.WARNING, Severity.WARNING, Severity.INFO), "caution", "code_0"),
        ((Severity.CRITICAL, Severity.WARNING, Severity.INFO), "unfit", "code_0"),
    ],
)
def test_the_worst_finding_sets_the_level(dossier, severities, level, leading):
    verdict = decide(dossier, tuple(_finding(f"code_{k}", severity) for k, severity in enumerate(severities)))
    assert (verdict.level, verdict.facts["leading"]) == (level, leading)
    counts = tuple(verdict.facts[key] for key in ("criticals", "warnings", "notes"))
    assert counts == tuple(severities.count(s) for s in (Severity.CRITICAL, Severity.WARNING, Severity.INFO))


@pytest.mark.parametrize("baselines", [(), (baseline("linear", 0.3),), (baseline("dummy", 0.01),)])
def test_a_network_not_shown_better_than_guessing_is_never_sound(dossier, baselines):
    verdict = decide(dossier.model_copy(update={"baselines": baselines}), ())
    assert (verdict.level, verdict.facts["better"]) == ("caution", False)


def test_the_findings_of_a_sound_audit_come_to_a_sound_verdict(dossier):
    assert decide(dossier, judge(dossier)[0]).level == "sound"
