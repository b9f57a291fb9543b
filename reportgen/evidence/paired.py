"""Tests of two answers to the same rows: whether one is right more often, or nearer to the truth."""

from scipy.special import stdtr
from scipy.stats import binomtest

from reportgen.evidence.base import Floats


def mcnemar(won: int, lost: int) -> float:
    """The two-sided p-value of the rows that one answer alone got right (McNemar 1947, Psychometrika 12:153, exact)."""
    return float(binomtest(won, won + lost).pvalue) if won + lost else 1.0


def paired_t(differences: Floats) -> float:
    """The two-sided p-value of a mean difference of 0, shape (rows,), as Diebold and Mariano 1995 test losses.

    Without a spread, or with a single row, nothing can be shown and it is 1.
    """
    spread = float(differences.std(ddof=1)) if len(differences) > 1 else 0.0
    if spread == 0:
        return 1.0
    t = abs(float(differences.mean())) / spread * len(differences) ** 0.5
    return float(2 * stdtr(len(differences) - 1, -t))
