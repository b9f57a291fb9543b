"""The command line: parse, call one function, print where the files are."""

import gc
import os
import signal
import sys
import traceback
import unicodedata
from collections.abc import Callable
from contextlib import ExitStack
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from reportgen.errors import ConfigError, ReportgenError
from reportgen.languages import languages
from reportgen.output import abandon

if TYPE_CHECKING:
    from reportgen.api import Published

INTERRUPTED = "interrupted; nothing was left half-written"
TOO_LARGE = (
    "the audit would take more memory than it may{}; draw fewer rows with --max-rows, or allow more with --memory"
)
SELDOM = (50_000, 20, 20)
"""How many new objects make Python look for garbage: with its own 700 a run on iris spends a quarter of its time on it.

Nearly all objects of a run live until its end (libraries, graphs, boxes of the PDF); peak memory stays the same.
"""

OWN = "own process"
"""What a command is told that has its process to itself, so that it may fork it."""

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Turn a table into an audit report of a neural network: PDF, HTML, JSON, Markdown and JUnit.",
)


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


class Engine(StrEnum):
    """Where the audits of a batch are made."""

    local = "local"
    dask = "dask"


Out = Annotated[Path | None, typer.Option("--out", help="Folder for the files.", show_default="reports/<name>")]
Formats = Annotated[
    str | None, typer.Option("--format", help="Some of html,pdf,json,csv,md,junit,sarif.", show_default="all but sarif")
]
Templates = Annotated[Path | None, typer.Option(help="Folder of brand.toml and of templates that replace ours.")]


def _known_language(code: str | None) -> str | None:
    if code is not None and code not in languages():
        raise typer.BadParameter(f"{code!r} is not one of {', '.join(map(repr, languages()))}.")
    return code


LANGUAGES = f"[{'|'.join(languages())}]"
Lang = Annotated[
    str | None,
    typer.Option(help="Language of the report.", metavar=LANGUAGES, callback=_known_language, show_default="en"),
]
Paper = Annotated[PaperName | None, typer.Option(help="Size of the PDF's pages.", show_default="a4")]
Columns = list[str] | None
Sheet = Annotated[str | None, typer.Option("--sheet", help="Sheet of a workbook.", show_default="the first filled")]
Table = Annotated[str | None, typer.Option("--table", help="Table of a database.", show_default="the only one")]
Query = Annotated[str | None, typer.Option("--sql", help="Query of a database; DATA is its URL or its file.")]
MaxRows = Annotated[
    int | None,
    typer.Option(
        "--max-rows", min=1000, help="Most rows to audit; of more, so many are drawn.", show_default="1,000,000"
    ),
]
Memory = Annotated[
    str | None,
    typer.Option(
        "--memory",
        help="Most memory to take: 2G. Fewer rows are drawn, or it stops.",
        show_default="9/10 of what the machine or container has",
    ),
]
Test = Annotated[str | None, typer.Option(help="File of test rows; without it 20 % of the rows are.")]


