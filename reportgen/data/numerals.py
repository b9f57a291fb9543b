"""Numbers that are written with more than digits: commas, blanks, units, currencies, brackets, powers in words."""

import re
import unicodedata
from typing import Literal, NamedTuple

from reportgen.records.base import Record

THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+")
DOTTED = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
"""Dots that part thousands, where the column says that they do: 1.234.567, or 1.200 beside 1.200,50."""

SPACED = re.compile(r"[+-]?[1-9]\d{0,2}( \d{3})+([.,]\d+)?")
PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

EXACT_DIGITS = 15
"""Integers longer than this are not exact as floats: they are numbers in name only."""

NARROW = "\u00a0\u2007\u2008\u2009\u200a\u202f"
GROUPED = re.compile(rf"(?<=\d)[{NARROW}'\u2019](?=\d{{3}}(?!\d))")
"""Narrow blanks and apostrophes part thousands only: 1 234 567 as in the SI brochure (2019, 5.4.4), 1'234 in Zurich."""

LOOK_ALIKES = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | str.maketrans(
    {"−": "-", "￥": "¥", "￡": "£", "￠": "¢", "￦": "₩", "％": "%", "\u3000": " "}
)

CURRENCIES = (
    *("US$", "HK$", "NZ$", "NT$", "C$", "A$", "R$", "S$", "Rs.", "Rs", "RMB", "USD", "EUR", "GBP", "JPY", "CNY"),
    *("CHF", "INR", "AUD", "CAD", "BRL", "RUB", "KRW", "SEK", "NOK", "DKK", "PLN", "TRY", "ZAR", "MXN", "HKD"),
    *("SGD", "NZD", "CZK", "HUF", "THB", "kr.", "kr", "zł", "$", "€", "£", "¥", "₹", "₩", "₽", "₺", "฿", "₫", "₪"),
)
UNITS = frozenset(
    (
        *CURRENCIES,
        *("%", "‰", "°", "°c", "°f", "℃", "℉", "m", "g", "s", "h", "d", "l", "L", "cc", "ppm", "ppb", "px", "percent"),
        *(
            "kg",
            "mg",
            "µg",
            "μg",
            "mcg",
            "ug",
            "t",
            "lb",
            "lbs",
            "oz",
            "st",
            "ton",
            "tons",
            "tonne",
            "gram",
            "kilogram",
        ),
        *("km", "cm", "mm", "µm", "nm", "mi", "mile", "ft", "feet", "foot", "in", "inch", "inches", "yd", "yard"),
        *(
            "m2",
            "m²",
            "km2",
            "km²",
            "cm2",
            "cm²",
            "mm2",
            "mm²",
            "ha",
            "acre",
            "sqm",
            "sqft",
            "sq ft",
            "sq m",
            "m3",
            "m³",
        ),
        *("ml", "cl", "dl", "µl", "gal", "gallon", "litre", "liter", "fl oz", "cm3", "cm³"),
        *(
            "ms",
            "sec",
            "second",
            "min",
            "minute",
            "hr",
            "hrs",
            "hour",
            "day",
            "week",
            "month",
            "year",
            "yr",
            "yrs",
            "mo",
        ),
        *("wh", "kwh", "mwh", "gwh", "kw", "mw", "gw", "hp", "bhp", "ps", "kv", "mv", "ma", "ah", "mah", "nm@rpm"),
        *(
            "hz",
            "khz",
            "mhz",
            "ghz",
            "db",
            "dba",
            "pa",
            "hpa",
            "kpa",
            "mpa",
            "bar",
            "mbar",
            "psi",
            "mmhg",
            "bpm",
            "rpm",
        ),
        *("kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib", "bit", "byte", "mbps", "kbps", "gbps", "mbit/s"),
        *(
            "kcal",
            "cal",
            "kj",
            "mj",
            "j",
            "mg/dl",
            "g/dl",
            "mmol/l",
            "µmol/l",
            "g/l",
            "mg/l",
            "u/l",
            "iu/l",
            "iu",
            "meq/l",
        ),
        *("km/h", "kph", "mph", "m/s", "knots", "kt", "kmpl", "km/kg", "mpg", "l/100km", "l/100 km", "kg/m2", "kg/m²"),
        *("x", "pcs", "pc", "pts", "point", "star", "room", "bed", "unit", "item", "people", "person", "usd/t", "bps"),
        *("元", "块", "美元", "欧元", "日元", "港元", "岁", "年", "月", "日", "天", "周", "个月", "小时", "时", "分钟"),
        *("分", "秒", "米", "厘米", "毫米", "公里", "千米", "里", "克", "千克", "公斤", "斤", "两", "吨", "毫克", "升"),
        *("毫升", "平方米", "平米", "平", "㎡", "亩", "公顷", "立方米", "人", "次", "个", "件", "台", "辆", "份", "张"),
        *(
            "本",
            "套",
            "户",
            "名",
            "度",
            "倍",
            "层",
            "瓦",
            "千瓦",
            "千瓦时",
            "公里/小时",
            "元/平米",
            "元/平方米",
            "元/月",
        ),
        *("步", "杯", "页", "字", "点", "股", "票", "万元", "亿元", "円", "歳", "명", "원"),
    )
)
"""What stands behind a number of a quantity. A letter for a compass point, a shirt or a seat is not among them."""

