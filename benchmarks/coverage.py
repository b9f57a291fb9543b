"""How often the report's 95 % intervals hold the truth, where the truth is known: `coverage.py --draws 200`.

No network is trained. Each world is a formula: rows are drawn, a fixed model answers them, and what is measured on a
few of them is held against the same number for a million. Prints one Markdown table; a cell is the share of draws whose
interval holds the truth, with a mark where it lies outside 92 to 98 %.
"""

import argparse
from collections import defaultdict
from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy.special import expit, softmax
from scipy.stats import betabinom, binom

from reportgen.evidence import brier, class_scores, conformal, number_scores, thresholds
from reportgen.evidence.base import Part
from reportgen.evidence.permutation import Judged, permuted
from reportgen.evidence.predictions import ClassAnswers, NumberAnswers
from reportgen.records.table import Task

SIZES = (60, 200, 1_000)
MANY = 1_000_000
COLUMNS = 4
WEIGHTS = np.array([1.5, 0.8, 0.0, -0.4])
CLASSES = np.array([[-1.5, 0.0, 1.5], [0.5, -0.5, 0.0], [0.0, 0.0, 0.0], [0.0, 1.0, -1.0]])
SLOPES, WRONG = np.array([2.0, -1.0, 0.5, 0.0]), np.array([1.7, -0.8, 0.0, 0.2])
COSTS = (1.0, 5.0)
WORLDS = {
    "calibrated": lambda score: score,
    "too sure": lambda score: 2.0 * score,
    "a little too sure": lambda score: 1.3 * score,
    "too unsure": lambda score: 0.5 * score,
    "off by a shift": lambda score: score + 0.7,
    "rare": lambda score: 1.2 * (score - 3.0),
}


class Binary:
    """Two classes; `stated` is what the model says where exp(score) are the true odds."""

    def __init__(self, name):
        self.name, self.state = name, WORLDS[name]
        rng = np.random.default_rng(1)
        _, y, self.true, self.stated = self._all(MANY, rng)
        self.order = np.argsort(self.stated)
        away = np.concatenate([[0.0], np.cumsum((self.true - self.stated)[self.order])])
        self.sorted, self.away = self.stated[self.order], away
        self.rates = np.concatenate([[0.0], np.cumsum(self.true[self.order])])
        self.answers = answers_of(self.stated, y)
        self.truths = class_scores.class_values(self.answers)
        at = thresholds.at_threshold(self.answers, 0.5, COSTS)
        self.truths |= {f"{one.name} at 0.5": one.value for one in at.metrics}

    def _all(self, n, rng):
        x = rng.standard_normal((n, COLUMNS))
        score = x @ WEIGHTS - (3.0 if self.name == "rare" else 0.0)
        true = expit(score)
        return x, (rng.random(n) < true).astype(np.int64), true, expit(self.state(x @ WEIGHTS))

    def draw(self, n, rng):
        _, y, _, stated = self._all(n, rng)
        return answers_of(stated, y)

    def binned(self, answers):
        """What the calibration error and Brier's parts of the draw's own groups are in the whole population."""
        numbers = brier.joined(answers.stated)
        edges = [answers.stated[numbers == group].max() for group in range(numbers.max())]
        places = np.concatenate([[0], np.searchsorted(self.sorted, edges, side="right"), [MANY]])
        sizes = np.maximum(np.diff(places), 1)
        weights = sizes / MANY
        reliability = weights @ (np.diff(self.away[places]) / sizes) ** 2
        rates, rate = np.diff(self.rates[places]) / sizes, self.true.mean()
        exact = 0.0 if self.name == "calibrated" else reliability
        return {
            "ece": exact**0.5,
            "reliability": exact,
            "resolution": weights @ (rates - rate) ** 2,
            "uncertainty": rate * (1 - rate),
        }

    def measured(self, n, rng):
        answers = self.draw(n, rng)
        truths = {**self.truths, **self.binned(answers)}
        metrics = [score(answers, rng) for score in class_scores.SCORES]
        metrics += [one for one in brier.measure(answers) if one.name != "grouping"]
        for one in metrics:
            yield one.name, truths[one.name], one.low, one.high
        for one in thresholds.at_threshold(answers, 0.5, COSTS).metrics:
            yield f"{one.name} at 0.5", self.truths[f"{one.name} at 0.5"], one.low, one.high


class Several:
    """Three classes, the model twice as sure as it should be."""

    name = "three classes, too sure"

    def __init__(self):
        self.truths = class_scores.class_values(self.draw(MANY, np.random.default_rng(1)))

    def draw(self, n, rng):
        scores = rng.standard_normal((n, COLUMNS)) @ CLASSES
        reached = softmax(scores, axis=1).cumsum(axis=1)
        y = (rng.random((n, 1)) > reached).sum(axis=1).clip(max=2)
        return ClassAnswers("test", y, softmax(2 * scores, axis=1), None)

    def measured(self, n, rng):
        answers = self.draw(n, rng)
        for score in class_scores.SCORES:
            one = score(answers, rng)
            if one.name != "ece":
                yield one.name, self.truths[one.name], one.low, one.high


