"""How the answers move with a feature, and with two of them together."""

from typing import Literal

from reportgen.records.base import Record
from reportgen.records.network import Cover

Shape = Literal["rising", "falling", "both", "unclear"]
Ends = tuple[str | float | None, ...]


class EffectPoint(Record):
    """The mean effect at one value, 0 being the mean over rows, in probability or in the target's own units.

    A number stands at `at`, in the feature's own units (a date in days since 1970); a level has its `label`; a missing
    value has neither. `own` is the reported network's, `n` counts the rows between the point before and this one, or
    those of the level.
    """

    at: float | None = None
    label: str | None = None
    value: float
    low: float
    high: float
    own: float
    n: int


class EffectCurve(Record):
    """How one output moves: `of` is the class whose probability it is, None for a predicted number.

    `size` is the move from the feature's 10th to its 90th percentile, or from the lowest level shown to the highest,
    with its interval (for levels after correction for every pair); `own_size` is the reported network's. `shape` is
    None for levels. `turns` are the ends of the longest way up and of the longest way down, where both were confirmed.
    """

    of: str | None = None
    points: tuple[EffectPoint, ...]
    missing: EffectPoint | None = None
    size: float
    low: float
    high: float
    own_size: float
    shape: Shape | None = None
    rise: tuple[float, float] | None = None
    fall: tuple[float, float] | None = None


class Individuals(Record):
    """Curves of single rows at the points of the leading curve (centred like it), and how far rows differ.

    `against` is the share of `n` rows that move against the mean from the 10th to the 90th percentile; eight in ten
    rows move by between `tenth` and `ninetieth`.
    """

    curves: tuple[tuple[float, ...], ...]
    against: float
    low: float
    high: float
    tenth: float
    ninetieth: float
    n: int


class Effect(Record):
    """One feature's effect: `start` and `end` are the two places that sizes are taken between, None for levels.

    They are the edges nearest to the 10th and 90th percentile or, where most rows share one value, the `whole` range.
    `density` counts rows in equal steps between `low` and `high`; `others` counts rows of levels that are not shown.
    """

    feature: str
    kind: Literal["number", "date", "level"]
    curves: tuple[EffectCurve, ...]
    start: float | None = None
    end: float | None = None
    whole: bool = False
    low: float | None = None
    high: float | None = None
    density: tuple[int, ...] = ()
    others: int = 0
    n: int
    individuals: Individuals | None = None


class Interaction(Record):
    """How much two features do together beyond what each does alone, in one output.

    `strength` is the standard deviation of the part that no sum of two effects can give, in the output's own units;
    `share` is its share of the variance of their joint effect (Friedman and Popescu's H squared). Over several
    networks both count only what the networks have in common. `own_share` is the reported network's.
    """

    first: str
    second: str
    strength: float
    low: float
    high: float
    share: float
    share_low: float
    share_high: float
    own_share: float
    n: int
    shown: bool


class EffectGrid(Record):
    """Mean answers where two features are set together: rows are values of `first`, columns of `second`.

    A label is a level (None: missing) or the ends of a range, one end where they are equal. `values`, with `halves` of
    their intervals, are None where fewer than `fewest` rows lie; how many do is in `counts`.
    """

    first: str
    second: str
    first_labels: tuple[Ends, ...]
    second_labels: tuple[Ends, ...]
    values: tuple[tuple[float | None, ...], ...]
    halves: tuple[tuple[float | None, ...], ...]
    counts: tuple[tuple[int, ...], ...]
    fewest: int
    n: int


class Effects(Record):
    """The effects of the leading features; `covers` says what differs between the `networks`, () for one alone."""

    features: tuple[Effect, ...]
    interactions: tuple[Interaction, ...] = ()
    interaction_of: str | None = None
    grid: EffectGrid | None = None
    networks: int
    covers: tuple[Cover, ...] = ()
    level: float = 0.95
    method: str
