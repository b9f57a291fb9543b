"""The network's settings, reasoned from the size of the table where the user leaves them open."""

import math
from dataclasses import dataclass

from reportgen.config import Budget, ModelConfig

WIDEST = {"quick": 64, "standard": 256, "thorough": 512}
EPOCHS = {"quick": 60, "standard": 200, "thorough": 600}
PATIENCE = {"quick": 8, "standard": 16, "thorough": 40}


@dataclass(frozen=True)
class Plan:
    """Everything that decides how one network is built and trained, apart from the seed."""

    hidden: tuple[int, ...]
    learning_rate: float
    weight_decay: float
    dropout: float
    batch: int
    epochs: int
    patience: int

    @property
    def rest(self) -> int:
        """Epochs without gain after which the learning rate is halved: twice or more before patience ends."""
        return max(self.patience // 4, 1)


def make_plan(rows: int, asked: ModelConfig, budget: Budget) -> Plan:
    """Settings for so many training rows; what the user asked for goes first."""
    reasoned = Plan(
        hidden=_hidden(rows, WIDEST[budget]),
        learning_rate=0.003,
        weight_decay=0.01,
        dropout=0.1,
        batch=_batch(rows),
        epochs=EPOCHS[budget],
        patience=PATIENCE[budget],
    )
    given = {name: value for name, value in asked.model_dump().items() if value is not None and name in vars(reasoned)}
    return Plan(**(vars(reasoned) | given))


def _power_of_two(number: float, lowest: int, highest: int) -> int:
    """The power of two nearest to the number, held between two others."""
    return int(min(max(2 ** round(math.log2(max(number, 1))), lowest), highest))


def _hidden(rows: int, widest: int) -> tuple[int, ...]:
    """Two layers, the first about as wide as twice the root of the rows."""
    width = _power_of_two(2 * math.sqrt(rows), 32, widest)
    return width, width // 2


def _batch(rows: int) -> int:
    """About a thirtieth of the rows: some thirty steps an epoch, unless batches grow too large to learn well."""
    return _power_of_two(rows / 32, 32, 512)
