"""Names of places in the page that stay the same from run to run and from language to language."""

import re
from collections import Counter
from collections.abc import Sequence
from zlib import crc32

from reportgen.records.finding import Finding

LONGEST = 40
APART = re.compile(r"[^A-Za-z0-9_]+")


class Anchors:
    """The place of each finding: its code and its columns; later ones of the same are numbered from 2."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        often: Counter[str] = Counter()
        self._places: dict[int, str] = {}
        for finding in findings:
            name = _name(finding)
            often[name] += 1
            self._places[id(finding)] = name if often[name] == 1 else f"{name}-{often[name]}"
        self._kept = tuple(findings)

    def __call__(self, finding: Finding) -> str:
        """The name of the place of one of them."""
        return self._places.get(id(finding)) or _name(finding)


def _name(finding: Finding) -> str:
    return "-".join(("finding", finding.code, *((_plain(finding.columns),) if finding.columns else ())))


def _plain(columns: Sequence[str]) -> str:
    """The columns' names in letters that any address can hold; a checksum stands for what they lose."""
    whole = "-".join(columns)
    plain = APART.sub("-", whole).strip("-")
    if plain and len(plain) <= LONGEST and whole.isascii():
        return plain
    return "-".join(filter(None, (plain[:LONGEST].strip("-"), f"{crc32(whole.encode('utf-8', 'surrogatepass')):08x}")))
