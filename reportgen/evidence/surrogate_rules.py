"""A short list of rules in the network's place: the first that holds for a row gives the answer."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from reportgen.evidence.base import Floats, Subject
from reportgen.evidence.intervals import rate_interval
from reportgen.evidence.surrogate_tree import Tree, shown
from reportgen.records.explanation import Condition, Rule

MOST_RULES, MOST_CONDITIONS = 6, 3
FEWEST_ROWS = 5
LEAST_SHARE = 0.01
"""A rule holds for no fewer training rows than this: fewer make a note on rows, and no rule."""


@dataclass(frozen=True)
class Cut:
    """One bound on an encoded column: at most the threshold where `below`, else above it."""

    column: int
    below: bool
    threshold: float


Cuts = tuple[Cut, ...]


@dataclass
class RuleList:
    """Rules fitted one after the other, each to the rows that those before it left over.

    Separate and conquer with trees, as in PART (Frank and Witten 1998, Generating accurate rule sets without global
    optimization, ICML): a small tree is grown, and of its leaves the one becomes a rule that leaves fewest errors if
    all remaining rows were given one answer. The last rule holds for every row.
    """

    classifies: bool
    seed: int
    rules: list[Cuts] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)

    def fit(self, x: Floats, y: npt.NDArray[Any]) -> "RuleList":
        """Find the rules; `y` holds class numbers or numbers, and lacks at least one value all have in common."""
        left, least = np.ones(len(y), dtype=bool), max(FEWEST_ROWS, int(LEAST_SHARE * len(y)))
        while len(self.rules) < MOST_RULES and (found := self._next(x[left], y[left], least)):
            holds = left & met(found, x)
            self._add(found, y[holds])
            left &= ~holds
        self._add((), y[left] if left.any() else y)
        return self

    def predict(self, x: Floats) -> npt.NDArray[Any]:
        """The answer of the first rule that holds, shape (rows,)."""
        return np.array(self.answers)[self.apply(x)]

    def apply(self, x: Floats) -> npt.NDArray[np.intp]:
        """The number of the first rule that holds, shape (rows,)."""
        return np.asarray(np.argmax(np.stack([met(cuts, x) for cuts in self.rules], axis=1), axis=1))

    def _add(self, cuts: Cuts, y: npt.NDArray[Any]) -> None:
        self.rules.append(cuts)
        self.answers.append(int(np.bincount(y).argmax()) if self.classifies else float(y.mean()))

    def _next(self, x: Floats, y: npt.NDArray[Any], least: int) -> Cuts | None:
        """The leaf that gains most over one answer for all rows that are left, if one gains."""
        if len(y) < 2 * least or len(np.unique(y)) < 2:
            return None
        kind = DecisionTreeClassifier if self.classifies else DecisionTreeRegressor
        tree = kind(max_depth=MOST_CONDITIONS, min_samples_leaf=least, random_state=self.seed).fit(x, y)
        places = tree.apply(x)
        gains = {leaf: self._gain(y, places == leaf) for leaf in np.unique(places).tolist()}
        best = max(gains, key=lambda leaf: gains[leaf])
        return simplified(paths(tree)[best]) if gains[best] > 0 and len(gains) > 1 else None

    def _gain(self, y: npt.NDArray[Any], holds: npt.NDArray[np.bool_]) -> float:
        """By how much errors fall where the leaf and the rest each have an answer of their own."""
        if not self.classifies:
            return float(((y - y.mean()) ** 2).sum() - sum(((z - z.mean()) ** 2).sum() for z in (y[holds], y[~holds])))
        whole = np.bincount(y)
        leaf = np.bincount(y[holds], minlength=len(whole))
        return float(leaf.max() + (whole - leaf).max() - whole.max())


def met(cuts: Cuts, x: Floats) -> npt.NDArray[np.bool_]:
    """For which rows all bounds hold."""
    holds = np.ones(len(x), dtype=bool)
    for cut in cuts:
        holds &= (x[:, cut.column] <= cut.threshold) == cut.below
    return holds


def paths(tree: Tree) -> dict[int, Cuts]:
    """For each leaf the bounds on the way to it, from the root down."""
    raw = tree.tree_
    found: dict[int, Cuts] = {}
    waiting: list[tuple[int, Cuts]] = [(0, ())]
    while waiting:
        index, cuts = waiting.pop()
        if raw.children_left[index] < 0:
            found[index] = cuts
            continue
        column, threshold = int(raw.feature[index]), float(raw.threshold[index])
        waiting.append((int(raw.children_left[index]), (*cuts, Cut(column, True, threshold))))
        waiting.append((int(raw.children_right[index]), (*cuts, Cut(column, False, threshold))))
    return found


def simplified(cuts: Cuts) -> Cuts:
    """Of several bounds on one side of a column the tightest, which stands last on the way down."""
    return tuple({(cut.column, cut.below): cut for cut in cuts}.values())


def conditions(cuts: Cuts, subject: Subject) -> tuple[Condition, ...]:
    """The bounds in the columns' own units."""
    return tuple(_condition(cut, subject) for cut in cuts)


def _condition(cut: Cut, subject: Subject) -> Condition:
    column = subject.inputs[cut.column]
    name = shown(column)
    if column.kind in {"number", "code", "text"}:
        threshold = float(f"{column.centre + column.scale * cut.threshold:.7g}")
        return Condition(feature=name, test="<=" if cut.below else ">", threshold=threshold)
    if column.kind == "level":
        return Condition(feature=name, test="!=" if cut.below else "==", level=column.level)
    return Condition(feature=name, test="present" if cut.below else "missing")


def worded(rules: RuleList, subject: Subject, taught: Floats, asked: npt.NDArray[Any]) -> tuple[Rule, ...]:
    """The rules with the share of training rows that each decides, and how often the network agrees on test rows."""
    shares = np.bincount(rules.apply(taught), minlength=len(rules.rules)) / len(taught)
    places = rules.apply(subject.test.x)
    return tuple(
        _rule(subject, cuts, answer, float(share), asked[places == number])
        for number, (cuts, answer, share) in enumerate(zip(rules.rules, rules.answers, shares, strict=True))
    )


def _rule(subject: Subject, cuts: Cuts, answer: float, share: float, asked: npt.NDArray[Any]) -> Rule:
    told = subject.task.classes[int(answer)] if subject.classifies else f"{answer:.5g}"
    plain = Rule(conditions=conditions(cuts, subject), answer=told, share=share, n=len(asked))
    if not subject.classifies or not len(asked):
        return plain
    same = int(np.sum(asked == answer))
    low, high = rate_interval(same, len(asked))
    return plain.model_copy(update={"agreement": same / len(asked), "low": low, "high": high})
