"""Categories that are more than names: truths in words, and levels that have an order."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from reportgen.data.sentinels import is_word
from reportgen.data.variants import squeezed

TRUTHS: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (frozenset(yes.split()), frozenset(no.split()))
    for yes, no in (
        ("yes y", "no n"),
        ("true t", "false f"),
        ("on", "off"),
        ("ja j", "nein n"),
        ("ja j", "nee n"),
        ("oui o", "non n"),
        ("sí si", "no"),
        ("sim", "não nao"),
        ("sì", "no"),
        ("tak t", "nie n"),
        ("да", "нет"),
        ("是", "否 不是 不"),
        ("有", "无 没有 無"),
        ("对", "错"),
        ("真", "假"),
        ("✓ ✔ √", "✗ ✘ ×"),
        ("はい", "いいえ"),
        ("예 네", "아니요 아니오"),
    )
)
"""Words for yes and for no, a language a line: a column of truths keeps to one of them."""

LEAST_LEVELS = 3
"""Two levels have an order and nothing can be made of it."""


def _scale(text: str) -> dict[str, int]:
    """The places of words in a row from the least to the greatest; a | parts words of one place."""
    return {word.strip(): place for place, words in enumerate(text.split(",")) for word in words.split("|")}


SCALES: tuple[dict[str, int], ...] = tuple(
    _scale(text)
    for text in (
        "none|no|zero, extremely low|lowest, very low|verylow, low|lo, medium low|moderately low, medium|mid|med|"
        "middle|moderate|average|normal|avg, medium high|moderately high, high|hi, very high|veryhigh, "
        "extremely high|highest|extreme",
        "none|no, minimal|trace|slight, mild|light|minor, moderate|medium, severe|serious|heavy|major, "
        "very severe|critical, fatal",
        "xxxs|3xs, xxs|2xs, xs, s, m, l, xl, xxl|2xl, xxxl|3xl, xxxxl|4xl",
        "very small|tiny|extra small|xsmall, small, medium|mid|regular|normal, large|big, very large|extra large|"
        "xlarge|extra-large|huge, giant",
        "very poor|awful|terrible, poor|bad|po, below average, fair|fa|okay|ok|mediocre, average|typical|ta|"
        "satisfactory, above average, good|gd, very good|great, excellent|ex|outstanding, perfect",
        "very bad, bad, neutral|ok|so-so, good, very good",
        "strongly disagree|completely disagree|totally disagree, disagree, somewhat disagree|slightly disagree,"
        "neutral|neither agree nor disagree|undecided|neither|not sure, somewhat agree|slightly agree, agree,"
        "strongly agree|completely agree|totally agree",
        "very dissatisfied|very unsatisfied, dissatisfied|unsatisfied, somewhat dissatisfied,"
        "neutral|neither satisfied nor dissatisfied, somewhat satisfied, satisfied, very satisfied",
        "very unlikely, unlikely, neutral|possible, likely|probable, very likely, certain",
        "never, almost never|hardly ever, rarely|seldom, occasionally, sometimes, often|frequently|usually,"
        "very often|almost always, always|constantly",
        "daily, weekly, biweekly|fortnightly, monthly, quarterly, half-yearly|semiannually, yearly|annually|annual",
        "primary, secondary, tertiary, quaternary",
        "no schooling|none, preschool|kindergarten, 1st-4th, primary school|elementary|elementary school|primary|"
        "5th-6th, middle school|junior high|7th-8th, 9th, 10th, 11th, 12th, high school|hs-grad|highschool|secondary|"
        "high school graduate, some college|some-college, vocational|assoc-voc, associate|associates|assoc-acdm|"
        "associate degree|associate's degree, bachelor|bachelors|bachelor's|bachelor degree|bachelor's degree|"
        "graduate|undergraduate, master|masters|master's|master's degree|postgraduate, prof-school, "
        "phd|doctorate|doctoral|ph.d.",
        "bronze, silver, gold, platinum, diamond",
        "freezing, cold, cool, mild, warm, hot",
        "infant|baby, toddler, child|kid, teen|teenager|adolescent|youth, young adult, adult, middle-aged, "
        "senior|elderly|old",
        "intern|trainee, entry|entry-level|junior, mid|mid-level|intermediate, senior, lead|principal|staff",
        "novice|beginner|basic, elementary, intermediate, upper intermediate, advanced, expert|master",
        "first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth",
        "i, ii, iii, iv, v, vi, vii, viii, ix, x",
        "stage i, stage ii, stage iii, stage iv",
        "极低, 很低|非常低, 低|较低|偏低, 中|中等|一般|正常|适中, 较高|偏高, 高, 很高|非常高, 极高",
        "无, 轻|轻度|轻微, 中|中度, 重|重度|严重, 极重|危重|非常严重",
        "很小|特小, 小|小型, 中|中型, 大|大型, 很大|特大|超大",
        "很差|非常差, 差|较差, 一般|中|中等, 好|较好|良|良好, 很好|非常好|优|优秀",
        "不及格|不合格, 及格|合格, 中|中等, 良|良好, 优|优秀",
        "非常不同意|完全不同意, 不同意|比较不同意, 一般|中立|不确定, 同意|比较同意, 非常同意|完全同意",
        "非常不满意|很不满意, 不满意|比较不满意, 一般|中立, 满意|比较满意, 非常满意|很满意",
        "从不|从来不, 很少|偶尔, 有时|有时候, 经常|常常, 总是|一直",
        "文盲|未上学, 小学, 初中, 高中|中专|高中/中专|职高, 大专|专科, 本科|大学|学士|大学本科, 硕士|研究生, 博士",
        "幼儿|儿童, 少年, 青年, 中年, 老年",
        "niedrig|gering, mittel, hoch, sehr hoch",
        "klein, mittel, groß|gross",
        "bajo|baja, medio|media, alto|alta",
        "faible, moyen|moyenne, élevé|élevée|fort",
    )
)

LETTERS = tuple(f"{letter}{sign}" for letter in "FEDCBA" for sign in ("-", "", "+"))
RATINGS = tuple(
    f"{grade}{sign}" for grade in ("D", "C", "CC", "CCC", "B", "BB", "BBB", "A", "AA", "AAA") for sign in ("-", "", "+")
)
GRADE_NAME = re.compile(r"(?i)grade|rating|score|mark\b|等级|评级|成绩|级别")
PLACE = re.compile(r"(\d+)(?:st|nd|rd|th)")

_NUMBER = r"[-+]?[$€£¥]?\s?(\d[\d,]*(?:\.\d+)?|\.\d+)\s?([kKmM万]?)"
_WORD = (
    r"(?:\s?(?:years?|yrs?|months?|days?|hours?|hrs?|minutes?|mins?|weeks?|km|kg|cm|lbs?|%|岁|年|元|天|人|个月|小时))?"
)
BETWEEN = re.compile(rf"[\[(]?{_NUMBER}{_WORD}\s?(?:-|–|—|~|～|to|,|至|到|\.\.)\s?{_NUMBER}{_WORD}[\])]?")
WITHIN = re.compile(rf"{_NUMBER}\s?<=?\s?[A-Za-z]\w*\s?<=?\s?{_NUMBER}")
BELOW = re.compile(
    rf"(?:<=?|≤|under |below |less than |up to |小于|低于){_NUMBER}{_WORD}"
    rf"|(?:{_NUMBER}{_WORD})\s?(?:or less|以下|以内)"
)
ABOVE = re.compile(
    rf"(?:>=?|≥|over |above |more than |大于|超过){_NUMBER}{_WORD}|(?:{_NUMBER})\s?\+{_WORD}"
    rf"|(?:{_NUMBER}{_WORD})\s?(?:or more|and over|and above|以上)"
)
ALONE = re.compile(rf"{_NUMBER}{_WORD}")
FACTORS = {"": 1.0, "k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6, "万": 1e4}


class Truths(NamedTuple):
    """The words for yes and for no in a column: what each spelling is called, the affirmative and the other."""

    called: dict[str, str]
    yes: str
    no: str


def truths(values: pd.Series) -> Truths | None:
    """Yes and no in the words of one language, or their letters; 1 and 0 may stand among them. None for all else."""
    counts = values.dropna().value_counts()
    levels = {str(level): squeezed(str(level)).casefold() for level in counts.index}
    for yes, no in TRUTHS:
        words = set(levels.values())
        if words <= yes | no | {"1", "0"} and words & yes and words & no:
            yeses = [level for level, word in levels.items() if word in yes]
            noes = [level for level, word in levels.items() if word in no]
            truth = {level: yeses[0] if word in yes | {"1"} else noes[0] for level, word in levels.items()}
            return Truths(truth, yeses[0], noes[0])
    return None


def affirmative(levels: Iterable[str]) -> str | None:
    """The word for yes among two."""
    found = [level for level in levels if any(squeezed(level).casefold() in yes for yes, _ in TRUTHS)]
    return found[0] if len(found) == 1 else None


def order_of(levels: Sequence[str], name: str) -> tuple[str, ...]:
    """The levels from the least to the greatest, () where they have no order; words for "missing" have no place in it.

    They have one where all of them stand on one scale, or are ranges of numbers that do not overlap.
    """
    known = [level for level in levels if not is_word(level)]
    if len(known) < LEAST_LEVELS:
        return ()
    words = {level: squeezed(level).casefold().replace("_", " ") for level in known}
    for scale in (*SCALES, *_graded(name, known)):
        if scale.get("ii") and "ii" not in words.values():
            continue  # i, v and x alone are letters
        places = {level: scale.get(word) for level, word in words.items()}
        found = [place for place in places.values() if place is not None]
        if len(found) == len(known) == len(set(found)):
            return tuple(sorted(known, key=lambda level: places[level] or 0))
    return _numbered(known) or _ranges(known)


def _graded(name: str, levels: list[str]) -> tuple[dict[str, int], ...]:
    """Letters are grades where one has a sign or the column's name says so; else they are names of groups."""
    signed = any(level.strip()[-1:] in {"+", "-"} for level in levels)
    several = any(len(level.strip().rstrip("+-")) > 1 for level in levels)
    scales = []
    if signed or GRADE_NAME.search(name):
        scales.append({letter.casefold(): place for place, letter in enumerate(LETTERS)})
    if several:
        scales.append({rating.casefold(): place for place, rating in enumerate(RATINGS)})
    return tuple(scales)


