"""How far explanations may be trusted: held against the network, against chance, and against each other."""

from typing import Literal

from reportgen.records.base import Record
from reportgen.records.explanation import Method

Explainer = Literal["integrated_gradients", "expected_gradients", "linear"]


class Gap(Record):
    """How much sooner an order of columns takes an answer away (deletion) or brings it (insertion) than chance does.

    In shares of the whole change, 0 for no sooner; `of` says which of the two, or their mean.
    """

    of: Literal["both", "deletion", "insertion"]
    value: float
    low: float | None = None
    high: float | None = None


class Trial(Record):
    """One way to take answers apart, tried on single test rows.

    Where `randomised`, the contributions are those of networks whose weights were drawn anew, and the answers those of
    the trained one: the interval is then over `networks` such networks, else over the `n` rows.
    """

    method: Explainer
    randomised: bool = False
    n: int
    networks: int | None = None
    interval_method: str
    gaps: tuple[Gap, ...]

    @property
    def gap(self) -> Gap:
        """The mean of deletion and insertion."""
        return self.gaps[0]


class Faithfulness(Record):
    """The trials of all ways: `n` test rows, each with the values of `donors` training rows in its columns' place."""

    n: int
    donors: int
    columns: int
    level: float = 0.95
    trials: tuple[Trial, ...]

    def trial(self, method: str, randomised: bool = False) -> Trial | None:
        """The trial of one way, None where it was not made."""
        return next((one for one in self.trials if (one.method, one.randomised) == (method, randomised)), None)


class Pair(Record):
    """Two importance methods: the `share` of pairs of columns that both put in the same order, one half by chance.

    `p_value` says how often orders by chance agree as much, corrected for the number of pairs of methods.
    """

    one: Method
    other: Method
    share: float
    p_value: float


class Agreement(Record):
    """How far importance methods agree on the order of columns, over pairs of which one at least surely matters.

    `columns` counts all columns, `sure` those that the leading method shows to matter, `compared` the pairs of columns.
    """

    methods: tuple[Method, ...]
    columns: int
    sure: int
    compared: int
    shuffles: int
    pairs: tuple[Pair, ...]

    def pair(self, one: str, other: str) -> Pair | None:
        """The pair of two methods in either order."""
        return next((pair for pair in self.pairs if {pair.one, pair.other} == {one, other}), None)
