"""Numbers, dates and lists as a language writes them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from math import floor, isfinite, log10

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import NumberPattern, parse_pattern

from reportgen.languages import ENGLISH, language
from reportgen.render.spacing import spaced

SHARES = frozenset(("accuracy", "balanced_accuracy", "error_rate", "recall", "precision", "agreement", "share"))
"""The measures that are shares of rows, and so are written in percent."""

BOUNDED = frozenset(("r2", "roc_auc", "f1", "f1_macro", "brier", "ece", "correlation", "addition"))
"""The measures that are at most 1 or thereabouts: more than four decimals of them tell nobody anything."""

NONE = "–"
MINUS = "−"
SMALLEST_P = 0.001
MOST_DECIMALS = 4
NOTHING = 0.5 * 10.0**-MOST_DECIMALS


@lru_cache(maxsize=64)
def _pattern(decimals: int, percent: bool, grouped: bool) -> NumberPattern:
    whole = "#,##0" if grouped else "0"
    return parse_pattern(whole + ("." + "0" * decimals if decimals else "") + ("%" if percent else ""))


@lru_cache(maxsize=8192)
def _written(value: float, decimals: int, percent: bool, lang: str) -> str:
    text: str = _pattern(decimals, percent, abs(value) >= 10_000).apply(value, language(lang).locale)
    return text.replace("-", MINUS) if any(digit in text for digit in "123456789") else text.lstrip("-")


def integer(value: float | None, lang: str) -> str:
    """A whole number, its thousands parted where there are many."""
    return NONE if value is None else _written(round(value), 0, False, lang)


def percent(value: float | None, lang: str, digits: int = 1) -> str:
    """A share in percent; one that is not 0 never looks like 0."""
    if value is None:
        return NONE
    smallest = 10.0 ** -(digits + 2)
    if 0 < abs(value) < smallest / 2:
        return ("<\u00a0" if value > 0 else f">\u00a0{MINUS}") + _written(smallest, digits, True, lang)
    return _written(value, digits, True, lang)


def number(value: float | None, lang: str, low: float | None = None, high: float | None = None) -> str:
    """A number with as many digits as its interval supports, or with four where it has none.

    Two digits of half the interval's width are kept, the usual way of stating a measurement (GUM 7.2.6).
    """
    if value is None or not isfinite(value):
        return NONE
    if value == int(value) and low is None and abs(value) < 1e15:
        return _written(int(value), 0, False, lang)
    decimals = _decimals(value, low, high)
    if decimals > 7 or abs(value) >= 1e15:
        return f"{value:.2e}".replace("-", MINUS)
    return _written(round(value, decimals), max(decimals, 0), False, lang)


def _decimals(value: float, low: float | None, high: float | None) -> int:
    half = (high - low) / 2 if low is not None and high is not None else 0.0
    if half > 0:
        return 1 - floor(log10(half))
    known = len(repr(float(value)).partition(".")[2]) if "e" not in repr(float(value)) else 99
    return min(known, 3 - floor(log10(abs(value)))) if value else 0


def amount(value: float | None, lang: str, measure: str, low: float | None = None, high: float | None = None) -> str:
    """The value of a measure: in percent where it is a share, otherwise as a number."""
    if measure in SHARES:
        return percent(value, lang)
    if value is not None and measure in BOUNDED and _decimals(value, low, high) > MOST_DECIMALS:
        if all(abs(end) < NOTHING for end in (value, low, high) if end is not None):
            return _written(0, 2, False, lang)  # a score that is 0 by its making, but for the last bits
        return _written(round(value, MOST_DECIMALS), MOST_DECIMALS, False, lang)
    return number(value, lang, low, high)


def bound(value: float, lang: str, measure: str) -> str:
    """A number that was asked for, with all of its digits: rounded it would be another."""
    shift = 2 if measure in SHARES else 0
    exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
    decimals = max(-int(exponent) - shift, 0)
    if decimals > 12 or abs(value) >= 1e15:
        return f"{value:g}".replace("-", MINUS)
    return _written(value, decimals, bool(shift), lang)


def pvalue(value: float | None, lang: str) -> str:
    """A p-value; one that is nearly 0 is only said to be small."""
    if value is None:
        return NONE
    if value < SMALLEST_P:
        return "<\u00a0" + _written(SMALLEST_P, 3, False, lang)
    return _written(value, 3 if value < 0.1 else 2, False, lang)


def day(value: date | str | float | None, lang: str) -> str:
    """A day from a date, from ISO text or from days since 1970; text that is no date is left as it is."""
    if value is None:
        return NONE
    try:
        found = _date(value)
    except (ValueError, OverflowError):
        return str(value)
    text: str = format_date(found, format="d MMMM y" if lang == ENGLISH else "long", locale=language(lang).locale)
    return text


def _date(value: date | str | float) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return date.fromisoformat(value)
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=value)).date()


def joined(names: list[str], lang: str) -> str:
    """The names as a list in running text."""
    if not names:
        return NONE
    places = {f"name{number}": name for number, name in enumerate(names)}
    text: str = format_list([f"%({place})s" for place in places], style="standard", locale=language(lang).locale)
    return (spaced(text, places) if language(lang).closed_up else text) % places
