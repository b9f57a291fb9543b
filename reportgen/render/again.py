"""A report written again from its report.json: another language or format, without training."""

from collections.abc import Sequence
from pathlib import Path

from reportgen.output import read_manifest, staged, write_manifest
from reportgen.render import Written, write
from reportgen.render.json import read_json
from reportgen.render.own import hashes, refuse_faulty


def render_again(
    report: Path,
    out: Path,
    formats: Sequence[str],
    lang: str = "en",
    templates: Path | None = None,
    paper: str = "a4",
) -> Written:
    """Write the pages of a saved report into a folder; nothing is written unless all of them could be made.

    A manifest that lies there gets the new pages' hashes, and those of the templates that made them.

    Raises ReportgenError where the file holds no report.
    """
    refuse_faulty(templates)
    document = read_json(report)
    with staged(out) as stage:
        written = write(document, stage, formats, lang, templates, paper=paper)
        if manifest := read_manifest(out):
            write_manifest(stage, manifest | {"templates": hashes(templates)})
    return Written(tuple(out / path.relative_to(stage) for path in written.paths), written.notes)
