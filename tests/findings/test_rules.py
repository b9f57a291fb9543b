import subprocess
import sys

import pytest

from reportgen.findings import CODES, RULES, judge
from reportgen.findings.base import Reason
from reportgen.findings.codes import SEVERITIES
from reportgen.records.finding import Check
from tests.findings.conftest import categorical, surrogate
from tests.findings.wounds import CASES, WOUNDS, changed, grown


def test_a_sound_audit_raises_nothing(dossier):
    findings, checks = judge(dossier)
    assert findings == ()
    assert [check.status for check in checks].count("sound") == len(RULES) - 5
    assert {(check.code, check.reason) for check in checks if check.status == "skipped"} == {
        ("label_drift", "parts_drawn_at_random"),
        ("feature_drift", "parts_drawn_at_random"),
        ("unseen_categories", "parts_drawn_at_random"),
        ("unfair_errors", "no_protected_column"),
        ("weak_slice", "no_slices"),
    }


def test_every_rule_is_wounded_once():
    assert sorted(WOUNDS) == sorted(rule.__name__ for rule in RULES)


@pytest.mark.parametrize(("code", "wound"), CASES)
def test_a_wound_raises_its_code_within_its_severities(dossier, code, wound):
    findings, checks = judge(wound(dossier))
    severities = {finding.severity.value for finding in findings if finding.code == code}
    assert severities
    assert severities <= set(SEVERITIES[code].split(", "))
    assert Check(code=code, status="found") in checks


def test_the_gravest_comes_first_then_the_order_of_the_rules(dossier):
    wounds = (
        changed(surrogates=(surrogate(follows=False),)),
        WOUNDS["target_leakage"][1],
        WOUNDS["overfit"][0],
        grown(categorical("b", (1000,)), categorical("a", (1000,))),
    )
    for wound in wounds:
        dossier = wound(dossier)
    codes = [(finding.code, finding.columns) for finding in judge(dossier)[0]]
    assert codes == [
        ("target_leakage", ("age",)),
        ("overfit", ()),
        ("constant_column", ("b",)),
        ("constant_column", ("a",)),
        ("low_fidelity", ()),
    ]


def test_codes_say_severity_and_meaning():
    assert [code.code for code in CODES] == [rule.__name__ for rule in RULES]
    assert set(SEVERITIES) == {code.code for code in CODES}
    by_code = {code.code: code for code in CODES}
    assert by_code["mostly_missing"].meaning == "a column most of whose values are missing"
    assert by_code["target_leakage"].severity == "info, warning, critical"
    assert all(code.meaning[0].islower() and not code.meaning.endswith(".") for code in CODES)


def test_reasons_are_all_documented(document_of_findings):
    assert [reason for reason in Reason.__args__ if f"`{reason}`" not in document_of_findings] == []


@pytest.fixture
def document_of_findings(pytestconfig) -> str:
    return (pytestconfig.rootpath / "docs" / "findings.md").read_text(encoding="utf-8")


def test_codes_are_all_documented(document_of_findings):
    assert [code.code for code in CODES if f"### `{code.code}`" not in document_of_findings] == []


@pytest.mark.slow
def test_codes_import_neither_numpy_nor_pandas():
    program = "import sys, reportgen.findings; print(sorted({'numpy', 'pandas', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
