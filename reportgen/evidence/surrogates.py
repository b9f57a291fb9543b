"""Readable models that stand in for the network: fitted to its answers, and held against them on fresh rows."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC, LinearSVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from reportgen.evidence.base import Floats, NotApplicable, Subject, once
from reportgen.evidence.intervals import WILSON, bootstrap, rate_interval
from reportgen.evidence.number_scores import r2
from reportgen.evidence.surrogate_chances import stated_by
from reportgen.evidence.surrogate_regions import worst_region
from reportgen.evidence.surrogate_rules import RuleList, worded
from reportgen.evidence.surrogate_tree import LEAVES, draw, shown
from reportgen.records.explanation import Region, Surrogate, Term

MOST_ROWS = 8_000
MOST_TERMS = 30
MOST_COEFFICIENTS = 1_000
FOLLOWS = 0.8
"""Of what a constant answer leaves open, the share that must surely be met: above 0.8 agreement beyond chance is called
almost perfect (Landis and Koch 1977, Biometrics 33), and R2 is the same share for numbers."""
Answers = npt.NDArray[Any]
Kind = Literal["linear", "svm", "tree", "rules"]
KINDS: tuple[Kind, ...] = ("linear", "svm", "tree", "rules")
Model: TypeAlias = Any
"""Any of scikit-learn's models below, or a RuleList."""


@dataclass(frozen=True)
class _Asked:
    """What the network answers on the training rows that the stand-ins learn from, on validation and on test rows.

    `rows` are those training rows as the network sees them. `stated` and `expected` are its probabilities on the first
    and on the last; for numbers they are the answers.
    """

    rows: npt.NDArray[np.float32]
    train: Answers
    validation: Answers
    test: Answers
    stated: Floats
    expected: Floats

    @property
    def x(self) -> Floats:
        """The rows as the stand-ins learn from them; not kept, for of wide tables that is much."""
        return self.rows.astype(np.float64)


def measure(subject: Subject) -> tuple[Surrogate, ...]:
    """A linear model, a support vector machine, a small tree and a few rules, each with its fidelity on test rows."""
    asked = _ask(subject)
    return tuple(_stand_in(subject, asked, kind) for kind in KINDS)


def linear_slopes(subject: Subject) -> Floats:
    """What the linear stand-in adds for each encoded input to each output against the mean of the others.

    Shape (outputs, encoded). Raises NotApplicable where the network has one answer only.
    """
    asked = _ask(subject)
    model = _fitted(subject, "linear")
    if not subject.classifies:
        return np.atleast_2d(model.regressor_.coef_) * float(model.transformer_.scale_[0])
    slopes = np.zeros((len(subject.task.classes), asked.rows.shape[1]))
    slopes[model.classes_] = model.coef_ if len(model.coef_) > 1 else np.concatenate([-model.coef_, model.coef_])
    return np.asarray(slopes - (slopes.sum(axis=0) - slopes) / (len(slopes) - 1))


def _ask(subject: Subject) -> _Asked:
    """The network's answers. Raises NotApplicable where all training rows get one."""
    asked = _asked(subject)
    if len(np.unique(asked.train)) < 2:
        raise NotApplicable("one_answer", answer=_text(subject, asked.train[0]))
    return asked


@once
def _asked(subject: Subject) -> _Asked:
    """The network's answers, asked once for each subject."""
    rng = np.random.default_rng([subject.seed, 31])
    drawn = np.sort(rng.choice(len(subject.train.y), min(len(subject.train.y), MOST_ROWS), replace=False))
    x = subject.train.fresh if len(drawn) == len(subject.train.y) else subject.train.fresh[drawn]
    stated, checked, expected = (
        np.asarray(subject.predict(rows), dtype=np.float64) for rows in (x, subject.validation.x, subject.test.x)
    )
    train, validation, test = (_answers(subject, each) for each in (stated, checked, expected))
    return _Asked(x, train, validation, test, stated, expected)


def _answers(subject: Subject, stated: Floats) -> Answers:
    return np.argmax(stated, axis=1) if subject.classifies else stated


def _text(subject: Subject, answer: float) -> str:
    return subject.task.classes[int(answer)] if subject.classifies else f"{answer:.5g}"


def _classifiers(seed: int, coefficients: int) -> dict[Kind, Model]:
    """The primal solver of the support vector machine converges whatever the columns' scales.

    Newton's steps need a tenth of the time, and memory that grows with the square of the coefficients. Of more, the
    machine's last steps turn about a kink: a tenth of the usual accuracy changes its third digit, in a thirtieth of
    the time.
    """
    few = coefficients <= MOST_COEFFICIENTS
    solver = "newton-cholesky" if few else "lbfgs"
    return {
        "linear": LogisticRegression(max_iter=10_000, solver=solver),
        "svm": LinearSVC(dual=False, tol=1e-4 if few else 1e-3, max_iter=100_000, random_state=seed),
        "tree": DecisionTreeClassifier(max_leaf_nodes=LEAVES, min_samples_leaf=5, random_state=seed),
        "rules": RuleList(classifies=True, seed=seed),
    }


def _regressors(seed: int) -> dict[Kind, Model]:
    machine = LinearSVR(loss="squared_epsilon_insensitive", dual=False, max_iter=100_000, random_state=seed)
    return {
        "linear": TransformedTargetRegressor(Ridge(), transformer=StandardScaler()),
        "svm": TransformedTargetRegressor(machine, transformer=StandardScaler()),
        "tree": DecisionTreeRegressor(max_leaf_nodes=LEAVES, min_samples_leaf=5, random_state=seed),
        "rules": RuleList(classifies=False, seed=seed),
    }


