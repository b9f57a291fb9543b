"""Single rows taken apart: one that went right, one that went wrong, one on the edge, and those asked for."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from reportgen.evidence.attribution import Attribution, integrated_gradients
from reportgen.evidence.base import Floats, Part, Subject
from reportgen.evidence.values import as_short_text, as_text
from reportgen.records.explanation import Contribution, Walkthrough

MOST_CONTRIBUTIONS = 10
Why = Literal["asked", "right", "wrong", "unsure", "typical", "worst", "best"]


@dataclass(frozen=True)
class Chosen:
    """A row to be shown, by its position in a part, and the network's answer; `output` is the number of its class."""

    why: Why
    part: Part
    at: int
    output: int
    actual: str
    predicted: str
    probability: float | None


def measure(subject: Subject) -> tuple[Walkthrough, ...]:
    """The rows that were asked for, and at most one test row a reason; no row twice."""
    return tuple(_walk(subject, chosen) for chosen in choose(subject))


def choose(subject: Subject) -> tuple[Chosen, ...]:
    """Find the rows to show: those asked for wherever they stand, then test rows by what the network made of them."""
    answers = np.asarray(subject.predict(subject.test.x), dtype=np.float64)
    telling = _classes(subject, answers) if subject.classifies else _numbers(subject, answers)
    found: list[tuple[Why, Part, int]] = [("asked", *_find(subject, row)) for row in subject.explain_rows]
    found += [(why, subject.test, at) for why, at in telling]
    first = {(part.name, at): why for why, part, at in reversed(found)}
    return tuple(_chosen(subject, why, part, at) for why, part, at in found if first[part.name, at] == why)


def _find(subject: Subject, row: int) -> tuple[Part, int]:
    """Where a row of the file stands; with a test file, row numbers are that file's."""
    own = (subject.validation, subject.train) if subject.split.strategy != "given" else ()
    return next(
        (part, int(np.flatnonzero(part.rows == row)[0])) for part in (subject.test, *own) if (part.rows == row).any()
    )


def _chosen(subject: Subject, why: Why, part: Part, at: int) -> Chosen:
    answer = np.asarray(subject.predict(part.fresh), dtype=np.float64)[at]
    actual = part.y[at]
    if not subject.classifies:
        return Chosen(why, part, at, 0, as_text(float(actual)), as_text(float(answer)), None)
    output = int(answer.argmax())
    classes = subject.task.classes
    return Chosen(why, part, at, output, classes[int(actual)], classes[output], float(answer[output]))


def _classes(subject: Subject, answers: Floats) -> list[tuple[Why, int]]:
    """The surest right row, the surest wrong one, and the one whose two likeliest classes are closest."""
    given, sureness = answers.argmax(axis=1), answers.max(axis=1)
    right = given == subject.test.y
    ordered = np.sort(answers, axis=1)
    chosen: list[tuple[Why, int]] = []
    if right.any():
        chosen.append(("right", int(np.argmax(np.where(right, sureness, -1.0)))))
    if not right.all():
        chosen.append(("wrong", int(np.argmax(np.where(right, -1.0, sureness)))))
    chosen.append(("unsure", int(np.argmin(ordered[:, -1] - ordered[:, -2]))))
    return chosen


def _numbers(subject: Subject, answers: Floats) -> list[tuple[Why, int]]:
    """The row with the middle error, the one with the largest and the one with the smallest."""
    order = np.argsort(np.abs(answers - subject.test.y), kind="stable")
    return [("typical", int(order[len(order) // 2])), ("worst", int(order[-1])), ("best", int(order[0]))]


def _walk(subject: Subject, chosen: Chosen) -> Walkthrough:
    path = integrated_gradients(subject, chosen.part.fresh[[chosen.at]], chosen.output)
    return Walkthrough(
        why=chosen.why,
        row=int(chosen.part.rows[chosen.at]),
        part=chosen.part.name,
        actual=chosen.actual,
        predicted=chosen.predicted,
        probability=chosen.probability,
        output=float(path.output[0]),
        base=path.base,
        gap=float(path.gap[0]),
        steps=int(path.steps[0]),
        contributions=_largest(subject, path, chosen.part.frame.iloc[chosen.at]),
    )


def _largest(subject: Subject, path: Attribution, values: "pd.Series[Any]") -> tuple[Contribution, ...]:
    """The ten largest by size, and the sum of the rest under no name, so that all of them still add up."""
    parts = path.contributions[0]
    order = np.argsort(-np.abs(parts), kind="stable")
    listed = tuple(
        Contribution(feature=name, value=as_short_text(values[name]), contribution=float(parts[i]))
        for i, name in ((int(i), subject.features[i]) for i in order[:MOST_CONTRIBUTIONS])
    )
    rest = order[MOST_CONTRIBUTIONS:]
    return (*listed, Contribution(feature="", value="", contribution=float(parts[rest].sum()))) if len(rest) else listed
