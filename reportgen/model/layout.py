"""How the network takes its encoded columns: numbers first, each with the edges of its pieces, then flags."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from reportgen.model.plan import Plan
from reportgen.model.shapes import Floats

NARROWEST = 1e-3
"""The least width of a piece in scaled units: what lies closer together is one value to the network."""


@dataclass(frozen=True)
class Layout:
    """Positions of numbers and of flags (columns of two values at most) among the encoded columns."""

    numbers: tuple[int, ...]
    flags: tuple[int, ...]

    @property
    def order(self) -> tuple[int, ...]:
        """Numbers, then flags."""
        return self.numbers + self.flags

    def arrange(self, x: Floats, numbers: int | None = None, flags: int | None = None) -> npt.NDArray[np.float32]:
        """The columns in the network's order; where room for more is asked for, columns of zeros fill it."""
        numbers = len(self.numbers) if numbers is None else numbers
        flags = len(self.flags) if flags is None else flags
        arranged = np.zeros((len(x), numbers + flags), dtype=np.float32)
        arranged[:, : len(self.numbers)] = x[:, list(self.numbers)]
        arranged[:, numbers : numbers + len(self.flags)] = x[:, list(self.flags)]
        return arranged


def find_layout(x: Floats) -> Layout:
    """Tell numbers from flags by the training rows."""
    between = ((x != x.min(axis=0)) & (x != x.max(axis=0))).any(axis=0)
    return Layout(tuple(np.flatnonzero(between).tolist()), tuple(np.flatnonzero(~between).tolist()))


def wide_places(layout: Layout, plan: Plan, numbers: int) -> Callable[[npt.NDArray[np.intp]], npt.NDArray[np.intp]]:
    """Says of encoded columns where they stand in what the first hidden layer sees, with room for so many `numbers`."""
    vector = plan.embedding_width if plan.embedding != "none" else 0
    where = {column: place for place, column in enumerate(layout.numbers)}
    flags = {column: place + numbers * (1 + vector) for place, column in enumerate(layout.flags)}

    def places(columns: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        found: list[int] = []
        for column in columns.tolist():
            if column in flags:
                found.append(flags[column])
            else:
                place = where[column]
                found += [place, *range(numbers + place * vector, numbers + (place + 1) * vector)]
        return np.array(found, dtype=np.intp)

    return places


@dataclass(frozen=True)
class Pieces:
    """For each number (row) and piece (column) a slope and an offset.

    Held between 0 and 1, slope times value plus offset says how far the value has come through the piece.
    """

    slope: npt.NDArray[np.float32]
    offset: npt.NDArray[np.float32]


def cut(x: Floats, bins: int, numbers: int) -> Pieces:
    """The pieces of the columns of `x`, one row for each of `numbers`; pieces that are not needed stay at zero.

    Piecewise linear encoding (Gorishniy et al. 2022, arXiv 2203.05556), with edges that spikes cannot swallow.
    """
    slope, offset = np.zeros((2, numbers, bins))
    for number, values in enumerate(x.T):
        edges = find_edges(values, bins)
        widths = np.maximum(np.diff(edges), NARROWEST)
        slope[number, : len(widths)] = 1 / widths
        offset[number, : len(widths)] = -edges[:-1] / widths
    return Pieces(slope.astype(np.float32), offset.astype(np.float32))


def find_edges(values: npt.NDArray[Any], bins: int) -> npt.NDArray[np.float64]:
    """Edges of at most so many pieces, ascending: quantiles, but a value of more rows than a piece holds is an edge.

    Plain quantiles give a column of mostly zeros (a gain, a balance) hardly any edge among its other values.
    """
    distinct, counts = np.unique(np.asarray(values, dtype=np.float64), return_counts=True)
    if len(distinct) <= bins + 1:
        return distinct
    spikes = distinct[counts > len(values) / bins]
    others = np.repeat(distinct, np.where(counts > len(values) / bins, 0, counts))
    room = max(bins - len(spikes), 2)
    edges = np.unique(np.concatenate([spikes, np.quantile(others, np.linspace(0, 1, room + 1))]))
    return np.asarray(edges[np.round(np.linspace(0, len(edges) - 1, min(len(edges), bins + 1))).astype(int)])
