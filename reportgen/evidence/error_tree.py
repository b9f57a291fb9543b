"""A small tree that tells where errors are: fitted on one half of the held rows, read on the other."""

from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr
from sklearn.tree import DecisionTreeRegressor

from reportgen.evidence import clusters
from reportgen.evidence.base import Floats, NotApplicable, Subject, Units
from reportgen.evidence.conditions import Conditions
from reportgen.evidence.intervals import mean_interval, rate_interval
from reportgen.evidence.slices import Held, halves, look, refuse
from reportgen.records.mistakes import Condition, ErrorNode, ErrorTree

LEVEL = 0.05
LEAVES = 6
FEWEST_ROWS = 15
FEWEST_SHARE = 0.05
MOST_ROWS = 10_000
DRAWS = 9_999

WILSON = "Wilson limits; exact test that errors follow the tree, 9,999 draws"
STUDENT = "Student t; score test that errors follow the tree"

_STREAM = 223

Places = npt.NDArray[np.intp]


def measure(subject: Subject) -> ErrorTree:
    """Fit the tree to right and wrong, or to the size of errors, and count errors in its leaves on fresh rows."""
    return grow(look(subject), np.random.default_rng([subject.seed, _STREAM]))


def grow(held: Held, rng: np.random.Generator) -> ErrorTree:
    """Fit on one half and read on the other; NotApplicable where errors or rows are too few for two leaves."""
    refuse(held)
    asked = _questions(held.known)
    first, second = halves(held.errors, rng, held.units)
    drawn = np.sort(rng.choice(first, min(len(first), MOST_ROWS), replace=False))
    fewest = max(FEWEST_ROWS, int(FEWEST_SHARE * len(drawn)))
    if len(drawn) < 2 * fewest or not asked.told:
        raise NotApplicable("too_few_rows_for_tree", rows=len(held.errors))
    tree = DecisionTreeRegressor(max_leaf_nodes=LEAVES, min_samples_leaf=fewest, random_state=0)
    tree.fit(asked.holds[drawn], held.errors[drawn])
    fresh = asked.holds[second]
    units, rates = held.on(second), held.sure is not None
    p_value = follows(held.errors[second], tree.predict(fresh), rates, rng, units)
    return ErrorTree(
        nodes=_nodes(tree, asked.told, fresh, held.errors[second], rates, units),
        separates=bool(p_value <= LEVEL),
        p_value=p_value,
        fitted=len(drawn),
        n=len(second),
        error=float(held.errors[second].mean()),
        method=clusters.told(WILSON if rates else STUDENT, units, what=held.what),
    )


def _questions(known: Conditions) -> Conditions:
    """What a tree may ask: one side of a number, one level, whether a value is missing."""
    return known.only(np.array([one.above is None for one in known.told], dtype=bool))


def follows(
    errors: Floats, foretold: Floats, rates: bool, rng: np.random.Generator, units: Units | None = None
) -> float:
    """The one-sided p-value of fresh errors that are larger where more was foretold.

    The statistic is the sum of errors weighted by what was foretold. Rates: errors dealt anew to the leaves at random
    (a permutation test, Fisher 1935); sizes: its normal limit under such dealing (Hoeffding 1951, AMS 22:558). Rows in
    groups must pass that test for groups as well, whose sums have signs by chance.
    """
    if units is not None:
        scores = (errors - errors.mean()) * (foretold - foretold.mean())
        return max(follows(errors, foretold, rates, rng), clusters.flipped_p(scores, units))
    leaves, leaf = np.unique(foretold, return_inverse=True)
    if len(leaves) < 2:
        return 1.0
    if rates:
        sizes, wrong = np.bincount(leaf), np.bincount(leaf, weights=errors)
        drawn = rng.multivariate_hypergeometric(sizes, int(errors.sum()), size=DRAWS, method="marginals")
        return float((np.count_nonzero(drawn @ leaves >= wrong @ leaves - 1e-9) + 1) / (DRAWS + 1))
    spread = sqrt(len(errors) ** 2 * errors.var() * foretold.var() / (len(errors) - 1))
    excess = float(errors @ foretold - len(errors) * errors.mean() * foretold.mean())
    return float(ndtr(-excess / spread)) if spread > 0 else 1.0


def _nodes(
    tree: DecisionTreeRegressor,
    told: tuple[Condition, ...],
    fresh: npt.NDArray[np.bool_],
    errors: Floats,
    rates: bool,
    units: Units | None,
) -> tuple[ErrorNode, ...]:
    """The nodes from the root down, yes before no, with what fresh rows say of each."""
    raw, passes = tree.tree_, tree.decision_path(fresh).toarray().astype(bool)
    nodes, waiting = [], [0]
    for number, index in enumerate(waiting):
        inside = errors[passes[:, index]]
        leaf = raw.children_left[index] < 0
        if not leaf:  # scikit-learn goes left where a 0 or 1 is at most one half: that means no
            waiting.extend((int(raw.children_right[index]), int(raw.children_left[index])))
        low, high = _interval(inside, rates, clusters.on(units, passes[:, index]))
        nodes.append(
            ErrorNode(
                number=number,
                condition=None if leaf else told[raw.feature[index]],
                left=None if leaf else len(waiting) - 2,
                right=None if leaf else len(waiting) - 1,
                n=len(inside),
                share=len(inside) / len(errors),
                error=float(inside.mean()) if len(inside) else None,
                low=low,
                high=high,
                coverage=float(inside.sum() / errors.sum()),
            )
        )
    return tuple(nodes)


def _interval(errors: Floats, rates: bool, units: Units | None) -> tuple[float | None, float | None]:
    if len(errors) < 2:
        return None, None
    effect = clusters.rate_effect(errors, units)
    if rates:
        return rate_interval(int(errors.sum()) / effect, len(errors) / effect)
    low, high = mean_interval(errors, effect=effect)
    return max(low, 0.0), high
