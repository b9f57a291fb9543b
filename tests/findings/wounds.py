"""For each code, ways to turn the sound audit into one that must raise it: every wording of its template is met."""

from collections.abc import Callable

import pytest

from reportgen.records.dossier import Dossier
from reportgen.records.labels import SuspectLabel
from reportgen.records.mistakes import Condition, Errors, GroupError, GroupGap, Slice, SliceSearch
from reportgen.records.structure import Structure
from reportgen.records.table import Column, Level, PartRecord, Profile
from tests.findings.conftest import (
    baseline,
    candidate,
    categorical,
    follows,
    group,
    importance,
    metric,
    numbers,
    numeric,
    redundancy,
    reliability,
    solo,
    split,
    surrogate,
)

Wound = Callable[[Dossier], Dossier]


def changed(**changes: object) -> Wound:
    return lambda dossier: dossier.model_copy(update=changes)


def grown(*columns: Column) -> Wound:
    def grow(dossier: Dossier) -> Dossier:
        dataset = dossier.dataset.model_copy(update={"columns": (*dossier.dataset.columns, *columns)})
        return dossier.model_copy(update={"dataset": dataset})

    return grow


def scored(train: float, validation: float, test: float, name: str = "accuracy", half: float = 0.02) -> Wound:
    parts = {"train": train, "validation": validation, "test": test}
    scores = tuple(metric(part, value, half, 200, name) for part, value in parts.items())
    return changed(metrics=scores)


def regression(wound: Wound) -> Wound:
    def regress(dossier: Dossier) -> Dossier:
        task = dossier.task.model_copy(update={"kind": "regression", "classes": (), "positive": None})
        wounded = wound(dossier.model_copy(update={"task": task, "calibration": None}))
        return wounded.model_copy(update={"baselines": tuple(_in_r2(one) for one in wounded.baselines)})

    return regress


def _in_r2(one):
    return one.model_copy(update={"comparison": one.comparison.model_copy(update={"metric": "r2"})})


def unfair(measure: str, unit: float) -> Wound:
    groups = tuple(
        GroupError(column="sex", group=name, n=100, error=error * unit, low=0, high=unit)
        for name, error in (("female", 0.4), ("male", 0.2))
    )
    gap = GroupGap(
        column="sex",
        gap=0.2 * unit,
        low=0.1 * unit,
        high=0.3 * unit,
        p_value=0.001,
        worst="female",
        best="male",
        n=200,
        method="by hand",
    )
    return changed(errors=Errors(measure=measure, groups=groups, gaps=(gap,)))


def weak(**changes: object) -> Wound:
    """A part of 60 of 500 fresh rows that is wrong in half of its rows."""
    part = Slice(
        rule="age <= 25 and city is missing",
        columns=("age", "city"),
        n=60,
        error=0.5,
        rest=0.1,
        p_value=0.001,
        confirmed=True,
        low=0.25,
        high=0.52,
        lift=5.0,
        of=500,
        expected=0.2,
        beyond_p_value=0.002,
        conditions=(Condition(column="age", at_most=25.0), Condition(column="city", missing=True)),
    ).model_copy(update=changes)
    search = SliceSearch(
        rows=1000,
        halves=(500, 500),
        searched=500,
        networks=5,
        conditions=80,
        conjunctions=9000,
        complete=True,
        candidates=10,
        error=0.15,
        method="by hand",
    )
    return changed(errors=Errors(measure="error_rate", slices=(part,), slice_search=search))


def drifted(dossier: Dossier) -> Dossier:
    parts = (
        PartRecord(name="train", rows=600, numbers=numbers(40, 10)),
        PartRecord(name="test", rows=200, numbers=numbers(50, 10)),
    )
    return dossier.model_copy(update={"split": dossier.split.model_copy(update={"strategy": "given", "parts": parts})})


def mislabelled(share: float) -> Wound:
    suspects = tuple(SuspectLabel(row=k, given="no", suggested="yes", probability=0.9) for k in (7, 3))
    found = {"p_value": 1e-6, "share": share, "low": share / 2, "high": 2 * share, "likely": 2, "found": 0.95}
    precision = {"precision": 0.9, "precision_low": 0.8, "precision_high": 0.97}

    def mislabel(dossier: Dossier) -> Dossier:
        labels = dossier.labels.model_copy(update={**found, **precision, "suspects": suspects})
        return dossier.model_copy(update={"labels": labels})

    return mislabel


def flattering(kind: str, *columns: str) -> tuple[Wound, ...]:
    """Found and kept to, with and without a network on a random split; and the ways in which it may not be kept to."""
    found = candidate(kind, *columns, flatters=True)
    kept = {"respected": columns, "kind": kind, "origin": "found"}
    given = found.model_copy(update={"common": 0.7})
    other = {"respected": ("household",), "kind": "group", "origin": "found"}
    return (
        changed(structure=Structure(candidates=(found,), **kept, random_split=metric("test", 0.95, 0.03, 200))),
        changed(structure=Structure(candidates=(found,), **kept, why_no_random_split="too_large_to_refit")),
        changed(structure=Structure(candidates=(given,), why_not_respected="test_rows_given")),
        changed(structure=Structure(candidates=(found,), why_not_respected="split_impossible")),
        changed(structure=Structure(candidates=(found,), **other)),
        changed(
            structure=Structure(candidates=(found.model_copy(update={"known": True}),), set_aside=("boat", "body"))
        ),
        regression(changed(structure=Structure(candidates=(found.model_copy(update={"metric": "r2"}),), **kept))),
    )


