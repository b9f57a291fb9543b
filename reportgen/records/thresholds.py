"""What follows from where the line is drawn between the two answers of a binary task."""

from typing import Literal

from reportgen.records.base import Record
from reportgen.records.network import Metric


class Threshold(Record):
    """What test rows show when the positive class is answered from this probability on.

    The metrics are flagged (share of rows answered so), precision, recall, specificity, f1 and, where costs are
    known, cost (mean of a row).
    """

    threshold: float
    metrics: tuple[Metric, ...]

    def metric(self, name: str) -> Metric | None:
        """The metric of that name, None where there is none."""
        return next((metric for metric in self.metrics if metric.name == name), None)


class Scores(Record):
    """Test rows counted by the probability stated for the positive class, so that any line can be tried.

    `positives` and `negatives` are the rows of and not of that class that are stated at least the cut of their place
    and less than the next; all `n` rows lie from the first cut on, so that the counts from a cut on are exact. `exact`
    says that every stated probability is a cut, otherwise quantiles are. `own` is the cut from which on the report's
    answers are the positive class (one half; None where rounding leaves no such cut). `effects` are the largest design
    effects by metric that the lines of the table found, where rows come in groups.
    """

    cuts: tuple[float, ...]
    positives: tuple[int, ...]
    negatives: tuple[int, ...]
    exact: bool
    own: float | None
    n: int
    effects: tuple[tuple[str, float], ...] = ()


class Thresholds(Record):
    """A table of thresholds, ascending; `chosen` is the one that the validation rows like best.

    `aim` is what they like: the highest F1 or the least cost. `gain` is what the chosen threshold brings on test rows
    against one half (positive: it is better). `false_positive` and `false_negative` are the costs, None without.
    `scores` holds the test rows for lines that are not in the table.
    """

    positive: str
    rows: tuple[Threshold, ...]
    chosen: Threshold
    aim: Literal["f1", "cost"]
    validation_rows: int
    gain: Metric
    false_positive: float | None = None
    false_negative: float | None = None
    scores: Scores | None = None
