"""What training remembers from epoch to epoch, and when it has waited long enough."""

import math
from dataclasses import dataclass, field

from reportgen.model.layers import Weights

MATERIAL = 1e-4
"""The smallest fall of the validation loss that counts as gain: nats, or parts of the target's variance."""


@dataclass
class History:
    """Both losses of each epoch, and the weights of the epoch that validation rows like best.

    The best epoch is the one of the least validation loss; falls too small to matter do not renew the patience.
    """

    weights: Weights
    train: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    best_epoch: int = 0
    best_loss: float = math.inf
    waited: int = 0
    diverged: bool = False
    stopped_early: bool = False

    def add(self, train: float, validation: float) -> bool:
        """Note one more epoch; True if it is the best so far."""
        self.train.append(train)
        self.validation.append(validation)
        self.waited = 0 if validation < self.best_loss - MATERIAL else self.waited + 1
        best = validation < self.best_loss
        if best:
            self.best_loss, self.best_epoch = validation, len(self.validation)
        return best

    @property
    def still_falling(self) -> bool:
        """Whether the last tenth of the epochs lowered the best validation loss by more than a hundredth of it.

        A schedule that ends at a rate of nothing flattens every curve; one that still falls so much wanted more steps.
        """
        if self.stopped_early or not self.validation:
            return False
        last = max(len(self.validation) // 10, 1)
        before = min(self.validation[:-last], default=math.inf)
        return self.best_loss < 0.99 * before and before - self.best_loss > MATERIAL
