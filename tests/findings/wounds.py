"""For each code, ways to turn the sound audit into one that must raise it: every wording of its template is met."""

from collections.abc import Callable

import pytest

from reportgen.records.base import Code
from reportgen.records.dirt import Dirt, Outliers, Sentinel, Variants
from reportgen.records.dossier import Dossier
from reportgen.records.drift import Drift, FeatureDrift, Missingness, UnseenLevels
from reportgen.records.labels import SuspectLabel
from reportgen.records.leak import Identity, LeakCost, OneClass, Reached, SoloScore
from reportgen.records.mistakes import Condition, Errors, GroupError, GroupGap, Slice, SliceSearch
from reportgen.records.structure import Structure
from reportgen.records.table import Column, Level, PartRecord, Profile, Reading
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


def tells_one(feature: str, low: float, most: float) -> SoloScore:
    """A column that tells the first class with an area of at least `low`, where all others reach at most `most`."""
    told = OneClass(
        output=0,
        value=0.99,
        low=low,
        high=1.0,
        others=most - 0.05,
        others_low=0.5,
        others_high=most,
        rows=300,
        method="by hand",
    )
    return solo(feature, 0.8, 0.75).model_copy(update={"one_class": told})


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


def moved(**changes: object) -> FeatureDrift:
    """A column that moved by a third of the rows."""
    one = FeatureDrift(
        feature="age",
        kind="numbers",
        distance=0.33,
        low=0.25,
        high=0.4,
        before=40.0,
        after=47.0,
        missing_before=0.0,
        missing_after=0.0,
        missing_low=-0.01,
        missing_high=0.01,
        p_value=1e-6,
        n_before=600,
        n_after=200,
    )
    return one.model_copy(update=changes)


def unseen(**changes: object) -> UnseenLevels:
    """A category of twelve test rows in two hundred that training never had."""
    one = UnseenLevels(
        feature="city",
        count=12,
        n=200,
        share=0.06,
        low=0.035,
        high=0.1,
        expected=0.001,
        p_value=1e-6,
        levels=("Gdańsk",),
        rows=tuple(range(12)),
        method="by hand",
    )
    return one.model_copy(update=changes)


def apart(*features: FeatureDrift, unseen: tuple[UnseenLevels, ...] = (), strategy: str = "given") -> Wound:
    """The test rows held against training, after a split of that kind."""
    found = Drift(features=features, unseen=unseen, bound=0.1, train=600, test=200, method="by hand")

    def part(dossier: Dossier) -> Dossier:
        return dossier.model_copy(
            update={"split": dossier.split.model_copy(update={"strategy": strategy}), "drift": found}
        )

    return part


def gap(**changes: object) -> Missingness:
    """A column of a thousand values whose gaps tell the target, and go on doing so beside the others."""
    one = Missingness(
        feature="income",
        missing=140,
        n=1000,
        value=0.27,
        low=0.22,
        high=0.32,
        p_value=1e-9,
        label="yes",
        inside=0.83,
        outside=0.44,
        gap_low=0.31,
        gap_high=0.45,
        partial=0.16,
        partial_low=0.11,
        partial_high=0.21,
        partial_p_value=1e-6,
        partial_n=1000,
        method="by hand",
    )
    return one.model_copy(update=changes)


def mislabelled(share: float) -> Wound:
    suspects = tuple(SuspectLabel(row=k, given="no", suggested="yes", probability=0.9) for k in (7, 3))
    found = {"p_value": 1e-6, "share": share, "low": share / 2, "high": 2 * share, "likely": 2, "found": 0.95}
    precision = {"precision": 0.9, "precision_low": 0.8, "precision_high": 0.97}

    def mislabel(dossier: Dossier) -> Dossier:
        labels = dossier.labels.model_copy(update={**found, **precision, "suspects": suspects})
        return dossier.model_copy(update={"labels": labels})

    return mislabel


ACCOUNT = Identity(
    columns=("income", "tenure"),
    signs=(1, -1),
    values=8,
    share=0.98,
    low=0.97,
    high=0.99,
    own=0.1,
    r2=0.99,
    r2_low=0.987,
    n=400,
    method="by hand",
)
COST = LeakCost(
    columns=("age",),
    excluded=False,
    metric="accuracy",
    including=Reached(value=0.97, low=0.94, high=0.99),
    without=Reached(value=0.8, low=0.74, high=0.85),
    difference=0.17,
    low=0.12,
    high=0.22,
    n=200,
    method="by hand",
)


