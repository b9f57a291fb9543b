"""How one original column becomes encoded columns: plans learnt from training rows, and their application."""

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from reportgen.data.codes import CLIP, LevelCodes, rank_levels
from reportgen.data.orders import affirmative
from reportgen.data.prose import ProsePlan
from reportgen.data.shapes import Matrix
from reportgen.data.summary import days, labelled
from reportgen.records.base import Code, Kind, Record
from reportgen.records.table import Encoded

NORMAL_QUARTILES = 1.3489795
"""The distance between the quartiles of a normal distribution, in standard deviations."""

HEAVY = 2.0
"""Where the standard deviation is more than twice what the quartiles imply, a few values dominate it."""

MOST_LEVELS = 40
DATE_PARTS = ("days", "year", "month", "day", "weekday", "hour")

LEFT_OUT = (Code(code="left_out", facts={"why": "no_learnable_values"}),)

Floats = npt.NDArray[np.float64]


class Scale(Record):
    """A number's way into the network: fill what is missing, take the centre off, divide, clip."""

    fill: float
    centre: float
    scale: float
    robust: bool = False

    def apply(self, values: Floats) -> Matrix:
        """Encoded values, without a missing one."""
        filled = np.where(np.isnan(values), self.fill, values)
        with np.errstate(over="ignore"):
            return np.clip((filled - self.centre) / self.scale, -CLIP, CLIP).astype(np.float32)


class NumberPlan(Record):
    """A numeric column: its scale (None where it does not vary) and whether being missing is a column of its own.

    `imputed` says that training rows had missing values, be they too few for a column of their own.
    """

    kind: Literal["number"] = "number"
    name: str
    scale: Scale | None
    imputed: bool
    missing: bool

    def encoded(self) -> tuple[Encoded, ...]:
        """What the encoded columns are."""
        number = (_number(self.name, self.name, self.scale, None),) if self.scale else ()
        return number + _missing(self.name, self.missing)

    def apply(self, values: pd.Series) -> list[Matrix]:
        """The encoded columns of these values."""
        numbers = values.to_numpy(dtype=np.float64)
        columns = [self.scale.apply(numbers)] if self.scale else []
        return columns + [np.isnan(numbers).astype(np.float32)] * self.missing

    def treatment(self) -> tuple[Code, ...]:
        """The steps, in their order."""
        return _treatment(self.scale, self.imputed, self.missing)


class LevelPlan(Record):
    """A categorical or boolean column: one encoded column a level, one for all other levels, one for missing."""

    kind: Literal["level"] = "level"
    name: str
    levels: tuple[str, ...]
    other: str | None
    others: int
    missing: bool
    boolean: bool = False

    def encoded(self) -> tuple[Encoded, ...]:
        """What the encoded columns are."""
        texts = self.levels + ((self.other,) if self.other else ())
        levels = tuple(Encoded(name=f"{self.name} = {t}", feature=self.name, kind="level", level=t) for t in texts)
        return levels + _missing(self.name, self.missing)

    def apply(self, values: pd.Series) -> list[Matrix]:
        """The encoded columns of these values; a level that training had not is an other one, or none."""
        absent = values.isna().to_numpy()
        labels = pd.Index(labelled(values), dtype=object)
        place = pd.Index(self.levels, dtype=object).get_indexer(labels)
        columns = [(place == number) & ~absent for number in range(len(self.levels))]
        columns += [(place < 0) & ~absent] * bool(self.other) + [absent] * self.missing
        return [column.astype(np.float32) for column in columns]

    def treatment(self) -> tuple[Code, ...]:
        """The steps, in their order."""
        if not self.encoded():
            return LEFT_OUT
        hot = Code(code="boolean") if self.boolean else Code(code="one_hot", facts={"levels": len(self.levels)})
        steps = [hot] if self.levels else []
        steps += [Code(code="other_level", facts={"levels": self.others, "label": self.other})] * bool(self.other)
        return (*steps, *[Code(code="missing_level")] * self.missing)


