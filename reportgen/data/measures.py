"""Cells of several numbers that are one amount: 5 ft 11, 2 h 30 min, 15:37, 40°26'46" N; and units of one quantity."""

import re
from collections import Counter
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from reportgen.data.numerals import Writing, tidied
from reportgen.data.spellings import MOSTLY, Spellings

Floats = npt.NDArray[np.float64]


def _units(text: str) -> dict[str, float]:
    """The units of a quantity and how many of the least each is: `min m=60` says that both names are sixty."""
    pairs = (entry.rpartition("=") for entry in text.split(","))
    return {name: float(size) for names, _, size in pairs for name in names.split()}


QUANTITIES: dict[str, dict[str, float]] = {
    "month": _units("month months mo mos 个月 月=1,year years yr yrs y 年=12"),
    "time": _units(
        "ms msec 毫秒=0.001,s sec secs second seconds 秒=1,min mins m minute minutes 分 分钟=60,"
        "h hr hrs hour hours 小时 时=3600,d day days 天 日=86400,w wk wks week weeks 周=604800"
    ),
    "feet": _units("in inch inches \" ″ ” ''=1,ft feet foot ' ′ ’=12,yd yard yards=36,mi mile miles=63360"),
    "pounds": _units("oz ounce ounces=1,lb lbs pound pounds=16,st stone=224"),
    "angle": _units("\" ″ ” ''=1,' ′ ’=60,° º deg=3600"),
    "length": _units("nm=1e-9,µm um 微米=1e-6,mm 毫米=1e-3,cm 厘米=1e-2,m 米=1,km 公里 千米=1000"),
    "mass": _units("ng=1e-9,mcg µg ug 微克=1e-6,mg 毫克=1e-3,g 克=1,kg 千克 公斤=1000,t 吨=1e6"),
    "volume": _units("µl ul 微升=1e-6,ml 毫升=1e-3,cl=1e-2,dl=0.1,l 升=1"),
    "bytes": _units("b byte bytes=1,kb=1e3,mb=1e6,gb=1e9,tb=1e12,kib=1024,mib=1048576,gib=1073741824"),
    "energy": _units("wh=1,kwh=1e3,mwh=1e6,gwh=1e9"),
    "frequency": _units("hz=1,khz=1e3,mhz=1e6,ghz=1e9"),
}
"""Quantities with the units that people write side by side; months and days have no fixed ratio and stay apart."""

SMALLER = {"ft": "in", "feet": "in", "foot": "in", "'": "in", "′": "in", "’": "in", "lb": "oz", "lbs": "oz", "st": "lb"}
"""The unit of a number that has none, by the unit before it: 5'11 and 5 ft 11."""

NAMED = dict.fromkeys(('"', "″", "”", "''"), "in") | dict.fromkeys(("'", "′", "’"), "ft")
SYMBOLS = "µμ°º'′’\"″”"
PART = re.compile(
    rf"(\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)\s*([A-Za-z\u4e00-\u9fff]+|''|[{SYMBOLS}])?\.?"
)
BETWEEN = re.compile(r"(?:\s*(?:,|and|又|零))?\s*")
HEMISPHERE = re.compile(r"(?i)(?:\s*([NSEW])|([NSEW])\s*)$")
CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?(?:\s?([AaPp])\.?[Mm]\.?)?")
DAYS = re.compile(r"([+-]?\d+)\s?d(?:ays?)?,?\s*[+]?(\d{1,2}):([0-5]\d):([0-5]\d(?:\.\d+)?)")
LASTING = re.compile(r"P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?")
"""ISO 8601 durations of days and less, and how pandas writes a span of time."""

CLOCKS = frozenset({"two clock", "three clock"})
FIRST_PARTS = 3
"""1:10, 1:20 and 1:40 are dilutions: of times the first number differs."""

HEAD, LIKELY = 50, 0.5
"""Of a column of many spellings fifty are tried first; what fewer than half of them state is not looked at."""

LONGEST_LIFE = 200
"""2024年3月 is a month of a calendar, 24年3个月 a span of time."""


class Measured(NamedTuple):
    """Numbers of spellings (NaN where they are none), in `unit` if any; `parts` is the quantity or the clock."""

    numbers: Floats
    parts: str
    unit: str | None
    example: str


def measures(cells: Spellings) -> Measured | None:
    """The amounts of a column that nine in ten cells state in parts, or in several units of one quantity; None else."""
    there = np.flatnonzero(~cells.missing)
    some = [tidied(cells.trimmed[i]) for i in there[np.linspace(0, len(there) - 1, min(HEAD, len(there))).astype(int)]]
    clock = sum(CLOCK.fullmatch(text) is not None for text in some) > LIKELY * len(some)
    likely = [
        parts for parts in QUANTITIES if sum(_amount(text, parts) is not None for text in some) > LIKELY * len(some)
    ]
    if not clock and not likely:
        return None
    texts = [tidied(text) for text in cells.trimmed]
    return (_clock(texts, cells) if clock else None) or _amounts(texts, cells, likely)


