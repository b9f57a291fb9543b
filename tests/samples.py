"""Reports built by hand, one a task, that together hold every kind of record and every kind of value."""

from itertools import combinations
from math import exp

from reportgen.config import Settings
from reportgen.document import Document, Environment
from reportgen.records.base import Code, Skipped
from reportgen.records.card import Card
from reportgen.records.explanation import (
    Condition,
    Contribution,
    FeatureImportance,
    Importance,
    Region,
    Rule,
    Selection,
    SelectionSummary,
    Surrogate,
    Term,
    TreeNode,
    Walkthrough,
)
from reportgen.records.finding import Check, Finding, Severity, Verdict
from reportgen.records.labels import Labels, Neighbour, Neighbours, Surroundings, SuspectLabel
from reportgen.records.leak import SoloScore
from reportgen.records.mistakes import Confusion, ErrorRow, Errors, GroupError, GroupGap, Mixup, Residuals, Slice
from reportgen.records.network import (
    Baseline,
    Calibration,
    Comparison,
    Layer,
    Metric,
    ModelRecord,
    RefitMetric,
    Refits,
    ReliabilityBin,
    Training,
)
from reportgen.records.table import (
    Column,
    DatasetRecord,
    Level,
    NumberSummary,
    PartRecord,
    Profile,
    Reading,
    SplitRecord,
    Task,
)
from reportgen.records.trust import Agreement, Faithfulness, Gap, Pair, Trial

HOSTILE = (
    "<script>alert(1)</script>",
    "../../x",
    "{{7*7}}",
    "=cmd()",
    "x" * 300,
    "\u05e9\u05dc\u05d5\u05dd \u202eevil",
    "smile \U0001f600",
    "a|b`c`*d*\n# e",
    "bell\x07&amp;]]>",
)
"""Names that a table may bring and that must never run, break the layout or leave their folder."""

EXCHANGED = "exchanged labels by maximum likelihood, networks and forest averaged; profile likelihood, likelihood ratio"
OUTLYING = "conformal p-values of the distance to the third nearest training row, Benjamini-Hochberg"

ENVIRONMENT = Environment(
    versions={"reportgen": "0.1.0", "python": "3.12.3", "tensorflow": "2.21.0", "keras": "3.15.0", "pandas": "3.0.0"},
    seed=0,
    platform="Linux x86_64",
    command="reportgen run table.csv --target y --seed 0",
)
SETTINGS = {
    "kind": "network",
    "members": 4,
    "embedding": "piecewise",
    "bins": 8,
    "embedding_width": 6,
    "hidden": "32, 16",
    "optimiser": "AdamW",
    "learning_rate": 0.003,
    "schedule": "cosine",
    "warm_up": 0.05,
    "weight_decay": 0.05,
    "dropout": 0.2,
    "batch": 32,
    "epochs": 80,
    "patience": 20,
    "starts": 1,
}


def _metric(
    name: str, value: float | None, half: float, n: int, split: str = "test", *, of: str | None = None
) -> Metric:
    """A metric whose interval reaches `half` to both sides."""
    low, high = (None, None) if value is None else (value - half, value + half)
    method = "wilson" if name in ("accuracy", "error_rate", "recall") else "bootstrap"
    return Metric(name=name, split=split, value=value, low=low, high=high, n=n, method=method, of=of)


def _curve(start: float, end: float, epochs: int) -> tuple[float, ...]:
    return tuple(end + (start - end) * exp(-epoch / 8) for epoch in range(epochs))


def _network(inputs: int, outputs: int, epochs: int) -> tuple[ModelRecord, Training]:
    """An ensemble of four members with two hidden layers, told its numbers piece by piece, and its training."""
    wide = inputs * 7
    layers = (
        Layer(name="pieces", kind="EinsumDense", units=8, activation="linear"),
        Layer(name="within_pieces", kind="ReLU", units=8),
        Layer(name="embedding", kind="EinsumDense", units=6, activation="linear", parameters=inputs * 54),
        Layer(name="member_scales", kind="MemberScales", units=wide, parameters=4 * wide),
        Layer(name="hidden_1", kind="Dense", units=32, activation="relu", parameters=(wide + 1) * 32),
        Layer(name="hidden_2", kind="Dense", units=16, activation="relu", parameters=33 * 16),
        Layer(name="output", kind="EinsumDense", units=outputs, activation="linear", parameters=4 * 17 * outputs),
    )
    classes = {"loss": "log_loss", "class_weights": "none", "calibrate": True} if outputs > 1 else {}
    model = ModelRecord(
        family="ensemble of multilayer perceptrons",
        parameters=sum(layer.parameters for layer in layers),
        epochs=epochs,
        best_epoch=epochs - 10,
        inputs=inputs,
        layers=layers,
        settings=SETTINGS | (classes or {"loss": "squared_error"}),
    )
    training = Training(
        loss_name="log_loss" if outputs > 1 else "squared_error",
        train=_curve(1.1, 0.08, epochs),
        validation=_curve(1.2, 0.16, epochs),
        best_epoch=epochs - 10,
        stopped_early=True,
        train_rows=150,
    )
    return model, training