@app.command()
def run(
    context: typer.Context,
    data: Annotated[str, typer.Argument(help="A file, pattern, folder or URL, or iris, wine, breast_cancer ...")],
    target: Annotated[str | None, typer.Option(help="Column to predict.", show_default="the last")] = None,
    test: Test = None,
    out: Out = None,
    name: Annotated[str | None, typer.Option(help="Name of the report.", show_default="the file's name")] = None,
    formats: Formats = None,
    lang: Lang = None,
    paper: Paper = None,
    task: Annotated[TaskName | None, typer.Option(help="Kind of task.", show_default="auto")] = None,
    config: Annotated[Path | None, typer.Option(help="A reportgen.toml.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of every random draw.", show_default="0")] = None,
    budget: Annotated[BudgetName | None, typer.Option(help="Work it may cost.", show_default="standard")] = None,
    threads: Annotated[
        int | None,
        typer.Option(help="Threads to compute on, 1 to 64; part of what makes results repeat.", show_default="1"),
    ] = None,
    protected: Annotated[Columns, typer.Option(help="Column whose groups must fare alike (repeatable).")] = None,
    group: Annotated[
        Columns, typer.Option(help="Column whose values stay on one side of the split (repeatable).")
    ] = None,
    time: Annotated[Columns, typer.Option(help="Column in whose order rows are split (repeatable).")] = None,
    drop: Annotated[Columns, typer.Option(help="Column to leave out (repeatable).")] = None,
    sheet: Sheet = None,
    table: Table = None,
    sql: Query = None,
    max_rows: MaxRows = None,
    memory: Memory = None,
    exclude_leaks: Annotated[
        bool, typer.Option("--exclude-leaks", help="Train without columns found to give the target away.")
    ] = False,
    explain_row: Annotated[
        list[int] | None,
        typer.Option(help="Row of the file to explain, 0 the first below the header (repeatable).", min=0),
    ] = None,
    fail_on: Annotated[Gate | None, typer.Option(help="Exit 1 on findings this severe.", show_default="never")] = None,
    templates: Templates = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,
) -> None:
    """Audit one table: preprocess, train, select, score, explain, judge, and write the report."""
    from reportgen.config import load_config  # noqa: PLC0415
    from reportgen.memory import ceiling, guarded, room_for_two  # noqa: PLC0415
    from reportgen.progress import shown  # noqa: PLC0415

    reading = _part(sheet, table, sql) | _most(max_rows) | ({} if memory is None else {"memory": memory})
    options = {
        "target": target, "test": test, "name": name, "format": _formats(formats), "lang": lang, "task": task,
        "seed": seed, "budget": budget, "threads": threads, "protected": _columns(protected), "group": _columns(group),
        "time": _columns(time), "drop": _columns(drop), "explain_rows": tuple(explain_row or ()), "fail_on": fail_on,
        "templates": _text(templates), "exclude_leaks": exclude_leaks or None, "reading": reading, "paper": paper,
    }  # fmt: skip
    settings = load_config(config, {key: _plain(value) for key, value in options.items()})
    limit = ceiling(settings.reading.memory)
    with shown(quiet) as watch, ExitStack() as stack:
        with watch("libraries"):
            from reportgen.api import publish  # noqa: PLC0415
            from reportgen.beside import beside  # noqa: PLC0415
        with watch.still():
            second = stack.enter_context(beside()) if context.obj == OWN and room_for_two(limit) else None
        leave = partial(_leave, os.dup(2) if sys.stderr else None, limit)
        stack.enter_context(guarded(settings.reading.memory, leave, second.process if second else None))
        published = publish(data, settings, out, _text(config), watch, second)
    lines = _for_ci(published, settings.lang)
    if not quiet:
        typer.echo("\n".join(lines))
    raise typer.Exit(1 if published.gate_failed else 0)


