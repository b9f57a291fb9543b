"""Single rows: what each value adds to the answer, and the smallest change that would turn it."""

from typing import Literal

from reportgen.records.base import PartName, Record
from reportgen.records.network import Cover


class Share(Record):
    """What one feature's value adds to one answer, with its limits; a missing value is ""."""

    feature: str
    value: str
    contribution: float
    low: float
    high: float


class Changed(Record):
    """One value that is changed: `distance` is the share of training rows that a number passes, 1 for a category."""

    feature: str
    old: str
    new: str
    distance: float


class Turn(Record):
    """The smallest change found of at most two values that turns the answer for a row.

    `changes` is empty where none was found among the `tried` ones. `answer` is the class or the number then given,
    `probability` what the network states for it. `networks` counts the networks made anew that gave the row the
    reported network's answer (all of them for a number), `agreeing` those of them that the same change turns too.
    For a number, `margin` is the change that counts as another answer (the mean absolute error on test rows), and
    `moves` by how much the change moves the reported network and each that was made anew.
    """

    changes: tuple[Changed, ...] = ()
    answer: str = ""
    probability: float | None = None
    tried: int
    features: int
    networks: int = 0
    agreeing: int = 0
    margin: float | None = None
    moves: tuple[float, ...] = ()


class SingleRow(Record):
    """One row taken apart: sampled Shapley values of the probability of its class, or of its number.

    `shares` holds all features, the largest first; with `rest` = 0 they add up to `output - base`, where `base` is the
    network's mean answer for the `background` training rows that stand in. Limits hold for one feature at a time;
    `covers` says what they are over beside the background rows and orders: networks made anew (`networks`, the
    reported one among them), or nothing. `part` is where the row stands: the network has seen it unless it is a
    test row. `agrees` says whether integrated gradients name the same feature as the largest.
    """

    why: Literal["asked", "right", "wrong", "unsure", "typical", "worst", "best"]
    row: int
    part: PartName
    actual: str
    predicted: str
    probability: float | None = None
    output: float
    base: float
    shares: tuple[Share, ...]
    background: int
    networks: int
    covers: tuple[Cover, ...]
    method: str
    agrees: bool
    turn: Turn | None = None