def coded(value: str, how: str, state: str, count: int) -> Wound:
    """A value that stands for missing in so many of 1,000 rows."""
    numbers = {} if how == "word" else {"nearest": 18.0, "p_value": 1e-6}
    found = {"column": "age", "value": value, "how": how, "state": state, "rows": tuple(range(count)), "n": 1000}
    return changed(profile=Profile(dirt=Dirt(sentinels=(Sentinel.model_validate(found | numbers),))))


def unanswered(count: int, classes: tuple[str, ...] = ("no", "yes", "unknown"), value: str = "unknown") -> Wound:
    """A class that says that there is none, in so many of the rows."""

    def unanswer(dossier: Dossier) -> Dossier:
        task = dossier.task.model_copy(update={"classes": classes})
        n = dossier.dataset.rows_read
        found = {"column": task.target, "value": value, "how": "word", "state": "level", "rows": tuple(range(count))}
        said = Sentinel.model_validate(found | {"n": n})
        parts = split(
            (300, 200, 100)[: len(classes)], (90, 70, 40)[: len(classes)], (90, 70, 40)[: len(classes)], "random"
        )
        told = {"task": task, "split": parts, "profile": Profile(dirt=Dirt(sentinels=(said,)))}
        return dossier.model_copy(update=told)

    return unanswer


def stray(code: str, count: int) -> Wound:
    """Texts among other cells, in so many of 1,000 rows."""

    def noted(dossier: Dossier) -> Dossier:
        facts = {"column": "age", "count": count, "examples": ("n/k", "12,5 kWh"), "rows": tuple(range(count))}
        reading = Reading(format="csv", notes=(Code(code=code, facts=facts),))
        return dossier.model_copy(update={"dataset": dossier.dataset.model_copy(update={"reading": reading})})

    return noted


def far(**changes: object) -> Wound:
    """Four of 1,000 values a thousand times too large."""
    found = Outliers(
        column="age",
        side="high",
        rows=(3, 8, 90, 700),
        least=40000.0,
        most=61000.0,
        edge=70.0,
        ratio=700.0,
        factor=1000.0,
        share=0.999,
        p_value=1e-20,
        n=1000,
    ).model_copy(update=changes)
    return changed(profile=Profile(dirt=Dirt(outliers=(found,), columns=4)))


def spelled(state: str, count: int) -> Wound:
    """A city written in three ways."""
    found = {"column": "city", "spellings": ("Cádiz", "cadiz", "Cádiz "), "counts": (300, count - 1, 1)}
    told = {"state": state, "rows": tuple(range(count)), "n": 1000}
    return changed(profile=Profile(dirt=Dirt(variants=(Variants.model_validate(found | told),))))


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


def left_out(dossier: Dossier) -> Dossier:
    """A leak that the network was not given."""
    changed_solo = changed(solo=(solo("refund", 1.0, 0.99),), leak_cost=COST.model_copy(update={"excluded": True}))
    return changed_solo(grown(numeric("refund", role="dropped", why="leak"))(dossier))


