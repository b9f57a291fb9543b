"""The door to a comparison: two reports in, what changed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reportgen.comparison import compare, read_report
from reportgen.errors import OutputError
from reportgen.output import staged
from reportgen.records.comparison import SCHEMA, Comparison
from reportgen.render.compared import FORMATS, NAMES, comparison_markdown, contents, sentence
from reportgen.render.own import refuse_faulty
from reportgen.render.plain import visible


@dataclass(frozen=True)
class Compared:
    """What a comparison comes to for the command line: what it prints, and whether something was lost."""

    comparison: Comparison
    summary: str
    lost: bool


def compare_reports(
    old: Path,
    new: Path,
    out: Path | None = None,
    formats: Sequence[str] = (),
    lang: str = "en",
    templates: Path | None = None,
) -> Compared:
    """Hold two reports against each other and, where a folder is named, write the pages into it.

    Without a folder the summary is the whole of compare.md. Raises ReportgenError where a file holds no report, where
    the two cannot be compared, or where the folder holds files of these names that are not ours.
    """
    refuse_faulty(templates)
    found = compare(read_report(old), read_report(new))
    lost = found.level == "worse"
    if out is None:
        return Compared(found, comparison_markdown(found, lang, templates).rstrip("\n"), lost)
    _refuse_foreign(out)
    pages = contents(found, tuple(formats) or FORMATS, lang, templates)
    with staged(out) as stage:
        for name, text in pages.items():
            (stage / name).write_text(text, encoding="utf-8")
    return Compared(
        found, visible("\n".join([sentence(found, lang, templates), *(str(out / name) for name in pages)])), lost
    )


def _refuse_foreign(out: Path) -> None:
    """Files of a comparison say so near their beginning; what does not is somebody's."""
    for name in NAMES.values():
        path = out / name
        if path.is_file() and SCHEMA.encode() not in path.read_bytes()[:1000]:
            raise OutputError(f"{path} was not written by reportgen compare; choose another folder with --out")