class Numbers:
    """A number with a model that weighs the columns a little wrongly; errors grow with the first column."""

    name = "a number"

    def __init__(self):
        self.truths = number_scores.number_values(self.draw(MANY, np.random.default_rng(1)))

    def draw(self, n, rng):
        x = rng.standard_normal((n, COLUMNS))
        y = x @ SLOPES + np.exp(0.4 * x[:, 0]) * rng.standard_normal(n)
        return NumberAnswers("test", y, x @ WRONG)

    def measured(self, n, rng):
        for one in number_scores.number_metrics(self.draw(n, rng), rng):
            yield one.name, self.truths[one.name], one.low, one.high


class Shuffled:
    """Permutation importance of two columns: the loss added where a column is another row's."""

    def __init__(self, kind):
        self.kind, self.name = kind, f"permutation importance, {'classes' if kind == 'binary' else 'a number'}"
        rng = np.random.default_rng(1)
        x, y = self._rows(MANY, rng)
        base = self._losses(x, y)
        self.truths = {}
        for column in range(COLUMNS):
            other = x.copy()
            other[:, column] = x[rng.permutation(MANY), column]
            self.truths[f"c{column}"] = float((self._losses(other, y) - base).mean())

    def _rows(self, n, rng):
        x = rng.standard_normal((n, COLUMNS)).astype(np.float32)
        if self.kind == "binary":
            return x, (rng.random(n) < expit(x @ WEIGHTS)).astype(np.int64)
        return x, x @ SLOPES + rng.standard_normal(n)

    def predict(self, x):
        if self.kind != "binary":
            return x @ WRONG
        stated = expit(1.3 * (x @ WEIGHTS))
        return np.column_stack([1 - stated, stated])

    def _losses(self, x, y):
        answers = self.predict(x)
        return (answers - y) ** 2 if answers.ndim == 1 else -np.log(answers[np.arange(len(y)), y])

    def measured(self, n, rng):
        x, y = self._rows(n, rng)
        subject = SimpleNamespace(
            test=part("test", x, y),
            features=tuple(self.truths),
            groups={name: np.array([at]) for at, name in enumerate(self.truths)},
            task=SimpleNamespace(kind=self.kind, classes=("0", "1")),
            seed=int(rng.integers(2**31)),
        )
        models = (Judged(subject.test, subject.groups, self.predict),)
        for one in permuted(subject, models, [(name,) for name in self.truths]).losses:
            (name,) = one.features
            if name != "c2":  # which the model does not use: value and interval are exactly 0
                yield "permutation importance", self.truths[name], one.low, one.high


def answers_of(stated, y):
    return ClassAnswers("test", y, np.column_stack([1 - stated, stated]), 1)


def part(name, x, y):
    return Part(name, x, y, np.arange(len(y)), pd.DataFrame(index=np.arange(len(y))))


def covered(world, draws):
    """For each number and size the share of draws whose interval holds the truth, and the share that lies too high."""
    held, high, widths = defaultdict(list), defaultdict(list), defaultdict(list)
    for n in SIZES:
        for at in range(draws):
            for name, truth, low, top in world.measured(n, np.random.default_rng([17, n, at])):
                if low is None or truth is None:
                    continue
                held[name, n].append(low - 1e-12 <= truth <= top + 1e-12)
                high[name, n].append(low - 1e-12 > truth)
                widths[name, n].append(top - low)
    return held, high, widths


def print_covered(draws):
    print(f"| number | world | {' | '.join(f'n = {n:,}' for n in SIZES)} |")
    print("|---|---|" + "---|" * len(SIZES))
    worlds = [*(Binary(name) for name in WORLDS), Several(), Numbers(), Shuffled("binary"), Shuffled("regression")]
    for world in worlds:
        held, high, widths = covered(world, draws)
        for name in dict.fromkeys(name for name, _ in held):
            cells = [_cell(held[name, n], high[name, n], widths[name, n]) for n in SIZES]
            print(f"| {name} | {world.name} | {' | '.join(cells)} |", flush=True)


def _cell(held, high, widths):
    if not held:
        return "-"
    share = np.mean(held)
    mark = "" if 0.92 <= share <= 0.98 else " !"
    return f"{share:.3f}{mark} (too high {np.mean(high):.3f}, width {np.mean(widths):.3g})"


