"""Which tables a batch audits, under which names and settings: from the command line or from a manifest."""

import glob
import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reportgen.batch.manifest import Entry, laid, read_manifest
from reportgen.config import Config, load_config, validate
from reportgen.errors import ConfigError
from reportgen.naming import dataset_identity, dataset_name, folder_name, is_built_in, is_url, shown

TAKEN = frozenset(("index.html", "index.json", "index.md", "junit.xml", "logs"))
"""What a batch itself writes beside the folders of its datasets."""


@dataclass(frozen=True)
class Job:
    """One dataset of a batch: all that `audit_one` needs, on whatever machine it runs.

    One that is `refused`, and why, is never audited: its folder belongs to another.
    """

    name: str
    source: str
    config: Config
    config_file: str | None
    folder: Path
    log: Path
    tags: tuple[str, ...] = ()
    refused: str = ""

    @property
    def shown(self) -> str:
        """The source as it may be printed: a URL without its password."""
        return shown(self.source)

    @property
    def key(self) -> str:
        """What the dataset is called in the journal: its folder's name, unlike that of any other."""
        return self.folder.name

    @property
    def identity(self) -> str:
        """What tells the dataset from another of its name, as the manifest of its report has it."""
        return dataset_identity(self.source, self.config.reading.part)


@dataclass(frozen=True)
class Shard:
    """One of `of` parts of a batch, counted from 1; a dataset's name decides its part, whatever the others are."""

    number: int
    of: int

    def holds(self, key: str) -> bool:
        """Whether a dataset belongs here: by a hash of its name, so that a table more or less moves no other."""
        return int(hashlib.sha256(key.encode()).hexdigest(), 16) % self.of == self.number - 1


def read_shard(text: str | None) -> Shard | None:
    """The part that `--shard 2/4` names. Raises ConfigError for what is none."""
    if text is None:
        return None
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise ConfigError(f"--shard takes a part and their number, such as 2/4, the first part being 1, not {text!r}")
    return Shard(int(number), int(of))


def make_plan(
    data: Sequence[str], manifest: Path | None, options: Mapping[str, Any], config: Path | None, out: Path
) -> tuple[Job, ...]:
    """Every dataset in the order it was named, no two of one folder but those that are refused.

    What the command line says goes before a dataset's own settings, those before `[defaults]`, and those before the
    file of --config. Paths in a manifest start from its own folder. The first of several datasets of one name has it.
    Raises ConfigError for settings that make no sense, and for a pattern that matches no file.
    """
    if bool(data) == (manifest is not None):
        raise ConfigError("name the tables of the batch (files, patterns, built-in names) or a --manifest")
    jobs = _of_manifest(manifest, options, config, out) if manifest else _of_sources(data, options, config, out)
    if options.get("name") and len(jobs) > 1:
        raise ConfigError(f"--name names one report, and this batch has {len(jobs)}; give names in a --manifest")
    return _without_namesakes(jobs)


def _of_sources(data: Sequence[str], options: Mapping[str, Any], config: Path | None, out: Path) -> list[Job]:
    settings = load_config(config, options)
    sources = dict.fromkeys(source for pattern in data for source in sources_of(pattern))
    return [_job(source, settings, config, out, ()) for source in sources]


def _of_manifest(manifest: Path, options: Mapping[str, Any], config: Path | None, out: Path) -> list[Job]:
    read = read_manifest(manifest)
    given = {key: value for key, value in options.items() if value is not None and value != ()}
    return [job for entry in read.entries for job in _of_entry(entry, given, config, manifest.parent, out)]


def _of_entry(entry: Entry, given: dict[str, Any], config: Path | None, base: Path, out: Path) -> Iterable[Job]:
    own = base / entry.config if entry.config else config
    written = load_config(own, {}).model_dump(exclude_unset=True) if own else {}
    placed = {key: placed_at(base, value) for key in ("test", "templates") if (value := entry.settings.get(key))}
    settings = validate(laid(laid(written, entry.settings) | placed, given))
    if entry.sql is not None:
        yield from _of_database(entry, settings, own, base, out)
    for pattern in entry.data:
        for source in sources_of(pattern, base):
            yield _job(source, settings, own, out, entry.tags)


def _of_database(entry: Entry, settings: Config, config_file: Path | None, base: Path, out: Path) -> Iterable[Job]:
    """A query, a table, or every table of a schema, each a dataset that is called as the table."""
    source = placed_at(base, str(entry.sql))
    if entry.schema is None:
        yield _job(source, settings, config_file, out, entry.tags)
        return
    from reportgen.data.formats.database import tables_of  # noqa: PLC0415 - the parent stays light without a schema

    tables = tables_of(source, entry.schema)
    if not tables:
        raise ConfigError(f"the schema {entry.schema!r} of {shown(source)} has no tables; name another")
    for table in tables:
        reading = settings.reading.model_copy(update={"table": f"{entry.schema}.{table}"})
        yield _job(source, settings.model_copy(update={"reading": reading}), config_file, out, entry.tags, table)


def placed_at(base: Path, source: str) -> str:
    """A path of a manifest from where the manifest lies; a URL as it is."""
    return source if base == Path() or is_url(source) else str(base / source)


def sources_of(pattern: str, base: Path = Path()) -> list[str]:
    """The tables that a word stands for: itself where there is such a file or built-in table, else all it matches.

    A word without `*`, `?` or `[` stands for itself in any case: a file that is not there is its own failure, later.
    """
    path = placed_at(base, pattern)
    if is_url(path):
        return _expanded(path)
    if Path(path).exists() or not glob.has_magic(pattern):
        return [pattern if is_built_in(pattern) else path]
    matches = glob.glob(path, recursive=True)  # noqa: PTH207 - a pattern may start at /
    found = sorted(match for match in matches if not Path(match).is_dir())
    if not found:
        raise ConfigError(f"{path} matches no file; mend the pattern, or name the files")
    return found


def _expanded(url: str) -> list[str]:
    """The URLs that a pattern matches; `?` begins a query, and is none of its letters."""
    if "*" not in url.partition("?")[0]:
        return [url]
    from reportgen.batch.fetched import expand  # noqa: PLC0415 - needs an extra

    return expand(url)


def _job(
    source: str, config: Config, config_file: Path | None, out: Path, tags: tuple[str, ...], table: str | None = None
) -> Job:
    name = config.name or dataset_name(source, table or config.reading.table)
    folder = folder_name(name)
    written = None if config_file is None else str(config_file)
    return Job(name, source, config, written, out / folder, out / "logs" / f"{folder}.log", tags)


def _without_namesakes(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """Refuse what would be called as one before it; names that differ in case are one folder on many machines.

    So are names that differ in the make-up of a letter. One that is refused is known by its source.
    """
    found: dict[str, Job] = {}
    kept = []
    for job in jobs:
        folder = unicodedata.normalize("NFC", job.key).casefold()
        why = _refusal(job, found.setdefault(folder, job), folder)
        kept.append(replace(job, name=job.shown, refused=why) if why else job)
    return tuple(kept)


def _refusal(job: Job, first: Job, folder: str) -> str:
    if folder in TAKEN:
        return f"{job.shown} would be called {job.key}, as a file of the batch is; give it another name in a --manifest"
    if first is job:
        return ""
    other = "" if first.key == job.key else f" ({first.key})"
    return f"{job.shown} would be called {job.key}, as {first.shown} is{other}; give it another name in a --manifest"
