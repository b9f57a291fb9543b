"""The impurity importances of the tree baseline, put together by original column."""

import numpy as np

from reportgen.evidence.base import Fitted, Subject
from reportgen.records.explanation import FeatureImportance


def impurity(subject: Subject, fitted: Fitted) -> tuple[FeatureImportance, ...]:
    """The share of impurity that each column's questions take away (Breiman et al. 1984, CART, section 5.3)."""
    importances = np.asarray(fitted.importances, dtype=np.float64)
    features = (
        FeatureImportance(feature=name, value=float(importances[group].sum())) for name, group in subject.groups.items()
    )
    return tuple(sorted(features, key=lambda one: -one.value))
