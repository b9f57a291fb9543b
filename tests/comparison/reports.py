"""Reports for comparisons: the hand-built ones, with what a test changes in their JSON."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reportgen.comparison import SeenReport
from reportgen.document import Document
from reportgen.render import to_json

Edit = Callable[[dict[str, Any]], None]


def content(document: Document, *edits: Edit) -> dict[str, Any]:
    """The JSON of a report after the edits."""
    found: dict[str, Any] = json.loads(to_json(document))
    for edit in edits:
        edit(found)
    return found


def seen(document: Document, *edits: Edit) -> SeenReport:
    """A report as a comparison reads it, after the edits."""
    return SeenReport.model_validate(content(document, *edits))


def saved(folder: Path, document: Document, *edits: Edit) -> Path:
    """A report.json in a folder of its own."""
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(json.dumps(content(document, *edits)), encoding="utf-8")
    return folder / "report.json"


def other_data(report: dict[str, Any]) -> None:
    """Another file of the same shape."""
    report["dataset"]["sha256"] = "ab" * 32


def metric(name: str, value: float, half: float) -> Edit:
    """Set a metric of the test rows."""

    def edit(report: dict[str, Any]) -> None:
        for one in report["metrics"]:
            if (one["name"], one["split"], one["of"]) == (name, "test", None):
                one |= {"value": value, "low": value - half, "high": value + half}

    return edit


def target(name: str, status: str, bound: float = 0.8) -> Edit:
    """Add a target that was held against the report."""

    def edit(report: dict[str, Any]) -> None:
        asked = {"name": name, "asked": f">= {bound}", "op": ">=", "bound": bound, "status": status, "measure": name}
        report.setdefault("targets", []).append(asked | {"value": 0.82, "low": 0.7, "high": 0.9, "n": 60})

    return edit