def _for_ci(published: "Published", lang: str) -> list[str]:
    """The last words of a run; on GitHub with annotations, and with the report in the summary of the step."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return [published.summary]
    from reportgen.render import to_markdown  # noqa: PLC0415
    from reportgen.render.github import annotations, append_summary, harmless  # noqa: PLC0415

    lines = [harmless(published.summary), *annotations(published.document)]
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        note = append_summary(Path(summary), to_markdown(published.document, lang))
        lines += [f"note: {note}"] if note else []
    return lines


@app.command()
def batch(
    data: Annotated[
        list[str] | None, typer.Argument(help="Files, patterns such as 'tables/*.csv', or iris ...")
    ] = None,
    manifest: Annotated[Path | None, typer.Option(help="A batch.toml that names the tables.")] = None,
    target: Annotated[str | None, typer.Option(help="Column to predict.", show_default="the last")] = None,
    test: Test = None,
    out: Annotated[
        str, typer.Option("--out", help="Folder, or URL such as s3://bucket/audits, for all reports and their index.")
    ] = "audits",
    name: Annotated[str | None, typer.Option(help="Name of the report, where there is one table.")] = None,
    formats: Formats = None,
    lang: Lang = None,
    paper: Paper = None,
    task: Annotated[TaskName | None, typer.Option(help="Kind of task.", show_default="auto")] = None,
    config: Annotated[Path | None, typer.Option(help="A reportgen.toml.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of every random draw.", show_default="0")] = None,
    budget: Annotated[BudgetName | None, typer.Option(help="Work it may cost.", show_default="standard")] = None,
    threads: Annotated[int | None, typer.Option(help="Threads of each audit, 1 to 64.", show_default="1")] = None,
    protected: Annotated[Columns, typer.Option(help="Column whose groups must fare alike (repeatable).")] = None,
    group: Annotated[
        Columns, typer.Option(help="Column whose values stay on one side of the split (repeatable).")
    ] = None,
    time: Annotated[Columns, typer.Option(help="Column in whose order rows are split (repeatable).")] = None,
    drop: Annotated[Columns, typer.Option(help="Column to leave out (repeatable).")] = None,
    sheet: Sheet = None,
    table: Table = None,
    sql: Query = None,
    max_rows: MaxRows = None,
    exclude_leaks: Annotated[
        bool, typer.Option("--exclude-leaks", help="Train without columns found to give the target away.")
    ] = False,
    fail_on: Annotated[Gate | None, typer.Option(help="Exit 1 on findings this severe.", show_default="never")] = None,
    templates: Templates = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Audits at once.", show_default="as cores and memory")
    ] = None,
    timeout: Annotated[str | None, typer.Option(help="Longest time of one audit: 90s, 15m, 2h.")] = None,
    memory: Annotated[
        str | None, typer.Option(help="Most memory of one audit: 800M, 4G.", show_default="its share of what is free")
    ] = None,
    max_failures: Annotated[int | None, typer.Option(min=1, help="Begin no more once so many have failed.")] = None,
    engine: Annotated[Engine, typer.Option(help="Where audits are made: here, or on a Dask cluster.")] = Engine.local,
    scheduler: Annotated[str | None, typer.Option(help="With --engine dask: tcp://host:8786.")] = None,
    patience: Annotated[
        str | None, typer.Option(help="How long a lost scheduler, or workers, are waited for.", show_default="10m")
    ] = None,
    journal: Annotated[
        Path | None, typer.Option(help="Folder for the journal where --out is a URL.", show_default="below .reportgen")
    ] = None,
    shard: Annotated[str | None, typer.Option(help="Only this part of the tables: 1/4 to 4/4.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Audit what is done again, too.")] = False,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Audit what failed again, too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be audited, and stop.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,
) -> None:
    """Audit many tables, one report each and one index over all; started again, it goes on where it stopped."""
    from reportgen.batch.command import Request  # noqa: PLC0415
    from reportgen.batch.command import batch as audit_all  # noqa: PLC0415

    reading = _part(sheet, table, sql) | _most(max_rows)
    options = {
        "target": target, "test": test, "name": name, "format": _formats(formats), "lang": lang, "task": task,
        "seed": seed, "budget": budget, "threads": threads, "protected": _columns(protected), "group": _columns(group),
        "time": _columns(time), "drop": _columns(drop), "fail_on": fail_on, "templates": _text(templates),
        "exclude_leaks": exclude_leaks or None, "reading": reading, "paper": paper,
    }  # fmt: skip
    request = Request(
        data=tuple(data or ()), manifest=manifest, options={key: _plain(value) for key, value in options.items()},
        config=config, out=out, workers=workers, timeout=timeout, memory=memory, max_failures=max_failures, shard=shard,
        fresh=fresh, retry_failed=retry_failed, dry_run=dry_run, quiet=quiet,
        engine=engine.value, scheduler=scheduler, patience=patience, journal=journal,
    )  # fmt: skip
    raise typer.Exit(audit_all(request, typer.echo))


@app.command()
def render(
    report: Annotated[Path, typer.Argument(help="A report.json.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the files.", show_default="the report's own")] = None,
    formats: Formats = None,
    lang: Lang = None,
    paper: Paper = None,
    templates: Templates = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,
) -> None:
    """Write HTML, PDF and Markdown again from saved evidence, without training."""
    from reportgen.render.again import render_again  # noqa: PLC0415

    wanted = _formats(formats) or ("html", "pdf", "csv", "md", "junit")
    written = render_again(report, out or report.parent, wanted, lang or "en", templates, paper or "a4")
    if not quiet:
        typer.echo("\n".join([str(path) for path in written.paths] + [f"note: {note}" for note in written.notes]))


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="The older report.json, or the folder that holds it.")],
    new: Annotated[Path, typer.Argument(help="The newer one.")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder for compare.html, .md and .json.")] = None,
    formats: Annotated[str | None, typer.Option("--format", help="html,md,json or some of them.")] = None,
    lang: Lang = None,
    templates: Templates = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,
) -> None:
    """Say what changed between two audits; exit 1 where a target broke or a key metric is shown to be worse."""
    wanted = _formats(formats, ("html", "md", "json"))
    if wanted and out is None:
        raise ConfigError("--format says which files to write; name a folder for them with --out")
    from reportgen.comparing import compare_reports  # noqa: PLC0415

    compared = compare_reports(old, new, out, wanted, lang or "en", templates)
    if not quiet:
        typer.echo(compared.summary)
    raise typer.Exit(1 if compared.lost else 0)


@app.command()
def init(
    data: Annotated[str, typer.Argument(help="A file, pattern, folder or URL, or iris, wine, breast_cancer ...")],
    target: Annotated[str | None, typer.Option(help="Column to predict.", show_default="the last")] = None,
    out: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("reportgen.toml"),
    report: Annotated[Path | None, typer.Option(help="A report.json of this table to take targets from.")] = None,
    no_run: Annotated[bool, typer.Option("--no-run", help="Make no quick audit to propose targets from.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over the file if it is there.")] = False,
    lang: Annotated[
        str | None,
        typer.Option(help="Language of the comments.", metavar=LANGUAGES, callback=_known_language, show_default="en"),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing.")] = False,
    sheet: Sheet = None,
    table: Table = None,
    sql: Query = None,
) -> None:
    """Write a commented reportgen.toml: what was understood of a table, guesses, targets and the card's questions."""
    from reportgen.progress import shown  # noqa: PLC0415

    with shown(quiet) as watch:
        with watch("libraries"):
            from reportgen.starting import write_config  # noqa: PLC0415
        part = _part(sheet, table, sql)
        written = write_config(
            data, target, out, report, run=not no_run, force=force, lang=lang or "en", watch=watch, part=part
        )
    if not quiet:
        typer.echo(written)


