"""Targets are judged by the whole interval, and a name that no report has is refused before any work."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from reportgen.config import load_config
from reportgen.errors import ConfigError
from reportgen.evidence.class_scores import SCORES as CLASS_SCORES
from reportgen.evidence.intervals import rate_interval
from reportgen.evidence.number_scores import number_values
from reportgen.evidence.predictions import NumberAnswers
from reportgen.findings import failing, hold, refuse_unfit, refuse_unknown
from reportgen.findings.targets import CLASS_METRICS, NUMBER_METRICS, meaning, status
from reportgen.records.fairness import FairGap, Fairness
from reportgen.records.finding import Finding, Severity
from reportgen.records.gates import Target, Waived, read_goal
from reportgen.records.mistakes import GroupGap
from tests.samples import binary, regression

WAIVED = Waived(reason="known", by="Ada", until="2027-01-01")


def goals(**asked):
    return load_config(None, {"targets": asked}).targets


def held(document, name, asked, findings=()):
    return hold((read_goal(name, asked),), document, findings)[0]


@pytest.mark.parametrize(
    ("op", "bound", "low", "high", "expected"),
    [
        (">=", 0.9, 0.91, 0.95, "met"),
        (">=", 0.9, 0.9, 0.95, "met"),
        (">", 0.9, 0.9, 0.95, "not_shown"),
        (">=", 0.9, 0.85, 0.9, "not_shown"),
        (">", 0.9, 0.85, 0.9, "missed"),
        (">=", 0.9, 0.85, 0.89, "missed"),
        ("<=", 0.05, 0.0, 0.05, "met"),
        ("<", 0.05, 0.0, 0.05, "not_shown"),
        ("<=", 0.05, 0.01, 0.2, "not_shown"),
        ("<=", 0.05, 0.06, 0.2, "missed"),
        ("<", 0.05, 0.05, 0.2, "missed"),
    ],
)
def test_the_whole_interval_decides(op, bound, low, high, expected):
    assert status(op, bound, low, high) == expected


@given(
    op=st.sampled_from((">=", "<=", ">", "<")),
    bound=st.floats(-2, 2),
    ends=st.tuples(st.floats(-2, 2), st.floats(-2, 2)).map(sorted),
    inner=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
)
def test_a_narrower_interval_never_turns_met_into_missed(op, bound, ends, inner):
    low, high = ends
    within = [min(max(low + share * (high - low), low), high) for share in inner]
    wide, narrow = status(op, bound, low, high), status(op, bound, *within)
    assert wide in ("not_shown", narrow)


@pytest.mark.parametrize("bound", [0.6, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("rows", [50, 200, 1000])
def test_a_model_at_the_bound_is_seldom_called_either(bound, rows):
    right = np.arange(rows + 1)
    chances = binom.pmf(right, rows, bound)
    called = [status(">=", bound, *rate_interval(int(count), rows)) for count in right]
    met, missed = (sum(chances[[one == state for one in called]]) for state in ("met", "missed"))
    assert (met <= 0.03, missed <= 0.04) == (True, True)


@pytest.mark.parametrize(("bound", "rows"), [(0.9, 35), (0.95, 73), (0.99, 381)])
def test_so_many_rows_without_a_mistake_show_it_and_one_less_does_not(bound, rows):
    shown = [status(">=", bound, *rate_interval(n, n)) for n in (rows - 1, rows)]
    assert shown == ["not_shown", "met"]


def test_a_target_holds_what_was_asked_and_what_was_measured():
    found = held(binary(), "recall.no", ">= 50%")
    assert found == Target(
        name="recall.no",
        asked=">= 50%",
        op=">=",
        bound=0.5,
        value=0.89,
        low=0.79,
        high=0.99,
        n=45,
        status="met",
        measure="recall",
        of="no",
        split="test",
        method="wilson",
    )


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        ("accuracy", ">= 0.7", "met"),
        ("accuracy", ">= 0.9", "not_shown"),
        ("accuracy", ">= 0.95", "missed"),
        ("train.accuracy", ">= 0.85", "met"),
        ("test.accuracy", ">= 0.95", "missed"),
        ("recall.<b>yes</b>", "< 0.2", "missed"),
        ("rows", ">= 303", "met"),
        ("rows_used", ">= 303", "missed"),
        ("test.rows", "> 60", "missed"),
        ("gain_over.dummy", "> 0", "met"),
        ("gain_over.boosting", "> 0", "not_shown"),
        ("findings.warning", "<= 0", "missed"),
        ("findings.info", "<= 1", "met"),
        ("findings.class_imbalance", "< 1", "missed"),
    ],
)
def test_every_kind_of_name_is_looked_up(name, asked, expected):
    document = binary()
    assert held(document, name, asked, document.findings).status == expected


def test_a_value_without_an_interval_proves_nothing_and_a_count_needs_none():
    document = binary()
    bare = document.metrics[0].model_copy(update={"low": None, "high": None})
    found = held(document.model_copy(update={"metrics": (bare,)}), "accuracy", ">= 0.1")
    assert (found.status, found.note, found.value) == ("not_shown", "no_interval", bare.value)
    none = held(document, "precision.no", ">= 0.1")
    assert (none.status, none.note, none.value, none.n) == ("not_shown", "not_measured", None, 0)
    rows = held(document, "rows", ">= 303")
    assert (rows.value, rows.low, rows.high, rows.n) == (303, None, None, None)


def test_waived_findings_are_not_counted():
    finding = Finding(code="overfit", severity=Severity.WARNING)
    waived = finding.model_copy(update={"waived": WAIVED})
    counts = [held(binary(), "findings.warning", "<= 0", found).value for found in ((finding,), (waived,))]
    assert counts == [1, 0]


def _fair_gap(name):
    limits = {"low": 0.01, "high": 0.09, "p_value": 0.01, "n": 200, "method": "m", "groups": 2}
    return FairGap(columns=("sex",), name=name, gap=0.05, highest=("a",), lowest=("b",), **limits)


def test_gaps_between_groups_are_read_from_the_evidence_about_groups():
    error = GroupGap(column="sex", gap=0.2, low=0.1, high=0.3, p_value=0.001, worst="a", best="b", n=300, method="m")
    fairness = Fairness(n=200, networks=1, enough=10, small=0, groups=(), gaps=(_fair_gap("demographic_parity"),))
    document = binary()
    errors = document.errors.model_copy(update={"gaps": (error,)})
    document = document.model_copy(update={"errors": errors, "fairness": fairness})
    assert held(document, "unfair_gap.sex", "<= 0.05").status == "missed"
    assert held(document, "demographic_parity.sex", "<= 0.1").status == "met"
    assert held(document, "equalised_odds.sex", "<= 0.1").note == "not_measured"


def test_one_name_may_be_asked_several_things():
    first, second = goals(bias=["> -1", "< 1"])
    assert [(goal.op, goal.bound) for goal in (first, second)] == [(">", -1.0), ("<", 1.0)]
    refuse_unknown((first, second), ())
    refuse_unfit((first, second), regression().task)


def test_names_are_those_that_are_measured():
    assert {score.__name__ for score in CLASS_SCORES} == set(CLASS_METRICS)
    numbers = np.arange(20.0)
    assert set(number_values(NumberAnswers("test", numbers, numbers + 1))) == set(NUMBER_METRICS)


@pytest.mark.parametrize(
    ("name", "asked", "words"),
    [
        ("acuracy", ">= 0.9", "did you mean 'accuracy'?"),
        ("recall", ">= 0.9", "write recall.<class>"),
        ("findings.warnings", "<= 3", "write findings.warning"),
        ("findings.id_colum", "<= 3", "write findings.id_column"),
        ("gain_over.boost", "> 0", "write gain_over.boosting"),
        ("accuracy.no", "> 0", "known are the metrics"),
        ("train.rows_used", "> 0", "known are"),
        ("nonsense", "> 0", "known are"),
        ("unfair_gap.sex", "<= 0.05", "'sex' is none; add it to protected"),
        ("accuracy", ">= 90", "between 0 and 1; 90 percent is written 0.9 or 90%"),
        ("r2", ">= 90%%", "write a sign"),
        ("r2", ">= 2", "is at most 1"),
        ("rows", ">= -1", "is never below 0"),
    ],
)
def test_nonsense_is_refused_before_the_table_is_read(name, asked, words):
    with pytest.raises(ConfigError) as caught:
        refuse_unknown((read_goal(name, asked, "f.toml, line 2: "),), ())
    assert str(caught.value).startswith(f"f.toml, line 2: targets.{name} = ")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("sample", "name", "words"),
    [
        (binary, "r2", "classes are measured by accuracy"),
        (regression, "accuracy", "numbers are measured by r2"),
        (regression, "recall.no", "numbers are measured by"),
        (binary, "recall.maybe", "the target has no class 'maybe'; it has 'no', '<b>yes</b>'"),
        (regression, "demographic_parity.sex", "one of two classes"),
    ],
)
def test_what_this_target_cannot_have_is_refused_before_training(sample, name, words):
    with pytest.raises(ConfigError) as caught:
        refuse_unfit((read_goal(name, ">= 0.5"),), sample().task)
    assert words in str(caught.value)


def test_dots_in_names_of_columns_and_classes_are_part_of_them(tmp_path):
    path = tmp_path / "reportgen.toml"
    path.write_text('[targets]\nunfair_gap."a.b" = "<= 0.1"\nrecall.1.0 = ">= 0.5"\n[targets.f1]\n"2.0" = "> 0"\n')
    found = load_config(path, {}).targets
    assert [meaning(goal)[:2] for goal in found] == [("unfair_gap", "a.b"), ("recall", "1.0"), ("f1", "2.0")]
    assert [goal.place for goal in found] == [f"{path}, line {line}: " for line in (2, 3, 5)]


def test_what_is_not_shown_fails_only_where_asked():
    found = tuple(held(binary(), "accuracy", asked) for asked in (">= 0.7", ">= 0.9", ">= 0.95"))
    assert [target.asked for target in failing(found, "pass")] == [">= 0.95"]
    assert [target.asked for target in failing(found, "fail")] == [">= 0.9", ">= 0.95"]
