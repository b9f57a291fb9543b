"""Reports of made-up evidence about tables of very many columns, classes or findings; nothing is trained for them."""

from reportgen.document import Document
from reportgen.records.base import Code
from reportgen.records.columns import Addition, Additions, Dependence, FeatureGroup, Redundancy
from reportgen.records.conformal import Conformal, Kept, Promise
from reportgen.records.drift import Drift, FeatureDrift, Missingness
from reportgen.records.explanation import FeatureImportance
from reportgen.records.finding import Finding, Severity
from reportgen.records.mistakes import Confusion, Mixup
from reportgen.records.robustness import Robustness, Trial
from reportgen.records.table import Level, PartRecord
from tests.samples import binary, multiclass


def names(count: int) -> tuple[str, ...]:
    """Names of 60 letters, as exports of questionnaires have them."""
    return tuple(f"answer_to_question_{place:04d}_of_the_yearly_survey_of_households"[:60] for place in range(count))


def wide(columns: int = 2_000) -> Document:
    """A binary task told from very many columns, all of which every analysis has looked at."""
    document, features = binary(), names(columns)
    number, category = document.dataset.columns[0], document.dataset.columns[1]
    made = [
        (category if place % 4 == 3 else number).model_copy(update={"name": name, "missing": place % 7})
        for place, name in enumerate(features)
    ]
    others = [column for column in document.dataset.columns if column.role != "feature"]
    first, score, alone = document.importance, document.selection[0], document.solo[0]
    ranked = [
        FeatureImportance(feature=name, value=1 / (k + 1), low=0.5 / (k + 1), high=2 / (k + 1))
        for k, name in enumerate(features)
    ]
    return document.model_copy(
        update={
            "dataset": document.dataset.model_copy(update={"columns": (*made, *others)}),
            "selection": tuple(
                score.model_copy(update={"feature": name, "rank": k}) for k, name in enumerate(features, 1)
            ),
            "solo": tuple(alone.model_copy(update={"feature": name}) for name in features),
            "importance": tuple(one.model_copy(update={"features": tuple(ranked)}) for one in first),
            "redundancy": _redundancy(features),
            "additions": Additions(
                unit="log_loss",
                features=tuple(
                    Addition(feature=name, value=0.1, low=0.05, high=0.15, p_value=0.001, adds=k % 3 == 0)
                    for k, name in enumerate(features)
                ),
                alpha=0.05,
                repeats=1,
                networks=3,
                n=60,
                method="t test over rows",
            ),
            "drift": Drift(
                features=tuple(_moved(name) for name in features), bound=0.1, train=600, test=200, method="by hand"
            ),
            "missingness": tuple(_gap(name) for name in features),
            "robustness": _robustness(features),
        }
    )


def _redundancy(features: tuple[str, ...]) -> Redundancy:
    groups = [features[start : start + 6] for start in range(0, len(features) - 5, 6)]
    return Redundancy(
        groups=tuple(
            FeatureGroup(
                columns=group, first=group[0], second=group[1], method="pearson",
                value=0.9, low=0.85, high=0.95, weakest=0.8, n=4_000,
            )
            for group in groups
        ),
        dependences=tuple(
            Dependence(given=group[0], column=group[1], measure="r2", value=0.99, low=0.98, n=500) for group in groups
        ),
        pairs=len(features) * (len(features) - 1) // 2,
        cut=0.7,
        alpha=0.05,
        n=4_000,
        method="by hand",
    )  # fmt: skip


def _moved(name: str) -> FeatureDrift:
    return FeatureDrift(
        feature=name, kind="numbers", distance=0.3, low=0.2, high=0.4, before=1.0, after=2.0,
        missing_before=0.1, missing_after=0.2, missing_low=-0.05, missing_high=0.15, p_value=0.001, n_before=600,
        n_after=200,
    )  # fmt: skip


def _gap(name: str) -> Missingness:
    return Missingness(
        feature=name, missing=50, n=800, value=0.3, low=0.2, high=0.4, p_value=0.001, label="yes", inside=0.5,
        outside=0.2, gap_low=0.1, gap_high=0.5, method="by hand",
    )  # fmt: skip