CASED = frozenset(("mW", "MW", "mV", "MV", "Mb", "MB", "mB", "Gb", "GB", "mA", "MA", "Pa", "PA"))
"""Units that another case would turn into something else: these are compared as they are written."""

NO_UNITS = frozenset(
    ("st", "nd", "rd", "th", "am", "pm", "a.m.", "p.m.", "ad", "bc", "north", "south", "east", "west", "street", "号")
)
"""Words behind numbers that make them names, places in a row or times of the day."""

APART = frozenset(("A", "V", "W", "B", "K"))
"""Units of one letter that stand apart from their number: 12A is a seat or a house."""

POWERS = {"thousand": 1e3, "million": 1e6, "Million": 1e6, "billion": 1e9, "Billion": 1e9, "trillion": 1e12} | {
    "千": 1e3,
    "万": 1e4,
    "亿": 1e8,
    "万亿": 1e12,
    "萬": 1e4,
    "億": 1e8,
    "만": 1e4,
    "억": 1e8,
}
LATIN_POWERS = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "mn": 1e6, "bn": 1e9, "Mio": 1e6, "Mrd": 1e9, "Mio.": 1e6}

_CURRENCY = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
ACCOUNTED = re.compile(rf"(?P<sign>)(?P<before>{_CURRENCY})\s*\((?P<digits>[^()]+)\)")
BEHIND = re.compile(rf"(?P<before>(?:{_CURRENCY})?\s*)(?P<digits>\d[\d.,]*)\s?-(?P<after>\s*(?:{_CURRENCY})?)")
"""A minus as bookkeepers write it: $(1,200.50), and 1,200.50- of their programs."""

LIMIT = re.compile(r"(?P<mark><=?|>=?|≤|≥|~|≈)\s*(?P<rest>.+)")
OPEN = re.compile(r"(?P<digits>\d(?:[\d.,]*\d)?)\s?\+(?P<rest>(?:\s?[^\d+\s].*)?)")
"""Numbers that are known to lie on one side of a limit: <0.5, >100, 10+ years; or about a number: ~20."""

ASIDE = re.compile(r"(?P<head>.*[^\s(])\s*(?:\([^()]*\d[^()]*\)|(?:±|\+/-|\+-)\s*\d.*)")
"""A number and more about it: 62 kg (137 lb), 7.0 ± 0.6, 2.4 (0.9-5.1)."""

HALVED = 0.5
"""What lies below a limit of detection is read as half of it (Hornung and Reed 1990, Appl Occup Environ Hyg 5:46)."""

NUMERAL = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+-])?\s*(?P<before>{_CURRENCY})?\s*(?P<inner>[+-])?"
    r"(?P<digits>\d[\d., ]*\d|\d|\.\d+)(?P<power>[eE][+-]?\d+)?(?P<gap>\s*)(?P<after>[^\d\s(),;:<>=+-][^(),;:<>=]*)?"
    r"(?(open)\))"
)


class Writing(Record):
    """How the numbers of a column are written; what is not written so is no number of that column.

    `commas` part thousands or decimals, `dots` part thousands, `spaces` do; `brackets` are a minus; `unit` stands
    before or behind; `powers` are words for ten thousand, a million and so on; with `limits` <0.5 and 10+ are numbers,
    with `asides` what stands in brackets behind a number is passed over; `parts` says in which quantity a cell has
    several numbers (5 ft 11, 15:37), which `measures` reads.
    """

    commas: Literal["thousands", "decimal_comma"] | None = None
    dots: bool = False
    spaces: bool = False
    brackets: bool = False
    unit: str | None = None
    powers: bool = False
    limits: bool = False
    asides: bool = False
    parts: str | None = None


class Numeral(NamedTuple):
    """One number taken apart: `digits` with its separators, its unit's key ("" for none), its power of ten in words."""

    digits: str
    exponent: str
    negative: bool
    brackets: bool
    unit: str
    power: str
    loose: bool
    limit: str = ""
    aside: bool = False


