"""What a practitioner would set beside the network: boosted trees, a regression, scikit-learn's own network.

Every rival takes the prepared rows of one split and gives its answers for the test rows: a column of probabilities for
each class, or numbers. Each has two variants; the one of the better mean over the splits counts, which is generous to
the rival, since test rows choose it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from reportgen.data import Prepared
from reportgen.evidence.predictions import SMALLEST

PENALTIES = (1.0, 10.0, 100.0, 1000.0)
LEVELS = 200
"""scikit-learn's boosting takes no more than 255 categories a column."""

Rival = Callable[[Prepared, int], np.ndarray]


def loss(actual: np.ndarray, answers: np.ndarray) -> float:
    """Log loss in nats, clipped as the product's own, or the root mean squared error in the target's units."""
    if answers.ndim == 1:
        return float(np.sqrt(np.mean((actual - answers) ** 2)))
    own = answers[np.arange(len(actual)), actual]
    return float(-np.mean(np.log(np.maximum(own, SMALLEST))))


def stopped_trees(prepared: Prepared, classes: int) -> np.ndarray:
    """Boosting on raw columns, stopped by the validation rows that stop the network too."""
    train, validation, test = _raw(prepared)
    kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    model = kind(
        max_iter=500,
        l2_regularization=1.0,
        early_stopping=True,
        categorical_features="from_dtype",
        random_state=0,
    )
    model.fit(train, prepared.train.y, X_val=validation, y_val=prepared.validation.y)
    return _answers(model, test, classes)


def default_trees(prepared: Prepared, classes: int) -> np.ndarray:
    """Boosting on raw columns as scikit-learn sets it, on training and validation rows."""
    train, validation, test = _raw(prepared)
    kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    model = kind(categorical_features="from_dtype", random_state=0)
    return _answers(model.fit(pd.concat([train, validation]), _both(prepared)[1]), test, classes)


def regression(prepared: Prepared, classes: int) -> np.ndarray:
    """Logistic or ridge regression with the penalty that validation rows like best, fitted to training rows."""
    return _answers(_chosen_regression(prepared, classes), prepared.test.x, classes)


def refitted_regression(prepared: Prepared, classes: int) -> np.ndarray:
    """The same, fitted again to training and validation rows once the penalty is chosen."""
    model = _chosen_regression(prepared, classes).fit(*_both(prepared))
    return _answers(model, prepared.test.x, classes)


def stopped_mlp(prepared: Prepared, classes: int) -> np.ndarray:
    """scikit-learn's network, which holds back a fifth of training and validation rows to stop by."""
    return _mlp(prepared, classes, {"early_stopping": True, "validation_fraction": 0.2})


def default_mlp(prepared: Prepared, classes: int) -> np.ndarray:
    """scikit-learn's network as it sets it."""
    return _mlp(prepared, classes, {})


RIVALS: Mapping[str, Mapping[str, Rival]] = {
    "boosted trees": {"stopped by validation rows": stopped_trees, "defaults": default_trees},
    "regression": {"refitted": refitted_regression, "training rows only": regression},
    "MLP": {"stopped": stopped_mlp, "defaults": default_mlp},
}


def _chosen_regression(prepared: Prepared, classes: int) -> BaseEstimator:
    train, validation = prepared.train, prepared.validation
    kinds = (LogisticRegression(C=1 / size, max_iter=2000) if classes else Ridge(size) for size in PENALTIES)
    models = [make_pipeline(StandardScaler(), kind).fit(train.x.astype(float), train.y) for kind in kinds]
    return min(models, key=lambda model: loss(validation.y, _answers(model, validation.x, classes)))


def _mlp(prepared: Prepared, classes: int, settings: Mapping[str, Any]) -> np.ndarray:
    x, y = _both(prepared)
    if classes:
        model = make_pipeline(StandardScaler(), MLPClassifier(random_state=0, **settings)).fit(x, y)
        return _answers(model, prepared.test.x, classes)
    centre, scale = y.mean(), y.std()
    model = make_pipeline(StandardScaler(), MLPRegressor(random_state=0, **settings)).fit(x, (y - centre) / scale)
    return centre + scale * _answers(model, prepared.test.x, classes)


def _both(prepared: Prepared) -> tuple[np.ndarray, np.ndarray]:
    """Training and validation rows together, in double precision as scikit-learn's solvers like them."""
    x = np.vstack([prepared.train.x, prepared.validation.x]).astype(float)
    return x, np.concatenate([prepared.train.y, prepared.validation.y])


def _answers(model: BaseEstimator, x: Any, classes: int) -> np.ndarray:
    rows = x.astype(float) if isinstance(x, np.ndarray) else x
    if not classes:
        return np.asarray(model.predict(rows), dtype=float)
    probabilities = np.zeros((len(rows), classes))
    probabilities[:, model.classes_] = model.predict_proba(rows)
    return probabilities


def _raw(prepared: Prepared) -> tuple[pd.DataFrame, ...]:
    """The columns as boosting likes them: numbers as they are, dates in parts, categories as categories."""
    kinds = {column.name: column.kind for column in prepared.columns}
    seen = prepared.train.frame
    parts = (prepared.train, prepared.validation, prepared.test)
    return tuple(_raw_frame(part.frame.reset_index(drop=True), seen, kinds) for part in parts)


def _raw_frame(frame: pd.DataFrame, seen: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for name in frame.columns:
        if kinds[name] == "numeric":
            columns[name] = frame[name].to_numpy(float)
        elif kinds[name] == "datetime":
            columns |= _dates(name, frame[name])
        else:
            columns[name] = _categories(frame[name], seen[name])
    return pd.DataFrame(columns)


def _dates(name: str, dates: pd.Series) -> dict[str, Any]:
    days = (dates - pd.Timestamp(1970, 1, 1)) / pd.Timedelta(days=1)
    parts = {"days": days, "month": dates.dt.month, "weekday": dates.dt.day_of_week, "hour": dates.dt.hour}
    return {f"{name} {part}": values.to_numpy(float) for part, values in parts.items()}


def _categories(values: pd.Series, seen: pd.Series) -> pd.Categorical:
    """The most frequent categories of the training rows; the others count as missing."""
    known = seen.dropna().astype(str).value_counts().index[:LEVELS]
    return pd.Categorical(values.astype(str).where(values.notna()), categories=sorted(known))
