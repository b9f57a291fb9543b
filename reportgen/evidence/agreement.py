"""How far the importance methods put the columns in the same order, and how far chance would."""

from itertools import combinations

import numpy as np
import numpy.typing as npt

from reportgen.evidence.base import Floats, NotApplicable
from reportgen.evidence.multiplicity import holm
from reportgen.records.explanation import Importance
from reportgen.records.trust import Agreement, Pair

SHUFFLES = 1_999
MOST_COLUMNS = 40
"""The leading columns that are compared; beyond them hardly one matters."""


def measure(importance: tuple[Importance, ...], seed: int) -> Agreement:
    """The share of pairs of columns that two methods put in the same order, held against shuffled columns.

    Pairwise rank agreement over the columns that matter: Krishna et al. (2022), The disagreement problem in explainable
    machine learning, arXiv:2202.01602. Pairs of which neither column is shown to matter are left out, for their order
    is chance. Equal values count as half. The p-values are those of a permutation test, Holm over the pairs of methods.

    Raises NotApplicable where there are fewer than two methods or columns.
    """
    if len(importance) < 2:
        raise NotApplicable("one_method_only")
    main = next((one for one in importance if one.main), importance[0])
    names = [entry.feature for entry in main.features][:MOST_COLUMNS]
    if len(names) < 2:
        raise NotApplicable("one_column_only")
    sure = np.array([entry.low is not None and entry.low > 0 for entry in main.features])[: len(names)]
    first, second = np.triu_indices(len(names), 1)
    telling = (sure[first] | sure[second]) if sure.any() else np.ones(len(first), dtype=bool)
    first, second = first[telling], second[telling]
    values = np.array([[_value(one, name) for name in names] for one in importance])
    signs = np.sign(values[:, first] - values[:, second])
    rng = np.random.default_rng([seed, 45])
    shuffled = rng.permuted(np.tile(np.arange(len(names)), (SHUFFLES, 1)), axis=1)
    couples = tuple(combinations(range(len(importance)), 2))
    chances = {i: _by_chance(values[i], shuffled, first, second, signs) for i in range(len(importance) - 1)}
    shares = [_share(signs[i], signs[j]) for i, j in couples]
    raw = [_p_value(share, chances[i][:, j]) for share, (i, j) in zip(shares, couples, strict=True)]
    return Agreement(
        methods=tuple(one.method for one in importance),
        columns=len(main.features),
        sure=int(sure.sum()),
        compared=len(first),
        shuffles=SHUFFLES,
        pairs=tuple(
            Pair(one=importance[i].method, other=importance[j].method, share=share, p_value=p_value)
            for (i, j), share, p_value in zip(couples, shares, holm(raw), strict=True)
        ),
    )


def _value(one: Importance, name: str) -> float:
    return next((entry.value for entry in one.features if entry.feature == name), 0.0)


def _share(one: Floats, other: Floats) -> float:
    """Agreement of signs: 1 where all are the same, 0 where all are opposite."""
    return float((1 + (one * other).mean()) / 2)


def _by_chance(
    values: Floats,
    shuffled: npt.NDArray[np.intp],
    first: npt.NDArray[np.intp],
    second: npt.NDArray[np.intp],
    signs: Floats,
) -> Floats:
    """The share that each shuffle of these values reaches with every method, shape (shuffles, methods)."""
    drawn = values[shuffled]
    return np.asarray((1 + np.sign(drawn[:, first] - drawn[:, second]) @ signs.T / len(first)) / 2)


def _p_value(share: float, chance: Floats) -> float:
    """How often chance agrees as much, the observed order counted among the shuffles (Phipson and Smyth 2010)."""
    return float((1 + np.count_nonzero(chance >= share - 1e-12)) / (1 + len(chance)))
