"""The report before it has a format: the evidence, what it comes to, and how to make it again."""

import json
from datetime import date
from typing import Literal, NamedTuple

from pydantic import Field

from reportgen.config import Config, Settings
from reportgen.records.base import Record
from reportgen.records.card import Card
from reportgen.records.dossier import Dossier
from reportgen.records.finding import Check, Finding, Verdict
from reportgen.records.gates import JudgedWaiver, Target

SCHEMA: Literal["reportgen/report/1"] = "reportgen/report/1"


class Environment(Record):
    """What made the report: versions by package, the seed, the platform and a command that makes it again."""

    versions: dict[str, str]
    seed: int
    platform: str
    command: str


class Document(Dossier):
    """One report: report.json is this record, and every page is made from it alone.

    `judged_on` is the day (UTC) by which waivers hold or have ended; None where there are none, so that it depends on
    no day.
    """

    schema_: Literal["reportgen/report/1"] = Field(default=SCHEMA, alias="schema")
    title: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    checks: tuple[Check, ...]
    targets: tuple[Target, ...] = ()
    targets_not_shown: Literal["fail", "pass"] = "pass"
    waivers: tuple[JudgedWaiver, ...] = ()
    judged_on: date | None = None
    card: Card
    settings: Settings
    environment: Environment

    @property
    def arguments(self) -> tuple[tuple[str, str], ...]:
        """The settings that differ from their defaults, as names and Python literals; target and seed always."""
        given = self.settings.model_dump(exclude_defaults=True) | {
            "target": self.task.target,
            "seed": self.settings.seed,
        }
        ordered = [name for name in Settings.model_fields if name in given and name != "name"]
        return tuple((name, repr(given[name])) for name in ordered)


class Gates(NamedTuple):
    """What the report was held against: targets, and the waivers as they stood on a day."""

    targets: tuple[Target, ...] = ()
    waivers: tuple[JudgedWaiver, ...] = ()
    day: date | None = None


def compose(
    dossier: Dossier,
    findings: tuple[Finding, ...],
    checks: tuple[Check, ...],
    verdict: Verdict,
    config: Config,
    environment: Environment,
    gates: Gates = Gates(),  # noqa: B008 - a tuple
) -> Document:
    """Lay evidence and judgement together under one title."""
    shared = {name: getattr(dossier, name) for name in Dossier.model_fields}
    return Document(
        **shared,
        title=dossier.dataset.name,
        verdict=verdict,
        findings=findings,
        checks=checks,
        targets=gates.targets,
        targets_not_shown=config.targets_not_shown,
        waivers=gates.waivers,
        judged_on=gates.day,
        card=config.card,
        settings=config.settings,
        environment=environment,
    )


def json_schema() -> str:
    """The JSON Schema of report.json."""
    schema = Document.model_json_schema(by_alias=True, mode="serialization")
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema, indent=1)
