"""What columns say of each other, how few of them do, and which of them add to the others."""

from typing import Literal

from reportgen.records.base import Record

PairMethod = Literal["pearson", "spearman", "correlation_ratio", "cramers_v"]


class FeatureGroup(Record):
    """Features any two of which go together at least as closely as the cut; `first` and `second` are the closest pair.

    `value` (with its interval) is that pair's association, `weakest` the least between any two; all lie in [0, 1].
    """

    columns: tuple[str, ...]
    first: str
    second: str
    method: PairMethod
    value: float
    low: float
    high: float
    weakest: float
    n: int


class Dependence(Record):
    """A column that is a function of another: `column` follows from `given`, on rows that did not teach the function.

    `value` is the share that is explained: R2 of a number, or for a category the share of the rows off its commonest
    value that would be got wrong without `given` and are not with it.
    """

    given: str
    column: str
    measure: Literal["r2", "explained"]
    value: float
    low: float
    n: int


class Redundancy(Record):
    """Which features stand for each other, on `n` training rows; `pairs` counts the pairs looked at.

    A pair counts where it is dependent at level `alpha` after Holm's correction and its association reaches `cut`.
    """

    groups: tuple[FeatureGroup, ...] = ()
    dependences: tuple[Dependence, ...] = ()
    pairs: int
    cut: float
    alpha: float
    level: float = 0.95
    n: int
    method: str


class CurvePoint(Record):
    """What `k` columns reach: a score and a mean loss, each with its interval; `worse` is the loss above that of all.

    The interval of `worse` is paired by rows and holds for all points together. k = 0 is guessing.
    """

    k: int
    score: float
    low: float
    high: float
    loss: float
    worse: float
    worse_low: float
    worse_high: float


class FewColumns(Record):
    """How well the k best columns predict, by a small model that is not the network.

    In each of `folds` folds columns are ranked and the model is fitted on the other folds' rows. `order` is the ranking
    on all of these rows. `enough` is the fewest columns from which on no point is shown to be worse than all, None
    where not even all columns are shown to beat guessing.
    """

    model: Literal["boosting"] = "boosting"
    measure: Literal["accuracy", "r2"]
    loss: Literal["log_loss", "squared_error"]
    points: tuple[CurvePoint, ...]
    enough: int | None
    order: tuple[str, ...]
    columns: int
    folds: int
    n: int
    level: float = 0.95
    method: str


class Addition(Record):
    """What one feature adds to all the others: the loss that the network gains where it is drawn anew given them.

    `value` is in nats of log loss, or a share of the target's variance; `p_value` is one-sided and Holm-adjusted.
    """

    feature: str
    value: float
    low: float
    high: float
    p_value: float
    adds: bool


class Additions(Record):
    """The conditional test of every feature, the largest value first, on rows that the networks did not see.

    Of very many features, `of` in all (None in reports of earlier versions), those are tested that tell the target best
    alone, as training and validation rows say.
    """

    unit: Literal["log_loss", "r2_drop", "squared_error"]
    features: tuple[Addition, ...]
    alpha: float
    repeats: int
    networks: int
    n: int
    of: int | None = None
    level: float = 0.95
    method: str
