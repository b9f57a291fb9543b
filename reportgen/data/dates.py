"""Moments in the ways that people and programs write them, and the one way, or the few, that a column has."""

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.data.spellings import MOSTLY, Spellings, naive

ISO = "ISO8601"
SECONDS, MILLISECONDS, EXCEL = "unix seconds", "unix milliseconds", "Excel days"
QUARTERS, WEEKS = "year and quarter", "year and week"
LOGGED = "%d/%b/%Y:%H:%M:%S %z"
"""How web servers write moments."""

BETWEEN = " | "
"""Stands between the ways of a column that has several."""

DAY_OR_MONTH_FIRST = (
    ("%m/%d/%Y", "%d/%m/%Y"),
    ("%m-%d-%Y", "%d-%m-%Y"),
    ("%m.%d.%Y", "%d.%m.%Y"),
    ("%m/%d/%y", "%d/%m/%y"),
)
DATES: tuple[str, ...] = (
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%b-%y",
    "%d/%b/%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%b %d %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%d. %B %Y",
    "%m/%d/%y",
    "%d/%m/%y",
    "%d.%m.%y",
    "%a, %d %b %Y",
    "%b %Y",
    "%B %Y",
    "%b-%Y",
    "%m/%Y",
    "%Y/%m",
    "%Y年%m月%d日",
    "%Y年%m月",
)
TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S.%f", " %H时%M分", " %H:%M:%S %z")
EARLIEST, LATEST = np.datetime64("1500-01-01"), np.datetime64("2300-01-01")
"""Written dates outside are codes: 1234-12 is a part's number, 9999-12-31 an end that has not come."""

QUARTER = re.compile(
    r"(?P<year>(?:1[5-9]|2[0-2])\d\d)(?:年第?|[ /-]?Q)(?P<quarter>[1-4一二三四])(?:季度)?"
    r"|Q(?P<first>[1-4])[ /-]?(?P<behind>(?:1[5-9]|2[0-2])\d\d)"
)
"""2024Q3, 2024-Q3, Q3 2024, 2024年第三季度: the moment is the first of its days."""

WEEK = re.compile(r"(\d{4})-?W(\d\d)")
"""ISO 8601 weeks; the moment is their Monday."""

NAMED_ZONES = {"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500", "MST": "-0700", "MDT": "-0600"} | {
    "PST": "-0800",
    "PDT": "-0700",
    "UTC": "+0000",
    "GMT": "+0000",
    "CET": "+0100",
    "CEST": "+0200",
    "JST": "+0900",
}
"""The zones of RFC 2822 (section 4.3) and few besides that mean one thing."""

ZONE_NAME = re.compile(rf"(?<=\d)\s?({'|'.join(NAMED_ZONES)})$")
ZONE_ENDS = tuple({name[-1] for name in NAMED_ZONES})
PLACE_OF_DAY = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
LOOSE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,2}(?!\d)")
PADDED = re.compile(r"\d{2}\.\d{2}\.\d{2}(?!\d)")
ZONE = re.compile(r"(?<=\d)\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$")

DIRECTIVE = re.compile(r"%\w")
WORD = re.compile(r"[^\W\d_]{2}")

MOST_WAYS = 5
HEAD = 50

DAY_NAME = re.compile(
    r"(?i)(?:^|[^a-z])(?:date|datum|fecha|dob|day|dt|month|period|ym)s?(?:$|[^a-z])|[a-z]Date$|日期|年月"
)
DATE_NAME = re.compile(r"(?i)(?:^|[^a-z])(?:date|datum|fecha|dob)s?(?:$|[^a-z])|[a-z]Date$|日期")
AMOUNT_NAME = re.compile(
    r"(?i)(?:^|[^a-z])(?:count|days|n|num|diff|since|to|until|age|number|id|no)(?:$|[^a-z])|[a-z]I[dD]$"
)
STAMP_NAME = re.compile(
    r"(?i)(?:^|[^a-z])(?:timestamp|epoch|unix|unixtime|ts|at|created|updated|time|datetime|date)s?(?:$|[^a-z])"
    r"|[a-z](?:Time|At|Timestamp)$|时间戳?|日期"
)
LEAST_DAYS = 5
"""Of whole numbers of eight digits in the range of dates one in 27 is a day: five different ones are no chance."""

LATEST_STAMP = 2_524_608_000_000
"""The milliseconds of the year 2050."""

FIRST_SECOND, LAST_SECOND = 19_000_101_000_000, 21_001_231_235_959
"""The second as fourteen digits."""

Moments = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]


