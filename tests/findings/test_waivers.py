"""A finding that someone has answered for does not count until the last day of the waiver is over."""

from datetime import date

import pytest

from reportgen.config import load_config
from reportgen.errors import ConfigError
from reportgen.findings import counted, decide, refuse_unknown_codes, waive
from reportgen.findings.verdict import Verdict
from reportgen.records.finding import Finding, Severity
from reportgen.records.gates import Target, Waiver

LAST = date(2027, 1, 31)


def waiver(code="id_column", columns=(), until=LAST, by="Ada"):
    return Waiver(code=code, columns=columns, reason="a key of ours", by=by, until=until)


def finding(code="id_column", columns=("customer",), severity=Severity.WARNING):
    return Finding(code=code, severity=severity, columns=columns)


@pytest.mark.parametrize(
    ("today", "status", "waived"),
    [(date(2027, 1, 30), "active", True), (LAST, "active", True), (date(2027, 2, 1), "expired", False)],
)
def test_a_waiver_holds_to_the_end_of_its_last_day(today, status, waived):
    (found,), (judged,) = waive((finding(),), (waiver(),), today)
    assert (judged.status, judged.findings) == (status, 1)
    assert ((found.waived is not None), (found.lapsed is not None)) == (waived, not waived)
    assert (found.waived or found.lapsed).model_dump(mode="json") == {
        "reason": "a key of ours",
        "by": "Ada",
        "until": "2027-01-31",
    }
    assert counted((found,)) == (() if waived else (found,))


@pytest.mark.parametrize(
    ("columns", "found", "about"),
    [
        ((), ("a", "b"), True),
        ((), (), True),
        (("a", "b"), ("a", "b"), True),
        (("b", "a", "c"), ("a", "b"), True),
        (("a",), ("a", "b"), False),
        (("a",), (), False),
    ],
)
def test_named_columns_waive_findings_of_no_other_column(columns, found, about):
    _, (judged,) = waive((finding(columns=found),), (waiver(columns=columns),), LAST)
    assert judged.status == ("active" if about else "unused")


def test_another_code_is_not_waived_and_the_longest_waiver_counts():
    waivers = (waiver(until=date(2026, 1, 1), by="Ben"), waiver(until=date(2028, 1, 1)), waiver(code="overfit"))
    (found, other), judged = waive((finding(), finding(code="mostly_missing")), waivers, LAST)
    assert (found.waived.by, found.lapsed, other.waived) == ("Ada", None, None)
    assert [one.status for one in judged] == ["expired", "active", "unused"]


def test_a_code_that_does_not_exist_names_the_nearest(tmp_path):
    path = tmp_path / "reportgen.toml"
    path.write_text('seed = 1\n\n[[waive]]\ncode = "id_colum"\nreason = "r"\nby = "b"\nuntil = 2027-01-31\n')
    with pytest.raises(ConfigError) as caught:
        refuse_unknown_codes(load_config(path, {}).waive)
    assert str(caught.value).startswith(
        f"{path}, line 3: there is no finding 'id_colum' to waive; the nearest is 'id_c"
    )


def test_waived_findings_leave_the_verdict_alone_and_are_counted(dossier):
    warned = decide(dossier, (finding(),))
    waived = decide(dossier, waive((finding(),), (waiver(),), LAST)[0])
    assert (warned.level, waived.level) == ("caution", "sound")
    assert (waived.facts["warnings"], waived.facts["waived"], "waived" in warned.facts) == (0, 1, False)


@pytest.mark.parametrize(
    ("states", "level"),
    [
        (("met",), "sound"),
        (("met", "not_shown"), "caution"),
        (("met", "missed", "not_shown"), "unfit"),
    ],
)
def test_targets_make_the_verdict(dossier, states, level):
    targets = tuple(
        Target(name=state, asked="> 0", op=">", bound=0, status=state, measure="accuracy") for state in states
    )
    verdict: Verdict = decide(dossier, (), targets)
    assert verdict.level == level
    assert {state: verdict.facts[state] for state in ("met", "missed", "not_shown")} == {
        state: ((state,) if state in states else ()) for state in ("met", "missed", "not_shown")
    }