def measure(text: str, writing: Writing) -> float:
    """The amount that one cell states in a column that is written so; NaN where it states none."""
    tidy = tidied(text)
    if writing.parts in CLOCKS:
        return _time(tidy, str(writing.parts))
    found = _amount(tidy, str(writing.parts))
    size = QUANTITIES[str(writing.parts)].get(_spelled(writing.unit or ""), 1.0)
    return found[0] / size if found else np.nan


def _clock(texts: list[str], cells: Spellings) -> Measured | None:
    """Times of two parts (15:37 is 15 x 60 + 37) or of three, each kind by itself; ratios and dilutions are none."""
    found = [CLOCK.fullmatch(text) for text in texts]
    there = [one for one, gone in zip(found, cells.missing, strict=True) if one is not None and not gone]
    if len({one[1] for one in there}) < FIRST_PARTS:
        return None
    for parts in sorted(CLOCKS):
        numbers = np.array([_time(text, parts) for text in texts], dtype=np.float64)
        numbers[cells.missing] = np.nan
        if cells.share(~np.isnan(numbers)) >= MOSTLY:
            return Measured(numbers, parts, "s" if parts == "three clock" else None, there[0][0])
    return None


def _time(text: str, parts: str) -> float:
    found = CLOCK.fullmatch(text)
    if found is None or (found[3] is not None) != (parts == "three clock"):
        return np.nan
    first = int(found[1])
    if found[4]:
        first = first % 12 + 12 * (found[4] in "Pp")
    whole = 60.0 * first + int(found[2])
    return 60.0 * whole + float(found[3]) if found[3] else whole


def _amounts(texts: list[str], cells: Spellings, likely: list[str]) -> Measured | None:
    for parts in likely:
        units = QUANTITIES[parts]
        found = [None if gone else _amount(text, parts) for text, gone in zip(texts, cells.missing, strict=True)]
        hits = np.array([one is not None for one in found], dtype=bool)
        if cells.share(hits) < MOSTLY:
            continue
        several = Counter[str]()
        for one, count in zip(found, cells.counts, strict=True):
            several.update({unit: int(count) for unit in one[1]} if one else {})
        if parts != "angle" and len({units[unit] for unit in several}) < len(("one", "other")):
            return None
        unit = "°" if parts == "angle" else max(several, key=lambda name: (several[name], -units[name]))
        unit = NAMED.get(unit, unit) if parts == "feet" else "min" if (parts, unit) == ("time", "m") else unit
        numbers = np.array([np.nan if one is None else one[0] / units[unit] for one in found], dtype=np.float64)
        example = max(range(len(found)), key=lambda i: len((found[i] or (0, ()))[1]))
        return Measured(numbers, parts, unit, str(cells.trimmed[example])[:40])
    return None


def _amount(text: str, parts: str) -> tuple[float, tuple[str, ...]] | None:
    """The amount in the quantity's least unit, and the units that were named; None where the text states none."""
    if parts == "time" and (stated := _lasting(text)):
        return stated
    sign, rest = _signed(text, parts)
    units, total, place = QUANTITIES[parts], 0.0, 0
    named: list[str] = []
    while place < len(rest):
        found = PART.match(rest, place)
        if found is None:
            return None
        unit = _spelled(found[2] or (SMALLER.get(named[-1], "") if named else ""))
        if unit not in units or (named and units[unit] >= units[named[-1]]):
            return None
        number = float(found[1].replace(",", ""))
        if parts == "month" and units[unit] > 1 and number >= LONGEST_LIFE:
            return None
        total += number * units[unit]
        named.append(unit)
        gap = BETWEEN.match(rest, found.end())
        place = gap.end() if gap else found.end()
    if not named or (parts == "angle" and units[named[0]] < max(units.values())):
        return None
    return sign * total, tuple(named)


def _signed(text: str, parts: str) -> tuple[float, str]:
    """The sign of a text and the rest of it: a minus, or a side of the globe (ISO 6709: north and east are plus)."""
    if parts == "angle" and (side := HEMISPHERE.search(text)):
        return (-1.0 if (side[1] or side[2]).upper() in {"S", "W"} else 1.0), text[: side.start()].strip()
    return (-1.0, text[1:].strip()) if text[:1] == "-" else (1.0, text)


def _lasting(text: str) -> tuple[float, tuple[str, ...]] | None:
    sizes, names = (86400.0, 3600.0, 60.0, 1.0), ("d", "h", "min", "s")
    found = DAYS.fullmatch(text) or (LASTING.fullmatch(text) if text[:1] == "P" and len(text) > len("PT") else None)
    if found is None:
        return None
    told = [(float(part) * size, name) for part, size, name in zip(found.groups(), sizes, names, strict=True) if part]
    return (sum(value for value, _ in told), ("s", *chain(name for _, name in told))) if told else None


def _spelled(unit: str) -> str:
    """A unit's name in small letters; single letters as they are, since 38 S and 40 M are sizes."""
    return (unit.casefold() if len(unit) > 1 else unit).replace("μ", "µ")
