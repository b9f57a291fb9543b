"""Each rule has a template of its own, which puts all that the rule may hand over into words."""

import pytest

from reportgen.findings import RULES, decide, judge
from reportgen.findings.rows import rare_class
from reportgen.languages import locate
from reportgen.records.table import Level, Profile
from reportgen.render.words import explain, say_verdict
from tests.findings.wounds import CASES, WOUNDS


def test_rules_and_templates_stand_one_to_one():
    assert {path.name for path in (locate() / "finding").iterdir()} == {f"{rule.__name__}.j2" for rule in RULES}


@pytest.mark.parametrize(("code", "wound"), CASES)
def test_each_finding_is_put_into_sentences(dossier, code, wound):
    for finding in (one for one in judge(wound(dossier))[0] if one.code == code):
        title, message, advice = explain(finding, "en")
        assert 2 <= len(title.split()) <= 6
        assert message.endswith(".")
        assert advice.endswith(".")
        assert "None" not in message
        assert ".." not in message
        assert all(f"“{column}”" in message for column in finding.columns)


def _message(dossier, code, which=0):
    (finding,) = (one for one in judge(WOUNDS[code][which](dossier))[0] if one.code == code)
    return explain(finding, "en")[1]


def test_a_leak_is_told_with_its_numbers(dossier):
    assert _message(dossier, "target_leakage") == (
        "The column “age” alone tells the classes apart almost without error: of two rows of different classes it puts"
        " the right one first in 99.0% of cases (ROC AUC; at least 96.0% with 95% confidence, from 800 rows that"
        " were not used for fitting). Real predictors rarely do that; columns filled in after the outcome was known do."
    )


def test_a_p_value_that_was_corrected_is_said_to_be(dossier):
    said = _message(dossier, "no_better_than_baseline")
    assert "corrected for the comparisons with all simpler models" in said
    assert "probability of" not in said  # it is none of a single comparison


def test_rare_classes_are_told_with_their_rows(dossier):
    assert _message(dossier, "rare_class", 2) == (
        "The target “outcome” has classes with too few rows: yes (5 in training, 2 in test). At least 10 rows are"
        " needed to learn a class, and at least 4 test rows to measure how often it is found. These classes of"
        " “outcome” are so small that their rows were left out: maybe."
    )


def test_a_sound_verdict_does_not_overclaim(dossier):
    assert say_verdict(decide(dossier, ()), "en") == (
        "No defect that calls for a warning was found in 29 checks, with accuracy 88.0% (83.5% to 92.5%) on 200 test"
        " rows; that is no proof of soundness, and it holds only for cases like the rows of this table."
    )


@pytest.mark.parametrize(
    ("code", "which", "words"),
    [
        (
            "target_leakage",
            1,
            "Not fit for use as it stands (critical findings: 1, first of all “Columns that give the target away”",
        ),
        (
            "overfit",
            0,
            "Use with caution (warnings: 1, first of all “Learning by heart”): accuracy 70.0% (68.0% to 72.0%)",
        ),
        ("no_better_than_baseline", 0, "Use with caution (warnings: 1, first of all “No gain over guessing shown”)"),
    ],
)
def test_verdicts_begin_with_what_to_do(dossier, code, which, words):
    wounded = WOUNDS[code][which](dossier)
    assert say_verdict(decide(wounded, judge(wounded)[0]), "en").startswith(words)


def test_a_verdict_without_a_score_says_so(dossier):
    silent = dossier.model_copy(update={"metrics": (), "baselines": ()})
    assert say_verdict(decide(silent, ()), "en") == (
        "Use with caution: none of 24 checks raised a warning, but the network is not shown to be better than guessing"
        " (no score on test rows)."
    )


def test_a_finding_stays_short_whatever_it_is_about(dossier):
    many = tuple(Level(label="x" * 300 + str(k), count=1) for k in range(300))
    wounded = dossier.model_copy(update={"profile": Profile(left_out_classes=many)})
    (finding,) = rare_class(wounded)
    _, message, _ = explain(finding, "en")
    assert len(finding.evidence["left_out"]) == 300
    assert "292 more" in message
    assert len(message) < 600
