"""A sound audit, built by hand; each test changes the one thing that it is about."""

from collections.abc import Callable

import pytest

from reportgen.records.columns import Dependence, FeatureGroup, Redundancy
from reportgen.records.dossier import Dossier
from reportgen.records.explanation import FeatureImportance, Importance, Surrogate
from reportgen.records.labels import Labels
from reportgen.records.leak import SoloScore
from reportgen.records.mistakes import Errors
from reportgen.records.network import (
    Baseline,
    Calibration,
    Comparison,
    Layer,
    Metric,
    ModelRecord,
    ReliabilityBin,
    Training,
)
from reportgen.records.structure import Candidate, Reached, Structure
from reportgen.records.table import (
    Column,
    DatasetRecord,
    Level,
    NumberSummary,
    PartRecord,
    Reading,
    SplitRecord,
    Task,
)


def numbers(mean: float = 40.0, deviation: float = 10.0, low: float = 10.0, high: float = 70.0) -> NumberSummary:
    return NumberSummary(
        mean=mean,
        standard_deviation=deviation,
        minimum=low,
        lower_quartile=mean - 0.67 * deviation,
        median=mean,
        upper_quartile=mean + 0.67 * deviation,
        maximum=high,
    )


def numeric(name: str = "age", **changes: object) -> Column:
    column = Column(name=name, kind="numeric", role="feature", missing=0, distinct=600, numbers=numbers())
    return column.model_copy(update=changes)


def categorical(name: str = "city", counts: tuple[int, ...] = (400, 350, 250), **changes: object) -> Column:
    levels = tuple(Level(label=f"{name}_{k}", count=count) for k, count in enumerate(counts))
    column = Column(name=name, kind="categorical", role="feature", missing=0, distinct=len(counts), levels=levels)
    return column.model_copy(update=changes)


def metric(split: str, value: float, half: float, n: int, name: str = "accuracy") -> Metric:
    return Metric(name=name, split=split, value=value, low=value - half, high=value + half, n=n, method="by hand")


def baseline(name: str, difference: float, half: float = 0.03, p_value: float | None = 0.001) -> Baseline:
    found = Comparison(
        metric="accuracy",
        difference=difference,
        low=difference - half,
        high=difference + half,
        n=200,
        p_value=p_value,
        method="by hand",
    )
    return Baseline(name=name, metrics=(), comparison=found)


def solo(feature: str, value: float, low: float, measure: str = "roc_auc") -> SoloScore:
    floor = 0.5 if measure == "roc_auc" else 0.0
    return SoloScore(
        feature=feature, measure=measure, value=value, low=low, high=1.0, floor=floor, n=800, method="by hand"
    )


def importance(method: str, *features: str, main: bool = False) -> Importance:
    """Features in falling order; of the main method the first two surely matter."""
    return Importance(
        method=method,
        main=main,
        unit="log_loss",
        n=200,
        features=tuple(
            FeatureImportance(feature=name, value=1 / (k + 1), low=0.1 if k < 2 else -0.1, high=1.1)
            for k, name in enumerate(features)
        ),
    )


def redundancy(groups: tuple[FeatureGroup, ...] = (), dependences: tuple[Dependence, ...] = ()) -> Redundancy:
    return Redundancy(groups=groups, dependences=dependences, pairs=6, cut=0.7, alpha=0.05, n=600, method="by hand")


def group(*columns: str, method: str = "pearson", value: float = 0.9, half: float = 0.05) -> FeatureGroup:
    return FeatureGroup(
        columns=columns,
        first=columns[0],
        second=columns[1],
        method=method,
        value=value,
        low=value - half,
        high=min(value + half, 1.0),
        weakest=value - 0.1,
        n=600,
    )


def follows(given: str, column: str, measure: str = "r2") -> Dependence:
    return Dependence(given=given, column=column, measure=measure, value=0.9999, low=0.9987, n=600)


def surrogate(kind: str = "tree", *, follows: bool = True) -> Surrogate:
    return Surrogate(
        kind=kind,
        fidelity=0.93,
        low=0.89,
        high=0.96,
        measure="agreement",
        floor=0.5,
        n=200,
        method="by hand",
        follows=follows,
        score=0.85,
        score_measure="accuracy",
        size=4,
    )


