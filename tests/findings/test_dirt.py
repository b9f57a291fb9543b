"""The findings about single cells: their severity follows from how much they can move."""

import pytest

from reportgen.findings.dirt import category_variants, mixed_types, outlier_values, sentinel_missing
from reportgen.records.base import Code
from reportgen.records.dirt import Dirt, Sentinel
from reportgen.records.finding import Severity
from reportgen.records.table import Profile, Reading
from tests.findings.conftest import numeric
from tests.findings.wounds import coded, far, spelled, stray


@pytest.mark.parametrize(
    ("value", "how", "state", "count", "severity"),
    [
        ("-999", "gap", "missing", 5, Severity.WARNING),
        ("-999", "gap", "missing", 4, Severity.INFO),
        ("-999", "gap", "kept", 1, Severity.WARNING),
        ("0", "edge", "missing", 300, Severity.WARNING),
        ("unknown", "word", "level", 500, Severity.INFO),
        ("?", "word", "read", 500, Severity.INFO),
    ],
)
def test_a_code_warns_where_it_may_move_half_a_point(dossier, value, how, state, count, severity):
    (finding,) = sentinel_missing(coded(value, how, state, count)(dossier))
    assert (finding.severity, finding.columns, finding.rows) == (severity, ("age",), tuple(range(count)))
    assert finding.evidence["values"] == (value,)
    assert finding.evidence["share"] == count / 1000


def test_several_codes_of_a_column_are_one_finding(dossier):
    codes = tuple(
        Sentinel(column="age", value=v, how="gap", state="missing", rows=r, n=1000, nearest=18.0, p_value=p)
        for v, r, p in (("-999", (5, 9), 1e-9), ("-99", (7,), 1e-3))
    )
    (finding,) = sentinel_missing(dossier.model_copy(update={"profile": Profile(dirt=Dirt(sentinels=codes))}))
    assert finding.rows == (5, 7, 9)
    assert (finding.evidence["values"], finding.evidence["counts"]) == (("-999", "-99"), (2, 1))
    assert finding.evidence["p_value"] == 1e-3


@pytest.mark.parametrize(("count", "severity"), [(4, Severity.INFO), (5, Severity.WARNING), (90, Severity.WARNING)])
def test_texts_among_numbers(dossier, count, severity):
    (finding,) = mixed_types(stray("text_among_numbers", count)(dossier))
    assert (finding.severity, finding.rows) == (severity, tuple(range(count)))
    assert finding.evidence["kind"] == "numeric"
    assert finding.evidence["examples"] == ("n/k", "12,5 kWh")


def test_words_for_missing_are_no_mixed_types(dossier):
    wounded = stray("text_among_numbers", 20)(dossier)
    said = Sentinel(column="age", value="unknown", how="word", state="read", rows=tuple(range(20)), n=1000)
    told = wounded.model_copy(update={"profile": Profile(dirt=Dirt(sentinels=(said,)))})
    assert tuple(mixed_types(told)) == ()
    assert [finding.severity for finding in sentinel_missing(told)] == [Severity.INFO]


def test_texts_of_the_test_file_have_other_row_numbers(dossier):
    facts = {"column": "age", "count": 1, "examples": ("n/k",), "rows": (3,), "file": "test"}
    reading = Reading(format="csv", notes=(Code(code="text_among_numbers", facts=facts),))
    dataset = dossier.dataset.model_copy(update={"reading": reading})
    assert tuple(mixed_types(dossier.model_copy(update={"dataset": dataset}))) == ()


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({}, Severity.WARNING),
        ({"share": 0.4}, Severity.INFO),
        ({"share": 0.4, "rows": tuple(range(5))}, Severity.WARNING),
    ],
)
def test_far_values_warn_where_they_decide_the_column(dossier, changes, severity):
    (finding,) = outlier_values(far(**changes)(dossier))
    assert finding.severity == severity
    assert finding.evidence["factor"] == 1000.0
    assert finding.evidence["columns_looked_at"] == 4


@pytest.mark.parametrize(
    ("state", "count", "severity"),
    [
        ("merged", 100, Severity.WARNING),
        ("merged", 4, Severity.INFO),
        ("kept", 100, Severity.WARNING),
        ("unclear", 500, Severity.INFO),
    ],
)
def test_spellings_warn_where_they_are_many_and_clear(dossier, state, count, severity):
    (finding,) = category_variants(spelled(state, count)(dossier))
    assert (finding.severity, finding.columns, len(finding.rows)) == (severity, ("city",), count)


@pytest.mark.parametrize("rule", [sentinel_missing, mixed_types, outlier_values])
@pytest.mark.parametrize("role", [{"role": "dropped", "why": "asked"}, {"role": "id", "why": "key"}])
def test_columns_that_play_no_part_are_not_judged(dossier, rule, role):
    wounds = (coded("-999", "gap", "missing", 50), stray("text_among_numbers", 50), far())
    for wound in wounds:
        wounded = wound(dossier)
        dataset = wounded.dataset.model_copy(update={"columns": (numeric("age", **role),)})
        assert tuple(rule(wounded.model_copy(update={"dataset": dataset}))) == ()
