"""The options of the command line, each declared once, and the settings that they ask for."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from reportgen.errors import ConfigError
from reportgen.languages import languages

SETTINGS = (
    "target", "test", "name", "lang", "paper", "task", "seed", "budget", "threads", "protected", "group", "time",
    "drop", "fail_on", "templates",
)  # fmt: skip
"""Options that are called as the setting is."""
READING = ("sheet", "table", "sql", "max_rows")
"""Options that stand in `[reading]`."""
FORMATS = ("html", "pdf", "json", "csv", "md", "junit", "sarif")


class PaperName(StrEnum):
    """The sizes of paper that the PDF is laid out for."""

    a4 = "a4"
    letter = "letter"


class TaskName(StrEnum):
    """What may be asked for with --task."""

    auto = "auto"
    binary = "binary"
    multiclass = "multiclass"
    regression = "regression"


class BudgetName(StrEnum):
    """How much work an audit may cost."""

    quick = "quick"
    standard = "standard"
    thorough = "thorough"


class Gate(StrEnum):
    """From which severity on findings fail the run."""

    critical = "critical"
    warning = "warning"
    never = "never"


class EngineName(StrEnum):
    """Where the audits of a batch are made."""

    local = "local"
    dask = "dask"


def _known_language(code: str | None) -> str | None:
    if code is not None and code not in languages():
        raise typer.BadParameter(f"{code!r} is not one of {', '.join(map(repr, languages()))}.")
    return code


def _language(of: str) -> Any:  # noqa: ANN401 - typer's own type is private
    codes = f"[{'|'.join(languages())}]"
    return typer.Option(help=f"Language of the {of}.", metavar=codes, callback=_known_language, show_default="en")


Columns = list[str] | None

Data = Annotated[str, typer.Argument(help="A file, pattern, folder or URL, or iris, wine, breast_cancer ...")]
Target = Annotated[str | None, typer.Option(help="Column to predict.", show_default="the last")]
Test = Annotated[str | None, typer.Option(help="File of test rows; without it 20 % of the rows are.")]
ConfigFile = Annotated[Path | None, typer.Option(help="A reportgen.toml.")]
Seed = Annotated[int | None, typer.Option(help="Seed of every random draw.", show_default="0")]
TaskKind = Annotated[TaskName | None, typer.Option(help="Kind of task.", show_default="auto")]
Budget = Annotated[BudgetName | None, typer.Option(help="Work it may cost.", show_default="standard")]

Protected = Annotated[Columns, typer.Option(help="Column whose groups must fare alike (repeatable).")]
Group = Annotated[Columns, typer.Option(help="Column whose values stay on one side of the split (repeatable).")]
Time = Annotated[Columns, typer.Option(help="Column in whose order rows are split (repeatable).")]
Drop = Annotated[Columns, typer.Option(help="Column to leave out (repeatable).")]
ExcludeLeaks = Annotated[
    bool, typer.Option("--exclude-leaks", help="Train without columns found to give the target away.")
]

Sheet = Annotated[str | None, typer.Option("--sheet", help="Sheet of a workbook.", show_default="the first filled")]
Table = Annotated[str | None, typer.Option("--table", help="Table of a database.", show_default="the only one")]
Query = Annotated[str | None, typer.Option("--sql", help="Query of a database; DATA is its URL or its file.")]
MaxRows = Annotated[
    int | None,
    typer.Option(
        "--max-rows", min=1000, help="Most rows to audit; of more, so many are drawn.", show_default="1,000,000"
    ),
]

Out = Annotated[Path | None, typer.Option("--out", help="Folder for the files.", show_default="reports/<name>")]
Formats = Annotated[
    str | None, typer.Option("--format", help=f"Some of {','.join(FORMATS)}.", show_default="all but sarif")
]
Lang = Annotated[str | None, _language("report")]
CommentLang = Annotated[str | None, _language("comments")]
Paper = Annotated[PaperName | None, typer.Option(help="Size of the PDF's pages.", show_default="a4")]
Templates = Annotated[Path | None, typer.Option(help="Folder of brand.toml and of templates that replace ours.")]
FailOn = Annotated[Gate | None, typer.Option(help="Exit 1 on findings this severe.", show_default="never")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing.")]


def asked(given: Mapping[str, Any], reading: tuple[str, ...] = READING) -> dict[str, Any]:
    """The settings that a command's parameters ask for, named as in reportgen.toml; None or () where nothing is said.

    `reading` names the parameters that stand in `[reading]`. Raises ConfigError for formats that there are not.
    """
    return {name: _plain(given[name]) for name in SETTINGS} | {
        "format": formats_of(given["formats"]),
        "explain_rows": tuple(given.get("explain_row") or ()),
        "exclude_leaks": given["exclude_leaks"] or None,
        "reading": part_of(given, reading),
    }


def part_of(given: Mapping[str, Any], names: tuple[str, ...] = READING) -> dict[str, Any]:
    """Which part of the source is the table, as `[reading]` has it: what was said of it, no more."""
    return {name: given[name] for name in names if given.get(name) is not None}


def formats_of(text: str | None, known: tuple[str, ...] = FORMATS) -> tuple[str, ...]:
    """The formats in a list with commas, each once; raises ConfigError for one that is not known."""
    wanted = tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))
    unknown = [part for part in wanted if part not in known]
    if unknown or (text is not None and not wanted):
        raise ConfigError(f"--format takes some of {','.join(known)}, separated by commas, not {text!r}")
    return wanted


def _plain(value: Any) -> Any:  # noqa: ANN401 - options are of many types
    """The value as a TOML file would have it, lists as tuples."""
    if isinstance(value, StrEnum | Path):
        return str(value)
    return tuple(value) if isinstance(value, list) else value
