"""Single test rows taken apart: one that went right, one that went wrong, one on the edge."""

from typing import Any, Literal

import numpy as np
import pandas as pd

from reportgen.evidence.attribution import Attribution, integrated_gradients
from reportgen.evidence.base import Floats, Subject
from reportgen.evidence.values import as_short_text, as_text
from reportgen.records.explanation import Contribution, Walkthrough

MOST_CONTRIBUTIONS = 10
Why = Literal["right", "wrong", "unsure", "typical", "worst", "best"]


def measure(subject: Subject) -> tuple[Walkthrough, ...]:
    """At most one row a reason, and no row twice."""
    answers = np.asarray(subject.predict(subject.test.x), dtype=np.float64)
    chosen = _classes(subject, answers) if subject.classifies else _numbers(subject, answers)
    rows = {row: why for why, row in reversed(chosen)}
    return tuple(_walk(subject, answers, why, row) for why, row in chosen if rows[row] == why)


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


def _walk(subject: Subject, answers: Floats, why: Why, row: int) -> Walkthrough:
    output = int(answers[row].argmax()) if subject.classifies else 0
    path = integrated_gradients(subject, subject.test.x[[row]], output)
    actual = subject.test.y[row]
    return Walkthrough(
        why=why,
        row=int(subject.test.rows[row]),
        actual=subject.task.classes[int(actual)] if subject.classifies else as_text(float(actual)),
        predicted=subject.task.classes[output] if subject.classifies else as_text(float(answers[row])),
        probability=float(answers[row, output]) if subject.classifies else None,
        output=float(path.output[0]),
        base=path.base,
        gap=float(path.gap[0]),
        steps=int(path.steps[0]),
        contributions=_largest(subject, path, subject.test.frame.iloc[row]),
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
