"""What chance alone may do: the few tests and bounds that rules need, in plain arithmetic."""

import math
from statistics import NormalDist

Interval = tuple[float, float]


def share_interval(count: int, n: int, level: float = 0.95) -> Interval:
    """Wilson's score interval of a share (Wilson 1927, doi:10.1080/01621459.1927.10502953)."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = count / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def difference_interval(first: tuple[float, float, float], second: tuple[float, float, float]) -> Interval:
    """Give the interval of first minus second from each one's (value, low, high), for independent rows.

    This recovers the variances from the two intervals (Zou and Donner 2008, doi:10.1002/sim.3095).
    """
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    return a - b - math.hypot(a - a_low, b_high - b), a - b + math.hypot(a_high - a, b - b_low)


def chi_square_p(statistic: float, freedom: int) -> float:
    """Give the chance that a chi-square variable of `freedom` degrees exceeds the statistic.

    It climbs the recurrence of the incomplete gamma function from its two closed forms (Abramowitz and Stegun 26.4).
    """
    if statistic <= 0:
        return 1.0
    x, a = statistic / 2, 0.5 if freedom % 2 else 1.0
    tail = math.erfc(math.sqrt(x)) if freedom % 2 else math.exp(-x)
    while a < freedom / 2:
        tail += math.exp(a * math.log(x) - x - math.lgamma(a + 1))
        a += 1
    return min(1.0, tail)


def normal_p(z: float) -> float:
    """Give the two-sided chance that a standard normal variable lies farther out than z."""
    return math.erfc(abs(z) / math.sqrt(2))
