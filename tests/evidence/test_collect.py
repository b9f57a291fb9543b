import pickle
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from reportgen.config import SelectionConfig
from reportgen.evidence import (
    Meanwhile,
    additions,
    agreement,
    baselines,
    calibration,
    collect,
    conformal,
    effects,
    error_parts,
    error_tree,
    fairness,
    faithfulness,
    few_columns,
    group_rates,
    importance,
    labels,
    learning_curve,
    missingness,
    mistakes,
    neighbours,
    performance,
    redundancy,
    refits,
    robustness,
    selection,
    single_rows,
    slices,
    solo,
    surrogates,
    thresholds,
    walkthrough,
)
from reportgen.evidence.base import Refit, Refitting, Shrinking, Smaller
from reportgen.records.base import Skipped
from reportgen.records.dossier import Dossier
from tests.evidence.parts import some

QUICK = SelectionConfig(shuffles=20, resamples=5)
ORDER = [
    "performance",
    "refits",
    "calibration",
    "conformal",
    "thresholds",
    "baselines",
    "selection",
    "redundancy",
    "additions",
    "solo",
    "leak_cost",
    "drift",
    "missingness",
    "importance",
    "effects",
    "agreement",
    "surrogates",
    "walkthroughs",
    "single_rows",
    "few_columns",
    "errors",
    "labels",
    "neighbours",
    "fairness",
    "slices",
    "error_tree",
    "robustness",
    "structure",
    "learning_curve",
    "faithfulness",
]


@pytest.fixture(scope="module")
def fair_subject(binary_subject):
    test = binary_subject.test
    anew = Refit(some(test, np.arange(len(test.y))[::-1]), binary_subject.inputs, binary_subject.predict, 400)
    answers, all_rows = binary_subject.predict(test.x), len(binary_subject.train.y)
    smaller = [Smaller(rows, 0, answers) for rows in (50, 50, 100, 100, all_rows)]
    return replace(
        binary_subject,
        protected=("sex", "age"),
        refits=Refitting((anew, anew), ("split", "seed")),
        smaller=Shrinking(tuple(smaller)),
    )


@pytest.fixture(scope="module")
def dossier(fair_subject):
    return collect(fair_subject, QUICK)


def test_the_dossier_holds_what_each_analysis_measured(fair_subject, dossier):
    groups, gaps = fairness.measure(fair_subject)
    scores, summary = selection.measure(fair_subject, QUICK)
    methods = importance.measure(fair_subject)
    moved = effects.measure(fair_subject, methods)
    errors = mistakes.measure(fair_subject)
    found, search = slices.measure(fair_subject)
    assert dossier == Dossier(
        dataset=fair_subject.dataset,
        task=fair_subject.task,
        split=fair_subject.split,
        profile=fair_subject.profile,
        model=fair_subject.model,
        training=fair_subject.training,
        metrics=performance.measure(fair_subject),
        refits=refits.measure(fair_subject),
        calibration=calibration.measure(fair_subject),
        conformal=conformal.measure(fair_subject),
        thresholds=thresholds.measure(fair_subject),
        baselines=baselines.measure(fair_subject),
        selection=scores,
        selection_summary=summary,
        redundancy=redundancy.measure(fair_subject),
        few_columns=few_columns.measure(fair_subject),
        additions=additions.measure(fair_subject),
        solo=solo.measure(fair_subject),
        missingness=missingness.measure(fair_subject),
        importance=effects.directed(methods, moved),
        effects=moved,
        agreement=agreement.measure(methods, fair_subject.seed),
        surrogates=surrogates.measure(fair_subject),
        faithfulness=faithfulness.measure(fair_subject),
        walkthroughs=walkthrough.measure(fair_subject),
        single_rows=single_rows.measure(fair_subject, walkthrough.measure(fair_subject)),
        fairness=group_rates.measure(fair_subject),
        robustness=robustness.measure(fair_subject),
        learning_curve=learning_curve.measure(fair_subject),
        errors=errors.model_copy(
            update={
                "rows": error_parts.take_apart(fair_subject, errors.rows),
                "groups": groups,
                "gaps": gaps,
                "slices": found,
                "slice_search": search,
                "tree": error_tree.measure(fair_subject),
            }
        ),
        labels=labels.measure(fair_subject),
        neighbours=neighbours.measure(fair_subject, [one.row for one in errors.rows[:20]]),
        skipped=(
            Skipped(analysis="leak_cost", reason="no_leak"),
            Skipped(analysis="drift", reason="parts_drawn_at_random"),
        ),
    )


