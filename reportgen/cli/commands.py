"""The commands: each reads its options, calls one function and prints where the files are."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportgen.cli.leaving import leave
from reportgen.cli.options import (
    READING,
    Budget,
    CommentLang,
    ConfigFile,
    Data,
    Drop,
    EngineName,
    ExcludeLeaks,
    FailOn,
    Formats,
    Group,
    Lang,
    MaxRows,
    Out,
    Paper,
    Protected,
    Query,
    Quiet,
    Seed,
    Sheet,
    Table,
    Target,
    TaskKind,
    Templates,
    Test,
    Time,
    asked,
    formats_of,
    part_of,
)
from reportgen.errors import ConfigError

if TYPE_CHECKING:
    from reportgen.api import Published

OWN = "own process"
"""What a command is told that has its process to itself, so that it may fork it."""

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Turn a table into an audit report of a neural network: PDF, HTML, JSON, Markdown and JUnit.",
)


@app.command()
def run(
    context: typer.Context,
    data: Data,
    target: Target = None,
    test: Test = None,
    out: Out = None,
    name: Annotated[str | None, typer.Option(help="Name of the report.", show_default="the file's name")] = None,
    formats: Formats = None,
    lang: Lang = None,
    paper: Paper = None,
    task: TaskKind = None,
    config: ConfigFile = None,
    seed: Seed = None,
    budget: Budget = None,
    threads: Annotated[
        int | None,
        typer.Option(help="Threads to compute on, 1 to 64; part of what makes results repeat.", show_default="1"),
    ] = None,
    protected: Protected = None,
    group: Group = None,
    time: Time = None,
    drop: Drop = None,
    sheet: Sheet = None,
    table: Table = None,
    sql: Query = None,
    max_rows: MaxRows = None,
    memory: Annotated[
        str | None,
        typer.Option(
            help="Most memory to take: 2G. Fewer rows are drawn, or it stops.",
            show_default="9/10 of what the machine or container has",
        ),
    ] = None,
    exclude_leaks: ExcludeLeaks = False,
    explain_row: Annotated[
        list[int] | None,
        typer.Option(help="Row of the file to explain, 0 the first below the header (repeatable).", min=0),
    ] = None,
    fail_on: FailOn = None,
    templates: Templates = None,
    quiet: Quiet = False,
) -> None:
    """Audit one table: preprocess, train, select, score, explain, judge, and write the report."""
    options = asked(locals(), (*READING, "memory"))
    from reportgen.config import load_config  # noqa: PLC0415
    from reportgen.memory import ceiling, guarded, room_for_two  # noqa: PLC0415
    from reportgen.progress import shown  # noqa: PLC0415

    settings = load_config(config, options)
    limit = ceiling(settings.reading.memory)
    with shown(quiet) as watch, ExitStack() as stack:
        with watch("libraries"), _untidied(context.obj == OWN):
            from reportgen.api import publish  # noqa: PLC0415
            from reportgen.beside import beside  # noqa: PLC0415
        with watch.still():
            second = stack.enter_context(beside()) if context.obj == OWN and room_for_two(limit) else None
        leaving = partial(leave, os.dup(2) if sys.stderr else None, limit)
        stack.enter_context(guarded(settings.reading.memory, leaving, second.process if second else None))
        published = publish(data, settings, out, str(config) if config else None, watch, second)
    lines = _for_ci(published, settings.lang)
    if not quiet:
        typer.echo("\n".join(lines))
    raise typer.Exit(1 if published.gate_failed else 0)


@contextmanager
def _untidied(own: bool) -> Iterator[None]:
    """Look for no garbage meanwhile, and never again among what was made, where the process is our own."""
    if own:
        gc.disable()
    try:
        yield
    finally:
        if own:
            gc.freeze()
            gc.enable()


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
    target: Target = None,
    test: Test = None,
    out: Annotated[
        str, typer.Option("--out", help="Folder, or URL such as s3://bucket/audits, for all reports and their index.")
    ] = "audits",
    name: Annotated[str | None, typer.Option(help="Name of the report, where there is one table.")] = None,
    formats: Formats = None,
    lang: Lang = None,
    paper: Paper = None,
    task: TaskKind = None,
    config: ConfigFile = None,
    seed: Seed = None,
    budget: Budget = None,
    threads: Annotated[int | None, typer.Option(help="Threads of each audit, 1 to 64.", show_default="1")] = None,
    protected: Protected = None,
    group: Group = None,
    time: Time = None,
    drop: Drop = None,
    sheet: Sheet = None,
    table: Table = None,
    sql: Query = None,
    max_rows: MaxRows = None,
    exclude_leaks: ExcludeLeaks = False,
    fail_on: FailOn = None,
    templates: Templates = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Audits at once.", show_default="as cores and memory")
    ] = None,
    timeout: Annotated[str | None, typer.Option(help="Longest time of one audit: 90s, 15m, 2h.")] = None,
    memory: Annotated[
        str | None, typer.Option(help="Most memory of one audit: 800M, 4G.", show_default="its share of what is free")
    ] = None,
    max_failures: Annotated[int | None, typer.Option(min=1, help="Begin no more once so many have failed.")] = None,
    engine: Annotated[
        EngineName, typer.Option(help="Where audits are made: here, or on a Dask cluster.")
    ] = EngineName.local,
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
    quiet: Quiet = False,
) -> None:
    """Audit many tables, one report each and one index over all; started again, it goes on where it stopped."""
    options = asked(locals())
    from reportgen.batch.command import Request  # noqa: PLC0415
    from reportgen.batch.command import batch as audit_all  # noqa: PLC0415

    request = Request(
        data=tuple(data or ()), manifest=manifest, options=options,
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
    quiet: Quiet = False,
) -> None:
    """Write HTML, PDF and Markdown again from saved evidence, without training."""
    from reportgen.render.again import render_again  # noqa: PLC0415

    wanted = formats_of(formats) or ("html", "pdf", "csv", "md", "junit")
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
    quiet: Quiet = False,
) -> None:
    """Say what changed between two audits; exit 1 where a target broke or a key metric is shown to be worse."""
    wanted = formats_of(formats, ("html", "md", "json"))
    if wanted and out is None:
        raise ConfigError("--format says which files to write; name a folder for them with --out")
    from reportgen.comparing import compare_reports  # noqa: PLC0415

    compared = compare_reports(old, new, out, wanted, lang or "en", templates)
    if not quiet:
        typer.echo(compared.summary)
    raise typer.Exit(1 if compared.lost else 0)


@app.command()
def init(
    data: Data,
    target: Target = None,
    out: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("reportgen.toml"),
    report: Annotated[Path | None, typer.Option(help="A report.json of this table to take targets from.")] = None,
    no_run: Annotated[bool, typer.Option("--no-run", help="Make no quick audit to propose targets from.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over the file if it is there.")] = False,
    lang: CommentLang = None,
    quiet: Quiet = False,
    sheet: Sheet = None,
    table: Table = None,
    sql: Query = None,
) -> None:
    """Write a commented reportgen.toml: what was understood of a table, guesses, targets and the card's questions."""
    from reportgen.progress import shown  # noqa: PLC0415

    with shown(quiet) as watch:
        with watch("libraries"):
            from reportgen.starting import write_config  # noqa: PLC0415
        part = part_of({"sheet": sheet, "table": table, "sql": sql})
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


def _version(wanted: bool) -> None:
    if wanted:
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
