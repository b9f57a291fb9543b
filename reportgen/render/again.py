"""A report written again from its report.json: another language or format, without training."""

from collections.abc import Sequence
from pathlib import Path

from reportgen.output import staged
from reportgen.render import Written, write
from reportgen.render.json import read_json


def render_again(
    report: Path, out: Path, formats: Sequence[str], lang: str = "en", templates: Path | None = None
) -> Written:
    """Write the pages of a saved report into a folder; nothing is written unless all of them could be made.

    Raises ReportgenError where the file holds no report.
    """
    document = read_json(report)
    with staged(out) as stage:
        written = write(document, stage, formats, lang, templates)
    return Written(tuple(out / path.name for path in written.paths), written.notes)