WOUNDS: dict[str, tuple[Wound, ...]] = {
    "constant_column": (
        grown(categorical("version", (1000,))),
        grown(categorical("version", (998, 2))),
        grown(numeric("version", distinct=1, numbers=numbers(7, 0, 7, 7))),
        grown(Column(name="day", kind="datetime", role="feature", missing=0, distinct=1)),
    ),
    "id_column": (grown(categorical("customer", (1,), role="id", why="key", distinct=1000)),),
    "mostly_missing": (
        grown(categorical("cabin", (300,), missing=700)),
        grown(categorical("pool", (5,), missing=995, role="dropped", why="no_learnable_values")),
        grown(numeric("referral", missing=900)),
    ),
    "sentinel_missing": (
        *(coded("-999", "gap", state, 50) for state in ("missing", "kept")),
        coded("0", "edge", "missing", 3),
        coded("unknown", "word", "level", 50),
        coded("?", "word", "read", 50),
    ),
    "mixed_types": (
        stray("text_among_numbers", 15),
        stray("text_among_numbers", 1),
        stray("text_among_dates", 15),
        stray("numbers_among_text", 150),
    ),
    "outlier_values": (far(), far(factor=None, share=0.3), far(side="low", factor=0.001, share=0.001)),
    "category_variants": (spelled("merged", 100), spelled("kept", 100), spelled("merged", 2), spelled("unclear", 100)),
    "high_cardinality": (grown(categorical("postcode", (9,) * 10, distinct=100, other_levels=90)),),
    "target_leakage": (
        changed(solo=(solo("age", 0.99, 0.96),)),
        changed(solo=(solo("age", 1.0, 0.99),)),
        changed(solo=(tells_one("age", 0.95, 0.93),)),
        regression(changed(solo=(solo("age", 0.97, 0.96, "r2"),))),
        regression(changed(identity=ACCOUNT)),
        changed(solo=(solo("age", 0.99, 0.96),), leak_cost=COST),
        left_out,
        regression(changed(identity=ACCOUNT, leak_cost=COST.model_copy(update={"metric": "r2", "excluded": True}))),
    ),
    "group_leakage": (
        *flattering("group", "patient"),
        changed(structure=Structure(candidates=(candidate("group", "clinic", flatters=True, stable=True),))),
    ),
    "time_leakage": (*flattering("time", "recorded_at"), *flattering("time", "year", "month")),
    "duplicate_rows": (
        *(changed(profile=Profile(duplicate_rows=tuple(range(count)))) for count in (1, 100)),
        changed(profile=Profile(duplicate_rows=tuple(range(100)), renamed=("customer",))),
    ),
    "conflicting_labels": tuple(
        changed(profile=Profile(conflicting_rows=tuple(range(count)), contradictions=wrong))
        for count, wrong in ((2, 1), (100, 50), (100, None))
    ),
    "label_noise": (mislabelled(0.05), mislabelled(0.001)),
    "missing_target": (
        *(changed(profile=Profile(missing_target_rows=tuple(range(count)))) for count in (1, 100)),
        unanswered(100),
    ),
    "class_imbalance": (changed(split=split((570, 30), (190, 10), (190, 10), "stratified")),),
    "rare_class": (changed(split=RARE), changed(profile=LEFT_OUT), changed(split=RARE, profile=LEFT_OUT)),
    "small_sample": (
        scored(0.9, 0.8, 0.7, half=0.15),
        regression(scored(0.9, 0.8, 0.7, "r2", 0.15)),
    ),
    "train_test_overlap": (
        *(changed(profile=Profile(overlap_rows=tuple(range(count)))) for count in (1, 50, 200)),
        changed(profile=Profile(overlap_rows=tuple(range(50)), renamed=("customer",))),
    ),
    "label_drift": (changed(split=split((300, 300), (100, 100), (50, 150), "given")), regression(drifted)),
    "feature_drift": (
        apart(moved()),
        apart(moved(feature="city", kind="levels", label="city_1", before=0.2, after=0.5)),
        apart(moved(kind="dates", before="2020-01-01", after="2021-01-01"), strategy="time"),
        apart(moved(earlier=0.3), moved(feature="income", earlier=0.3), strategy="time"),
        apart(moved(), moved(feature="income"), strategy="time"),
        apart(moved(distance=None, low=None, high=None, missing_after=0.4, missing_low=0.3, missing_high=0.5)),
    ),
    "unseen_categories": (apart(unseen=(unseen(),)), apart(unseen=(unseen(share=0.02, low=0.009, expected=0.0),))),
    "informative_missingness": (
        changed(missingness=(gap(),)),
        changed(missingness=(gap(), gap(feature="age", same_as="income", partial=None, partial_p_value=None))),
        changed(missingness=(gap(partial=0.01, partial_low=0.0, partial_high=0.06, partial_p_value=0.6),)),
        changed(missingness=(gap(partial=None, partial_low=None, partial_high=None, partial_p_value=None),)),
        regression(changed(missingness=(gap(label=None, inside=103.0, outside=181.0, gap_low=-90.0, gap_high=-66.0),))),
    ),
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