@once
def _fitted(subject: Subject, kind: Kind) -> Model:
    """The stand-in of that kind, fitted once for each subject."""
    asked = _asked(subject)
    coefficients = asked.stated[0].size * asked.rows.shape[1]
    models = _classifiers(subject.seed, coefficients) if subject.classifies else _regressors(subject.seed)
    return models[kind].fit(asked.x, asked.train)


def _stand_in(subject: Subject, asked: _Asked, kind: Kind) -> Surrogate:
    model = _fitted(subject, kind)
    told = np.asarray(model.predict(subject.test.x.astype(np.float64)))
    nodes = draw(model, subject) if kind == "tree" else ()
    rules = worded(model, subject, asked.x, asked.test) if kind == "rules" else ()
    terms = () if nodes or rules else _terms(subject, asked.x, model)
    leaves = sum(node.feature is None for node in nodes)
    facts = _agreement(asked, told) if subject.classifies else _explained(asked, told, subject.seed)
    return Surrogate(
        kind=kind,
        taught=len(asked.train),
        size=leaves or len(rules) or len(terms),
        terms=terms[:MOST_TERMS],
        nodes=nodes,
        rules=rules,
        region=_region(subject, asked, model, told),
        n=len(told),
        score=float(np.mean(told == subject.test.y)) if subject.classifies else r2(told, subject.test.y)[0],
        score_measure="accuracy" if subject.classifies else "r2",
        **(_probability(subject, asked, model) if subject.classifies else {}),
        **facts,
    )


def _region(subject: Subject, asked: _Asked, model: Model, told: Answers) -> Region | None:
    """Where this stand-in parts from the network most, among the leaves of the tree that stands in for it."""
    checked = np.asarray(model.predict(subject.validation.x.astype(np.float64)))
    found, judged = (_parted(subject, asked, *pair) for pair in ((checked, asked.validation), (told, asked.test)))
    return worst_region(subject, _fitted(subject, "tree"), found, judged, len(KINDS))


def _parted(subject: Subject, asked: _Asked, told: Answers, answers: Answers) -> Floats:
    if subject.classifies:
        return np.asarray(told != answers, dtype=np.float64)
    return np.asarray((told - answers) ** 2 / np.var(asked.train))


def _probability(subject: Subject, asked: _Asked, model: Model) -> dict[str, Any]:
    """R2 of the network's probabilities, over rows and classes: how far the stand-in also tells how sure it is."""
    told = stated_by(model, asked.x, asked.stated)(subject.test.x.astype(np.float64))
    wrong = ((asked.expected - told) ** 2).sum(axis=1)
    spread = ((asked.expected - asked.expected.mean(axis=0)) ** 2).sum(axis=1)
    if not spread.mean() > 0:
        return {}
    columns = np.stack([wrong, spread], axis=1) / float(spread.mean())
    bounds = bootstrap(columns, _share_explained, np.random.default_rng([subject.seed, 33]))
    return {
        "probability": 1 - float(columns[:, 0].mean()),
        "probability_low": bounds.low,
        "probability_high": min(bounds.high, 1.0),
        "probability_method": bounds.method,
    }


def _agreement(asked: _Asked, told: Answers) -> dict[str, Any]:
    """The share of test rows with the network's class, against that of the network's commonest training class."""
    same = int(np.sum(told == asked.test))
    low, high = rate_interval(same, len(told))
    floor = float(np.mean(asked.test == np.bincount(asked.train).argmax()))
    return {
        "fidelity": same / len(told),
        "low": low,
        "high": high,
        "measure": "agreement",
        "floor": floor,
        "method": WILSON,
        "follows": floor < 1 and (low - floor) / (1 - floor) >= FOLLOWS,
    }


def _explained(asked: _Asked, told: Answers, seed: int) -> dict[str, Any]:
    """R2 of the network's numbers, against the constant that knows their mean."""
    centred = asked.test - asked.test.mean()
    if float(np.ptp(asked.test)) <= 0:
        raise NotApplicable("one_answer", answer=f"{asked.test[0]:.5g}")
    columns = np.stack([(asked.test - told) ** 2, centred**2], axis=1) / float((centred**2).mean())
    bounds = bootstrap(columns, _share_explained, np.random.default_rng([seed, 32]))
    return {
        "fidelity": 1 - float(columns[:, 0].mean()),
        "low": bounds.low,
        "high": min(bounds.high, 1.0),
        "measure": "r2",
        "floor": 0.0,
        "method": bounds.method,
        "follows": bounds.low >= FOLLOWS,
    }


def _share_explained(means: Floats) -> Floats:
    """R2 from the means of squared errors and of squared distances from the answers' mean, which is held fixed."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 - means[:, 0] / means[:, 1])


def _terms(subject: Subject, x: Floats, model: Model) -> tuple[Term, ...]:
    """What one standard deviation of each encoded column moves, the largest first; without those that move nothing."""
    scale = 1.0 if subject.classifies else float(model.transformer_.scale_[0])
    fitted = model if subject.classifies else model.regressor_
    moves = np.atleast_2d(fitted.coef_) * x.std(axis=0) * scale
    outputs = _outputs(subject, fitted, len(moves))
    terms = (
        Term(
            feature=shown(column),
            level=column.level,
            missing=column.kind == "missing",
            of=of,
            coefficient=float(move),
        )
        for of, row in zip(outputs, moves, strict=True)
        for column, move in zip(subject.inputs, row, strict=True)
        if move != 0
    )
    return tuple(sorted(terms, key=lambda term: -abs(term.coefficient)))


def _outputs(subject: Subject, fitted: Model, count: int) -> tuple[str | None, ...]:
    """The class each row of coefficients speaks for: of two, the second."""
    if not subject.classifies:
        return (None,)
    return tuple(subject.task.classes[int(label)] for label in fitted.classes_[-count:])
