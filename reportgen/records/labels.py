"""Rows whose label looks wrong, and rows beside the training rows that they resemble."""

from typing import Literal

from reportgen.records.base import Record


class SuspectLabel(Record):
    """One row whose label may be wrong: `probability` is the chance that it is; `values` only where it is shown."""

    row: int
    given: str
    suggested: str
    probability: float
    values: tuple[tuple[str, str], ...] = ()


class Labels(Record):
    """Whether labels were exchanged: `share` of the n rows with its interval, and the test that any were.

    `p_value` tests that classes which overlap explain all contradictions; above `alpha` no row is listed. `suspects`
    are listed the likeliest first; `likely` counts those that are more likely wrong than right. `precision` is the
    share of listed rows expected to be wrong, `found` the share of all wrong labels expected among them. `cells` counts
    the probabilities that the model of exchanged labels was fitted on, `networks` the networks behind them.
    """

    n: int
    share: float
    low: float
    high: float
    level: float = 0.95
    p_value: float
    alpha: float
    likely: int = 0
    precision: float | None = None
    precision_low: float | None = None
    precision_high: float | None = None
    found: float | None = None
    suspects: tuple[SuspectLabel, ...] = ()
    networks: int
    forest: bool
    fitted_on: int
    method: str


class Neighbour(Record):
    """A training row close to another row; `label` is its class or its number."""

    row: int
    label: str
    distance: float


class Surroundings(Record):
    """A row with its nearest training rows, and how far out it lies.

    `p_value` is the chance that a row like those of training lies as far from them; `outside` where that is too small
    for all test rows together.
    """

    row: int
    label: str
    neighbours: tuple[Neighbour, ...]
    p_value: float
    outside: bool


class Neighbours(Record):
    """Test rows that lie outside the training data, and the nearest training rows of the surest mistakes.

    `error_outside` and `error_inside` are error rates (or mean absolute errors), `gap` is outside less inside with its
    interval; None where there are too few rows on either side. `smallest` is the smallest p-value that `references`
    training rows can give. `n` counts the test rows, `outside_rows` are row numbers of the file.
    """

    k: int
    references: int
    n: int
    alpha: float
    smallest: float
    outside: int
    outside_rows: tuple[int, ...] = ()
    measure: Literal["error_rate", "mean_absolute_error"]
    error_inside: float | None = None
    error_outside: float | None = None
    gap: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    rows: tuple[Surroundings, ...] = ()
    method: str
