"""What is predicted: the target column, the kind of task, its classes and which of them is the positive one."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from reportgen.config import Config
from reportgen.data.cells import Cells, as_labels, first_infinity, strays, understand
from reportgen.data.sentinels import is_word
from reportgen.data.spellings import number_label
from reportgen.errors import DataError
from reportgen.records.base import Code, TaskKind
from reportgen.records.table import Level, Task

MOST_NUMBERS = 20
"""Whole numbers with more distinct values than this are an amount: grades, ratings and digits have fewer."""

ROWS_A_NUMBER = 10
"""Whole numbers are classes only where each value stands ten times on average: then each can be learnt as a class."""

POSITIVE = frozenset(
    [
        "yes",
        "y",
        "true",
        "t",
        "1",
        "positive",
        "pos",
        "bad",
        "malignant",
        "default",
        "fraud",
        "churned",
        "ja",
        "oui",
        "si",
        "sí",
        "是",
        "有",
        "阳性",
        "坏",
        "恶性",
    ]
)
NEGATIVE = frozenset(
    [
        "no",
        "n",
        "false",
        "f",
        "0",
        "-1",
        "negative",
        "neg",
        "good",
        "benign",
        "normal",
        "healthy",
        "none",
        "nein",
        "non",
        "否",
        "无",
        "阴性",
        "好",
        "良性",
    ]
)


@dataclass(frozen=True)
class Aim:
    """The target's clean values (labels, or floats for regression), None or NaN where missing, and the task."""

    values: pd.Series
    task: Task
    notes: tuple[Code, ...] = ()
    left_out: tuple[Level, ...] = ()


def nearest(name: str, names: Sequence[str]) -> str:
    """A column that is there for a name that is not: the nearest names, or the first few."""
    folded = {n.casefold(): n for n in reversed(names)}
    near = [folded[n] for n in difflib.get_close_matches(name.casefold(), list(folded), n=3, cutoff=0.5)]
    if near:
        return "did you mean " + " or ".join(repr(n[:60]) for n in near) + "?"
    listed = ", ".join(repr(n[:60]) for n in names[:8])
    return f"the columns are {listed}" + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def target_name(names: Sequence[str], config: Config) -> str:
    """The column that was asked for, or the last that is not spoken for."""
    if config.target is not None:
        if config.target not in names:
            raise DataError(f"there is no column {config.target!r} to predict; {nearest(config.target, names)}")
        return config.target
    spoken = {*config.drop, *config.group, *config.time}
    free = [name for name in names if name not in spoken]
    if not free:
        raise DataError("every column is dropped or used otherwise, so none is left to predict; name a target")
    return free[-1]


def aim(raw: pd.Series, config: Config, least: int) -> Aim:
    """Read the target column; a class with fewer than `least` rows is left out."""
    cells = understand(raw)
    _refuse(cells, raw)
    kind = config.task if config.task != "auto" else None
    if kind == "regression" or (kind is None and not _is_classes(cells)):
        return _regression(cells, raw, config)
    return _classes(cells, raw, config, least)


def _refuse(cells: Cells, raw: pd.Series) -> None:
    """Targets that no model can learn."""
    name = str(raw.name)
    if cells.values.notna().sum() == 0:
        raise DataError(f"the target {name!r} is missing in every row; name another target or fill it in")
    if cells.kind == "datetime":
        raise DataError(
            f"the target {name!r} holds dates, which cannot be predicted; turn them into numbers or classes"
        )
    row = first_infinity(cells.values) if cells.kind == "numeric" else None
    if row is not None:
        raise DataError(
            f"the target {name!r} holds an infinity in row {row} (0 is the first below the header); mend it"
        )
    if cells.values.nunique() == 1:
        only = as_labels(raw).dropna().iloc[0]
        raise DataError(f"the target {name!r} is {only[:60]!r} in every row, so there is nothing to tell apart")


