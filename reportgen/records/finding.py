"""What is wrong, what was found sound, and what it comes to."""

from enum import StrEnum
from typing import Literal

from reportgen.records.base import Facts, Record
from reportgen.records.gates import Waived

Section = Literal["background", "concepts", "algorithms", "example", "trends", "faq", "conclusion", "appendix"]


class Severity(StrEnum):
    """How much a finding weighs."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def weight(self) -> int:
        """0 for info, 1 for warning, 2 for critical."""
        return tuple(Severity).index(self)


class Finding(Record):
    """One thing that a reader must know: `evidence` holds the numbers behind it, `section` where they are shown.

    `rows` are row numbers of the data file, all of them. `message` and `advice` are empty as a rule yields the finding;
    the templates of its code fill them in English, and again in the reader's language at rendering. `waived` says who
    has answered for it, so that it does not count; `lapsed` is a waiver that has ended, so that it counts again.
    """

    code: str
    severity: Severity
    columns: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    message: str = ""
    evidence: Facts = {}
    advice: str = ""
    section: Section = "appendix"
    waived: Waived | None = None
    lapsed: Waived | None = None


class Check(Record):
    """One thing that was looked for: found, found sound, or not applicable (with the code of the reason)."""

    code: str
    status: Literal["found", "sound", "skipped"]
    reason: str | None = None


class Verdict(Record):
    """What the findings come to; `text` is one English sentence, put into the reader's language at rendering."""

    level: Literal["sound", "caution", "unfit"]
    text: str = ""
    facts: Facts = {}