def print_promises(draws):
    """Conformal promises: mean share kept over draws, and how often the count lies within its 95 % band."""
    print("\n| promise | validation rows | test rows | kept, mean over draws | within the 95 % band |")
    print("|---|---|---|---|---|")
    for validation, test in ((30, 60), (100, 200), (500, 1_000)):
        for kind in ("binary", "multiclass", "regression"):
            found = defaultdict(list)
            for at in range(draws):
                subject = _promising(kind, validation, test, np.random.default_rng([19, validation, at]))
                for one in conformal.measure(subject).promises:
                    place = int(np.ceil((validation + 1) * one.promised - 1e-9))
                    band = betabinom(test, place, validation + 1 - place)
                    inside = band.ppf(0.025) <= one.all.kept <= band.ppf(0.975)
                    found[one.promised, one.rule].append((one.all.share, inside))
            for (promised, rule), values in sorted(found.items()):
                share, inside = np.mean(values, axis=0)
                error = np.std([value for value, _ in values]) / len(values) ** 0.5
                within = f"{inside:.3f}" if rule != "threshold_a_class" else "-"
                print(
                    f"| {promised:.0%} {rule} ({kind}) | {validation} | {test} | {share:.4f} ± {error:.4f} | {within} |"
                )


def _promising(kind, validation, test, rng):
    def rows(n):
        x = rng.standard_normal((n, COLUMNS)).astype(np.float32)
        if kind == "regression":
            return x, x @ SLOPES + np.exp(0.4 * x[:, 0]) * rng.standard_normal(n)
        scores = np.column_stack([0 * x[:, 0], x @ WEIGHTS]) if kind == "binary" else x @ CLASSES
        reached = softmax(scores, axis=1).cumsum(axis=1)
        return x, (rng.random((n, 1)) > reached).sum(axis=1).clip(max=scores.shape[1] - 1)

    def predict(x):
        if kind == "regression":
            return x @ WRONG
        return softmax(2 * (np.column_stack([0 * x[:, 0], x @ WEIGHTS]) if kind == "binary" else x @ CLASSES), axis=1)

    classes = {"binary": ("0", "1"), "multiclass": ("0", "1", "2"), "regression": ()}[kind]
    return SimpleNamespace(
        train=part("train", *rows(400)),
        validation=part("validation", *rows(validation)),
        test=part("test", *rows(test)),
        predict=predict,
        task=Task(kind=kind, target="y", classes=classes, positive="1" if kind == "binary" else None),
        classifies=kind != "regression",
        protected=(),
        seed=0,
    )


def print_reused(draws):
    """What it costs a promise that validation rows also chose the epoch (of 60) and the temperature."""
    print("\n| validation rows | promised | kept, validation rows used thrice | kept, fresh rows | cost |")
    print("|---|---|---|---|---|")
    for validation in (30, 100, 500):
        for promised in conformal.PROMISES:
            shares = [_reused(validation, promised, np.random.default_rng([23, validation, at])) for at in range(draws)]
            thrice, fresh = np.mean(shares, axis=0)
            error = np.std([one - other for one, other in shares]) / draws**0.5
            print(
                f"| {validation} | {promised:.0%} | {thrice:.4f} | {fresh:.4f} | {fresh - thrice:.4f} ± {error:.4f} |"
            )


def _reused(validation, promised, rng):
    """A regression by gradient descent on few rows and many columns, which learns its rows by heart as epochs pass."""
    columns, train = 30, 3 * validation
    truth = np.zeros(columns)
    truth[:4] = WEIGHTS

    def rows(n):
        x = rng.standard_normal((n, columns))
        return x, (rng.random(n) < expit(x @ truth)).astype(np.int64)

    (x, y), known, fresh, (test_x, test_y) = rows(train), rows(validation), rows(validation), rows(4_000)
    weights, best, least = np.zeros(columns), np.zeros(columns), np.inf
    for _ in range(60):
        weights = weights - 0.5 * x.T @ (expit(x @ weights) - y) / train
        loss = _log_loss(known[0] @ weights, known[1])
        if loss < least:
            best, least = weights, loss
    temperatures = np.exp(np.linspace(-1.5, 1.5, 61))
    scale = 1 / temperatures[np.argmin([_log_loss(known[0] @ best / one, known[1]) for one in temperatures])]

    def misfits(x, y):
        return 1 - expit(np.where(y == 1, 1, -1) * (x @ best) * scale)

    line, other = (conformal.draw_line(misfits(*some), promised).threshold for some in (known, fresh))
    test = misfits(test_x, test_y)
    return np.mean(test <= line), np.mean(test <= other)


def _log_loss(scores, y):
    return float(np.mean(np.logaddexp(0, np.where(y == 1, -1, 1) * scores)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--only", choices=("intervals", "promises", "reused"))
    asked = parser.parse_args()
    low, high = binom.interval(0.95, asked.draws, 0.95)
    print(f"{asked.draws} draws; a true coverage of 95 % shows {low / asked.draws:.3f} to {high / asked.draws:.3f}\n")
    if asked.only in (None, "intervals"):
        print_covered(asked.draws)
    if asked.only in (None, "promises"):
        print_promises(asked.draws)
    if asked.only in (None, "reused"):
        print_reused(asked.draws)


if __name__ == "__main__":
    main()
