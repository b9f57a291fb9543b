"""batch.toml: the datasets of a batch, each with settings of its own, and what they have in common."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportgen.config import located, validate
from reportgen.errors import ConfigError

HEADER = re.compile(r"^\s*\[\[\s*([\"']?)dataset\1\s*\]\]")
TABLE = re.compile(r"^(\s*\[+\s*)(?:dataset|defaults)\s*\.\s*")
OWN = ("data", "sql", "query", "schema", "tags", "config")
"""What a dataset has beside the settings of reportgen.toml."""


@dataclass(frozen=True)
class Entry:
    """One `[[dataset]]`: its tables, and its settings over those of `[defaults]`.

    `sql` is a database's URL (or file) in the place of data; `schema` stands for every table of one.
    """

    data: tuple[str, ...]
    settings: Mapping[str, Any]
    tags: tuple[str, ...] = ()
    config: str | None = None
    sql: str | None = None
    schema: str | None = None


@dataclass(frozen=True)
class Manifest:
    """A batch.toml as it was read."""

    entries: tuple[Entry, ...]


def read_manifest(path: Path) -> Manifest:
    """Read batch.toml; a ConfigError names the line that is wrong, and what is known there."""
    text = _text(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the manifest {path} is not valid TOML: {error}") from None
    _refuse_unknown(content, text, path)
    defaults = content.get("defaults", {})
    _check(defaults, _part(text, "defaults"), path)
    datasets = content["dataset"]
    return Manifest(tuple(_entry(one, number, defaults, text, path) for number, one in enumerate(datasets)))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"there is no manifest {path}; name another") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the manifest {path} cannot be read as UTF-8 text: {error}") from None


def _refuse_unknown(content: Mapping[str, Any], text: str, path: Path) -> None:
    unknown = [key for key in content if key not in ("defaults", "dataset")]
    if unknown:
        line = next((n for n, words in enumerate(text.splitlines(), 1) if unknown[0] in words), 1)
        raise ConfigError(f"{path}, line {line}: there is no {unknown[0]!r}; known here: [defaults], [[dataset]]")
    datasets = content.get("dataset")
    if not isinstance(datasets, list) or not datasets or not all(isinstance(one, dict) for one in datasets):
        raise ConfigError(f"{path} names no dataset; give each a [[dataset]] with data = ...")
    if not isinstance(content.get("defaults", {}), dict):
        raise ConfigError(f"{path}: defaults is a table, [defaults], with settings of reportgen.toml")


def _entry(one: dict[str, Any], number: int, defaults: dict[str, Any], text: str, path: Path) -> Entry:
    block = _part(text, "dataset", number)
    data, tags = one.get("data"), one.get("tags", [])
    database = _database(one, number, text, path)
    if database is None and (not _words([data] if isinstance(data, str) else data) or not data):
        raise _wrong(
            path, text, number, "data = ... names a table, a pattern, or a list of them, or sql = ... a database"
        )
    if not _words(tags):
        raise _wrong(path, text, number, "tags = [...] is a list of words")
    if not isinstance(one.get("config", ""), str):
        raise _wrong(path, text, number, "config = ... names a reportgen.toml")
    settings = {key: value for key, value in one.items() if key not in OWN}
    if database is not None and one.get("query"):
        settings = laid(settings, {"reading": {"sql": one["query"]}})
    _check(settings, block, path)
    return Entry(
        data=(data,) if isinstance(data, str) else tuple(data or ()),
        settings=laid(defaults, settings),
        tags=tuple(tags),
        config=one.get("config"),
        sql=database,
        schema=one.get("schema"),
    )


def _database(one: dict[str, Any], number: int, text: str, path: Path) -> str | None:
    """The URL of the database that a dataset comes from, None where it comes from files."""
    given = {key: one[key] for key in ("sql", "query", "schema") if key in one}
    if any(not isinstance(value, str) or not value for value in given.values()):
        raise _wrong(path, text, number, "sql = ... is a URL, query = ... a SELECT, and schema = ... a name")
    if given and "sql" not in given:
        raise _wrong(path, text, number, f"{next(iter(given))} = ... needs sql = ..., the URL of its database")
    if given and "data" in one:
        raise _wrong(path, text, number, "data = ... and sql = ... are two sources; give each a [[dataset]]")
    if "query" in given and "schema" in given:
        raise _wrong(path, text, number, "query = ... and schema = ... are two sources; give each a [[dataset]]")
    return given.get("sql")


def _check(settings: dict[str, Any], text: str, path: Path) -> None:
    """Refuse settings that make no sense, targets and waivers included."""
    validate(located(settings, text, path), text, path, OWN)


def _words(value: Any) -> bool:  # noqa: ANN401 - what TOML holds is of many types
    return isinstance(value, list) and all(isinstance(word, str) and word for word in value)


def laid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """One table of settings over another, and so for the tables within them."""
    both = {key for key, value in above.items() if isinstance(value, dict) and isinstance(below.get(key), dict)}
    return dict(below) | {key: laid(below[key], value) if key in both else value for key, value in above.items()}


def _wrong(path: Path, text: str, number: int, what: str) -> ConfigError:
    return ConfigError(f"{path}, line {_starts(text)[number] + 1}: of a [[dataset]], {what}")


def _starts(text: str) -> list[int]:
    """The lines on which a [[dataset]] begins, counted from 0; the first stands in where they are inline tables."""
    starts = [number for number, line in enumerate(text.splitlines()) if HEADER.match(line)]
    return starts or [0] * len(tomllib.loads(text).get("dataset", [0]))


def _part(text: str, table: str, number: int = 0) -> str:
    """The text with all lines blank but those of one table, so written as if that table stood alone in its file."""
    lines = text.splitlines()
    if table == "defaults":
        first = next((n for n, line in enumerate(lines) if re.match(r"\s*\[\s*defaults\s*[\].]", line)), len(lines))
        last = next((n for n, line in enumerate(lines) if n > first and HEADER.match(line)), len(lines))
    else:
        starts = [*_starts(text), len(lines)]
        first, last = starts[number], starts[number + 1]
    inner = [TABLE.sub(r"\1", line) for line in lines[first:last]]
    bare = [line if not re.match(r"\s*\[+\s*(dataset|defaults)\s*\]", line) else "" for line in inner]
    return "\n".join([""] * first + bare)