def moments(texts: pd.Series, ways: str) -> pd.Series:
    """Texts as moments in UTC without a zone, NaT where they are not written in one of these ways."""
    nothing = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")
    found = pd.Series(nothing, index=texts.index, name=texts.name)
    for way in ways.split(BETWEEN):
        rest = found.isna() & texts.notna()
        if rest.any():
            found = found.where(~rest, _one_way(texts.where(rest), way))
    return found


def _one_way(texts: pd.Series, way: str) -> pd.Series:
    if way in {SECONDS, MILLISECONDS, EXCEL}:
        return _counted(pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64), way, texts.index)
    if way in {QUARTERS, WEEKS}:
        texts, way = (
            texts.map(_of_quarter if way == QUARTERS else _of_week, na_action="ignore").astype(object),
            _BEGIN[way],
        )
    named = way == ISO or way.endswith("%z")
    if named and any(text.endswith(ZONE_ENDS) and ZONE_NAME.search(text) for text in texts.dropna()):
        blank = "" if way == ISO else " "
        timed = [None if text is None else _numbered_zone(text, blank) for text in texts.where(texts.notna(), None)]
        texts = pd.Series(timed, index=texts.index, name=texts.name, dtype=object)
    if "%B" in way:
        texts = texts.where(texts.isna(), texts.astype("str").str.replace(PLACE_OF_DAY, "", regex=True)).astype(object)
    parsed = naive(pd.to_datetime(texts, format=way, errors="coerce", utc=True))
    known = (parsed >= EARLIEST) & (parsed < LATEST)
    if way.endswith("%d.%m.%y"):
        known &= ~texts.astype("str").str.match(LOOSE).fillna(False) | texts.astype("str").str.match(PADDED).fillna(
            False
        )
    return parsed.where(known)


_BEGIN = {QUARTERS: "%Y-%m-%d", WEEKS: "%G-W%V-%u"}


def _of_quarter(text: str) -> str | None:
    found = QUARTER.fullmatch(text)
    if found is None:
        return None
    number = found["quarter"] or found["first"]
    quarter = int(number) if number.isdigit() else "一二三四".index(number) + 1
    return f"{found['year'] or found['behind']}-{3 * quarter - 2:02d}-01"


def _of_week(text: str) -> str | None:
    found = WEEK.fullmatch(text)
    return f"{found[1]}-W{found[2]}-1" if found else None


def _numbered_zone(text: str, blank: str) -> str:
    """The moment with its zone as hours and minutes."""
    return ZONE_NAME.sub(lambda found: blank + NAMED_ZONES[found[1]], text)


def _counted(numbers: Floats, way: str, index: pd.Index) -> pd.Series:
    """Moments that are counted from a day zero; Excel's is 1899-12-30 for all days since March 1900."""
    step = {SECONDS: 1e6, MILLISECONDS: 1e3, EXCEL: 86_400e6}[way]
    start = np.datetime64("1899-12-30T00:00:00", "us") if way == EXCEL else np.datetime64(0, "us")
    stamps = np.full(len(numbers), np.datetime64("NaT"), dtype="datetime64[us]")
    there = np.isfinite(numbers)
    stamps[there] = start + np.round(numbers[there] * step).astype("int64").astype("timedelta64[us]")
    return pd.Series(stamps, index=index)


def parse_dates(cells: Spellings) -> tuple[Moments, str, bool]:
    """The moments of the spellings, the ways they are written in, and whether day and month could be told apart.

    The way that most cells follow comes first; of two ways that differ in the order of day and month a column has
    one, the month first where both are possible throughout.
    """
    texts = pd.Series(cells.trimmed, dtype=object).mask(cells.missing)
    found = pd.Series(np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]"))
    ways: list[str] = []
    while len(ways) < MOST_WAYS:
        rest = texts.where(found.isna())
        way = _best(rest, cells, ways)
        if way is None:
            break
        ways.append(way)
        found = found.fillna(_one_way(rest, way))
    known = found.notna().to_numpy()
    if cells.share(known) < MOSTLY:
        return np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]"), "", True
    return found.to_numpy(), BETWEEN.join(ways), _told_apart(texts, ways)


def _best(texts: pd.Series, cells: Spellings, taken: list[str]) -> str | None:
    """The way in which most of the cells (most rows, then first in order) are written; None where none is."""
    present = texts.dropna()
    head = (
        present.iloc[np.linspace(0, len(present) - 1, min(HEAD, len(present))).astype(int)] if len(present) else present
    )
    candidates = []
    for way in (ISO, QUARTERS, WEEKS, LOGGED, *(date + time for date in DATES for time in TIMES)):
        if way not in taken and not _other_order(way, taken) and _thinkable(way, head):
            share = float(_one_way(head, way).notna().mean()) if len(head) else 0.0
            if share == 1 and way == ISO:
                return ISO
            if share > 0:
                candidates.append((way, share))
    if not candidates or (not taken and sum(share for _, share in candidates) < MOSTLY / 2):
        return None
    scored = [(cells.share(_one_way(texts, way).notna().to_numpy()), way) for way, _ in candidates]
    best = max(share for share, _ in scored)
    return next((way for share, way in scored if share == best), None) if best else None


