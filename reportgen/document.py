"""The report before it has a format: the evidence, what it comes to, and how to make it again."""

from typing import Literal

from pydantic import Field

from reportgen.records.base import Record
from reportgen.records.card import Card
from reportgen.records.dossier import Dossier
from reportgen.records.finding import Check, Finding, Verdict

SCHEMA: Literal["reportgen/report/1"] = "reportgen/report/1"


class Environment(Record):
    """What made the report: versions by package, the seed, the platform and a command that makes it again."""

    versions: dict[str, str]
    seed: int
    platform: str
    command: str


class Document(Dossier):
    """One report: report.json is this record, and every page is made from it alone."""

    schema_: Literal["reportgen/report/1"] = Field(default=SCHEMA, alias="schema")
    title: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    checks: tuple[Check, ...]
    card: Card
    environment: Environment