def reliability(*bins: tuple[float, float, int]) -> Calibration:
    made = tuple(ReliabilityBin(stated=s, observed=o, low=0.0, high=1.0, n=n) for s, o, n in bins)
    return Calibration(about="positive", bins=made, n=sum(n for _, _, n in bins), method="by hand")


def reached(value: float, half: float = 0.03) -> Reached:
    return Reached(value=value, low=value - half, high=value + half)


def candidate(kind: str, *columns: str, flatters: bool = False, **changes: object) -> Candidate:
    """Columns that a random split does not flatter, or does by thirty points."""
    found = Candidate(
        kind=kind,
        columns=columns,
        clusters=40,
        rows=800,
        share=1.0,
        metric="accuracy",
        random=reached(0.9),
        apart=reached(0.6 if flatters else 0.9),
        drop=reached(0.5 if flatters else 0.0),
        p_value=0.0001 if flatters else 0.4,
        flatters=flatters,
        method="by hand",
    )
    return found.model_copy(update=changes)


HARMLESS = Structure(candidates=(candidate("group", "clinic"), candidate("time", "day")))


def split(train: tuple[int, ...], validation: tuple[int, ...], test: tuple[int, ...], how: str) -> SplitRecord:
    counts = {"train": train, "validation": validation, "test": test}
    return SplitRecord(
        strategy=how,
        **{name: sum(each) for name, each in counts.items()},
        parts=tuple(PartRecord(name=name, rows=sum(each), counts=each) for name, each in counts.items()),
    )


def coarse(dossier: Dossier) -> Dossier:
    """The same audit of a table in which eight different rows are all there can be."""
    columns = (categorical("a", (500, 500)), categorical("b", (500, 500)), dossier.dataset.columns[-1])
    return dossier.model_copy(update={"dataset": dossier.dataset.model_copy(update={"columns": columns})})


@pytest.fixture
def dossier() -> Dossier:
    """1,000 rows, two even classes, four features, accuracy 0.88: nothing to warn of."""
    return Dossier(
        dataset=DatasetRecord(
            name="sound",
            source="sound.csv",
            rows=1000,
            rows_used=1000,
            sha256="00" * 32,
            reading=Reading(format="csv"),
            columns=(
                numeric("age"),
                numeric("income"),
                numeric("tenure"),
                categorical("city"),
                categorical("outcome", (500, 500), role="target"),
            ),
        ),
        task=Task(kind="binary", target="outcome", classes=("no", "yes"), positive="yes"),
        split=split((300, 300), (100, 100), (100, 100), "stratified"),
        structure=HARMLESS,
        model=ModelRecord(
            family="dense network",
            parameters=13,
            epochs=30,
            best_epoch=20,
            inputs=6,
            layers=(Layer(kind="dense", units=2),),
            settings={},
        ),
        training=Training(loss_name="cross_entropy", train=(0.5,), validation=(0.5,), best_epoch=1, stopped_early=True),
        metrics=(
            metric("train", 0.92, 0.022, 600),
            metric("validation", 0.9, 0.042, 200),
            metric("test", 0.88, 0.045, 200),
        ),
        calibration=reliability((0.1, 0.12, 100), (0.9, 0.88, 100)),
        baselines=(baseline("dummy", 0.38), baseline("linear", 0.08), baseline("tree", 0.06)),
        solo=(solo("age", 0.9, 0.86), solo("income", 0.7, 0.64)),
        importance=(
            importance("permutation", "age", "income", "tenure", "city", main=True),
            importance("linear", "income", "age", "city", "tenure"),
            importance("first_layer", "city", "tenure", "income", "age"),
        ),
        surrogates=(surrogate("linear"), surrogate("tree")),
        redundancy=redundancy(),
        errors=Errors(measure="error_rate"),
        labels=Labels(
            n=1000,
            share=0.004,
            low=0.0,
            high=0.02,
            p_value=0.2,
            alpha=0.01,
            networks=5,
            forest=True,
            fitted_on=1000,
            method="by hand",
        ),
    )


@pytest.fixture
def with_columns(dossier: Dossier) -> Callable[..., Dossier]:
    """The sound audit with more columns."""

    def add(*columns: Column) -> Dossier:
        dataset = dossier.dataset.model_copy(update={"columns": (*dossier.dataset.columns, *columns)})
        return dossier.model_copy(update={"dataset": dataset})

    return add