@app.command()
def doctor() -> None:
    """Say what this machine lacks, and how to get it."""
    from reportgen.doctor import examine  # noqa: PLC0415

    points = examine()
    for point in points:
        typer.echo(f"{'ok     ' if point.sound else 'missing'}  {point.text}")
    raise typer.Exit(0 if all(point.sound for point in points) else 1)


@app.command()
def schema() -> None:
    """Print the JSON Schema of report.json."""
    from reportgen.document import json_schema  # noqa: PLC0415

    typer.echo(json_schema())


@app.command()
def codes() -> None:
    """Print every finding code with its meaning."""
    from reportgen.findings import CODES  # noqa: PLC0415

    for code in CODES:
        typer.echo(f"{code.code:26} {code.severity:18} {code.meaning}")


def _version(asked: bool) -> None:
    if asked:
        from reportgen import __version__  # noqa: PLC0415

        typer.echo(f"reportgen {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _plain(value: Any) -> Any:  # noqa: ANN401 - options are of many types
    return str(value) if isinstance(value, StrEnum) else value


def _part(sheet: str | None, table: str | None, sql: str | None) -> dict[str, Any]:
    """Which part of the source is the table, as `[reading]` has it."""
    asked = {"sheet": sheet, "table": table, "sql": sql}
    return {name: value for name, value in asked.items() if value is not None}


def _most(rows: int | None) -> dict[str, int]:
    """How many rows to audit at most, as `[reading]` has it."""
    return {} if rows is None else {"max_rows": rows}


def _columns(names: Columns) -> tuple[str, ...]:
    return tuple(names or ())


def _formats(
    text: str | None, known: tuple[str, ...] = ("html", "pdf", "json", "csv", "md", "junit", "sarif")
) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))
    unknown = [part for part in wanted if part not in known]
    if unknown or (text is not None and not wanted):
        raise ConfigError(f"--format takes some of {','.join(known)}, separated by commas, not {text!r}")
    return wanted


