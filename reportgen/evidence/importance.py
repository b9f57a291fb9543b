"""Which original columns matter, by seven methods, each with the score of the model it speaks about."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from reportgen.evidence.alike import Labels, alike
from reportgen.evidence.attributed import Local, taken_apart, worth
from reportgen.evidence.base import Fitted, Predict, Subject
from reportgen.evidence.clusters import told
from reportgen.evidence.coefficients import standardised
from reportgen.evidence.first_layer import weighed
from reportgen.evidence.number_scores import r2
from reportgen.evidence.permutation import LIGHT, Features, Judged, Loss, Shuffled, judged_by, permuted
from reportgen.evidence.trees import impurity
from reportgen.records.explanation import FeatureImportance, Importance, JointImportance

OVER_ROWS = "t interval over test rows, each as taker and giver of shuffled values; one feature at a time"
OVER_NETWORKS = (
    "t interval over networks and rows held out, as takers and givers of shuffled values; one feature at a time"
)


def measure(subject: Subject, together: Sequence[Features] = ()) -> tuple[Importance, ...]:
    """Every method that the subject allows; permutation in the network leads.

    `together` names the sets of columns that stand for each other, which are also shuffled as one.
    """
    fitted = {baseline.name: baseline for baseline in subject.baselines}
    methods = [*_permutations(subject, together)]
    if "linear" in fitted and fitted["linear"].coefficients is not None:
        methods.append(_linear(subject, fitted["linear"], together))
    if "tree" in fitted and fitted["tree"].importances is not None:
        methods.append(_tree(subject, fitted["tree"]))
    if "boosting" in fitted:
        methods.append(_boosting(subject, fitted["boosting"]))
    return (*methods, _first_layer(subject), *_attributed(subject))


def _permutations(subject: Subject, together: Sequence[Features]) -> tuple[Importance, ...]:
    """Permutation over all networks: the leading method exchanges a column only among rows alike in the others.

    Where no column is told by the others the two are one and the same.
    """
    models, single = judged_by(subject), [(feature,) for feature in subject.features]
    free = permuted(subject, models, [*single, *together])
    losses, groups = free.losses[: len(single)], free.losses[len(single) :]
    strata = alike(subject, [model.part for model in models])
    plain = _shuffled(subject, replace(free, losses=losses), subject.predict, "permutation", len(models))
    note = "correlated_features" if together else None
    plain = plain.model_copy(update={"groups": _joint(subject, groups), "note": note})
    if not strata:
        return (plain.model_copy(update={"main": True}),)
    labels: dict[Features, Sequence[Labels]] = {(name,): one.labels for name, one in strata.items()}
    within = permuted(subject, models, list(labels), labels)
    own = {loss.features: _scaled(loss, 1 / strata[loss.features[0]].left) for loss in within.losses}
    mixed = replace(free, losses=tuple(own.get(loss.features, loss) for loss in losses))
    main = _shuffled(subject, mixed, subject.predict, "conditional_permutation", len(models))
    leads = {"main": True, "conditional": tuple(strata), "note": "alike_rows", "groups": plain.groups}
    return main.model_copy(update=leads), plain.model_copy(update={"groups": ()})


def _scaled(loss: Loss, factor: float) -> Loss:
    return Loss(loss.features, loss.value * factor, loss.low * factor, loss.high * factor)


def _boosting(subject: Subject, fitted: Fitted) -> Importance:
    models = (Judged(subject.test, subject.groups, fitted.predict),)
    found = permuted(subject, models, [(feature,) for feature in subject.features], effort=LIGHT)
    return _shuffled(subject, found, fitted.predict, "boosting", 1)


def _shuffled(
    subject: Subject,
    found: Shuffled,
    predict: Predict,
    method: Literal["conditional_permutation", "permutation", "boosting"],
    networks: int,
) -> Importance:
    unit, factor = _unit(subject, subject.test.y if networks == 1 else subject.held.y)
    units = subject.test.units if networks == 1 else subject.held.units
    scaled = [_scaled(loss, factor) for loss in found.losses]
    features = [
        FeatureImportance(feature=one.features[0], value=one.value, low=one.low, high=one.high) for one in scaled
    ]
    return Importance(
        method=method,
        unit=unit,
        n=found.rows,
        networks=networks,
        interval_method=told(OVER_ROWS if networks == 1 else OVER_NETWORKS, units, rows=found.rows),
        repeats=found.shuffles,
        features=tuple(sorted(features, key=lambda one: -one.value)),
        **_fidelity(subject, predict),
    )


def _joint(subject: Subject, losses: Sequence[Loss]) -> tuple[JointImportance, ...]:
    factor = _unit(subject, subject.held.y)[1]
    scaled = sorted((_scaled(loss, factor) for loss in losses), key=lambda one: -one.value)
    return tuple(JointImportance(features=one.features, value=one.value, low=one.low, high=one.high) for one in scaled)


def _unit(subject: Subject, y: npt.NDArray[Any]) -> tuple[str, float]:
    """What a loss counts as, and by what it is multiplied.

    Squared errors are shares of the variance of the target `y` of the rows asked about, which is by how much R2 falls;
    as they are where it does not vary. The variance is taken as given: the interval is that of the numerator.
    """
    if subject.classifies:
        return "log_loss", 1.0
    variance = float(np.var(y)) if _varies(y) else 0.0
    return ("r2_drop", 1 / variance) if variance > 0 else ("squared_error", 1.0)


def _linear(subject: Subject, fitted: Fitted, together: Sequence[Features]) -> Importance:
    features, rows = standardised(subject, fitted)
    return Importance(
        method="linear",
        unit="standardised_coefficient",
        n=rows,
        interval_method="normal interval, sandwich covariance and delta method; one feature at a time",
        note="correlated_features" if together else None,
        features=features,
        **_fidelity(subject, fitted.predict),
    )


def _tree(subject: Subject, fitted: Fitted) -> Importance:
    return Importance(
        method="tree",
        unit="impurity",
        n=len(subject.train.y),
        note="impurity_bias",
        features=impurity(subject, fitted),
        **_fidelity(subject, fitted.predict),
    )


def _first_layer(subject: Subject) -> Importance:
    features, rows = weighed(subject)
    return Importance(
        method="first_layer",
        unit="weight",
        n=rows,
        note="weights_mislead",
        features=features,
        **_fidelity(subject, subject.predict),
    )


def _attributed(subject: Subject) -> tuple[Importance, ...]:
    """What a column's contributions to single test rows are worth, by two ways to take answers apart."""
    found = taken_apart(subject)
    return (
        _worth(subject, "integrated_gradients", found["integrated_gradients"]),
        _worth(subject, "expected_gradients", found["expected_gradients"]),
    )


