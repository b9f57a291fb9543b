"""What each value adds to the answers that were wrong."""

import numpy as np

from reportgen.evidence.attribution import integrated_gradients
from reportgen.evidence.base import Floats, Subject
from reportgen.evidence.values import as_short_text
from reportgen.records.explanation import Contribution
from reportgen.records.mistakes import ErrorRow

MOST_PARTS = 6
MOST_STEPS = 64


def take_apart(subject: Subject, rows: tuple[ErrorRow, ...]) -> tuple[ErrorRow, ...]:
    """Give the listed test rows their integrated gradients, each of the class that was answered or of its number."""
    if not rows:
        return ()
    place = {int(row): at for at, row in enumerate(subject.test.rows)}
    at = np.array([place[row.row] for row in rows])
    outputs = [subject.task.classes.index(row.predicted) if subject.classifies else 0 for row in rows]
    parts = np.zeros((len(rows), len(subject.features)))
    for output in sorted(set(outputs)):
        own = np.flatnonzero(np.equal(outputs, output))
        found = integrated_gradients(subject, subject.test.x[at[own]], output, most=MOST_STEPS)
        parts[own] = found.contributions
    told = zip(rows, at, parts, strict=True)
    return tuple(row.model_copy(update={"parts": _largest(subject, int(place), own)}) for row, place, own in told)


def _largest(subject: Subject, at: int, parts: Floats) -> tuple[Contribution, ...]:
    values = subject.test.frame.iloc[at]
    order = np.argsort(-np.abs(parts), kind="stable")
    listed = [
        Contribution(feature=name, value=as_short_text(values[name]), contribution=float(parts[i]))
        for i, name in ((int(i), subject.features[i]) for i in order[:MOST_PARTS])
    ]
    rest = order[MOST_PARTS:]
    if len(rest):
        listed.append(Contribution(feature="", value="", contribution=float(parts[rest].sum())))
    return tuple(listed)
