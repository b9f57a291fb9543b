"""Which original columns matter, by six methods, each with the score of the model it speaks about."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components

from reportgen.evidence.alike import Labels, alike
from reportgen.evidence.attribution import integrated_gradients
from reportgen.evidence.base import Fitted, Floats, Predict, Subject
from reportgen.evidence.coefficients import standardised
from reportgen.evidence.first_layer import weighed
from reportgen.evidence.intervals import mean_interval
from reportgen.evidence.number_scores import r2
from reportgen.evidence.permutation import LIGHT, Features, Judged, Loss, Shuffled, judged_by, permuted
from reportgen.evidence.trees import impurity
from reportgen.records.explanation import FeatureImportance, Importance, JointImportance

MOST_ATTRIBUTED = 500
CORRELATED = 0.7
"""Half of the variance shared: above it a shuffled column makes rows that cannot exist, and partners stand in."""

OVER_ROWS = "t interval over test rows, each as taker and giver of shuffled values; one feature at a time"
OVER_NETWORKS = (
    "t interval over networks and rows held out, as takers and givers of shuffled values; one feature at a time"
)


def measure(subject: Subject) -> tuple[Importance, ...]:
    """Every method that the subject allows; permutation in the network leads."""
    fitted = {baseline.name: baseline for baseline in subject.baselines}
    methods = [*_permutations(subject)]
    if "linear" in fitted and fitted["linear"].coefficients is not None:
        methods.append(_linear(subject, fitted["linear"]))
    if "tree" in fitted and fitted["tree"].importances is not None:
        methods.append(_tree(subject, fitted["tree"]))
    if "boosting" in fitted:
        methods.append(_boosting(subject, fitted["boosting"]))
    return (*methods, _first_layer(subject), _attributed(subject))


def _permutations(subject: Subject) -> tuple[Importance, ...]:
    """Permutation over all networks: the leading method exchanges a column only among rows alike in the others.

    Where no column is told by the others the two are one and the same.
    """
    models, single = judged_by(subject), [(feature,) for feature in subject.features]
    sets = correlated(subject)
    free = permuted(subject, models, [*single, *sets])
    losses, groups = free.losses[: len(single)], free.losses[len(single) :]
    strata = alike(subject, [model.part for model in models])
    plain = _shuffled(subject, replace(free, losses=losses), subject.predict, "permutation", len(models))
    plain = plain.model_copy(update={"groups": _joint(subject, models, groups)})
    if not strata:
        return (plain.model_copy(update={"main": True}),)
    labels: dict[Features, Sequence[Labels]] = {(name,): one.labels for name, one in strata.items()}
    within = permuted(subject, models, list(labels), labels)
    own = {loss.features: _scaled(loss, 1 / strata[loss.features[0]].left) for loss in within.losses}
    mixed = replace(free, losses=tuple(own.get(loss.features, loss) for loss in losses))
    main = _shuffled(subject, mixed, subject.predict, "conditional_permutation", len(models))
    told = {"main": True, "conditional": tuple(strata), "note": "alike_rows", "groups": plain.groups}
    return main.model_copy(update=told), plain.model_copy(update={"groups": ()})


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
    unit, factor = _unit(subject)
    scaled = [_scaled(loss, factor) for loss in found.losses]
    features = [
        FeatureImportance(feature=one.features[0], value=one.value, low=one.low, high=one.high) for one in scaled
    ]
    return Importance(
        method=method,
        unit=unit,
        n=found.rows,
        networks=networks,
        interval_method=OVER_ROWS if networks == 1 else OVER_NETWORKS,
        repeats=found.shuffles,
        note="correlated_features" if correlated(subject) else None,
        features=tuple(sorted(features, key=lambda one: -one.value)),
        **_fidelity(subject, predict),
    )


def _joint(subject: Subject, models: Sequence[Judged], losses: Sequence[Loss]) -> tuple[JointImportance, ...]:
    factor = _unit(subject)[1]
    scaled = sorted((_scaled(loss, factor) for loss in losses), key=lambda one: -one.value)
    return tuple(JointImportance(features=one.features, value=one.value, low=one.low, high=one.high) for one in scaled)


def _unit(subject: Subject) -> tuple[str, float]:
    """What a loss counts as, and by what it is multiplied.

    Squared errors are shares of the variance of the target in the rows held out, which is by how much R2 falls; as they
    are where it does not vary. The variance is taken as given: the interval is that of the numerator.
    """
    if subject.classifies:
        return "log_loss", 1.0
    y = subject.held.y
    return ("r2_drop", 1 / float(np.var(y))) if _varies(y) and np.var(y) > 0 else ("squared_error", 1.0)


def _linear(subject: Subject, fitted: Fitted) -> Importance:
    features, rows = standardised(subject, fitted)
    return Importance(
        method="linear",
        unit="standardised_coefficient",
        n=rows,
        interval_method="normal interval, sandwich covariance and delta method; one feature at a time",
        note="correlated_features" if correlated(subject) else None,
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


def _attributed(subject: Subject) -> Importance:
    """The mean size of a column's integrated gradients over test rows, each row's for the class it was given."""
    rng = np.random.default_rng([subject.seed, 23])
    drawn = np.sort(rng.choice(len(subject.test.y), min(len(subject.test.y), MOST_ATTRIBUTED), replace=False))
    sizes = np.abs(_contributions(subject, subject.test.x[drawn]))
    return Importance(
        method="integrated_gradients",
        unit="attribution",
        n=len(sizes),
        interval_method="t interval over test rows; one feature at a time",
        note="sizes_not_losses",
        features=_means(subject.features, sizes),
        **_fidelity(subject, subject.predict),
    )


def _contributions(subject: Subject, x: Floats) -> Floats:
    given = np.argmax(subject.predict(x), axis=1) if subject.classifies else np.zeros(len(x), dtype=np.intp)
    contributions = np.empty((len(x), len(subject.features)))
    for output in np.unique(given):
        chosen = given == output
        contributions[chosen] = integrated_gradients(subject, x[chosen], int(output)).contributions
    return contributions


def _means(features: tuple[str, ...], sizes: Floats) -> tuple[FeatureImportance, ...]:
    measured = (_mean_size(name, column) for name, column in zip(features, sizes.T, strict=True))
    return tuple(sorted(measured, key=lambda one: -one.value))


def _mean_size(name: str, sizes: Floats) -> FeatureImportance:
    """A mean size with its interval, which one row alone does not have."""
    if len(sizes) < 2:
        return FeatureImportance(feature=name, value=float(sizes.mean()))
    low, high = mean_interval(sizes)
    return FeatureImportance(feature=name, value=float(sizes.mean()), low=max(0.0, low), high=high)


def _fidelity(subject: Subject, predict: Predict) -> dict[str, Any]:
    """The test score of the model that an importance speaks about; None of r2 where the target does not vary."""
    answers, y = predict(subject.test.x), subject.test.y
    if subject.classifies:
        return {"fidelity": float(np.mean(np.argmax(answers, axis=1) == y)), "fidelity_measure": "accuracy"}
    return {"fidelity": r2(answers, y)[0] if _varies(y) else None, "fidelity_measure": "r2"}


def _varies(y: npt.NDArray[Any]) -> bool:
    return len(y) > 1 and float(np.ptp(y)) > 0


def correlated(subject: Subject) -> tuple[tuple[str, ...], ...]:
    """Sets of columns whose encoded values correlate so highly, one with the next, that importance is shared."""
    x = subject.train.x.astype(np.float64)
    centred = x - x.mean(axis=0)
    scale = np.sqrt((centred**2).sum(axis=0))
    unit = centred / np.where(scale > 0, scale, 1.0)
    features = subject.features
    owner = np.array([features.index(column.feature) for column in subject.inputs])
    first, second = np.nonzero(np.abs(unit.T @ unit) > CORRELATED)
    near = np.zeros((len(features), len(features)), dtype=bool)
    near[owner[first], owner[second]] = True
    count, member = connected_components(near, directed=False)
    sets = (tuple(np.array(features)[member == number].tolist()) for number in range(count))
    return tuple(one for one in sets if len(one) > 1)
