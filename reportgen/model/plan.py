"""The network's settings, reasoned from the size of the table where the user leaves them open."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from reportgen.config import Budget, ModelConfig

MEMBERS: dict[Budget, int] = {"quick": 1, "standard": 8, "thorough": 16}
HIDDEN: dict[Budget, tuple[int, ...]] = {"quick": (64, 32), "standard": (256, 128), "thorough": (512, 256)}
FEW_ROWS = 10_000
HIDDEN_BY_FEW: dict[Budget, tuple[int, ...]] = {"quick": (32, 32), "standard": (96, 64), "thorough": (256, 128)}
"""Up to so many training rows narrower layers and smaller batches learn as well, in a quarter of the time."""
EPOCHS: dict[Budget, int] = {"quick": 25, "standard": 50, "thorough": 100}
STARTS: dict[Budget, int] = {"quick": 1, "standard": 1, "thorough": 3}
WORK: dict[Budget, float] = {"quick": 0.25, "standard": 1.0, "thorough": 8.0}
"""What a budget may spend, in parts of `_ceiling`."""

FEWEST_EPOCHS = 20
"""Rather than fewer epochs than these, a smaller network; the smallest trains for as many as the ceiling leaves."""

NARROWEST = 16
"""Layers are made no narrower than this."""

MANY_ROWS = 5_000
"""From so many training rows on the network learns faster and drops less: there is more to learn from."""


PIECE, MOST_PIECES = 2**10, 2**21
"""Rows that are answered at once, and numbers that embeddings make of them: more no longer fit the processor's cache.
2,000 columns took three and a half times as long by 1,024 rows as by 64."""


@dataclass(frozen=True)
class Size:
    """What the plan depends on: training rows, encoded columns that are numbers, those that are flags, outputs."""

    rows: int
    numbers: int
    flags: int
    outputs: int


@dataclass(frozen=True)
class Plan:
    """Everything that decides how one network is built and trained, apart from the seed."""

    kind: Literal["network", "article"]
    members: int
    embedding: Literal["none", "piecewise", "periodic"]
    bins: int
    embedding_width: int
    hidden: tuple[int, ...]
    loss: Literal["log_loss", "squared_error", "huber"]
    class_weights: Literal["none", "balanced"]
    optimiser: Literal["AdamW", "Adam"]
    learning_rate: float
    schedule: Literal["cosine", "constant"]
    warm_up: float
    weight_decay: float
    dropout: float
    batch: int
    epochs: int
    patience: int
    calibrate: bool
    starts: int

    @property
    def waits(self) -> bool:
        """Whether validation rows may end the training, and choose its epoch."""
        return self.kind == "network"


def make_plan(
    size: Size, loss: Literal["log_loss", "squared_error", "huber"], asked: ModelConfig, budget: Budget
) -> Plan:
    """Settings for a table of that size; what the user asked for goes first."""
    reasoned = _article(loss) if asked.kind == "article" else _network(size, loss, budget)
    given = {name: value for name, value in asked.model_dump().items() if value is not None}
    if loss == "log_loss":
        given.pop("loss", None)  # a setting for numbers, which classes have no use for
    if not size.numbers:
        given.pop("embedding", None)  # flags have no pieces to be told by
    if given.get("class_weights") == "balanced":
        given.setdefault("calibrate", False)  # validation rows as frequent as they are would undo the balance
    plan = replace(reasoned, **given)
    return plan if asked.kind == "article" else _affordable(plan, size, asked, _ceiling(size.rows) * WORK[budget])


def _network(size: Size, loss: Literal["log_loss", "squared_error", "huber"], budget: Budget) -> Plan:
    """An ensemble of members that share their hidden layers (TabM: Gorishniy et al. 2024, arXiv 2410.24210).

    Each number is also told piece by piece (Gorishniy et al. 2022, arXiv 2203.05556), in as many pieces as the cube
    root of the rows, the rate at which a histogram's bins grow (Scott 1979, Biometrika 66:605).
    """
    few, many = size.rows <= FEW_ROWS, size.rows >= MANY_ROWS
    return Plan(
        kind="network",
        members=MEMBERS[budget],
        embedding="piecewise" if size.numbers else "none",
        bins=min(max(round(size.rows ** (1 / 3)), 8), 48),
        embedding_width=4 if few else 8,
        hidden=(HIDDEN_BY_FEW if few else HIDDEN)[budget],
        loss=loss,
        class_weights="none",
        optimiser="AdamW",
        learning_rate=0.006 if many else 0.003,
        schedule="cosine",
        warm_up=0.05,
        weight_decay=0.05,
        dropout=0.1 if many else 0.2,
        batch=_batch(size.rows) * (2 if budget == "quick" else 1),
        epochs=EPOCHS[budget],
        patience=EPOCHS[budget] // 4,
        calibrate=True,
        starts=STARTS[budget],
    )


def _article(loss: Literal["log_loss", "squared_error", "huber"]) -> Plan:
    """The little net of the article: ten units, Adam at Keras's own settings, a hundred epochs in batches of ten."""
    return Plan(
        kind="article",
        members=1,
        embedding="none",
        bins=8,
        embedding_width=8,
        hidden=(10,),
        loss=loss,
        class_weights="none",
        optimiser="Adam",
        learning_rate=0.001,
        schedule="constant",
        warm_up=0.0,
        weight_decay=0.0,
        dropout=0.0,
        batch=10,
        epochs=100,
        patience=100,
        calibrate=False,
        starts=1,
    )