def _is_classes(cells: Cells) -> bool:
    """Text is classes; so are two numbers, and few whole numbers that repeat (see MOST_NUMBERS, ROWS_A_NUMBER)."""
    if cells.kind != "numeric":
        return True
    present = cells.values.dropna()
    distinct = present.nunique()
    if distinct == 2:
        return True
    whole = bool((present % 1 == 0).all())
    return whole and distinct <= MOST_NUMBERS and len(present) >= ROWS_A_NUMBER * distinct


def _regression(cells: Cells, raw: pd.Series, config: Config) -> Aim:
    if cells.kind != "numeric":
        example = as_labels(raw).dropna().iloc[0]
        raise DataError(f"task regression needs numbers, but the target {str(raw.name)!r} holds {example[:60]!r}")
    task = _task("regression", raw, config)
    return Aim(cells.values.astype(np.float64), task, cells.notes)


def _task(kind: TaskKind, raw: pd.Series, config: Config) -> Task:
    default = config.target is None
    return Task(kind=kind, target=str(raw.name), target_default=default, kind_default=config.task == "auto")


def labels_of(cells: Cells, raw: pd.Series) -> pd.Series:
    """The target's values as class labels; a word among numbers is one of them, even one that says "unknown"."""
    if cells.kind == "numeric" and not strays(raw) and not _words(cells, raw):
        return cells.values.map(number_label, na_action="ignore").astype(object).where(cells.values.notna(), None)
    return as_labels(raw)


def _words(cells: Cells, raw: pd.Series) -> bool:
    """Whether words for "missing" were read as empty cells among the target's numbers."""
    gone = raw[cells.values.isna() & raw.notna()]
    return any(isinstance(text, str) and is_word(text) and any(map(str.isalpha, text)) for text in gone.unique())


def _classes(cells: Cells, raw: pd.Series, config: Config, least: int) -> Aim:
    labels = labels_of(cells, raw)
    if cells.kind == "numeric" and _words(cells, raw):
        cells = replace(cells, notes=tuple(note for note in cells.notes if note.code != "missing_codes"))
    counts = labels.value_counts()
    small = counts[counts < least]
    classes, ordered = sort_classes([str(label) for label in counts.index if label not in small.index])
    _enough(classes, str(raw.name), least, config)
    kind: TaskKind = "binary" if len(classes) == 2 and config.task != "multiclass" else "multiclass"
    positive = positive_class(classes) if kind == "binary" else None
    task = _task(kind, raw, config).model_copy(update={"classes": classes, "positive": positive, "ordered": ordered})
    gone = tuple(Level(label=str(label), count=int(small[label])) for label in sorted(small.index))
    return Aim(labels, task, cells.notes, gone)


def _enough(classes: tuple[str, ...], name: str, least: int, config: Config) -> None:
    if len(classes) < 2:
        raise DataError(
            f"the target {name!r} has {len(classes)} class{'' if len(classes) == 1 else 'es'} of at least {least} rows "
            "(one for each part of the split), but two are needed; gather more rows, or name another target"
        )
    if config.task == "binary" and len(classes) != 2:
        raise DataError(
            f"task binary needs two classes, but the target {name!r} has {len(classes)}; use task multiclass"
        )


def sort_classes(labels: list[str]) -> tuple[tuple[str, ...], bool]:
    """Classes in the order of their numbers, if all are numbers, else of their letters; and which it was."""
    numbers = pd.to_numeric(pd.Series(labels, dtype=object), errors="coerce")
    if len(labels) and bool(np.isfinite(numbers.to_numpy(dtype=np.float64)).all()):
        return tuple(label for _, label in sorted(zip(numbers, labels, strict=True))), True
    return tuple(sorted(labels)), False


def positive_class(classes: tuple[str, ...]) -> str:
    """The class that a binary task is about: the one that says yes (or does not say no), else the second in order.

    The rarer class would change with the sample; a word, or the order of the labels, does not.
    """
    for words, found, other in ((POSITIVE, 0, 1), (NEGATIVE, 1, 0)):
        hits = [label.strip().casefold() in words for label in classes]
        if sum(hits) == 1:
            return classes[found if hits[0] else other]
    return classes[1]
