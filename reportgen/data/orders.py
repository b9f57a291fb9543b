"""Categories that are more than names: truths in words, and levels that have an order."""

import math
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from reportgen.data.scales import (
    GRADE_NAME,
    IDEOGRAPHS,
    LETTERS,
    MOODYS,
    NEEDED,
    OUTSIDE,
    PLACE,
    RATINGS,
    SCALES,
    STEP_ENDING,
    STEP_WORD,
)
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


_NUMBER = r"[-+]?[$€£¥]?\s?(\d[\d,]*(?:\.\d+)?|\.\d+)\s?([kKmM万]?)"
_WORD = (
    r"(?:\s?(?:years?|yrs?|months?|days?|hours?|hrs?|minutes?|mins?|weeks?|km|kg|cm|lbs?|%|岁|年|元|天|人|个月|小时))?"
)
BETWEEN = re.compile(rf"[\[(]?{_NUMBER}{_WORD}\s?(?:-|–|—|~|～|to|,|至|到|\.\.)\s?{_NUMBER}{_WORD}[\])]?")
WITHIN = re.compile(rf"{_NUMBER}\s?<=?\s?[A-Za-z]\w*\s?<=?\s?{_NUMBER}")
BELOW = re.compile(
    rf"(?:<=?|≤|under |below |less than |fewer than |up to |小于|低于|不足)\s?{_NUMBER}{_WORD}"
    rf"|(?:{_NUMBER}{_WORD})\s?(?:or less|or fewer|or younger|or under|and under|and below|[及或]?以下|以内)"
)
ABOVE = re.compile(
    rf"(?:>=?|≥|over |above |more than |at least |大于|超过|高于)\s?{_NUMBER}{_WORD}|(?:{_NUMBER})\s?\+{_WORD}"
    rf"|(?:{_NUMBER}{_WORD})\s?(?:or more|or over|or older|or above|and over|and older|and above|and more|[及或]?以上)"
)
ALONE = re.compile(rf"{_NUMBER}{_WORD}")
LEADING = re.compile(r"\d+\s*(?:[-–.:)=]\s*|\s)([^\d\s].*)")
DOWN = re.compile(r"\s?(?:[及或]?以下|or less|or below|or lower)$|^(?:less than|below|under) ")
UP = re.compile(r"\s?(?:[及或]?以上|or more|or above|or higher)$|^(?:more than|above|over) ")
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
STAGE = re.compile(r"(iv|i{1,3})([a-d]?)")
_STEP = r"(?P<number>\d{1,4}|[ivx]{1,4}|[一二三四五六七八九十特])"
STEP_AHEAD = re.compile(rf"(?P<what>{STEP_WORD.pattern.removeprefix('(?i)')}){_STEP}")
STEP_BEHIND = re.compile(rf"第?{_STEP}(?:st|nd|rd|th)?(?P<what>{STEP_ENDING.pattern})")
NUMBERS = {
    "a": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
} | {
    "ten": 10,
    "twelve": 12,
}
SPAN = re.compile(
    rf"(?:(?P<number>\d+(?:\.\d+)?|{'|'.join(NUMBERS)})[ -]?)?(?:month-to-)?"
    r"(?P<unit>days?|weeks?|months?|quarters?|years?|[dwmqy])"
)
DAYS = {"d": 1.0, "w": 7.0, "m": 30.4375, "q": 91.3125, "y": 365.25}
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
    named = [level for level in levels if not is_word(level)]
    for known in (named, [level for level in named if squeezed(level).casefold() not in OUTSIDE]):
        if len(known) < LEAST_LEVELS:
            return ()
        if found := _order(known, name):
            return found
    return _ranges_beside_one(known)


