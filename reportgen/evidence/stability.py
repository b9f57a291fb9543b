"""How much repeated selections agree, beyond what chance would make them agree."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.evidence.intervals import normal_quantile


@dataclass(frozen=True)
class Stability:
    """1 where all selections are the same, about 0 where they are drawn at random; `low` and `high` are 95 %."""

    value: float
    low: float
    high: float


def stability(chosen: npt.NDArray[np.bool_]) -> Stability | None:
    """Compare selections (selections, features); None where each kept all features, or none: nothing could vary.

    The index and its asymptotic variance are those of Nogueira, Sechidis and Brown 2018, On the stability of feature
    selection algorithms, JMLR 18:174. The interval is over further half samples of the same rows.
    """
    z = np.asarray(chosen, dtype=np.float64)
    count, features = z.shape
    often, sizes = z.mean(axis=0), z.sum(axis=1)
    mean = float(sizes.mean())
    random = mean / features * (1 - mean / features)
    if random <= 0 or count < 2:
        return None
    value = 1 - float((often * (1 - often)).mean()) * count / (count - 1) / random
    shared = z @ often / features - sizes * mean / features**2
    expected = value / 2 * (2 * sizes * mean / features**2 - sizes / features - mean / features + 1)
    single = (shared + expected) / random
    spread = 2 / count * float(np.sqrt(((single - single.mean()) ** 2).sum()))
    reach = normal_quantile() * spread
    return Stability(value, max(value - reach, -1.0), min(value + reach, 1.0))
