"""How the groups of protected columns, and of pairs of them, fare."""

from typing import Literal

from reportgen.records.base import Record

RateName = Literal[
    "base", "selection", "true_positive", "false_positive", "precision", "error_rate", "stated_minus_observed",
    "bias", "mean_absolute_error",
]  # fmt: skip
GapName = Literal[
    "base_rate", "demographic_parity", "equalised_odds", "error_rate", "bias", "mean_absolute_error",
]  # fmt: skip


class GroupRate(Record):
    """One number of one group on `n` rows; None where the group has no row that it could be told from.

    Of the positive class: `base` is its share, `selection` how often it is given, `true_positive` how often where it is
    right, `false_positive` how often where it is wrong, `precision` how often it is right where given.
    `stated_minus_observed` is the mean stated probability less the share that came true.
    """

    name: RateName
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int


class FairGroup(Record):
    """The rows that share a value of each column (or a band of it), and their numbers.

    `off` says that stated probabilities are not met by this group: the interval of the difference leaves out 0 even
    when it is widened for all groups of the same columns.
    """

    columns: tuple[str, ...]
    values: tuple[str, ...]
    n: int
    rates: tuple[GroupRate, ...]
    off: bool = False

    def rate(self, name: str) -> GroupRate | None:
        """Look up one of its numbers."""
        return next((rate for rate in self.rates if rate.name == name), None)


class FairGap(Record):
    """The largest difference between any two groups of the same columns, and a test that there is none.

    Of `equalised_odds` it is the larger of the differences of the true and of the false positive rate, and `of` says
    which. The limits hold for all pairs of groups at once; p-values are Holm-adjusted over all gaps of the report.
    """

    columns: tuple[str, ...]
    name: GapName
    of: Literal["true_positive", "false_positive"] | None = None
    gap: float
    low: float
    high: float
    p_value: float
    highest: tuple[str, ...]
    lowest: tuple[str, ...]
    groups: int
    n: int
    method: str


class Fairness(Record):
    """Rates by group on `n` rows that the answering network had not seen; `networks` is how many networks answered.

    `positive` is the class that the rates are about, None where there are more classes or a number.
    `small` counts the groups left out because they have fewer than `enough` rows.
    """

    positive: str | None = None
    n: int
    networks: int
    enough: int
    small: int
    groups: tuple[FairGroup, ...]
    gaps: tuple[FairGap, ...] = ()

    def gap(self, name: str, columns: tuple[str, ...]) -> FairGap | None:
        """Look up one gap."""
        return next((gap for gap in self.gaps if (gap.name, gap.columns) == (name, tuple(columns))), None)
