"""Numbers and words that stand for "missing": told by their form and by standing where no value of the column can."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from reportgen.data.spellings import number_label
from reportgen.data.tails import exponential_p, pareto_p
from reportgen.records.dirt import Sentinel

Floats = npt.NDArray[np.float64]

ALPHA = 0.05
"""The chance of a false alarm over all columns: besides, the value must be one that people use as a code."""

FAR = 3.0
"""A code lies at least three times as far from the middle as anything else; caps lie at the end of what they cap."""

TIED = 3
"""Codes come in numbers; a code nearer than FAR must not be one of a few values that happen to be negative."""

LEAST_DISTINCT = 5
"""With fewer different values beside it a column holds codes anyway."""

MANY_DISTINCT = 20
"""A sign that nothing else has tells something in a quantity, not in a scale from -1 to 1."""

STEPS = 3.0
"""Zero stands apart where at least two steps of the column's grid are empty between it and the next value."""

APART = 0.05
"""And where the gap is at least a twentieth of the middle, so that zero is not just the end of a fine scale."""

FAR_FROM_ZERO = 1 / 3
"""Without a name that rules zero out, the rest must begin at a third of its middle."""

WALL = 0.05
"""And it must thin out on its way down: where one in twenty lies in the first quarter of the way to the middle, it ends
at a wall, as at the least price or the least wind that an instrument feels."""

WORLDS = 10.0
"""A wall so near to the middle that zero is ten times as far away is a world of its own, as years are."""

USUAL = 0.2
"""A zero in more than a fifth of the rows may as well be what is usual ("none")."""


def _codes() -> frozenset[float]:
    """All-same digits that people type for "missing", and the ends of number formats that programs leave behind."""
    found = {-1.0, -2.0, -3.0}
    for digit in "789":
        for whole in range(1, 11):
            if whole == 1 and digit != "9":
                found.add(-float(digit))
                continue
            for places in range(0, 4 if digit == "9" else 1):
                text = digit * whole + ("." + digit * places if places else "")
                found |= {float(text), -float(text)}
    for bits in (16, 32):
        found |= {-(2.0 ** (bits - 1)), 2.0 ** (bits - 1) - 1, 2.0**bits - 1}
    for power in (20, 30, 36):
        found |= {10.0**power, -(10.0**power)}
    return frozenset(found)


CODES = _codes()

NEVER_ZERO = re.compile(
    r"(?i)glucose|sugar|insulin|cholest|triglycer|h[ae]moglobin|creatinin|albumin|platelet|bilirubin|"
    r"blood|pressure|systol|diastol|\bbp\b|trestbps|pulse|heart.?rate|thalach|triceps|skin|mass\b|\bbmi\b|"
    r"\bage\b|\balter\b|年龄|weight|height|stature|waist|girth|circumference|body|血|胰岛素|胆固醇|心率|脉搏|体重|身高|腰围|体温|皮|指数"
)
"""Names of what no living body, and no thing, has none of: only meaning tells "0 = not measured" from "0 = none"."""

WORDS = frozenset(
    [
        "unknown", "unk", "not known", "unkown", "n.a.", "n.a", "n. a.", "n/k", "no data", "nodata", "no value",
        "not available", "not reported", "not recorded", "not stated", "not specified", "unspecified", "not given",
        "not measured", "not answered", "no answer", "missing", "missing value", "undefined", "undetermined",
        "nil return", "-", "--", "---", ".", "..", "...", "??", "???", "*", "#n/a n/a", "#ref!", "#value!", "#div/0!",
        "未知", "不详", "缺失", "不明", "无数据", "未填", "未记录", "未提供", "空值",
        "unbekannt", "k.a.", "k. a.", "keine angabe", "fehlt", "inconnu", "inconnue", "non renseigné", "desconocido",
        "desconocida", "sin dato", "sin datos", "sconosciuto", "onbekend", "okänd", "ukjent", "desconhecido",
        "nieznany",
    ]
)  # fmt: skip
"""Words for "missing" that are no answer; "none", "other" and "not applicable" are answers."""


def is_word(text: str) -> bool:
    """Whether a text says that a value is missing."""
    return text.strip().casefold() in WORDS


def find_sentinels(values: Floats, name: str, looks: int) -> tuple[Sentinel, ...]:
    """The numbers of a column that stand for "missing", without their rows; `looks` counts the columns looked at.

    Only values of a code's form that lie outside all others are looked at; what is left of the column is its core.
    """
    present = values[np.isfinite(values)]
    if not len(present) or not _coded(float(present.min()), float(present.max())):
        return ()
    distinct, counts = np.unique(present, return_counts=True)
    low, high = _core(distinct)
    core, weight = distinct[low:high], counts[low:high]
    if len(core) < LEAST_DISTINCT or weight.sum() < 2 * LEAST_DISTINCT:
        return ()
    n = int(counts.sum())
    places = [*range(low), *range(high, len(distinct))]
    tied = bool((counts[:low] >= TIED).all())
    told = ((float(distinct[i]), _told(float(distinct[i]), int(counts[i]), tied, core, weight, name)) for i in places)
    return tuple(
        Sentinel(
            column=name,
            value=number_label(value),
            how=found.how,
            state="missing",
            rows=(),
            n=n,
            nearest=found.nearest,
            p_value=min(1.0, found.p_value * looks),
        )
        for value, found in told
        if found is not None and found.p_value * looks <= ALPHA
    )