def width(size: Size, plan: Plan) -> int:
    """The inputs of the first hidden layer: each number as it is, its embedding, and the flags."""
    embedded = plan.embedding_width if plan.embedding != "none" else 0
    return size.numbers * (1 + embedded) + size.flags


def _affordable(plan: Plan, size: Size, asked: ModelConfig, ceiling: float) -> Plan:
    """Fewer epochs where the table is large, then a smaller network; never against what the user asked for."""
    if asked.epochs is not None:
        return plan
    while True:
        epochs = int(ceiling // max(plan.starts * epoch_work(plan, size), 1.0))
        cheaper = _cheaper(plan, asked)
        if epochs >= min(FEWEST_EPOCHS, plan.epochs) or cheaper is None:
            epochs = min(max(epochs, 3), plan.epochs)
            patience = plan.patience if asked.patience else max(min(plan.patience, epochs // 2), 2)
            return replace(plan, epochs=epochs, patience=patience)
        plan = cheaper


def _cheaper(plan: Plan, asked: ModelConfig) -> Plan | None:
    """The next smaller network: fewer trainings, fewer members, numbers as they are, narrower layers."""
    if plan.starts > 1:
        return replace(plan, starts=1)
    if plan.members > 1 and asked.members is None:
        return replace(plan, members=plan.members // 2)
    if plan.embedding != "none" and asked.embedding is None:
        return replace(plan, embedding="none")
    if min(plan.hidden) > NARROWEST and asked.hidden is None:
        return replace(plan, hidden=tuple(max(units // 2, NARROWEST) for units in plan.hidden))
    return None


def epoch_work(plan: Plan, size: Size) -> float:
    """Multiplications of one epoch forward: rows by members by weights."""
    widths = (width(size, plan), *plan.hidden, size.outputs)
    return float(size.rows * plan.members * sum(a * b for a, b in pairwise(widths)))


def rows_at_once(plan: Plan, numbers: int) -> int:
    """How many rows a network of so many numbers answers at once: fewer where their embeddings are large."""
    embedded = numbers * plan.bins if plan.embedding != "none" else 0
    return min(PIECE, max(MOST_PIECES // max(embedded, 1), 32))


def _ceiling(rows: int) -> float:
    """The multiplications that training may spend: more rows may take longer, by less than in proportion.

    Rows and columns decide, never the clock, so that an audit repeats itself. One core of 2024 does some fifteen
    thousand million of these a second, there and back again: 600 rows take two seconds at most, 30,000 rows half a
    minute.
    """
    return float(min(3e10 * (max(rows, 600) / 600) ** 0.65, 1e12))


def _power_of_two(number: float, lowest: int, highest: int) -> int:
    """The power of two nearest to the number, held between two others."""
    return int(min(max(2 ** round(math.log2(max(number, 1))), lowest), highest))


def _batch(rows: int) -> int:
    """32 rows of a small table; about a hundredth of a large one, so that an epoch has an end."""
    return 32 if rows <= FEW_ROWS else _power_of_two(rows / 128, 32, 1024)


def settings(plan: Plan) -> dict[str, Any]:
    """The plan as the report shows it, each by the name that reportgen.toml knows."""
    shown = vars(plan) | {"hidden": ", ".join(str(units) for units in plan.hidden)}
    if plan.embedding == "none":
        del shown["bins"], shown["embedding_width"]
    if plan.embedding == "periodic":
        shown["bins"] = plan.bins
    if plan.loss != "log_loss":
        del shown["class_weights"], shown["calibrate"]
    return shown