class CodedPlan(Record):
    """A categorical column whose levels stand as numbers, too: by their rank, or by the target's mean.

    `hot` are its inputs as of any category. `apply` is for rows that were not learnt from: of codes by the target
    training rows have others (`reportgen.data.means`). `told` is the step for the report.
    """

    kind: Literal["coded"] = "coded"
    name: str
    by: Literal["rank", "target"]
    hot: LevelPlan
    codes: LevelCodes
    told: Code

    def encoded(self) -> tuple[Encoded, ...]:
        """What the encoded columns are: the codes stand last."""
        return self.hot.encoded() + self.codes.encoded()

    def apply(self, values: pd.Series) -> list[Matrix]:
        """The encoded columns of these values."""
        return self.hot.apply(values) + self.codes.apply(values)

    def treatment(self) -> tuple[Code, ...]:
        """The steps, in their order."""
        return (*(self.hot.treatment() if self.hot.encoded() else ()), self.told)


class DatePlan(Record):
    """A column of moments: those of its parts that vary, and whether being missing is a column of its own."""

    kind: Literal["date"] = "date"
    name: str
    parts: tuple[str, ...]
    scales: tuple[Scale, ...]
    imputed: bool
    missing: bool

    def encoded(self) -> tuple[Encoded, ...]:
        """What the encoded columns are."""
        numbers = zip(self.parts, self.scales, strict=True)
        return tuple(_number(f"{self.name}: {part}", self.name, scale, part) for part, scale in numbers) + _missing(
            self.name, self.missing
        )

    def apply(self, values: pd.Series) -> list[Matrix]:
        """The encoded columns of these moments."""
        columns = [scale.apply(date_part(values, part)) for part, scale in zip(self.parts, self.scales, strict=True)]
        return columns + [values.isna().to_numpy().astype(np.float32)] * self.missing

    def treatment(self) -> tuple[Code, ...]:
        """The steps, in their order."""
        if not self.encoded():
            return LEFT_OUT
        steps = [Code(code="date_parts", facts={"parts": self.parts})]
        steps += [Code(code="impute_median")] * self.imputed + [Code(code="missing_indicator")] * self.missing
        return (*steps, Code(code="standardise"), Code(code="clip", facts={"limit": CLIP}))


Plan = Annotated[NumberPlan | LevelPlan | CodedPlan | DatePlan | ProsePlan, Field(discriminator="kind")]


def _number(name: str, feature: str, scale: Scale, part: str | None) -> Encoded:
    return Encoded(name=name, feature=feature, kind="number", centre=scale.centre, scale=scale.scale, part=part)


def _missing(name: str, missing: bool) -> tuple[Encoded, ...]:
    return (Encoded(name=f"{name} is missing", feature=name, kind="missing"),) if missing else ()


def _treatment(scale: Scale | None, imputed: bool, missing: bool) -> tuple[Code, ...]:
    if scale is None and not missing:
        return LEFT_OUT
    steps = [Code(code="impute_median", facts={"value": scale.fill})] if scale and imputed else []
    steps += [Code(code="missing_indicator")] * missing
    if scale:
        code = "robust_scale" if scale.robust else "standardise"
        steps.append(Code(code=code, facts={"centre": scale.centre, "scale": scale.scale}))
        steps.append(Code(code="clip", facts={"limit": CLIP}))
    return tuple(steps)


def date_part(values: pd.Series, part: str) -> Floats:
    """One part of each moment as a number (Monday is weekday 0), NaN where the moment is missing."""
    if part == "days":
        return days(values)
    return np.asarray(getattr(values.dt, "day_of_week" if part == "weekday" else part), dtype=np.float64)


def plan_number(values: pd.Series) -> NumberPlan:
    """Learn a numeric column from its training rows."""
    numbers = values.to_numpy(dtype=np.float64)
    return NumberPlan(name=str(values.name), scale=plan_scale(numbers), imputed=_some(values), missing=telling(values))


def plan_scale(numbers: Floats) -> Scale | None:
    """Mean and standard deviation, or median and quartiles where a few values dominate; None for a constant."""
    present = numbers[~np.isnan(numbers)]
    if not len(present) or present.min() == present.max():
        return None
    median, quartiles = float(np.median(present)), np.quantile(present, [0.25, 0.75])
    spread = float((quartiles[1] - quartiles[0]) / NORMAL_QUARTILES)
    largest = float(np.abs(present).max())
    mean, deviation = float((present / largest).mean() * largest), float((present / largest).std() * largest)
    if _dominated(present, median, spread, deviation):
        return Scale(fill=median, centre=median, scale=spread, robust=True)
    return Scale(fill=median, centre=mean, scale=deviation) if deviation > 0 else None