def _refit_metric(name: str, *values: float, half: float | None = 0.05, note: str | None = None) -> RefitMetric:
    """A metric over networks whose intervals reach `half` and twice that to both sides of the mean."""
    mean = sum(values) / len(values)
    low, high, usual_low, usual_high = (
        (None,) * 4 if half is None else (mean - half, mean + half, mean - 2 * half, mean + 2 * half)
    )
    return RefitMetric(
        name=name,
        values=values,
        reported=values[0],
        mean=mean,
        low=low,
        high=high,
        usual_low=usual_low,
        usual_high=usual_high,
        n=len(values),
        method="t interval over networks",
        note=note,
    )


def _importances(features: tuple[str, ...]) -> tuple[Importance, ...]:
    """All methods over the features, the first of which matters most."""
    methods = {
        "permutation": "log_loss",
        "linear": "standardised_coefficient",
        "tree": "impurity",
        "boosting": "log_loss",
        "first_layer": "weight",
        "integrated_gradients": "attribution",
        "expected_gradients": "contribution_log_loss",
    }
    return tuple(_importance(method, unit, features) for method, unit in methods.items())


def _importance(method: str, unit: str, features: tuple[str, ...]) -> Importance:
    main = method == "permutation"
    values = [0.5 / (place + 1) for place in range(len(features))]
    return Importance(
        method=method,
        main=main,
        fidelity=0.93 if method in ("linear", "tree") else None,
        fidelity_measure="accuracy" if method in ("linear", "tree") else None,
        unit=unit,
        n=60,
        interval_method="bootstrap" if main else None,
        repeats=30 if main else None,
        note="first_layer_misleads" if method == "first_layer" else None,
        features=tuple(
            FeatureImportance(
                feature=feature,
                value=value,
                low=value * 0.7 if main else None,
                high=value * 1.3 if main else None,
                direction=(1, -1, 0)[place % 3] if method == "linear" else None,
            )
            for place, (feature, value) in enumerate(zip(features, values, strict=True))
        ),
    )


def _selections(features: tuple[str, ...]) -> tuple[Selection, ...]:
    return tuple(
        Selection(
            feature=feature,
            entropy=2.5 - place / 10,
            mutual_information=0.8 / (place + 1),
            low=0.6 / (place + 1),
            high=1.0 / (place + 1),
            correlation=0.9 / (place + 1),
            correlation_method=("pearson", "correlation_ratio", "cramers_v")[place % 3],
            p_value=0.0005 * 8**place if place < 4 else 1.0,
            selected=place < 3,
            frequency=max(0.0, 1 - place / 5),
            rank=place + 1,
            n=180,
        )
        for place, feature in enumerate(features)
    )


SUMMARY = SelectionSummary(target_entropy=1.58, alpha=0.05, shuffles=200, resamples=30, bins=10, n=180)


def _solo(features: tuple[str, ...], measure: str) -> tuple[SoloScore, ...]:
    floor = 0.5 if measure == "roc_auc" else 0.0
    return tuple(
        SoloScore(
            feature=feature,
            measure=measure,
            value=floor + 0.4 / (place + 1),
            low=floor + 0.3 / (place + 1),
            high=floor + 0.45 / (place + 1),
            floor=floor,
            n=240,
            method="cross_validation",
        )
        for place, feature in enumerate(features)
    )


def _nodes(first: str, second: str, answers: tuple[str, str, str]) -> tuple[TreeNode, ...]:
    """A tree of five nodes: a number asked first, then a level."""
    return (
        TreeNode(number=0, feature=first, test="<=", threshold=2.45, left=1, right=2, answer=answers[0], share=1.0),
        TreeNode(number=1, answer=answers[0], share=0.34, purity=0.98),
        TreeNode(
            number=2, feature=second, test="==", level="yes", left=3, right=4, answer=answers[1], share=0.66, purity=0.5
        ),
        TreeNode(number=3, answer=answers[1], share=0.35, purity=0.91),
        TreeNode(number=4, answer=answers[2], share=0.31, purity=0.97),
    )