def _numbered(levels: list[str]) -> tuple[str, ...]:
    """1st, 2nd, 3rd."""
    places = {level: PLACE.fullmatch(level.strip().casefold()) for level in levels}
    numbers = {level: int(found[1]) for level, found in places.items() if found}
    return tuple(sorted(levels, key=numbers.__getitem__)) if len(set(numbers.values())) == len(levels) else ()


def _ranges(levels: list[str]) -> tuple[str, ...]:
    """Ranges that follow upon each other, at least two of them more than one number."""
    spans = {level: _span(" ".join(level.split())) for level in levels}
    found = {level: span for level, span in spans.items() if span is not None}
    if len(found) < len(levels) or sum(low != high for low, high in found.values()) < 2:
        return ()
    row = sorted(levels, key=found.__getitem__)
    apart = all(found[first][1] <= found[second][0] for first, second in pairwise(row))
    wide = all(low <= high for low, high in found.values())
    return tuple(row) if apart and wide and len(set(found.values())) == len(row) else ()


def _span(text: str) -> tuple[float, float] | None:
    """The range that a text names: 18-25, <18, 65+, 1<=X<4, or one number."""
    for pattern in (BETWEEN, WITHIN):
        if found := pattern.fullmatch(text):
            low, high = _amount(found[1], found[2] or found[4]), _amount(found[3], found[4])
            return low, high
    if found := BELOW.fullmatch(text):
        return -float("inf"), _first(found.groups())
    if found := ABOVE.fullmatch(text):
        return _first(found.groups()), float("inf")
    if found := ALONE.fullmatch(text):
        value = _amount(found[1], found[2])
        return value, value
    return None


def _first(groups: tuple[str | None, ...]) -> float:
    place = next(i for i, text in enumerate(groups) if text)
    return _amount(groups[place] or "", groups[place + 1])


def _amount(digits: str, power: str | None) -> float:
    return float(digits.replace(",", "")) * FACTORS[power or ""]
