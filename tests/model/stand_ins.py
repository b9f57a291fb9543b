"""Small prepared tables of known truth, in place of those that data makes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.records.table import Task


@dataclass(frozen=True)
class StandInRows:
    x: npt.NDArray[np.float32]
    y: npt.NDArray


@dataclass(frozen=True)
class StandIn:
    train: StandInRows
    validation: StandInRows
    test: StandInRows
    task: Task

    def taught_by(self, chosen: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.float32], ...]:
        """No column of these tables is encoded by the target."""
        return self.train.x[chosen], self.validation.x, self.test.x


def parts(x, y, task: Task) -> StandIn:
    """A fifth of the rows for validation, another for test; classes that take turns are parted evenly."""
    fold = np.arange(len(x)) // max(len(task.classes), 1) % 5
    x = x.astype(np.float32)
    y = y.astype(np.int64) if task.classes else y.astype(np.float64)
    part = [StandInRows(x[chosen], y[chosen]) for chosen in (fold > 1, fold == 0, fold == 1)]
    return StandIn(*part, task)


def classes(number: int) -> Task:
    names = tuple(f"class {i}" for i in range(number))
    return Task(kind="binary" if number == 2 else "multiclass", target="y", classes=names)


NUMBER = Task(kind="regression", target="y")


def xor(rows: int = 400, seed: int = 0) -> StandIn:
    """Two numbers; the class is whether their signs differ: nothing a line could learn."""
    x = np.random.default_rng(seed).uniform(-1, 1, (rows, 2))
    return parts(x, (x[:, 0] > 0) != (x[:, 1] > 0), classes(2))


def blobs(number: int, rows_each: int, columns: int = 8, spread: float = 0.3, seed: int = 0) -> StandIn:
    """Round clouds, one a class, whose centres lie far apart."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(number, columns))
    y = np.tile(np.arange(number), rows_each)
    return parts(centres[y] + spread * rng.normal(size=(len(y), columns)), y, classes(number))


def line(rows: int = 300, seed: int = 0, noise: float = 0.1) -> StandIn:
    """y = 1000 + 50 (3 a - 2 b + 0 c) and a little noise."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 3))
    return parts(x, 1000 + 50 * (x @ [3, -2, 0] + noise * rng.normal(size=rows)), NUMBER)