def _surrogates(features: tuple[str, ...], answers: tuple[str, str, str], measure: str) -> tuple[Surrogate, ...]:
    terms = tuple(
        Term(
            feature=feature,
            level="yes" if place % 2 else None,
            of=answers[1] if measure == "agreement" else None,
            coefficient=(-1) ** place * 1.2 / (place + 1),
        )
        for place, feature in enumerate(features)
    )
    shared = {
        "low": 0.87,
        "high": 0.98,
        "measure": measure,
        "floor": 0.4,
        "n": 60,
        "method": "wilson" if measure == "agreement" else "bootstrap",
        "score": 0.91,
        "score_measure": "accuracy" if measure == "agreement" else "r2",
    }
    nodes = _nodes(features[0], features[1], answers)
    return (
        Surrogate(kind="linear", fidelity=0.95, follows=True, size=len(terms), terms=terms, **shared),
        Surrogate(kind="svm", fidelity=0.93, follows=True, size=len(terms), terms=terms[:1], **shared),
        Surrogate(kind="tree", fidelity=0.88, follows=False, size=3, nodes=nodes, **shared),
        _rules(features, answers, measure),
    )


def _rules(features: tuple[str, ...], answers: tuple[str, str, str], measure: str) -> Surrogate:
    """Every kind of condition, and a region that is confirmed where the answers are classes."""
    agreed = {"agreement": 0.9, "low": 0.7, "high": 0.97} if measure == "agreement" else {}
    first = (
        Condition(feature=features[0], test="<=", threshold=4.5),
        Condition(feature=features[-1], test="missing"),
        Condition(feature=features[-1], test="!=", level="yes"),
    )
    second = (Condition(feature=features[0], test=">", threshold=1e6), Condition(feature=features[-1], test="present"))
    stated = {"probability": 0.8, "probability_low": 0.7, "probability_high": 0.9, "probability_method": "bootstrap"}
    return Surrogate(
        kind="rules",
        fidelity=0.91,
        low=0.81,
        high=0.96,
        measure=measure,
        floor=0.4,
        n=60,
        method="wilson",
        follows=False,
        score=0.9,
        score_measure="accuracy" if measure == "agreement" else "r2",
        size=3,
        rules=(
            Rule(conditions=first, answer=answers[0], share=0.3, n=20, **agreed),
            Rule(conditions=second, answer=answers[1], share=0.2, n=0),
            Rule(conditions=(), answer=answers[2], share=0.5, n=40, **agreed),
        ),
        region=Region(
            conditions=second,
            n=12,
            value=0.4,
            low=0.2,
            high=0.7,
            rest=0.05,
            apart_low=0.1 if measure == "agreement" else -0.1,
            apart_high=0.6,
            found_on=11,
            confirmed=measure == "agreement",
        ),
        **(stated if measure == "agreement" else {}),
    )


def _faithfulness(*, sound: bool) -> Faithfulness:
    """Trials of every way: all beat chance where `sound`, else what knows nothing does and the linear one does not."""
    values = {"integrated_gradients": 0.5, "expected_gradients": 0.6, "linear": 0.4 if sound else 0.01}
    trials = [_trial(method, value) for method, value in values.items()]
    blank = _trial("integrated_gradients", 0.01 if sound else 0.2, networks=8)
    return Faithfulness(n=60, donors=5, columns=4, trials=(*trials, blank))


def _trial(method: str, value: float, networks: int | None = None) -> Trial:
    return Trial(
        method=method,
        randomised=networks is not None,
        n=60,
        networks=networks,
        interval_method="Student t" if networks else "bootstrap, 2,000 resamples, BCa",
        gaps=tuple(
            Gap(of=of, value=value, low=value - 0.1, high=value + 0.1) for of in ("both", "deletion", "insertion")
        ),
    )


def _gap(of: str, value: float) -> Gap:
    return Gap(of=of, value=value, low=value - 0.1, high=value + 0.1)


def _agreement(methods: tuple[Importance, ...], share: float) -> Agreement:
    names = tuple(one.method for one in methods)
    pairs = tuple(
        Pair(one=one, other=other, share=share, p_value=0.01 if one == "permutation" else 0.6)
        for one, other in combinations(names, 2)
    )
    columns = len(methods[0].features)
    return Agreement(methods=names, columns=columns, sure=2, compared=5, shuffles=1_999, pairs=pairs)


def _walk(
    why: str, row: int, actual: str, predicted: str, features: tuple[str, ...], *, p: float | None
) -> Walkthrough:
    parts = tuple(
        Contribution(feature=feature, value=f"{4.5 + place}", contribution=(-1) ** place * 1.5 / (place + 1))
        for place, feature in enumerate(features)
    )
    total = sum(part.contribution for part in parts)
    return Walkthrough(
        why=why,
        row=row,
        actual=actual,
        predicted=predicted,
        probability=p,
        output=total + 0.2,
        base=0.2,
        gap=1e-5,
        steps=64,
        contributions=parts,
    )