def _worth(subject: Subject, method: Literal["integrated_gradients", "expected_gradients"], local: Local) -> Importance:
    unit, factor = _unit(subject, subject.test.y)
    return Importance(
        method=method,
        unit=f"contribution_{unit}",
        n=len(local.rows),
        interval_method="t interval over test rows; one feature at a time",
        note="noise_is_worth_nothing",
        features=tuple(_in_units(one, factor) for one in worth(subject, local)),
        **_fidelity(subject, subject.predict),
    )


def _in_units(one: FeatureImportance, factor: float) -> FeatureImportance:
    low, high = (None if end is None else end * factor for end in (one.low, one.high))
    return FeatureImportance(feature=one.feature, value=one.value * factor, low=low, high=high)


def _fidelity(subject: Subject, predict: Predict) -> dict[str, Any]:
    """The test score of the model that an importance speaks about; None of r2 where the target does not vary."""
    answers, y = predict(subject.test.x), subject.test.y
    if subject.classifies:
        return {"fidelity": float(np.mean(np.argmax(answers, axis=1) == y)), "fidelity_measure": "accuracy"}
    return {"fidelity": r2(answers, y)[0] if _varies(y) else None, "fidelity_measure": "r2"}


def _varies(y: npt.NDArray[Any]) -> bool:
    return len(y) > 1 and float(np.ptp(y)) > 0
