"""The door to a first reportgen.toml: a table is read, its columns are guessed at, and every setting is put down."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from reportgen.comparison.proposals import Proposal, proposals
from reportgen.comparison.seen import SeenReport, read_report
from reportgen.config import load_config
from reportgen.data import load
from reportgen.data.guesses import guess
from reportgen.data.shapes import Dataset
from reportgen.errors import ConfigError, OutputError
from reportgen.output import staged
from reportgen.pipeline import audit
from reportgen.progress import Stopwatch
from reportgen.records.card import Card
from reportgen.render import to_json
from reportgen.render.plain import visible
from reportgen.render.words import render, toml

MOST_LINES = 60
"""So many columns and notes are listed; the report has them all."""


def write_config(
    source: str,
    target: str | None,
    out: Path,
    report: Path | None = None,
    *,
    run: bool = True,
    force: bool = False,
    lang: str = "en",
    watch: Stopwatch,
    part: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Write a commented reportgen.toml for a table, and return a sentence about it.

    `part` says which part of the source is the table (sheet, table or sql). Targets are proposed from `report`, or from
    a quick audit where `run` asks for one. Raises OutputError where the file is there already and `force` does not say
    otherwise, ConfigError for a report of another table or target,
    DataError for a table that cannot be audited.
    """
    _refuse_present(out, force)
    seen = read_report(report) if report else None
    named = target or (seen.task.target if seen else None)
    dataset = load(source, load_config(None, {"target": named, "reading": dict(part)}))
    if seen is not None:
        _refuse_other(seen, dataset, str(report), target)
    elif run:
        seen = _quick(source, target, watch, part)
    text = _text(dataset, seen, str(out), lang, named=target is not None, given=report is not None)
    with staged(out.parent) as stage:
        (stage / out.name).write_text(text, encoding="utf-8")
    return f"{out} written; it changes nothing until you take away its first #"


def _refuse_present(out: Path, force: bool) -> None:
    if out.is_dir():
        raise OutputError(f"{out} is a folder; name a file with --out, such as {out / 'reportgen.toml'}")
    if out.exists() and not force:
        raise OutputError(f"{out} is there already; name another file with --out, or write over it with --force")


def _refuse_other(seen: SeenReport, dataset: Dataset, report: str, target: str | None) -> None:
    """Targets of one table, or of one column, say nothing about another."""
    if seen.dataset.sha256 != dataset.sha256:
        raise ConfigError(
            f"{report} is about another table ({seen.dataset.source}, by its checksum); name a report of "
            f"{dataset.source}, or leave --report out"
        )
    if target is not None and seen.task.target != target:
        raise ConfigError(f"{report} predicts {seen.task.target!r} and not {target!r}; leave --target or --report out")


def _quick(source: str, target: str | None, watch: Stopwatch, part: Mapping[str, str]) -> SeenReport:
    config = load_config(None, {"target": target, "budget": "quick", "reading": dict(part)})
    document = audit(source, config, watch=watch).document
    return SeenReport.model_validate_json(to_json(document))


def _text(dataset: Dataset, seen: SeenReport | None, file: str, lang: str, *, named: bool, given: bool) -> str:
    found = proposals(seen) if seen else ()
    last = dataset.columns[-1].name
    text = render(
        "init.toml.j2",
        lang,
        dataset=_facts(dataset),
        guesses=guess(dataset),
        proposals=[one.model_dump() | {"key": _key(one)} for one in found],
        given=given,
        budget=str(seen.settings.get("budget", "standard")) if seen else "",
        asked=named or dataset.task.target != last,
        card=tuple(Card.model_fields),
        file=file,
        language=lang,
        most=MOST_LINES,
    )
    return visible(text.strip()) + "\n"


def _facts(dataset: Dataset) -> dict[str, Any]:
    return {
        "source": dataset.source,
        "rows": dataset.rows,
        "used": len(dataset.frame),
        "format": dataset.reading.format,
        "columns": dataset.columns,
        "notes": dataset.reading.notes,
        "target": dataset.task.target,
        "task": dataset.task.kind,
        "classes": dataset.task.classes,
    }


def _key(one: Proposal) -> str:
    """A target's name as a key of TOML: what follows the first dot is a column's name, and quoted."""
    head, dot, rest = one.name.partition(".")
    return f"{head}.{toml(rest)}" if dot else head
