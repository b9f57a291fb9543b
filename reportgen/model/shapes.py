"""What this room needs to know of prepared rows: less than data gives it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Encoded = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called after each epoch with its number and the largest number there can be."""


class Rows(Protocol):
    """Encoded rows and their targets: class numbers, or numbers for regression."""

    @property
    def x(self) -> npt.NDArray[np.float32]:
        """Rows by encoded columns."""

    @property
    def y(self) -> npt.NDArray[Any]:
        """Class numbers (int64) or numbers (float64)."""


class Prepared(Protocol):
    """The rows to learn from and the rows to choose by; test rows are none of this room's business."""

    @property
    def train(self) -> Rows:
        """The rows that are learnt from."""

    @property
    def validation(self) -> Rows:
        """The rows that decide when to stop and how large a baseline may be."""


@dataclass(frozen=True)
class Bare:
    """Rows, or the parts of a table, with nothing else that is known of them: what another process is given."""

    x: npt.NDArray[np.float32]
    y: npt.NDArray[Any]


@dataclass(frozen=True)
class BareParts:
    """Prepared rows of which only numbers are left."""

    train: Bare
    validation: Bare


def bare(prepared: Prepared) -> BareParts:
    """The rows to learn from and to choose by, alone."""
    train, validation = (Bare(part.x, part.y) for part in (prepared.train, prepared.validation))
    return BareParts(train, validation)


class Drawn(Prepared, Protocol):
    """Prepared rows of one split, with those that the network made anew is asked about."""

    @property
    def test(self) -> Rows:
        """The rows that are answered; nothing is learnt from them."""


class Nested(Drawn, Protocol):
    """Prepared rows that can be prepared anew where fewer of them teach."""

    @property
    def coded(self) -> bool:
        """Whether the target has a part in some code, so that fewer rows teach another one."""

    def taught_by(self, chosen: npt.NDArray[np.intp]) -> tuple[Encoded, Encoded, Encoded]:
        """Training rows `chosen`, validation and test rows, encoded by no target of other training rows."""
