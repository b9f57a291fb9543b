"""How heavily the network's first layer weighs each original column."""

import numpy as np

from reportgen.evidence.base import Subject
from reportgen.records.explanation import FeatureImportance

MOST_ROWS = 1_000
"""Training rows that are enough: a standard deviation over so many is known to some two in a hundred."""

_STREAM = 109


def weighed(subject: Subject) -> tuple[tuple[FeatureImportance, ...], int]:
    """What a column moves the first layer's units by, over training rows: root mean square over the units.

    Returned with the number of training rows it was measured on.

    It says what goes in, not what comes out: later layers may cancel it, and units the answer ignores count as much.
    """
    x = subject.train.fresh
    if len(x) > MOST_ROWS:
        rng = np.random.default_rng([subject.seed, _STREAM])
        x = x[np.sort(rng.choice(len(x), MOST_ROWS, replace=False))]
    features = (
        FeatureImportance(feature=name, value=float(np.sqrt(subject.first_layer(x, group).var(axis=0).mean())))
        for name, group in subject.groups.items()
    )
    return tuple(sorted(features, key=lambda one: -one.value)), len(x)