def _number(name: str, role: str = "feature", missing: int = 0, why: str | None = None) -> Column:
    return Column(
        name=name,
        kind="numeric",
        role=role,
        missing=missing,
        distinct=220,
        why=why,
        treatment=(
            Code(code="median", facts={"value": 5.1}),
            Code(code="standardise", facts={"centre": 5.1, "scale": 0.8}),
        )
        if role == "feature"
        else (),
        numbers=NumberSummary(
            mean=5.2,
            standard_deviation=0.8,
            minimum=3.1,
            lower_quartile=4.6,
            median=5.1,
            upper_quartile=5.7,
            maximum=7.9,
        ),
        levels=tuple(Level(label=f"{3 + bin}-{4 + bin}", count=20 + 10 * bin) for bin in range(5)),
    )


def _category(name: str, labels: tuple[str, ...], role: str = "feature", why: str | None = None) -> Column:
    return Column(
        name=name,
        kind="categorical",
        role=role,
        missing=0,
        distinct=len(labels),
        why=why,
        treatment=(Code(code="one_hot", facts={"levels": len(labels)}),) if role == "feature" else (),
        levels=tuple(Level(label=label, count=100 // (place + 1)) for place, label in enumerate(labels)),
    )


CHECKS = (
    Check(code="constant_column", status="sound"),
    Check(code="class_imbalance", status="found"),
    Check(code="low_fidelity", status="found"),
    Check(code="simpler_model_suffices", status="found"),
    Check(code="target_leakage", status="sound"),
    Check(code="time_leakage", status="skipped", reason="no_time_column"),
)


def _labels(n: int, *suspects: SuspectLabel) -> Labels:
    """Labels that are sound, or of which these are likely wrong."""
    bare = Labels(
        n=n,
        share=0.0,
        low=0.0,
        high=0.012,
        p_value=1.0,
        alpha=0.01,
        networks=5,
        forest=True,
        fitted_on=n,
        method=EXCHANGED,
    )
    found = {
        "share": 0.04,
        "low": 0.02,
        "high": 0.07,
        "p_value": 1e-5,
        "likely": 1,
        "found": 0.95,
        "suspects": suspects,
    }
    precision = {"precision": 0.8, "precision_low": 0.6, "precision_high": 0.9}
    return bare.model_copy(update={**found, **precision}) if suspects else bare


def _neighbours(measure: str, method: str, *rows: Surroundings, outside: int = 0, **errors: float) -> Neighbours:
    """Test rows among 500 training rows."""
    return Neighbours(
        k=1,
        references=500,
        n=69,
        alpha=0.05,
        smallest=1 / 501,
        outside=outside,
        outside_rows=tuple(range(outside)),
        measure=measure,
        rows=rows,
        method=method,
        **errors,
    )


def _low_fidelity() -> Finding:
    return Finding(
        code="low_fidelity",
        severity=Severity.INFO,
        evidence={
            "kinds": ("tree",),
            "fidelities": (0.88,),
            "lows": (0.8,),
            "measure": "agreement",
            "floor": 0.4,
            "n": 60,
            "all": 3,
        },
        message="The tree surrogate agrees with the network on 88% of test rows only.",
        advice="Do not read it as an explanation of the network.",
        section="algorithms",
    )


def binary() -> Document:
    """Two classes, hostile names, protected groups, calibration and slices; a verdict of caution."""
    features = ("age", *HOSTILE)
    model, training = _network(inputs=24, outputs=1, epochs=40)
    labels = ("no", "<b>yes</b>")
    counts = ((40, 5), (6, 9))
    metrics = (
        _metric("accuracy", 0.8166, 0.09, 60),
        _metric("accuracy", 0.93, 0.04, 180, "train"),
        _metric("accuracy", 0.84, 0.08, 60, "validation"),
        _metric("balanced_accuracy", 0.744, 0.11, 60),
        _metric("f1_macro", 0.75, 0.11, 60),
        _metric("roc_auc", 0.87, 0.08, 60),
        _metric("log_loss", 0.41, 0.09, 60),
        _metric("brier", 0.13, 0.03, 60),
        _metric("ece", 0.05, 0.04, 60),
        _metric("error_rate", 0.1834, 0.09, 60),
        *(
            _metric("recall", value, 0.1, n, of=label)
            for label, value, n in zip(labels, (0.89, 0.6), (45, 15), strict=True)
        ),
        Metric(name="precision", split="test", value=None, n=0, method="wilson", of="no", note="no_rows"),
    )
    baselines = tuple(
        Baseline(
            name=name,
            metrics=(_metric("accuracy", value, 0.09, 60),),
            comparison=Comparison(
                metric="accuracy",
                difference=0.8166 - value,
                low=0.7666 - value,
                high=0.8666 - value,
                n=60,
                p_value=p,
                method="mcnemar",
            ),
            settings={"C": 1.0} if name == "linear" else {},
        )
        for name, value, p in (
            ("dummy", 0.75, 0.2),
            ("linear", 0.8, 0.9),
            ("tree", 0.77, 0.4),
            ("boosting", 0.82, None),
        )
    )
    findings = (
        Finding(
            code="class_imbalance",
            severity=Severity.WARNING,
            columns=("outcome",),
            evidence={"largest": "no", "smallest": "<b>yes</b>", "count": 75, "share": 0.75, "n": 300},
            message="Only 25% of the rows are of class <b>yes</b>.",
            advice="Judge the model by balanced accuracy and by the recall of the rare class.",
            section="background",
        ),
        _low_fidelity(),
    )
    return Document(
        title=f"Audit of {HOSTILE[0]}",
        dataset=DatasetRecord(
            name=HOSTILE[0],
            source="data/loans & more.csv",
            test_source="data/test.csv",
            rows=303,
            rows_used=300,
            sha256="3f" * 32,
            test_sha256="a1" * 32,
            reading=Reading(
                format="csv",
                encoding="utf-8",
                delimiter=";",
                notes=(Code(code="missing_codes", facts={"values": ("NA", "?"), "count": 12}),),
            ),
            columns=(
                _number("age", missing=12),
                *(_category(name, ("yes", "no", "maybe", "<i>")) for name in HOSTILE),
                _number("row_id", role="id", why="key"),
                _category("country", ("A",), role="dropped", why="constant"),
                Column(
                    name="since",
                    kind="datetime",
                    role="time",
                    missing=0,
                    distinct=300,
                    numbers=NumberSummary(
                        mean=19000.0,
                        standard_deviation=100.0,
                        minimum=18800.0,
                        lower_quartile=18900.0,
                        median=19000.0,
                        upper_quartile=19100.0,
                        maximum=19250.0,
                    ),
                ),
                _category("outcome", labels, role="target", why="default_target"),
            ),
        ),
        task=Task(kind="binary", target="outcome", classes=labels, positive="<b>yes</b>", target_default=True),
        split=SplitRecord(
            strategy="given",
            train=180,
            validation=60,
            test=60,
            parts=(
                PartRecord(name="train", rows=180, counts=(135, 45)),
                PartRecord(name="validation", rows=60, counts=(45, 15)),
                PartRecord(name="test", rows=60, counts=(45, 15)),
            ),
        ),
        profile=Profile(
            duplicate_rows=(7, 19),
            conflicting_rows=(3, 4),
            missing_target_rows=(1, 2),
            left_out_rows=(5,),
            left_out_classes=(Level(label="unknown", count=1),),
            overlap_rows=(9,),
        ),
        model=model,
        training=training,
        metrics=metrics,
        refits=Refits(
            strategy="given",
            covers=("training_rows", "seed"),
            count=4,
            left_out=1,
            collapsed=2,
            diverged=1,
            train_rows=240,
            test_rows=60,
            method="t interval over networks",
            metrics=(
                _refit_metric("accuracy", 0.8166, 0.75, 0.72, 0.74, 0.75, half=0.02),
                _refit_metric("roc_auc", 0.87, 0.85, 0.86),
                RefitMetric(
                    name="ece",
                    values=(0.05, 0.07),
                    reported=0.05,
                    mean=0.06,
                    n=2,
                    method="t interval over networks",
                    note="too_few_networks",
                ),
                RefitMetric(
                    name="brier",
                    values=(),
                    reported=None,
                    n=0,
                    method="t interval over networks",
                    note="too_few_networks",
                ),
            ),
        ),
        calibration=Calibration(
            about="positive",
            bins=tuple(
                ReliabilityBin(
                    stated=0.1 + 0.2 * k, observed=0.08 + 0.21 * k, low=0.2 * k, high=min(1, 0.2 + 0.21 * k), n=12
                )
                for k in range(5)
            ),
            n=60,
            method="wilson",
            temperature=1.6,
            before=(_metric("log_loss", 0.52, 0.12, 60), _metric("ece", 0.11, 0.05, 60)),
            after=(_metric("log_loss", 0.45, 0.1, 60), _metric("ece", 0.06, 0.05, 60)),
            gain=_metric("log_loss", 0.07, 0.04, 60),
        ),
        baselines=baselines,
        selection=_selections(features),
        selection_summary=SUMMARY,
        solo=_solo(features, "roc_auc"),
        importance=_importances(features),
        surrogates=_surrogates(features, ("no", "<b>yes</b>", "no"), "agreement"),
        faithfulness=_faithfulness(sound=True),
        agreement=_agreement(_importances(features), 0.9),
        walkthroughs=(
            _walk("right", 12, "no", "no", features, p=0.99),
            _walk("wrong", 44, "<b>yes</b>", "no", features, p=0.97),
            _walk("unsure", 80, "no", "no", features, p=0.51),
        ),
        errors=Errors(
            measure="error_rate",
            confusion=Confusion(labels=labels, counts=counts),
            mean_class_difference=0.1834,
            mixups=(
                Mixup(actual="<b>yes</b>", predicted="no", count=6, n=15, share=0.4, low=0.2, high=0.64),
                Mixup(actual="no", predicted="<b>yes</b>", count=5, n=45, share=0.11, low=0.05, high=0.24),
            ),
            slices=(
                Slice(rule="age <= 25", columns=("age",), n=14, error=0.5, rest=0.1, p_value=0.003, confirmed=True),
                Slice(
                    rule=f"{HOSTILE[0]} is <i>",
                    columns=(HOSTILE[0],),
                    n=9,
                    error=0.3,
                    rest=0.1,
                    p_value=0.2,
                    confirmed=False,
                ),
            ),
            rows=tuple(
                ErrorRow(
                    row=44 + k, actual="<b>yes</b>", predicted="no", probability=0.97 - k / 50, values=(("age", "25"),)
                )
                for k in range(5)
            ),
            groups=(
                GroupError(column="age", group="young", n=20, error=0.3, low=0.15, high=0.5),
                GroupError(column="age", group="old", n=40, error=0.12, low=0.06, high=0.26),
            ),
            gaps=(
                GroupGap(
                    column="age",
                    gap=0.18,
                    low=-0.02,
                    high=0.4,
                    p_value=0.08,
                    worst="young",
                    best="old",
                    n=60,
                    method="newcombe",
                ),
            ),
        ),
        labels=_labels(
            300,
            SuspectLabel(
                row=46,
                given="<b>yes</b>",
                suggested="no",
                probability=0.91,
                values=(("age", "25"), (HOSTILE[0], "<i>")),
            ),
            SuspectLabel(row=12, given="no", suggested="<b>yes</b>", probability=0.4),
        ),
        neighbours=_neighbours(
            "error_rate",
            f"{OUTLYING}; Newcombe limits",
            Surroundings(
                row=44,
                label="<b>yes</b>",
                neighbours=(Neighbour(row=3, label="<b>yes</b>", distance=0.5),),
                p_value=0.4,
                outside=False,
            ),
            error_inside=0.18,
        ),
        skipped=(Skipped(analysis="groups", reason="no_protected", facts={}),),
        verdict=Verdict(
            level="caution",
            text="Use with caution: one warning stands.",
            facts={
                "metric": "accuracy",
                "value": 0.8166,
                "low": 0.73,
                "high": 0.91,
                "n": 60,
                "criticals": 0,
                "warnings": 1,
                "notes": 1,
                "judged": 5,
                "skipped": 1,
                "leading": "class_imbalance",
                "better": False,
                "gain": 0.0666,
            },
        ),
        findings=findings,
        checks=CHECKS,
        card=Card(
            purpose="Decide who gets a loan.",
            decision="A clerk reads the score and decides.",
            owner="Credit risk, <b>Ms Example</b>",
            contact="risk@example.org",
            version="1.2",
            date="2026-01-31",
        ),
        settings=Settings(target="outcome", test="data/test.csv", protected=("age",)),
        environment=ENVIRONMENT,
    )


def multiclass() -> Document:
    """Three classes with Chinese names, ordered as nothing; a sound verdict."""
    features = ("嘴峰长度（毫米）", "嘴峰深度（毫米）", "鳍肢长度（毫米）", "体重（克）", "岛屿", "性别")
    labels = ("阿德利企鹅", "帽带企鹅", "巴布亚企鹅")
    model, training = _network(inputs=9, outputs=3, epochs=60)
    metrics = (
        _metric("accuracy", 0.9855, 0.02, 69),
        _metric("accuracy", 0.995, 0.01, 205, "train"),
        _metric("accuracy", 0.986, 0.02, 69, "validation"),
        _metric("balanced_accuracy", 0.981, 0.03, 69),
        _metric("f1_macro", 0.982, 0.03, 69),
        _metric("log_loss", 0.05, 0.03, 69),
        _metric("error_rate", 0.0145, 0.014, 69),
        _metric("mean_class_difference", 0.0145, 0.014, 69),
        *(_metric("recall", 0.97, 0.03, 23, of=label) for label in labels),
        *(_metric("precision", 0.98, 0.02, 23, of=label) for label in labels),
    )
    baselines = tuple(
        Baseline(
            name=name,
            metrics=(_metric("accuracy", value, 0.03, 69),),
            comparison=Comparison(
                metric="accuracy",
                difference=0.9855 - value,
                low=0.96 - value,
                high=1 - value,
                n=69,
                p_value=p,
                method="mcnemar",
            ),
        )
        for name, value, p in (
            ("dummy", 0.4348, 1e-9),
            ("linear", 0.9855, 1.0),
            ("tree", 0.942, 0.25),
            ("boosting", 0.971, 0.5),
        )
    )
    simpler = Finding(
        code="simpler_model_suffices",
        severity=Severity.INFO,
        evidence={
            "baseline": "linear",
            "margin": 0.05,
            "difference": 0.0,
            "low": -0.03,
            "high": 0.03,
            "n": 69,
            "metric": "accuracy",
        },
        message="A linear model is as good within its interval.",
        advice="Prefer the model that can be read.",
        section="concepts",
    )
    return Document(
        title="企鹅数据审计",
        dataset=DatasetRecord(
            name="企鹅",
            source="penguins_zh.csv",
            rows=344,
            rows_used=343,
            sha256="0c" * 32,
            reading=Reading(format="csv", encoding="gb18030", delimiter=","),
            columns=(
                *(_number(name, missing=2) for name in features[:4]),
                _category("岛屿", ("比斯科岛", "梦岛", "托尔格森岛")),
                _category("性别", ("雄", "雌")),
                _category("种类", labels, role="target", why="asked"),
            ),
        ),
        task=Task(kind="multiclass", target="种类", classes=labels),
        split=SplitRecord(
            strategy="stratified",
            train=205,
            validation=69,
            test=69,
            parts=(
                PartRecord(name="train", rows=205, counts=(91, 41, 73)),
                PartRecord(name="validation", rows=69, counts=(30, 14, 25)),
                PartRecord(name="test", rows=69, counts=(30, 13, 26)),
            ),
        ),
        profile=Profile(missing_target_rows=(17,)),
        model=model,
        training=training,
        metrics=metrics,
        refits=Refits(
            strategy="stratified",
            covers=("split", "seed"),
            count=3,
            train_rows=274,
            test_rows=69,
            method="t interval over networks, corrected for the rows that splits share",
            metrics=(
                _refit_metric("accuracy", 0.9855, 0.9855, 0.9855, 0.9855, half=None, note="all_equal"),
                _refit_metric("balanced_accuracy", 0.981, 0.97, 0.96, 0.99, half=0.02),
            ),
        ),
        calibration=Calibration(
            about="predicted",
            bins=(
                ReliabilityBin(stated=0.7, observed=0.75, low=0.3, high=0.95, n=4),
                ReliabilityBin(stated=0.99, observed=1.0, low=0.94, high=1.0, n=65),
            ),
            n=69,
            method="wilson",
            temperature=1.0,
        ),
        baselines=baselines,
        selection=_selections(features),
        selection_summary=SUMMARY,
        solo=_solo(features, "roc_auc"),
        importance=_importances(features),
        surrogates=_surrogates(features, labels, "agreement"),
        faithfulness=_faithfulness(sound=False),
        agreement=_agreement(_importances(features), 0.6),
        walkthroughs=(
            _walk("right", 3, labels[0], labels[0], features, p=1.0),
            _walk("wrong", 90, labels[1], labels[0], features, p=0.8),
            _walk("unsure", 91, labels[1], labels[1], features, p=0.52),
        ),
        errors=Errors(
            measure="error_rate",
            confusion=Confusion(labels=labels, counts=((30, 0, 0), (1, 12, 0), (0, 0, 26))),
            mean_class_difference=0.0145,
            mixups=(Mixup(actual=labels[1], predicted=labels[0], count=1, n=13, share=0.077, low=0.014, high=0.33),),
            rows=(
                ErrorRow(row=90, actual=labels[1], predicted=labels[0], probability=0.8, values=(("岛屿", "梦岛"),)),
            ),
        ),
        labels=_labels(344),
        neighbours=_neighbours(
            "error_rate",
            f"{OUTLYING}; Newcombe limits",
            Surroundings(
                row=90,
                label=labels[1],
                neighbours=(Neighbour(row=7, label=labels[0], distance=0.25),),
                p_value=0.002,
                outside=True,
            ),
            outside=3,
            error_inside=0.01,
            error_outside=0.3,
            gap=0.29,
            low=0.02,
            high=0.7,
        ),
        skipped=(
            Skipped(analysis="groups", reason="no_protected"),
            Skipped(analysis="slices", reason="too_few_errors", facts={"errors": 1}),
        ),
        verdict=Verdict(
            level="sound",
            text="Sound: nothing that was looked for speaks against it.",
            facts={
                "metric": "accuracy",
                "value": 0.9855,
                "low": 0.9655,
                "high": 1.0,
                "n": 69,
                "criticals": 0,
                "warnings": 0,
                "notes": 1,
                "judged": 5,
                "skipped": 1,
                "leading": None,
                "better": True,
                "gain": 0.55,
            },
        ),
        findings=(simpler,),
        checks=(Check(code="class_imbalance", status="sound"), Check(code="simpler_model_suffices", status="found")),
        card=Card(),
        settings=Settings(target="种类"),
        environment=ENVIRONMENT,
    )


def regression() -> Document:
    """A number as target, residuals, a critical finding and an unfit verdict."""
    features = ("area", "rooms", "year", "heating")
    model, training = _network(inputs=7, outputs=1, epochs=80)
    metrics = (
        _metric("r2", 0.78, 0.06, 200),
        _metric("r2", 0.95, 0.02, 600, "train"),
        _metric("r2", 0.8, 0.06, 200, "validation"),
        _metric("rmse", 31250.5, 2500.0, 200),
        _metric("mae", 21034.25, 1800.0, 200),
    )
    baselines = tuple(
        Baseline(
            name=name,
            metrics=(_metric("r2", value, 0.06, 200),),
            comparison=Comparison(
                metric="r2", difference=0.78 - value, low=0.72 - value, high=0.84 - value, n=200, method="bootstrap"
            ),
        )
        for name, value in (("dummy", 0.0), ("linear", 0.74), ("tree", 0.7), ("boosting", 0.82))
    )
    actual = tuple(100_000.0 + 1_500.0 * k for k in range(150))
    leak = Finding(
        code="target_leakage",
        severity=Severity.CRITICAL,
        columns=("area",),
        rows=tuple(range(400)),
        evidence={"feature": "area", "value": 0.99, "low": 0.98, "high": 1.0, "floor": 0.0, "measure": "r2", "n": 800},
        message="The column area alone gives the target away (R2 0.99).",
        advice="Ask whether it is known at the time of the prediction; drop it if not.",
        section="background",
    )
    return Document(
        title="Audit of houses",
        dataset=DatasetRecord(
            name="houses",
            source="houses.parquet",
            rows=1000,
            rows_used=1000,
            sha256="77" * 32,
            reading=Reading(format="parquet"),
            columns=(
                *(_number(name) for name in features[:3]),
                _category("heating", ("gas", "oil", "heat pump")),
                Column(name="remarks", kind="text", role="dropped", missing=10, distinct=990, why="text"),
                Column(
                    name="garden",
                    kind="boolean",
                    role="dropped",
                    missing=0,
                    distinct=2,
                    why="asked",
                    levels=(Level(label="true", count=400), Level(label="false", count=600)),
                ),
                _number("price", role="target", why="asked"),
            ),
        ),
        task=Task(kind="regression", target="price", kind_default=False),
        split=SplitRecord(
            strategy="random",
            train=600,
            validation=200,
            test=200,
            parts=tuple(
                PartRecord(
                    name=name,
                    rows=rows,
                    numbers=NumberSummary(
                        mean=211750.0,
                        standard_deviation=65000.0,
                        minimum=100000.0,
                        lower_quartile=156000.0,
                        median=211000.0,
                        upper_quartile=268000.0,
                        maximum=323500.0,
                    ),
                )
                for name, rows in (("train", 600), ("validation", 200), ("test", 200))
            ),
        ),
        model=model,
        training=training,
        metrics=metrics,
        baselines=baselines,
        selection=_selections(features),
        selection_summary=SUMMARY,
        solo=_solo(features, "r2"),
        importance=_importances(features),
        surrogates=_surrogates(features, ("150000", "220000", "300000"), "r2"),
        walkthroughs=(
            _walk("typical", 3, "201000", "199870", features, p=None),
            _walk("worst", 90, "320000", "211000", features, p=None),
        ),
        errors=Errors(
            measure="mean_absolute_error",
            residuals=Residuals(
                mean=-120.0,
                low=-2400.0,
                high=2160.0,
                standard_deviation=31250.5,
                median_absolute=14000.0,
                actual=actual,
                predicted=tuple(value + 20_000 * (-1) ** k * ((k * 7) % 13) / 13 for k, value in enumerate(actual)),
                n=200,
            ),
            rows=(ErrorRow(row=90, actual="320000", predicted="211000", error=-109000.0, values=(("area", "41"),)),),
        ),
        skipped=(
            Skipped(analysis="confusion", reason="needs_classes"),
            Skipped(analysis="refits", reason="too_large_to_refit"),
            Skipped(analysis="calibration", reason="needs_classes"),
        ),
        verdict=Verdict(
            level="unfit",
            text="Not fit for use: one critical finding stands.",
            facts={
                "metric": "r2",
                "value": 0.78,
                "low": 0.72,
                "high": 0.84,
                "n": 200,
                "criticals": 1,
                "warnings": 0,
                "notes": 0,
                "judged": 5,
                "skipped": 1,
                "leading": "target_leakage",
                "better": True,
                "gain": 0.78,
            },
        ),
        findings=(leak,),
        checks=(*CHECKS[:1], Check(code="target_leakage", status="found")),
        card=Card(purpose="Set an asking price."),
        settings=Settings(target="price", task="regression"),
        environment=ENVIRONMENT,
    )


SAMPLES = (binary, multiclass, regression)