def main() -> NoReturn:
    """Run the command line and leave: 0 done, 1 a gate failed, 2 bad input, 3 our own fault, 130 interrupted."""
    stop = partial(_stop, os.dup(2) if sys.stderr else os.open(os.devnull, os.O_WRONLY))
    signal.signal(signal.SIGTERM, stop)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # a shell's background job ignores Ctrl-C
        signal.signal(signal.SIGINT, stop)
    gc.set_threshold(*SELDOM)
    status = _status(partial(typer.main.get_command(app), obj=OWN))
    gc.freeze()  # or Python looks through a million objects once more before it leaves: over a second
    sys.exit(status)


def _stop(stderr: int, _signal: int, _frame: FrameType | None) -> None:
    """Clear up and leave at once: an exception would be swallowed where a library calls back, or end its import oddly.

    Written straight to the file, since the interrupted line may itself be writing; to a copy of stderr, since
    TensorFlow's own start is kept quiet by closing the door in front of it.
    """
    if not abandon():
        return
    if sys.stdout and sys.stdout.isatty():
        os.write(sys.stdout.fileno(), b"\r\x1b[K\x1b[?25h")  # the spinner's line goes, the cursor comes back
    os.write(stderr, f"reportgen: {INTERRUPTED}\n".encode())
    os._exit(130)


def _leave(stderr: int | None, limit: int | None) -> None:
    """Leave at once, before the system ends what takes more memory than there is: with one sentence, and cleared up."""
    from reportgen.memory import held_whole  # noqa: PLC0415

    if not abandon():
        return
    if stderr is not None:
        words = held_whole() or TOO_LARGE.format(f" ({(limit or 0) / 1e9:.3g} GB)")
        os.write(stderr, f"reportgen: {words}\n".encode())
    os._exit(2)


def _status(command: Callable[..., Any]) -> int:
    try:
        return int(command(prog_name="reportgen", standalone_mode=False) or 0)
    except ReportgenError as error:
        return _say(f"{error}", 2)
    except MemoryError:
        return _say(TOO_LARGE.format(""), 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _usage_or_fault(error)


def _usage_or_fault(error: Exception) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.ctx.get_help())  # type: ignore[attr-defined]
        return 2
    message = getattr(error, "format_message", None)
    if message is not None:
        return _say(f"{message()} (see reportgen --help)", 2)
    traceback.print_exc()
    return _say(f"a fault of its own: {type(error).__name__}; please report it with the lines above", 3)


def _say(sentence: str, status: int) -> int:
    typer.echo(f"reportgen: {''.join(_seen(letter) for letter in ' '.join(sentence.split()))}", err=True)
    return status


def _seen(letter: str) -> str:
    """A control would act on the terminal, and a mark that turns text around would deceive: both are named."""
    return f"[U+{ord(letter):04X}]" if unicodedata.category(letter) in ("Cc", "Cf", "Cs") else letter
