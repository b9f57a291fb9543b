"""What GitHub Actions shows of an audit: annotations, and the summary of the step."""

from collections.abc import Iterator
from pathlib import Path

from reportgen.document import Document
from reportgen.records.finding import Finding
from reportgen.render.plain import visible
from reportgen.render.sentences import target_sentence, waiver_sentence

LEVELS = {"critical": "error", "warning": "warning", "info": "notice"}
MOST_BYTES = 1024 * 1024
"""What the summary of one step may hold."""


def annotations(document: Document) -> tuple[str, ...]:
    """One workflow command a target that is not met and a finding that is not waived, what fails the run first."""
    return (*_targets(document), *(_finding(finding) for finding in document.findings if finding.waived is None))


def append_summary(path: Path, markdown: str) -> str | None:
    """Add the report to the summary of the step; a sentence where there is no room or no such file."""
    try:
        size = path.stat().st_size if path.exists() else 0
        if size + len(markdown.encode()) + 1 > MOST_BYTES:
            return "the summary of this step is full, so report.md was not added to it"
        with path.open("a", encoding="utf-8") as stream:
            stream.write(f"{markdown}\n")
    except OSError as error:
        return f"report.md could not be added to the summary of this step: {error.strerror or error}"
    return None


def harmless(text: str) -> str:
    """Text from a table that GitHub will not take for a command of its older form, which may stand within a line."""
    return text.replace("##[", "# #[")


def _targets(document: Document) -> Iterator[str]:
    for state, level in (
        ("missed", "error"),
        ("not_shown", "error" if document.targets_not_shown == "fail" else "warning"),
    ):
        for target in document.targets:
            if target.status == state:
                yield _command(level, f"{document.title}: target {target.name}", target_sentence(target))


def _finding(finding: Finding) -> str:
    message = " ".join(word for word in (finding.message, finding.advice, waiver_sentence(finding)) if word)
    return _command(LEVELS[finding.severity], finding.code, message)


def _command(level: str, title: str, message: str) -> str:
    return harmless(f"::{level} title={_property(visible(title))}::{_data(visible(message))}")


def _data(text: str) -> str:
    """Escape as the runner unescapes: the percent sign first."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