def _coded(least: float, most: float) -> bool:
    """One of the ends has a code's form: told without sorting."""
    return least == 0 or (least < 0 and least in CODES) or (most > 0 and most in CODES)


def _core(distinct: Floats) -> tuple[int, int]:
    """Where the values begin and end that are no code, or have one on either side."""
    low, high = 0, len(distinct)
    while low < high and distinct[low] <= 0 and (distinct[low] == 0 or float(distinct[low]) in CODES):
        low += 1
    while high > low and distinct[high - 1] > 0 and float(distinct[high - 1]) in CODES:
        high -= 1
    return low, high


@dataclass(frozen=True)
class _Told:
    """How a code outside the core is told from an honest value, with its p-value and its neighbour."""

    how: Literal["edge", "gap"]
    p_value: float
    nearest: float


def _told(value: float, count: int, tied: bool, core: Floats, weight: npt.NDArray[np.int64], name: str) -> _Told | None:
    """Hold a code against the core; None where it may be honest, whatever the numbers say.

    With `tied` all values below the core stand several times: single ones may be the few that happen to be negative.
    """
    nearest = float(core[0] if value < core[0] else core[-1])
    if count < 2 and not (abs(value) >= 99 and value < 0 <= nearest):
        return None
    if value == 0:
        chance = _zero_p(count, core, weight, name)
        return None if chance is None else _Told("edge", chance, nearest)
    signed = value < 0 <= nearest
    near = signed and tied
    p_value = _gap_p(value, core, weight, 1.0 if near else FAR, count if signed else 1)
    if value > nearest:
        p_value = min(p_value, _scale_p(value, count, core))
    if signed and p_value > 0 and len(core) >= MANY_DISTINCT:
        edge = _edge_p(value, count, core, weight)
        if edge < p_value:
            return _Told("edge", edge, nearest)
    return _Told("gap", p_value, nearest)


def _gap_p(value: float, core: Floats, weight: npt.NDArray[np.int64], far: float, count: int) -> float:
    """The chance of `count` honest values so far from the middle, by the tail of that side.

    Ties at a sign of their own count as several; at the same sign as one, since a cap gathers many. Several honest
    values would besides have to be equal by chance, which counts as one pair of the core being so.
    """
    middle = float(core[np.searchsorted(np.cumsum(weight), weight.sum() / 2)])
    side = np.repeat(core, weight)
    distances = np.sort(middle - side[side < middle] if value < middle else side[side > middle] - middle)
    if not len(distances) or abs(value - middle) < far * distances[-1]:
        return 1.0
    pairs = weight.sum() * (weight.sum() - 1) / 2
    equal = (float((weight * (weight - 1) / 2).sum()) + 1) / (pairs + 1) if count > 1 else 1.0
    return pareto_p(distances, abs(value - middle), count) * equal


def _scale_p(value: float, count: int, core: Floats) -> float:
    """The chance of so many beyond the empty steps of a scale (1 to 5 and 99); 1 where the rest is none.

    A scale is a run of whole numbers from 0 or 1 without a gap. Counts grow rarer outwards, so that one beyond the end
    is on the last of so many steps with a chance of no more than one in all; a cap stands at the end itself.
    """
    steps = value - float(core[-1])
    whole = core[0] in {0.0, 1.0} and len(core) < MANY_DISTINCT and core[-1] - core[0] == len(core) - 1
    return float(steps) ** -count if whole and steps > STEPS and float(value).is_integer() else 1.0


def _edge_p(value: float, count: int, core: Floats, weight: npt.NDArray[np.int64]) -> float:
    """The chance of so many at the edge, were they what the rest of the column, continued to there, leads to expect.

    The rest's first stretch, as wide as the way from the value to it, is carried on at the rate at which the density
    rises towards the edge (at least 1); then a binomial test.
    """
    width = float(core[0]) - value
    first = int(weight[core < core[0] + width].sum())
    second = int(weight[(core >= core[0] + width) & (core < core[0] + 2 * width)].sum())
    rate = max(1.0, first / max(second, 1))
    return float(binom.sf(count - 1, count + first, rate / (1 + rate)))


def _zero_p(count: int, core: Floats, weight: npt.NDArray[np.int64], name: str) -> float | None:
    """The chance of the zeros as an honest lower end of positive values; None where zero may mean "none"."""
    rest = np.repeat(core, weight)
    middle, first = float(np.median(rest)), float(core[0])
    step = float(np.diff(core[: max(2, len(core) // 2)]).min())
    if first < STEPS * step or first < APART * middle:
        return None
    lower = np.sort(middle - rest[rest < middle])
    if NEVER_ZERO.search(name):
        return exponential_p(lower, middle, count)
    walled = (rest < first + (middle - first) / 4).mean() > WALL and middle < WORLDS * (middle - first)
    if first < FAR_FROM_ZERO * middle or walled or count > USUAL * (count + len(rest)):
        return None
    return exponential_p(lower, middle, 1)