def _thinkable(way: str, head: pd.Series) -> bool:
    """Some text has all the signs that stand between the parts of this way; told without parsing."""
    if way in {ISO, QUARTERS, WEEKS}:
        pattern = {QUARTERS: QUARTER, WEEKS: WEEK}.get(way)
        return pattern is None or any(pattern.fullmatch(text) for text in head)
    signs = set(DIRECTIVE.sub("", way)) - {" "}
    words = "%b" in way or "%B" in way or "%p" in way
    return any(signs <= set(text) and (not words or WORD.search(text) is not None) for text in head)


def _other_order(way: str, taken: list[str]) -> bool:
    """Whether a way that was taken already differs from this one in the order of day and month only."""
    dates = {other.split(" ")[0] for other in taken}
    return any({way.split(" ", maxsplit=1)[0], date} == set(pair) for pair in DAY_OR_MONTH_FIRST for date in dates)


def _told_apart(texts: pd.Series, ways: list[str]) -> bool:
    """Some day is beyond the twelfth, so that it cannot be a month; or the way leaves no doubt."""
    for way in ways:
        for month_first, day_first in DAY_OR_MONTH_FIRST:
            date, time = way.split(" ")[0], way[len(way.split(" ")[0]) :]
            if date in {month_first, day_first}:
                other = (day_first if date == month_first else month_first) + time
                mine = _one_way(texts, way).notna()
                if bool(_one_way(texts[mine], other).notna().all()):
                    return False
    return True


def zoned(cells: Spellings) -> int:
    """How many cells name their zone."""
    hits = [
        not gone
        and ":" in text
        and (ZONE.search(text) or (text.endswith(ZONE_ENDS) and ZONE_NAME.search(text))) is not None
        for text, gone in zip(cells.trimmed, cells.missing, strict=True)
    ]
    return int(cells.counts[np.array(hits, dtype=bool)].sum()) if hits else 0


def counted_dates(values: pd.Series) -> str | None:
    """The way in which whole numbers write dates (20240131, seconds since 1970, days of Excel); None where they do not.

    Days written as digits are told by being days, all of them; what counts seconds or days by its name, too.
    """
    numbers = values.to_numpy(dtype=np.float64)
    if not len(numbers):
        return None
    low, high, name = float(np.fmin.reduce(numbers)), float(np.fmax.reduce(numbers)), str(values.name)
    if low >= FIRST_SECOND and high <= LAST_SECOND:
        return _seconds_written(numbers, name)
    if not low >= 10_000 or high > LATEST_STAMP:
        return None
    present = numbers[~np.isnan(numbers)]
    if high <= 60_000:
        named = DATE_NAME.search(name) is not None and AMOUNT_NAME.search(name) is None
        return EXCEL if named and len(np.unique(present)) >= LEAST_DAYS else None
    if low < 180_000 or (present % 1 != 0).any():
        return None
    return _days(present, low, high, name) or _stamps(low, high, name)


def _seconds_written(numbers: Floats, name: str) -> str | None:
    """20240131153000: year, month, day, hour, minute and second, of all cells."""
    present = numbers[~np.isnan(numbers)]
    amount = AMOUNT_NAME.search(name) is not None or (present % 1 != 0).any()
    return None if amount else _all_valid(present, "%Y%m%d%H%M%S")


def _days(present: Floats, low: float, high: float, name: str) -> str | None:
    if high <= 210_012 and DAY_NAME.search(name):
        return _all_valid(present, "%Y%m")
    if low >= 19_000_101 and high <= 21_001_231 and (DAY_NAME.search(name) or not AMOUNT_NAME.search(name)):
        return _all_valid(present, "%Y%m%d")
    return None


def _stamps(low: float, high: float, name: str) -> str | None:
    if STAMP_NAME.search(name):
        for way, scale in ((SECONDS, 1.0), (MILLISECONDS, 1e3)):
            if 631_152_000 * scale <= low and high <= 2_524_608_000 * scale:
                return way
    return None


def _all_valid(numbers: Floats, way: str) -> str | None:
    texts = pd.Series([str(int(number)) for number in np.unique(numbers)], dtype=object)
    return way if len(texts) >= LEAST_DAYS and bool(_one_way(texts, way).notna().all()) else None