def _robustness(features: tuple[str, ...]) -> Robustness:
    told = {
        "change": -0.01,
        "low": -0.03,
        "high": -0.002,
        "p_value": 0.01,
        "flips": 0.05,
        "flips_low": 0.02,
        "flips_high": 0.09,
        "n": 60,
    }
    return Robustness(
        measure="accuracy",
        value=0.8,
        n=60,
        method="by hand",
        trials=(
            *(Trial(kind="noise", amount=amount, draws=5, **told) for amount in (0.05, 0.1, 0.2)),
            *(Trial(kind="missing", feature=name, learnt=False, **told) for name in features),
            *(Trial(kind="shift", feature=name, amount=amount, **told) for name in features for amount in (-0.5, 0.5)),
        ),
    )


def classes(count: int = 500) -> Document:
    """A task of very many classes, three in ten of which the test rows lack."""
    document, labels = multiclass(), tuple(f"species_{place:03d}_of_the_reference_collection" for place in range(count))
    counts = tuple(
        tuple((20 if i == j else 1 + i % 3 if (i + 1) % count == j else 0) if i % 10 < 7 else 0 for j in range(count))
        for i in range(count)
    )
    one = next(metric for metric in document.metrics if metric.of is not None)
    absent = [Code(code="class_absent", facts={"part": "test", "label": name}) for name in labels[7::10]]
    mixed = [
        Mixup(actual=labels[i], predicted=labels[(i + 1) % count], count=3, n=23, share=0.13, low=0.05, high=0.3)
        for i in range(0, count, 10)
    ]
    parts = tuple(
        PartRecord(name=name, rows=30 * count, counts=tuple(30 + k % 5 for k in range(count)))
        for name in ("train", "validation", "test")
    )
    kept = [
        Kept(of="class", name=name, n=20, kept=18, share=0.9, low=0.7, high=0.98, p_value=1.0, size=3.0)
        for name in labels
    ]
    everything = Kept(of="all", n=9_000, kept=8_100, share=0.9, low=0.89, high=0.91, p_value=1.0, size=3.0)
    promise = Promise(
        promised=0.9, rule="one_threshold", rows=9_000, thresholds=(0.9,), all=everything, long_run_low=0.88,
        long_run_high=0.92, size_low=2.9, size_high=3.1, single=0.4, empty=0.0, several=0.6, parts=tuple(kept),
    )  # fmt: skip
    return document.model_copy(
        update={
            "task": document.task.model_copy(update={"classes": labels}),
            "split": document.split.model_copy(update={"parts": parts, "notes": tuple(absent)}),
            "errors": document.errors.model_copy(
                update={"confusion": Confusion(labels=labels, counts=counts), "mixups": tuple(mixed)}
            ),
            "metrics": (
                *(metric for metric in document.metrics if metric.of is None),
                *(
                    one.model_copy(update={"of": label, "name": name})
                    for label in labels
                    for name in ("precision", "recall", "f1")
                ),
            ),
            "conformal": Conformal(about="classes", promises=(promise,), n=9_000, method="by hand"),
            "dataset": document.dataset.model_copy(
                update={
                    "columns": (
                        *document.dataset.columns[:-1],
                        document.dataset.columns[-1].model_copy(
                            update={"levels": tuple(Level(label=name, count=30) for name in labels), "distinct": count}
                        ),
                    )
                }
            ),
        }
    )


def findings(count: int = 10_000, rows: int = 10_000) -> Document:
    """Very many findings of one code, and one that is about very many rows and columns."""
    document, columns = binary(), names(count)
    several = (
        Finding(
            code="informative_missing_made_up",
            severity=Severity.WARNING,
            columns=(name,),
            message=f"Whether a value of {name} is missing tells the target (correlation 0.4, 0.3 to 0.5).",
            advice="Ask why.",
            section="background",
        )
        for name in columns
    )
    long = Finding(
        code="rows_made_up",
        severity=Severity.CRITICAL,
        columns=columns,
        rows=tuple(range(0, 3 * rows, 3)),
        message="These rows stand in the table several times.",
        section="background",
    )
    return document.model_copy(update={"findings": (*document.findings, long, *several)})
