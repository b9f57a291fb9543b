"""What a source is called, and what tells it from another of the same name, before anything is read."""

from pathlib import Path

from reportgen.data.source import BUILT_IN, stem


def dataset_name(source: str) -> str:
    """The name a report of this source has unless the user gives one."""
    return source if dataset_identity(source).startswith("built-in:") else stem(Path(source))


def dataset_identity(source: str) -> str:
    """One string a dataset: its full path, or its built-in name."""
    if source in BUILT_IN and not Path(source).exists():
        return f"built-in:{source}"
    return str(Path(source).resolve())
