"""How well one feature alone tells the target."""

from typing import Literal

from reportgen.records.base import Record


class SoloScore(Record):
    """What a small tree reaches with one feature alone, cross-validated on training and validation rows.

    `measure` is roc_auc (one against the rest, averaged by class) or r2; `floor` is what knowing nothing reaches.
    """

    feature: str
    measure: Literal["roc_auc", "r2"]
    value: float
    low: float
    high: float
    level: float = 0.95
    floor: float
    n: int
    method: str
