"""Parts made of parts: rows chosen, and rows laid together."""

import numpy as np
import pandas as pd

from reportgen.evidence.base import Part


def some(part: Part, at) -> Part:
    """The rows at these positions."""
    return Part(part.name, part.x[at], part.y[at], part.rows[at], part.frame.iloc[at])


def joined(*parts: Part) -> Part:
    """All rows of several parts, as test rows."""
    return Part(
        "test",
        np.concatenate([part.x for part in parts]),
        np.concatenate([part.y for part in parts]),
        np.concatenate([part.rows for part in parts]),
        pd.concat([part.frame for part in parts]),
    )