def _dominated(present: Floats, median: float, spread: float, deviation: float) -> bool:
    """A few values make the standard deviation, so that it says nothing about the others.

    Either few enough that clipping them costs no more than clipping a standardised column may (one value in CLIP
    squared, Chebyshev's bound), or so far away that standardising would squeeze half of all values into a point.
    """
    if not spread or deviation <= HEAVY * spread:
        return False
    clipped = float((np.abs(present - median) > CLIP * spread).mean())
    return clipped <= 1 / CLIP**2 or deviation > CLIP * spread


def least_rows(rows: int) -> int:
    """An encoded column needs one training row in a hundred (two at least, ten at most) on either side of it."""
    return max(2, min(10, rows // 100))


def _some(values: pd.Series) -> bool:
    return bool(values.isna().any())


def telling(values: pd.Series) -> bool:
    """Enough values are missing, and enough are there, for being missing to be learnt from."""
    missing = int(values.isna().sum())
    return min(missing, len(values) - missing) >= least_rows(len(values))


def plan_levels(values: pd.Series, kind: Kind = "categorical", rank: Sequence[str] = ()) -> LevelPlan:
    """Learn a categorical or boolean column from its training rows: the levels seen often enough, commonest first.

    Levels that have an order stand in it.
    """
    labels = labelled(values.dropna())
    counts = labels.value_counts()
    least = least_rows(len(values))
    order = sorted(counts.index, key=lambda label: (-int(counts[label]), label))
    often = [label for label in order if least <= counts[label] <= len(values) - least][:MOST_LEVELS]
    yes = "true" if set(counts.index) == {"true", "false"} else _yes(kind, list(counts.index))
    boolean = yes is not None
    kept = [label for label in often if label == yes] if boolean else _ranked(often, rank)
    rest = [label for label in order if label not in set(often)]
    apart = bool(kept) and not boolean and least <= int(counts[rest].sum())
    return LevelPlan(
        name=str(values.name),
        levels=tuple(kept),
        other=other_label(set(counts.index)) if apart else None,
        others=len(rest),
        missing=telling(values),
        boolean=boolean,
    )


def plan_ranks(values: pd.Series, order: Sequence[str]) -> CodedPlan | LevelPlan:
    """Learn a column of levels that have an order: their rank where training has three and more, else an input a level.

    The network takes a rank piece by piece, as it takes any number, so that no distance between levels is assumed. A
    level without a place in the order has an input of its own beside it. As of any encoded column, enough rows must lie
    off the commonest rank.
    """
    hot, ranks = plan_levels(values, rank=order), rank_levels(values, order)
    counts = values[values.isin(order)].value_counts()
    if ranks is None or int(counts.sum() - counts.max()) < least_rows(len(values)):
        return hot
    hot = hot.model_copy(update={"levels": tuple(level for level in hot.levels if level not in order), "other": None})
    told = Code(code="rank", facts={"levels": len(order), "centre": ranks.centre[0], "scale": ranks.scale[0]})
    return CodedPlan(name=hot.name, by="rank", hot=hot, codes=ranks, told=told)


def _yes(kind: Kind, labels: list[str]) -> str | None:
    return affirmative(labels) if kind == "boolean" and len(labels) == 2 else None


def _ranked(labels: list[str], rank: Sequence[str]) -> list[str]:
    """Labels in their order, those without a place in it last."""
    places = {label: place for place, label in enumerate(rank)}
    return sorted(labels, key=lambda label: places.get(label, len(places))) if places else labels


def other_label(taken: set[str]) -> str:
    """A name for all other levels that no level has."""
    label = "(other)"
    while label in taken:
        label = f"({label})"
    return label


def plan_dates(values: pd.Series) -> DatePlan:
    """Learn a column of moments from its training rows: every part that varies."""
    scales = {part: plan_scale(date_part(values, part)) for part in DATE_PARTS}
    kept = {part: scale for part, scale in scales.items() if scale}
    return DatePlan(
        name=str(values.name),
        parts=tuple(kept),
        scales=tuple(kept.values()),
        imputed=_some(values),
        missing=telling(values),
    )