def _order(known: list[str], name: str) -> tuple[str, ...]:
    words = {level: squeezed(level).casefold().replace("_", " ") for level in known}
    named = f"{name} {known[0]}"
    for bare in (words, _without_number(words), _without_common(words)):
        if bare and (found := _on_scale(bare, (*SCALES, *_graded(named, list(bare.values()))))):
            return found
    return (
        _to_an_end(words)
        or _numbered(known)
        or _signs(known)
        or _steps(words, name)
        or _spans_of_time(words)
        or _ranges(known)
    )


def _on_scale(words: dict[str, str], scales: Iterable[dict[str, int]]) -> tuple[str, ...]:
    """The levels in the order of the first scale that all of them stand on, each in a place of its own."""
    said = set(words.values())
    for scale in scales:
        if any(some <= scale.keys() and not needed <= said for some, needed in NEEDED):
            continue
        places = {level: _place(word, scale) for level, word in words.items()}
        found = [place for place in places.values() if place is not None]
        if len(found) == len(words) == len(set(found)):
            return tuple(sorted(words, key=lambda level: places[level] or 0))
    return ()


def _place(word: str, scale: dict[str, int]) -> int | None:
    """The place of a word, or the one place of several that a / parts."""
    if word in scale or "/" not in word:
        return scale.get(word)
    places = {scale.get(part.strip()) for part in word.split("/")}
    return places.pop() if len(places) == 1 else None


def _without_number(words: dict[str, str]) -> dict[str, str]:
    """1 - Strongly disagree, 2 - Disagree: what stands behind the numbers, which may number anything; else nothing."""
    found = {level: LEADING.fullmatch(word) for level, word in words.items()}
    return {level: one[1] for level, one in found.items() if one} if all(found.values()) else {}


def _without_common(words: dict[str, str]) -> dict[str, str]:
    """What is left of low risk, high risk and 低风险, 高风险 without what all of them end or begin with."""
    parts = [word.split() for word in words.values()]
    for end in (-1, 0):
        if min(map(len, parts)) > 1 and len({part[end] for part in parts}) == 1:
            return {level: " ".join(word.split()[1 if end == 0 else 0 : end or None]) for level, word in words.items()}
    tail = _common_end(list(words.values()))
    if tail.isascii():
        return {}
    return {level: word[: -len(tail)] for level, word in words.items() if len(word) > len(tail)}


def _common_end(words: list[str]) -> str:
    shortest = min(words, key=len)
    return next(shortest[i:] for i in range(len(shortest) + 1) if all(word.endswith(shortest[i:]) for word in words))


def _to_an_end(words: dict[str, str]) -> tuple[str, ...]:
    """Levels of a scale whose ends stand for more: 高中及以下, 大专, 硕士及以上; less than high school."""
    below = {level for level, word in words.items() if DOWN.search(word)}
    above = {level for level, word in words.items() if UP.search(word)}
    if len(below) > 1 or len(above) > 1 or not below | above:
        return ()
    bare = {level: UP.sub("", DOWN.sub("", word)).strip() for level, word in words.items()}
    for scale in SCALES:
        places = {level: _place(word, scale) for level, word in bare.items()}
        found = [place for place in places.values() if place is not None]
        if len(found) < len(words):
            continue
        row = sorted(words, key=lambda level: (places[level] or 0, level not in below, level in above))
        apart = len(set(found)) == len(found) or (
            words[row[0]].startswith("less") and len(set(found)) == len(found) - 1
        )
        if apart and below <= {row[0]} and above <= {row[-1]}:
            return tuple(row)
    return ()


def _signs(levels: list[str]) -> tuple[str, ...]:
    """One sign written once, twice, three times: +, ++, +++ and $, $$, $$$."""
    signs = {sign for level in levels for sign in level.strip()}
    if len(signs) != 1 or next(iter(signs)).isalnum():
        return ()
    row = sorted(levels, key=lambda level: len(level.strip()))
    return tuple(row) if len({len(level.strip()) for level in row}) == len(row) else ()


