"""What a source is called, and what tells it from another of the same name, before anything is read."""

import re
from pathlib import Path

BUILT_IN = ("iris", "wine", "breast_cancer", "digits", "diabetes")
"""The tables that come with the libraries; a file or folder of such a name goes first."""

ENDINGS = {".gz", ".bz2", ".xz", ".zip", ".csv", ".tsv", ".txt", ".parquet", ".pq", ".data", ".tab"}


def is_built_in(source: str) -> bool:
    """Whether a source means a built-in table rather than a file."""
    return source in BUILT_IN and not Path(source).exists()


def dataset_name(source: str) -> str:
    """The name a report of this source has unless the user gives one."""
    return source if is_built_in(source) else stem(Path(source))


def dataset_identity(source: str) -> str:
    """One string a dataset: its full path, or its built-in name."""
    return f"built-in:{source}" if is_built_in(source) else str(Path(source).resolve())


def stem(path: Path) -> str:
    """The file's name without the endings that tables have."""
    while path.suffix.lower() in ENDINGS and path.stem:
        path = path.with_suffix("")
    return path.name


def folder_name(name: str) -> str:
    """A dataset's name as a folder's, stripped of everything that could lead out of the folder above."""
    safe = re.sub(r"[^\w.\- ]+", "_", name, flags=re.UNICODE).strip(" .")[:80].encode()[:200].decode(errors="ignore")
    return safe or "report"