def tidied(text: str) -> str:
    """The text with the digits, signs and blanks that a keyboard of its own makes: １２３ is 123, 1 234 is 1234."""
    if not text.isascii():
        text = "".join(_digit(letter) for letter in text.translate(LOOK_ALIKES))
    return GROUPED.sub("", text).strip() if not text.isdigit() else text


def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)


def taken_apart(text: str) -> Numeral | None:
    """The parts of a number; None for what is none. The text is tidied."""
    if text[:1] in LIMIT_SIGNS and (found := LIMIT.fullmatch(text)):
        parts = _bare(found["rest"])
        return parts and parts._replace(limit=LIMIT_SIGNS[text[0]] if len(found["mark"]) == 1 else "=")
    if "+" in text and (found := OPEN.fullmatch(text)):
        parts = _bare(found["digits"] + found["rest"])
        return parts and parts._replace(limit=">")
    plain = None if "±" in text or "+/-" in text else _bare(text)
    if plain is None and not BESIDE.isdisjoint(text) and (found := ASIDE.fullmatch(text)):
        parts = _bare(found["head"])
        return parts and parts._replace(aside=True)
    return plain


BESIDE = frozenset("(±+")
LIMIT_SIGNS = {"<": "<", ">": ">", "≤": "=", "≥": "=", "~": "~", "≈": "~"}


def _bare(text: str) -> Numeral | None:
    """The parts of a number without anything about it."""
    if text[-1:] in {"-", ")"} and (behind := BEHIND.fullmatch(text) or ACCOUNTED.fullmatch(text)):
        text = f"({behind['before']}{behind['digits']}{behind.groupdict().get('after') or ''})"
    found = NUMERAL.fullmatch(text)
    if found is None or (found["sign"] and found["inner"]):
        return None
    before, after = found["before"] or "", (found["after"] or "").strip()
    power, unit = _power_of(after)
    if before and unit:
        return None
    return Numeral(
        digits=found["digits"],
        exponent=found["power"] or "",
        negative="-" in {found["sign"], found["inner"]},
        brackets=bool(found["open"]),
        unit=before or unit_key(unit),
        power=power,
        loose=bool(found["gap"]),
    )


def _power_of(after: str) -> tuple[str, str]:
    """The power in front of a unit, and the unit: 万元 is ten thousand yuan, k alone a thousand."""
    for power in sorted(POWERS, key=len, reverse=True):
        if after.startswith(power) and not (after in UNITS and after not in {"万元", "亿元"}):
            return power, after[len(power) :].strip()
    return (after, "") if after in LATIN_POWERS else ("", after)


def unit_key(unit: str) -> str:
    """What the spellings of one unit have in common: case (but mW is no MW), and the s of a plural."""
    if unit in CASED or unit in CURRENCIES or len(unit) < 2:
        return unit
    small = " ".join(unit.casefold().split())
    return small[:-1] if len(small) > 3 and small.endswith("s") and small.isalpha() else small


KEYS = frozenset(unit_key(unit) for unit in UNITS | CASED)


def is_unit(unit: str, apart: bool) -> bool:
    """Whether the key of a unit is of one that people measure in; `apart` says that it always stands behind a blank."""
    return unit in KEYS or (apart and unit in APART)


def numeral(text: str, writing: Writing) -> float | None:
    """The number that a cell stands for in a column that is written so; None where it is no number of it."""
    parts = taken_apart(tidied(text))
    if parts is None or (parts.brackets and not writing.brackets):
        return None
    if parts.unit not in {"", writing.unit} or (parts.power and not writing.powers):
        return None
    value = amount(parts.digits + parts.exponent, writing)
    if value is None:
        return None
    if (parts.limit in {"<", ">", "="} and not writing.limits) or (parts.aside and not writing.asides):
        return None
    value *= (POWERS | LATIN_POWERS).get(parts.power, 1.0)
    if parts.limit == "<" and value > 0 and not parts.negative:
        value *= HALVED
    return -value if parts.negative or parts.brackets else value


def amount(digits: str, writing: Writing) -> float | None:
    """The number that digits with separators stand for; None for more digits than are exact, which are a code."""
    if sum(letter.isdigit() for letter in digits.partition(".")[0].partition(",")[0]) > EXACT_DIGITS:
        return None
    if writing.spaces and SPACED.fullmatch(digits):
        digits = digits.replace(" ", "")
    if writing.commas == "thousands" and THOUSANDS.fullmatch(digits):
        return float(digits.replace(",", ""))
    if writing.commas == "decimal_comma" and DECIMAL_COMMA.fullmatch(digits):
        return float(digits.replace(".", "").replace(",", "."))
    if writing.dots and DOTTED.fullmatch(digits):
        return float(digits.replace(".", ""))
    return float(digits) if PLAIN.fullmatch(digits) else None