def _steps(words: dict[str, str], name: str) -> tuple[str, ...]:
    """Stage 1, Stage 2; 一级, 二级; the stages IA to IV of an illness; A1 to G5 where the name speaks of grades."""
    for pattern in (STEP_AHEAD, STEP_BEHIND):
        found = {level: pattern.fullmatch(word) for level, word in words.items()}
        if all(found.values()):
            steps = {level: _counted(one["number"]) for level, one in found.items() if one}
            same = {one["what"] for one in found.values() if one}
            if len(same) == 1 and None not in steps.values() and len(set(steps.values())) == len(words):
                return tuple(sorted(words, key=lambda level: steps[level] or 0))
    stages = {level: STAGE.fullmatch(word) for level, word in words.items()}
    if (
        all(stages.values())
        and any(one and one[2] for one in stages.values())
        and any(one and len(one[1]) > 1 for one in stages.values())
    ):
        return tuple(sorted(words, key=lambda level: (ROMAN.index(stages[level][1]), stages[level][2])))  # type: ignore[index]
    if GRADE_NAME.search(name) and all(re.fullmatch(r"[a-g]\d", word) for word in words.values()):
        return tuple(sorted(words, key=words.__getitem__, reverse=True))
    return ()


def _counted(number: str) -> int | None:
    if number.isdigit():
        return int(number)
    return ROMAN.index(number) + 1 if number in ROMAN else IDEOGRAPHS.get(number)


def _spans_of_time(words: dict[str, str]) -> tuple[str, ...]:
    """Spans of time in words: month-to-month, one year, two years; 1M, 6M, 1Y."""
    days: dict[str, float] = {}
    for level, word in words.items():
        found = SPAN.fullmatch(word)
        if found is None:
            return ()
        number = found["number"] or "1"
        days[level] = (float(number) if number[0].isdigit() else NUMBERS[number]) * DAYS[found["unit"][:1]]
    several = len({word[-2:] for word in words.values()}) > 1 or any(word[:1].isalpha() for word in words.values())
    return tuple(sorted(words, key=days.__getitem__)) if several and len(set(days.values())) == len(words) else ()


def _ranges_beside_one(levels: list[str]) -> tuple[str, ...]:
    """Ranges beside one level that is none and holds no number (unemployed, no account): it has no place among them."""
    ranged = [level for level in levels if _span(level) is not None]
    others = [level for level in levels if level not in ranged]
    if len(others) != 1 or any(letter.isdigit() for letter in others[0]) or len(ranged) < LEAST_LEVELS:
        return ()
    return _ranges(ranged)


def _graded(name: str, levels: list[str]) -> tuple[dict[str, int], ...]:
    """Letters are grades where one has a sign or the column's name says so; else they are names of groups."""
    signed = any(level.strip()[-1:] in {"+", "-"} for level in levels)
    moodys = {rating.casefold() for rating in MOODYS}
    if set(levels) <= moodys and any("a" in level[1:] for level in levels):  # A1, A2, B1 alone are no ratings
        return ({rating.casefold(): place for place, rating in enumerate(MOODYS)},)
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
    """Ranges that follow upon each other, two of them or the last more than one number; or all without an upper end."""
    spans = {level: _span(level) for level in levels}
    found = {level: span for level, span in spans.items() if span is not None}
    wide = sum(low != high for low, high in found.values())
    if len(found) < len(levels) or not wide:
        return ()
    row = sorted(levels, key=found.__getitem__)
    if all(high == math.inf for _, high in found.values()):
        return tuple(row) if len(set(found.values())) == len(row) else ()
    if wide == 1 and found[row[-1]][1] != math.inf:
        return ()
    apart = all(found[first][1] <= found[second][0] for first, second in pairwise(row))
    rising = all(low <= high for low, high in found.values())
    return tuple(row) if apart and rising and len(set(found.values())) == len(row) else ()


def _span(text: str) -> tuple[float, float] | None:
    """The range that a text names: 18-25, <18, 65+, 1<=X<4, or one number."""
    text = " ".join(text.casefold().split())
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
