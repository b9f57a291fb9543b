"""What a source is called, and what tells it from another of the same name, before anything is read."""

import glob
import os
import re
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from reportgen.errors import DataError

BUILT_IN = ("iris", "wine", "breast_cancer", "digits", "diabetes")
"""The tables that come with the libraries; a file or folder of such a name goes first."""

ENDINGS = {
    *(".gz", ".bz2", ".xz", ".zip", ".zst", ".lz4", ".csv", ".tsv", ".txt", ".parquet", ".pq", ".data", ".tab"),
    *(".feather", ".arrow", ".ipc", ".orc", ".json", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
    *(".db", ".sqlite", ".sqlite3", ".duckdb"),
}

FETCHED = ("http", "https", "s3", "gs", "gcs", "file")
"""The schemes of files; a URL of any other is a database's."""

SECRET = re.compile(
    r"(?i)([?&;][^=&#]*(?:pass|pwd|token|secret|key|sig|credential)[^=&#]*=)(?!\$\{\w+\}(?:[&#]|$))[^&#\s]+"
)
USER = re.compile(r"(?i)\b((?:https?|s3|gs|gcs)://[^:/?#@\s]*):(?!\$\{\w+\}@)[^/?#\s]*@")
LOGIN = re.compile(r"(?i)\b((?!https?:|s3:|gs:|gcs:|file:)[a-z][a-z0-9+.-]*://[^:/?#@\s]*):(?!\$\{\w+\}@)\S*@")
NAMED = re.compile(r"\$\{(\w+)\}")


def is_built_in(source: str) -> bool:
    """Whether a source means a built-in table rather than a file."""
    return source in BUILT_IN and not Path(source).is_file()


def is_url(source: str) -> bool:
    """Whether a source is fetched or asked rather than opened; `${NAME}` alone is a URL that the environment holds."""
    return bool(re.match(r"(?i)[a-z][a-z0-9+.-]*://", source) or NAMED.fullmatch(source))


def is_database(source: str) -> bool:
    """Whether a source is a URL in SQLAlchemy's form."""
    return is_url(source) and scheme(source) not in FETCHED


def scheme(source: str) -> str:
    """What stands before the colon of a URL, in small letters."""
    return _known(source).partition("://")[0].lower()


def expanded(source: str) -> str:
    """A URL with each `${NAME}` filled in from the environment, as it must be written in a URL.

    Raises DataError where the environment has no such name.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            raise DataError(f"{shown(source)} asks for {match[1]}, which the environment does not have; set it")
        return os.environ[match[1]] if match[0] == source else quote(os.environ[match[1]], safe="")

    return NAMED.sub(value, source)


def shown(text: str) -> str:
    """Words in which every URL is without its password and its keys; what the environment holds stays `${NAME}`."""
    return SECRET.sub(r"\1***", LOGIN.sub(r"\1:***@", USER.sub(r"\1:***@", text)))


def _known(source: str) -> str:
    """The URL that `${NAME}` stands for, where the environment has it."""
    named = NAMED.fullmatch(source)
    return os.environ.get(named[1], source) if named else source


def dataset_name(source: str, table: str | None = None) -> str:
    """The name a report of this source has unless the user gives one; `table` is one of a database."""
    if is_built_in(source):
        return source
    if table is not None:
        return table
    if is_url(source):
        path = unquote(urlsplit(_known(source)).path)
        return stem(Path(PurePosixPath(path).name)) or NAMED.sub(r"\1", shown(source))
    if glob.has_magic(source) and not Path(source).exists():
        return _before_pattern(source)
    return stem(Path(source))


def _before_pattern(source: str) -> str:
    """The name of the folder that a pattern looks in, or what it begins with where that is the current one."""
    folder = [part for part in Path(source).parts[:-1] if not glob.has_magic(part)]
    start = re.split(r"[*?\[]", Path(source).name)[0].strip(" ._-")
    return folder[-1] if folder and folder[-1] not in ("/", "..", ".") else start or "parts"


def dataset_identity(source: str, part: str | None = None) -> str:
    """One string a dataset: its full path, its URL without a password, or its built-in name; and what part of it."""
    if is_built_in(source):
        return f"built-in:{source}"
    place = shown(source) if is_url(source) else str(Path(source).resolve())
    return place if part is None else f"{place}#{part}"


def parts_of(source: str) -> tuple[Path, ...]:
    """The files that a pattern, or a folder, stands for as one table, in the order of their paths; () for a file.

    A file whose name holds the letters of a pattern is that file. Names that begin with a dot or an underscore are
    marks that writers leave behind, and no parts.
    """
    path = Path(source)
    if path.is_dir():
        found = [file for file in path.rglob("*") if file.is_file()]
        return tuple(sorted(file for file in found if not _hidden(file.relative_to(path))))
    if is_url(source) or not glob.has_magic(source) or path.exists():
        return ()
    matches = sorted(glob.glob(source, recursive=True))  # noqa: PTH207 - a pattern may start at /
    return tuple(Path(match) for match in matches if Path(match).is_file())


def beside_of(source: str, part: Path) -> str:
    """What a part is called within its folder."""
    return part.relative_to(source).as_posix() if Path(source).is_dir() else part.name


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def stem(path: Path) -> str:
    """The file's name without the endings that tables have."""
    while path.suffix.lower() in ENDINGS and path.stem:
        path = path.with_suffix("")
    return path.name


def folder_name(name: str) -> str:
    """A dataset's name as a folder's, stripped of everything that could lead out of the folder above."""
    safe = re.sub(r"[^\w.\- ]+", "_", name, flags=re.UNICODE).strip(" .")[:80].encode()[:200].decode(errors="ignore")
    return safe or "report"
