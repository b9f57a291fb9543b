"""Which original columns matter, by seven methods, each with the score of the model it speaks about."""

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from reportgen.evidence.attributed import Local, taken_apart, worth
from reportgen.evidence.base import Fitted, Predict, Subject
from reportgen.evidence.coefficients import standardised
from reportgen.evidence.first_layer import weighed
from reportgen.evidence.number_scores import r2
from reportgen.evidence.permutation import FULL, LIGHT, Effort, permuted
from reportgen.evidence.trees import impurity
from reportgen.records.explanation import FeatureImportance, Importance

CORRELATED = 0.7
"""Half of the variance shared: above it a shuffled column makes rows that cannot exist, and partners stand in."""

Features: TypeAlias = tuple[FeatureImportance, ...]


def measure(subject: Subject) -> tuple[Importance, ...]:
    """Every method that the subject allows; permutation of the network leads."""
    fitted = {baseline.name: baseline for baseline in subject.baselines}
    methods = [_permutation(subject)]
    if "linear" in fitted and fitted["linear"].coefficients is not None:
        methods.append(_linear(subject, fitted["linear"]))
    if "tree" in fitted and fitted["tree"].importances is not None:
        methods.append(_tree(subject, fitted["tree"]))
    if "boosting" in fitted:
        methods.append(_boosting(subject, fitted["boosting"]))
    return (*methods, _first_layer(subject), *_attributed(subject))


def _permutation(subject: Subject) -> Importance:
    return _shuffled(subject, subject.predict, "permutation", FULL)


def _boosting(subject: Subject, fitted: Fitted) -> Importance:
    return _shuffled(subject, fitted.predict, "boosting", LIGHT)


def _shuffled(
    subject: Subject, predict: Predict, method: Literal["permutation", "boosting"], effort: Effort
) -> Importance:
    losses, rows, shuffles = permuted(subject, predict, effort)
    unit, features = ("log_loss", losses) if subject.classifies else _as_shares(losses, subject.test.y)
    return Importance(
        method=method,
        main=method == "permutation",
        unit=unit,
        n=rows,
        interval_method="t interval over test rows, each as taker and giver of shuffled values; one feature at a time",
        repeats=shuffles,
        note="correlated_features" if correlated(subject) else None,
        features=features,
        **_fidelity(subject, predict),
    )


def _as_shares(losses: Features, y: npt.NDArray[Any]) -> tuple[str, Features]:
    """Squared errors as shares of the test target's variance, which is by how much R2 falls; as they are without one.

    The variance is taken as given: the interval is that of the numerator.
    """
    variance = float(np.var(y)) if _varies(y) else 0.0
    if variance <= 0:
        return "squared_error", losses
    return "r2_drop", tuple(
        FeatureImportance(
            feature=one.feature,
            value=one.value / variance,
            low=None if one.low is None else one.low / variance,
            high=None if one.high is None else one.high / variance,
        )
        for one in losses
    )


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


def _attributed(subject: Subject) -> tuple[Importance, ...]:
    """What a column's contributions to single test rows are worth, by two ways to take answers apart."""
    found = taken_apart(subject)
    return (
        _worth(subject, "integrated_gradients", found["integrated_gradients"]),
        _worth(subject, "expected_gradients", found["expected_gradients"]),
    )


def _worth(subject: Subject, method: Literal["integrated_gradients", "expected_gradients"], local: Local) -> Importance:
    features = worth(subject, local)
    unit = "contribution_log_loss"
    if not subject.classifies:
        shares, features = _as_shares(features, subject.test.y)
        unit = f"contribution_{shares}"
    return Importance(
        method=method,
        unit=unit,
        n=len(local.rows),
        interval_method="t interval over test rows; one feature at a time",
        note="noise_is_worth_nothing",
        features=features,
        **_fidelity(subject, subject.predict),
    )


def _fidelity(subject: Subject, predict: Predict) -> dict[str, Any]:
    """The test score of the model that an importance speaks about; None of r2 where the target does not vary."""
    answers, y = predict(subject.test.x), subject.test.y
    if subject.classifies:
        return {"fidelity": float(np.mean(np.argmax(answers, axis=1) == y)), "fidelity_measure": "accuracy"}
    return {"fidelity": r2(answers, y)[0] if _varies(y) else None, "fidelity_measure": "r2"}


def _varies(y: npt.NDArray[Any]) -> bool:
    return len(y) > 1 and float(np.ptp(y)) > 0


def correlated(subject: Subject) -> bool:
    """Whether two columns' encoded values correlate so highly that importance is shared between them."""
    x = subject.train.x.astype(np.float64)
    centred = x - x.mean(axis=0)
    scale = np.sqrt((centred**2).sum(axis=0))
    unit = centred / np.where(scale > 0, scale, 1.0)
    owner = np.array([subject.features.index(column.feature) for column in subject.inputs])
    together = np.abs(unit.T @ unit) * (owner[:, None] != owner)
    return bool((together > CORRELATED).any())
