"""Shares of a number, how sure they are, and how many it takes to tell two of them apart.

Wilson (1927); Newcombe (1998), method 10; sample size of two proportions with pooled variance (Fleiss, Levin and Paik,
2003, section 4.2, without continuity correction); Fisher's exact test, one-sided.
"""

import math
from statistics import NormalDist

_NORMAL = NormalDist()
Z95 = _NORMAL.inv_cdf(0.975)


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share; all that is possible where nothing was counted."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, Z95 * Z95
    middle = share + square / (2 * whole)
    reach = Z95 * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    low, high = (middle - reach) / (1 + square / whole), (middle + reach) / (1 + square / whole)
    return (0.0 if part == 0 else max(0.0, low)), (1.0 if part == whole else min(1.0, high))


def difference(one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float, float]:
    """How much larger the first share (part, whole) is than the second, and the 95 % interval of that."""
    (a, n), (b, m) = one, other
    if not n or not m:
        return 0.0, -1.0, 1.0
    p, q = a / n, b / m
    (low_p, high_p), (low_q, high_q) = wilson(a, n), wilson(b, m)
    low = p - q - math.hypot(p - low_p, high_q - q)
    high = p - q + math.hypot(high_p - p, q - low_q)
    return p - q, low, high


def per_group(now: float, hoped: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """How many each of two groups needs, so that a true change from one share to the other is seen so often.

    Raises:
        ValueError: the shares are the same, or no shares between 0 and 1.
    """
    if not (0 < now < 1 and 0 < hoped < 1) or now == hoped:
        raise ValueError("Two different shares above 0 and below 1 can be told apart.")
    mean = (now + hoped) / 2
    by_chance = _NORMAL.inv_cdf(1 - alpha / 2) * math.sqrt(2 * mean * (1 - mean))
    by_truth = _NORMAL.inv_cdf(power) * math.sqrt(now * (1 - now) + hoped * (1 - hoped))
    return math.ceil(((by_chance + by_truth) / (hoped - now)) ** 2)


def chance_of_more(one: tuple[int, int], other: tuple[int, int]) -> float:
    """How likely at least so many of the first (part, whole) are when both shares are in truth the same."""
    (a, n), (b, m) = one, other
    both = a + b
    total = _log_choose(n + m, both)
    return min(
        1.0,
        math.fsum(
            math.exp(_log_choose(n, k) + _log_choose(m, both - k) - total)
            for k in range(max(a, both - m), min(n, both) + 1)
        ),
    )


def _log_choose(of: int, some: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(some + 1) - math.lgamma(of - some + 1)
