"""How far a share may lie from what was counted: Wilson's interval, and wider where periods differ more than chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.ArrayLike

# The two-sided 95 % point of the normal distribution: statistics are published with 95 % here as elsewhere.
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Interval:
    """From low to high, in the unit of the figure; `dispersion` is 1 where nothing but chance was allowed for."""

    low: float
    high: float
    dispersion: float = 1.0


def wilson(successes: Counts, trials: Counts, *, z: float = Z95) -> tuple[Floats, Floats]:
    """Bounds of shares, for arrays of counts at once; nan where there were no trials.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference" (1927). Unlike the
    textbook's p ± z√(pq/n) it never leaves 0 to 1 and is not empty at 0 of n.
    """
    x, n = np.asarray(successes, np.float64), np.asarray(trials, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = x / n
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def dispersion(successes: Counts, trials: Counts) -> float:
    """How much more the periods' shares differ than chance would make them: Pearson's chi-square per degree of freedom.

    Never below 1: periods that agree better than chance are luck. 1 where fewer than two periods can be compared.
    """
    x, n = np.asarray(successes, np.float64), np.asarray(trials, np.float64)
    x, n = x[n > 0], n[n > 0]
    if len(n) < 2:
        return 1.0
    pooled = x.sum() / n.sum()
    if not 0 < pooled < 1:
        return 1.0
    chi_square = float((((x - n * pooled) ** 2) / (n * pooled * (1 - pooled))).sum())
    return max(1.0, chi_square / (len(n) - 1))


def swing(successes: Counts, trials: Counts) -> float:
    """How much more the changes from period to period differ from each other than chance would make them.

    Each change is taken in units of its own chance error; the variance of these is 1 where nothing but chance is at
    work. A share that rises steadily does not swing: `dispersion` would take its rise for noise. Never below 1, and 1
    where there are fewer than three periods.
    """
    x, n = np.asarray(successes, np.float64), np.asarray(trials, np.float64)
    x, n = x[n > 0], n[n > 0]
    if len(n) < 3:
        return 1.0
    # Half a success and half a failure more, so that a share of 0 or 1 has a chance error, too.
    share = (x + 0.5) / (n + 1)
    error = share * (1 - share) / n
    changes = np.diff(share) / np.sqrt(error[1:] + error[:-1])
    return max(1.0, float(np.var(changes, ddof=1)))


def share_interval(successes: int, trials: int, *, spread: float = 1.0) -> Interval | None:
    """The interval of one share; `spread` is the dispersion between periods, and makes n count for that much less."""
    if trials == 0:
        return None
    low, high = wilson([successes / spread], [trials / spread])
    return Interval(float(low[0]), float(high[0]), spread)


def difference(x1: int, n1: int, x2: int, n2: int, *, spread: float = 1.0) -> Interval | None:
    """The interval of share 2 minus share 1.

    Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions" (1998), method 10.
    """
    one, two = share_interval(x1, n1, spread=spread), share_interval(x2, n2, spread=spread)
    if one is None or two is None:
        return None
    p1, p2 = x1 / n1, x2 / n2
    down = float(np.hypot(p2 - two.low, one.high - p1))
    up = float(np.hypot(two.high - p2, p1 - one.low))
    return Interval(p2 - p1 - down, p2 - p1 + up, spread)
