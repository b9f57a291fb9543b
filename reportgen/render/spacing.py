"""Blanks where Chinese words meet the Latin letters and numbers that are put among them."""

import re
from collections.abc import Mapping

HAN = r"[\u3400-\u9fff]"
PLACE = re.compile(rf"(?P<front>(?<={HAN}) ?)?%\((?P<name>\w+)\)s(?P<behind> ?(?={HAN}))?")
HAN_ONE = re.compile(HAN)
LATIN_FIRST = re.compile(r"[A-Za-z0-9+\u2212]")
LATIN_LAST = re.compile(r"[A-Za-z0-9%)]")


def spaced(text: str, values: Mapping[str, object]) -> str:
    """The text with its places for values, and a blank beside each place where Chinese meets a Latin value.

    Where both sides are Chinese the blank goes. The values stay as they are: a column's name is nobody's to mend.
    """

    def mended(place: re.Match[str]) -> str:
        value = str(values.get(place["name"], ""))
        front, behind = place["front"] or "", place["behind"] or ""
        if value and place["front"] is not None:
            front = _blank(value[0], LATIN_FIRST, front)
        if value and place["behind"] is not None:
            behind = _blank(value[-1], LATIN_LAST, behind)
        return f"{front}%({place['name']})s{behind}"

    return PLACE.sub(mended, text)


def _blank(edge: str, latin: re.Pattern[str], now: str) -> str:
    return " " if latin.match(edge) else "" if HAN_ONE.match(edge) else now
