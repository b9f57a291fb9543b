"""One hostile table: how it is made, and what it should be read as or refused with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Case:
    """A file that `make` writes into a folder, with its shape, the kinds of its columns and some of its values.

    `shape` is rows and columns as read; `columns` leads from names to kinds, `values` from names to the first cells of
    a column, `orders` to its levels from the least to the greatest. Where `error` is given, the file is refused with a
    sentence that holds it (a regular expression).
    """

    name: str
    make: Callable[[Path], Path]
    shape: tuple[int, int] | None = None
    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=dict)
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    error: str | None = None
