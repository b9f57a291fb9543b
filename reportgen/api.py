"""The two doors to a whole audit: `audit` from Python, `publish` for the command line."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any, Self

from reportgen.beside import Beside
from reportgen.clock import now
from reportgen.config import FORMATS, Config, Paper, load_config
from reportgen.data import Source
from reportgen.document import Document
from reportgen.findings import counted, failing
from reportgen.naming import dataset_identity, dataset_name, shown
from reportgen.output import default_folder, listed, refuse_other, staged, write_manifest
from reportgen.pipeline import Outcome
from reportgen.pipeline import audit as run_audit
from reportgen.progress import Stopwatch
from reportgen.records.finding import Finding, Severity
from reportgen.render import refuse_pdf_alone, to_html, to_json, to_markdown, to_pdf, write
from reportgen.render.own import hashes, refuse_faulty
from reportgen.render.plain import visible
from reportgen.render.sentences import target_sentence, waiver_sentence


class Report(Document):
    """A Document that can show itself: in a notebook, as HTML, PDF, JSON and Markdown."""

    def to_html(self, lang: str = "en") -> str:
        """The report as one HTML page that fetches nothing."""
        return to_html(self, lang)

    def to_pdf(self, lang: str = "en", paper: Paper = "a4") -> bytes:
        """The report as a PDF on paper of a size; raises RenderError where Pango is missing."""
        return to_pdf(self, lang, paper=paper)

    def to_json(self) -> str:
        """All evidence, as report.json holds it."""
        return to_json(self)

    def to_markdown(self, lang: str = "en") -> str:
        """A summary that fits a pull request."""
        return to_markdown(self, lang)

    def save(
        self, folder: str | PathLike[str], formats: Iterable[str] = FORMATS, lang: str = "en", paper: Paper = "a4"
    ) -> tuple[Path, ...]:
        """Write the report's files into a folder, the PDF on paper of a size; returns their paths.

        The folder is made if it is not there.
        """
        out = Path(folder)
        with staged(out) as stage:
            written = write(self, stage, tuple(formats), lang, paper=paper)
        return tuple(out / path.relative_to(stage) for path in written.paths)

    def _repr_html_(self) -> str:
        """The page in a frame of its own, so that it and the notebook leave each other's styles alone."""
        page = escape(self.to_html(), quote=True)
        return f'<iframe srcdoc="{page}" style="width:100%;height:40em;border:1px solid #888" sandbox></iframe>'

    @classmethod
    def of(cls, document: Document) -> Self:
        """The same evidence, able to show itself."""
        return cls.model_construct(**{name: getattr(document, name) for name in Document.model_fields})


def audit(data: Source, target: str | None = None, **options: Any) -> Report:  # noqa: ANN401
    """Audit one table: a path, a URL, or a data frame (of pandas, polars, pyarrow).

    `options` are those of reportgen.toml (seed, drop, budget, split ...).

    Raises ConfigError for an option that makes no sense and DataError for a table that cannot be audited.
    """
    config = load_config(None, {"target": target, **options})
    return Report.of(run_audit(data, config).document)


@dataclass(frozen=True)
class Published:
    """What a run of the command line comes to: its last words, whether the gate holds, and the report itself."""

    summary: str
    gate_failed: bool
    document: Document


def publish(
    source: str,
    config: Config,
    out: Path | None,
    config_file: str | None,
    watch: Stopwatch,
    beside: Beside | None = None,
) -> Published:
    """Audit one table and write its report; nothing is written unless everything is.

    Raises DataError for a table that cannot be audited, OutputError for a folder that cannot be written to or that
    holds another dataset's report.
    """
    refuse_faulty(config.templates)
    refuse_pdf_alone(config.format)
    folder = out or default_folder(config.name or dataset_name(source, config.reading.table))
    identity = dataset_identity(source, config.reading.part)
    refuse_other(folder, identity)
    with staged(folder, replaces=listed(folder)) as stage:
        outcome = run_audit(source, config, config_file, watch, beside)
        with watch("write"):
            templates = _path(config.templates)
            printing = None
            if beside and "pdf" in config.format:
                printing = beside.begin(to_pdf, outcome.document, config.lang, templates, config.paper)
            outcome.network.save(stage / "model.keras")
            (stage / "preparer.json").write_text(outcome.prepared.preparer.to_json(), encoding="utf-8")
            notes = write(outcome.document, stage, config.format, config.lang, templates, printing, config.paper).notes
        write_manifest(stage, _manifest(outcome, config, identity, watch))
    document = outcome.document
    return Published(_summary(document, folder, notes), _gate_failed(document, config), document)


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def _manifest(outcome: Outcome, config: Config, identity: str, watch: Stopwatch) -> dict[str, Any]:
    """What the report's own bytes must not depend on (time, command line), and what its hashes cover."""
    document = outcome.document
    return {
        "schema": "reportgen/manifest/1",
        "created": now().isoformat(timespec="seconds"),
        "command": [shown(word) for word in sys.argv],
        "dataset": {
            "name": document.dataset.name,
            "identity": identity,
            "sha256": document.dataset.sha256,
            "test_sha256": document.dataset.test_sha256,
        },
        "seed": config.seed,
        "configuration": config.model_dump(mode="json"),
        "templates": hashes(config.templates),
        "versions": document.environment.versions,
        "platform": document.environment.platform,
        "train_seconds": outcome.network.seconds,
        "seconds": {step: round(value, 4) for step, value in watch.seconds.items()},
        "peak_memory": watch.peaks,
    }


def _gate_failed(document: Document, config: Config) -> bool:
    """A target that fails the run, a waiver that has ended, or a finding as severe as asked that none is about."""
    if failing(document.targets, document.targets_not_shown):
        return True
    open_findings = counted(document.findings)
    if any(finding.lapsed and finding.severity.weight for finding in open_findings):
        return True
    if config.fail_on == "never":
        return False
    return any(finding.severity.weight >= Severity(config.fail_on).weight for finding in open_findings)


def _weight(finding: Finding) -> str:
    return "waived" if finding.waived else finding.severity


def _summary(document: Document, folder: Path, notes: Iterable[str]) -> str:
    lines = [document.verdict.text]
    states = ("missed", "not_shown", "met")
    targets = sorted(document.targets, key=lambda target: states.index(target.status))
    lines += [f"  target   {target_sentence(target)}" for target in targets]
    lines += [
        f"  {_weight(finding):8} {finding.message} {waiver_sentence(finding)}".rstrip() for finding in document.findings
    ]
    unused = [waiver for waiver in document.waivers if waiver.status == "unused"]
    lines += [f"note: the waiver of {waiver.code} by {waiver.by} is about nothing that was found" for waiver in unused]
    lines += [f"note: {note}" for note in notes]
    return visible("\n".join([*lines, f"report in {folder}"]))
