"""How often 95 % intervals hold the truth where rows come in groups: by rows alone, and by whole groups.

Made test parts: each row is right by a latent normal score shared in part by its group (the intra-class correlation of
the scores), group sizes vary threefold, and the truth is that of a very large part. Rows are redrawn 400 times rather
than 2,000, for the time it takes. Prints a table in Markdown: `python -m benchmarks.group_coverage`.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from reportgen.evidence import intervals
from reportgen.evidence.class_scores import SCORES
from reportgen.evidence.number_scores import number_metrics
from reportgen.evidence.predictions import ClassAnswers, NumberAnswers

DRAWS = 200
RESAMPLES = 400
SETTINGS = tuple((groups, icc) for groups in (20, 50) for icc in (0.0, 0.1, 0.3))
ROWS_A_GROUP = 20
LARGE = 20_000
SHOWN = (
    "accuracy",
    "balanced_accuracy",
    "f1_macro",
    "roc_auc",
    "log_loss",
    "brier",
    "ece",
    "r2",
    "rmse",
    "mae",
    "median_absolute_error",
    "bias",
)


@dataclass(frozen=True)
class Made:
    """Answers about classes and about numbers, whose rows come in the same groups."""

    classes: ClassAnswers
    numbers: NumberAnswers


def make(groups: int, icc: float, rng: np.random.Generator) -> Made:
    """One test part of so many groups, from 10 to 30 rows each."""
    sizes = rng.integers(ROWS_A_GROUP // 2, 3 * ROWS_A_GROUP // 2 + 1, groups)
    units = np.repeat(np.arange(groups), sizes)

    def shared() -> np.ndarray:
        return np.sqrt(icc) * rng.normal(size=groups)[units] + np.sqrt(1 - icc) * rng.normal(size=len(units))

    signal, luck = shared(), shared()
    chance = expit(1.5 * signal)
    actual = (norm.cdf(luck) < chance).astype(np.int64)
    classes = ClassAnswers("test", actual, np.column_stack([1 - chance, chance]), 1, units)
    numbers = NumberAnswers("test", 2 * signal + luck, 2 * signal, units)
    return Made(classes, numbers)


def measured(made: Made, *, by_groups: bool, seed: int) -> dict[str, tuple[float, float, float]]:
    """Value and limits of every score."""
    rng = np.random.default_rng(seed)
    classes, numbers = made.classes, made.numbers
    if not by_groups:
        classes, numbers = replace(classes, units=None), replace(numbers, units=None)
    found = [*(score(classes, rng) for score in SCORES), *number_metrics(numbers, rng)]
    return {one.name: (one.value, one.low, one.high) for one in found if one.name in SHOWN}


def drawn_groups(made: Made, rng: np.random.Generator) -> tuple[float, float]:
    """The log loss's percentile limits where whole groups are redrawn, which the table shows beside the jackknife."""
    classes = made.classes
    losses = -np.log(np.take_along_axis(classes.probabilities, classes.actual[:, None], axis=1)[:, 0])
    sums, sizes = np.bincount(classes.units, losses), np.bincount(classes.units)
    counts = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), size=RESAMPLES)
    low, high = np.quantile(counts @ sums / (counts @ sizes), (0.025, 0.975))
    return float(low), float(high)


def main() -> None:
    """Print the share of intervals that hold the truth, in percent."""
    intervals.RESAMPLES = RESAMPLES
    print("| number | " + " | ".join(f"{groups} groups, {icc}" for groups, icc in SETTINGS) + " |")
    print("|---|" + "---|" * len(SETTINGS))
    columns = [coverage(groups, icc) for groups, icc in SETTINGS]
    for name in columns[0]:
        cells = [" / ".join(f"{100 * share:.1f}" for share in column[name]) for column in columns]
        print(f"| {name} | " + " | ".join(cells) + " |")


def coverage(groups: int, icc: float) -> dict[str, tuple[float, ...]]:
    """For each score the share of intervals that hold the truth: rows alone, and whole groups."""
    truth = measured(make(LARGE, icc, np.random.default_rng(1)), by_groups=False, seed=0)
    held: dict[str, np.ndarray] = {name: np.zeros(2) for name in truth}
    redrawn = 0
    for draw in range(DRAWS):
        made = make(groups, icc, np.random.default_rng([2, groups, round(10 * icc), draw]))
        for place, by_groups in enumerate((False, True)):
            for name, (_, low, high) in measured(made, by_groups=by_groups, seed=draw).items():
                held[name][place] += low <= truth[name][0] <= high
        low, high = drawn_groups(made, np.random.default_rng(draw))
        redrawn += low <= truth["log_loss"][0] <= high
    shares = {name: tuple(counts / DRAWS) for name, counts in held.items()}
    return shares | {"log_loss, groups redrawn": (redrawn / DRAWS,)}


if __name__ == "__main__":
    main()