RARE = split((590, 5), (195, 3), (197, 2), "stratified")
LEFT_OUT = Profile(left_out_rows=(17,), left_out_classes=(Level(label="maybe", count=1),))

WOUNDS: dict[str, tuple[Wound, ...]] = {
    "constant_column": (
        grown(categorical("version", (1000,))),
        grown(categorical("version", (998, 2))),
        grown(numeric("version", distinct=1, numbers=numbers(7, 0, 7, 7))),
        grown(Column(name="day", kind="datetime", role="feature", missing=0, distinct=1)),
    ),
    "id_column": (grown(categorical("customer", (1,), role="id", why="key", distinct=1000)),),
    "mostly_missing": (grown(numeric("referral", missing=900)),),
    "high_cardinality": (grown(categorical("postcode", (9,) * 10, distinct=100, other_levels=90)),),
    "target_leakage": (
        changed(solo=(solo("age", 0.99, 0.96),)),
        changed(solo=(solo("age", 1.0, 0.99),)),
        regression(changed(solo=(solo("age", 0.97, 0.96, "r2"),))),
    ),
    "group_leakage": (
        *flattering("group", "patient"),
        changed(structure=Structure(candidates=(candidate("group", "clinic", flatters=True, stable=True),))),
    ),
    "time_leakage": (*flattering("time", "recorded_at"), *flattering("time", "year", "month")),
    "duplicate_rows": tuple(changed(profile=Profile(duplicate_rows=tuple(range(count)))) for count in (1, 100)),
    "conflicting_labels": tuple(changed(profile=Profile(conflicting_rows=tuple(range(count)))) for count in (2, 100)),
    "label_noise": (mislabelled(0.05), mislabelled(0.001)),
    "missing_target": tuple(changed(profile=Profile(missing_target_rows=tuple(range(count)))) for count in (1, 100)),
    "class_imbalance": (changed(split=split((570, 30), (190, 10), (190, 10), "stratified")),),
    "rare_class": (changed(split=RARE), changed(profile=LEFT_OUT), changed(split=RARE, profile=LEFT_OUT)),
    "small_sample": (
        scored(0.9, 0.8, 0.7, half=0.15),
        regression(scored(0.9, 0.8, 0.7, "r2", 0.15)),
    ),
    "train_test_overlap": tuple(changed(profile=Profile(overlap_rows=tuple(range(count)))) for count in (1, 50, 200)),
    "label_drift": (changed(split=split((300, 300), (100, 100), (50, 150), "given")), regression(drifted)),
    "performance_drop": (scored(0.9, 0.9, 0.7), regression(scored(0.9, 0.9, 0.7, "r2"))),
    "no_better_than_baseline": (
        changed(baselines=(baseline("dummy", -0.02),)),
        changed(baselines=(baseline("dummy", 0.02, p_value=None),)),
        regression(changed(baselines=(baseline("dummy", 0.02, p_value=0.3),))),
        lambda dossier: dossier.model_copy(
            update={
                "baselines": (baseline("dummy", 0.0),),
                "metrics": (*dossier.metrics, metric("test", 0.8, 0.1, 200, "roc_auc")),
            }
        ),
    ),
    "simpler_model_suffices": (
        changed(baselines=(baseline("dummy", 0.3), baseline("linear", 0.0))),
        regression(changed(baselines=(baseline("dummy", 0.3), baseline("tree", 0.01)))),
    ),
    "overfit": (scored(0.99, 0.7, 0.7), regression(scored(0.99, 0.7, 0.7, "r2"))),
    "miscalibrated": tuple(
        changed(calibration=reliability((0.05, 0.3, 200), (0.95, 0.7, 200)).model_copy(update={"about": about}))
        for about in ("positive", "predicted")
    ),
    "weak_slice": (weak(), weak(beyond_p_value=0.4), weak(expected=None, beyond_p_value=None)),
    "unfair_errors": (unfair("error_rate", 1.0), regression(unfair("mean_absolute_error", 1000.0))),
    "low_fidelity": (
        *(changed(surrogates=(surrogate(kind, follows=False),)) for kind in ("linear", "svm", "tree")),
        regression(changed(surrogates=(surrogate("tree", follows=False).model_copy(update={"measure": "r2"}),))),
    ),
    "redundant_features": (
        changed(redundancy=redundancy(dependences=(follows("age", "income"), follows("income", "age")))),
        changed(redundancy=redundancy(dependences=(follows("city", "tenure", "explained"),))),
        changed(redundancy=redundancy(dependences=tuple(follows("city", one) for one in ("age", "income", "tenure")))),
    ),
    "correlated_importance": (
        *(
            changed(redundancy=redundancy((group("age", "income", method=method),)))
            for method in ("pearson", "spearman", "correlation_ratio", "cramers_v")
        ),
        changed(redundancy=redundancy((group("age", "income", "tenure"),))),
    ),
    "methods_disagree": tuple(
        changed(
            importance=(
                importance("permutation", "age", "income", "tenure", "city", main=True),
                importance(method, "city", "tenure", "income", "age"),
            )
        )
        for method in ("linear", "tree", "boosting", "integrated_gradients")
    ),
}

CASES = [
    pytest.param(code, wound, id=f"{code}-{k}") for code, wounds in WOUNDS.items() for k, wound in enumerate(wounds)
]
