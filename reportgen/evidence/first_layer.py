"""How heavily the network's first layer weighs each original column."""

import numpy as np

from reportgen.evidence.base import Subject
from reportgen.evidence.coefficients import spread
from reportgen.records.explanation import FeatureImportance


def weighed(subject: Subject) -> tuple[FeatureImportance, ...]:
    """What a column moves the first layer's units by, over training rows: root mean square over the units.

    It says what goes in, not what comes out: later layers may cancel it, and units the answer ignores count as much.
    """
    x = subject.train.x.astype(np.float64)
    weights = np.asarray(subject.first_layer, dtype=np.float64)
    features = (
        FeatureImportance(feature=name, value=spread(x[:, group], weights[group].T))
        for name, group in subject.groups.items()
    )
    return tuple(sorted(features, key=lambda one: -one.value))
