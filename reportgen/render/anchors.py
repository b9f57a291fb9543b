"""Names of places in the page that stay the same from run to run and from language to language."""

import re
from collections.abc import Sequence
from zlib import crc32

from reportgen.records.finding import Finding

LONGEST = 40
APART = re.compile(r"[^A-Za-z0-9_]+")


def finding_anchor(finding: Finding, findings: Sequence[Finding]) -> str:
    """The place of a finding: its code and its columns; later ones of the same are numbered from 2."""
    name = _name(finding)
    before = findings[: findings.index(finding)] if finding in findings else ()
    same = sum(1 for one in before if _name(one) == name)
    return f"{name}-{same + 1}" if same else name


def _name(finding: Finding) -> str:
    return "-".join(("finding", finding.code, *((_plain(finding.columns),) if finding.columns else ())))


def _plain(columns: Sequence[str]) -> str:
    """The columns' names in letters that any address can hold; a checksum stands for what they lose."""
    whole = "-".join(columns)
    plain = APART.sub("-", whole).strip("-")
    if plain and len(plain) <= LONGEST and whole.isascii():
        return plain
    return "-".join(filter(None, (plain[:LONGEST].strip("-"), f"{crc32(whole.encode('utf-8', 'surrogatepass')):08x}")))