def test_it_survives_json(dossier):
    assert Dossier.model_validate_json(dossier.model_dump_json()) == dossier


def test_what_does_not_apply_is_skipped_with_its_reason(regression_subject):
    assert collect(regression_subject, QUICK).skipped == (
        Skipped(analysis="refits", reason="refits_off"),
        Skipped(analysis="calibration", reason="needs_classes"),
        Skipped(analysis="thresholds", reason="needs_two_classes"),
        Skipped(analysis="leak_cost", reason="no_leak"),
        Skipped(analysis="drift", reason="parts_drawn_at_random"),
        Skipped(analysis="labels", reason="needs_classes"),
        Skipped(analysis="fairness", reason="no_protected_column"),
        Skipped(analysis="learning_curve", reason="learning_curve_off"),
    )


def test_progress_hears_each_analysis_before_it_is_timed(fair_subject):
    heard = []

    @contextmanager
    def timed(analysis):
        heard.append(("start", analysis))
        yield
        heard.append(("end", analysis))

    collect(replace(fair_subject, protected=("sex",)), QUICK, lambda name: heard.append(("say", name)), timed)
    skipped = ("leak_cost", "drift")  # they do not apply, so that their end is not heard
    expected = [(what, name) for name in ORDER for what in ("say", "start", "end")]
    assert heard == [one for one in expected if one[0] != "end" or one[1] not in skipped]


def test_the_network_is_asked_for_each_part_once(binary_subject):
    whole = {id(part.x): 0 for part in (binary_subject.train, binary_subject.validation, binary_subject.test)}

    def predict(x):
        whole[id(x)] = whole.get(id(x), 0) + 1
        return binary_subject.predict(x)

    collect(replace(binary_subject, predict=predict), QUICK)
    assert [whole[id(part.x)] for part in (binary_subject.train, binary_subject.validation, binary_subject.test)] == [
        1,
        1,
        1,
    ]


def test_a_fault_is_no_answer(binary_subject):
    def broken(x):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        collect(replace(binary_subject, predict=broken), QUICK)


def test_what_asks_no_network_can_be_measured_beside_the_others(fair_subject, dossier):
    sent = []

    def begin(function, *arguments):
        sent.append(function.__module__)
        packed = pickle.dumps((function, arguments))
        return lambda: function(*pickle.loads(packed)[1])

    assert collect(fair_subject, QUICK, meanwhile=Meanwhile(begin)) == dossier
    assert sent == [f"reportgen.evidence.{name}" for name in ("few_columns", "labels", "slices", "error_tree")]
    assert collect(fair_subject, QUICK, meanwhile=Meanwhile(lambda *_given: lambda: None)) == dossier
    for alone in (fair_subject.rows_alone, fair_subject.answers_alone):
        with pytest.raises(LookupError, match="stayed"):
            alone.predict(fair_subject.test.x)


def test_networks_that_learn_less_are_waited_for_and_what_is_measured_is_shown_as_it_grows(fair_subject, dossier):
    shown, without = [], replace(fair_subject, smaller=Shrinking())
    meanwhile = Meanwhile(smaller=lambda: shown.append("smaller") or fair_subject.smaller, shown=shown.append)
    assert collect(without, QUICK, meanwhile=meanwhile) == dossier
    first, second, waited, third = shown
    assert waited == "smaller"
    for part in (first, second, third):
        told = part.model_fields_set - {"errors"}
        assert part.model_dump(include=told) == dossier.model_dump(include=told)
    assert first.importance == ()
    assert second.importance == dossier.importance
    assert third.errors == dossier.errors
    assert third.faithfulness is None
