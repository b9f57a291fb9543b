"""The columns that give the target away, and what a network is worth without them."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from reportgen.config import Config
from reportgen.data import Parts, Prepared, prepare
from reportgen.errors import DataError
from reportgen.evidence import identity, solo
from reportgen.evidence.base import Leaks, positions
from reportgen.findings import leaking
from reportgen.flow.subject import part
from reportgen.flow.together import Together
from reportgen.model import Network, refit
from reportgen.records.table import Task


def find_leaks(parts: Parts, prepared: Prepared, config: Config, together: Together) -> Leaks:
    """The columns that give the target away, found on training and validation rows alone."""
    task = parts.dataset.task
    train = together.marked(part("train", prepared.train, parts.train, prepared, config))
    validation = together.marked(part("validation", prepared.validation, parts.validation, prepared, config))
    groups, classifies = positions(prepared.inputs), task.kind != "regression"
    alone = solo.scores(train, validation, groups, classifies, config.seed)
    account = None if classifies else identity.find(train, validation, tuple(groups))
    columns = leaking(alone, account)
    return Leaks(alone, account, columns, excluded=config.exclude_leaks and bool(columns))


def left_out(parts: Parts, leaks: Leaks) -> Parts:
    """The same rows with the leaking columns dropped."""
    columns = tuple(
        column.model_copy(update={"role": "dropped", "why": "leak"}) if column.name in leaks.columns else column
        for column in parts.dataset.columns
    )
    return replace(parts, dataset=replace(parts.dataset, columns=columns))


def without_leaks(parts: Parts, leaks: Leaks) -> Prepared | None:
    """The rows prepared without the leaking columns; None where nothing leaks, or nothing else could be learnt."""
    if not leaks.columns:
        return None
    try:
        return prepare(left_out(parts, leaks))
    except DataError:
        return None


def refuse_bare(otherwise: Prepared | None, leaks: Leaks) -> Prepared:
    """The rows without the leaking columns; raises DataError where no other is left to learn from."""
    if otherwise is None:
        listed = ", ".join(repr(name[:60]) for name in leaks.columns[:5])
        raise DataError(f"without the leaking columns {listed} none is left to learn from; add others, or keep them")
    return otherwise


def other_answers(network: Network, otherwise: Prepared, task: Task, config: Config) -> npt.NDArray[np.float64]:
    """The test rows' answers of a network made in the same way from other columns."""
    (made,) = refit(network, [otherwise], task, [config.seed])
    return made.predict(otherwise.test.x)
