"""Shapley values by sampling: what each original column adds to one answer, for any model that can be asked."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats


@dataclass(frozen=True)
class Sampled:
    """`parts` (background rows, features) sum along each row to the answer less that background row's (`bases`)."""

    parts: Floats
    bases: Floats
    features: tuple[str, ...]

    def of(self, feature: str) -> Floats:
        """What a feature adds against each background row; nothing where the network does not use it."""
        if feature not in self.features:
            return np.zeros(len(self.parts))
        return np.asarray(self.parts[:, self.features.index(feature)])


@dataclass(frozen=True)
class Questions:
    """The rows a network is to be asked about one row: `x` (questions, encoded), so that many may be asked at once.

    `rank` (background rows, features) is the turn that each feature takes on the way from that row; `x` holds the
    background rows, the row itself, and what lies between them in that order and in the opposite one.
    """

    x: npt.NDArray[np.float32]
    rank: npt.NDArray[np.int64]
    features: tuple[str, ...]

    def read(self, answers: Floats) -> Sampled:
        """Turn the answers (questions,) into each feature's share of them."""
        rows, count = self.rank.shape
        bases, reached = answers[:rows], np.full(rows, answers[rows])
        between = answers[rows + 1 :].reshape(2, rows, count - 1)
        there, back = (np.diff(np.column_stack([bases, one, reached]), axis=1) for one in between)
        moves = (
            np.take_along_axis(there, self.rank, axis=1) + np.take_along_axis(back, count - 1 - self.rank, axis=1)
        ) / 2
        return Sampled(np.asarray(moves), bases, self.features)


def questions(
    groups: dict[str, npt.NDArray[np.intp]], row: Floats, background: Floats, rng: np.random.Generator
) -> Questions:
    """Put the row's values (encoded,) in place of a background row's (rows, encoded) one by one, in a random order.

    What the answer moves by at each step is that feature's share; every order is also gone backwards (Strumbelj and
    Kononenko 2014, Knowl Inf Syst 41:647; antithetic orders: Mitchell et al. 2022, JMLR 23:43). `groups` are the
    encoded columns of each feature. Values meet that never met (Janzing, Minorics and Bloebaum 2020, AISTATS).
    """
    count = len(groups)
    rank = rng.permuted(np.tile(np.arange(count), (len(background), 1)), axis=1)
    owner = np.empty(len(row), dtype=np.intp)
    for place, columns in enumerate(groups.values()):
        owner[columns] = place
    between = [
        np.where(order[:, None, owner] < np.arange(1, count)[None, :, None], row, background[:, None, :])
        for order in (rank, count - 1 - rank)
    ]
    x = np.concatenate([background, row[None, :], *(one.reshape(-1, len(row)) for one in between)])
    return Questions(x.astype(np.float32), rank, tuple(groups))
