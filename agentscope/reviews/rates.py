"""Shares with what they are worth, and how far people agree. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import sqrt

Z = 1.959964  # of a normal distribution: 95 % lie within
FEW = 10  # pairs of verdicts below which agreement tells nothing
Pair = tuple[str, str]


def wilson(found: int, total: int) -> tuple[float, float] | None:
    """The interval of 95 % (Wilson) of a share of which `found` of `total` were seen, 0 to 1; None
    where nothing was."""
    if not total:
        return None
    share, spread = found / total, Z * Z / total
    middle = share + spread / 2
    half = Z * sqrt(share * (1 - share) / total + spread / (4 * total))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return (max(low, 0.0) if found else 0.0, min(high, 1.0) if found < total else 1.0)


def agreement(pairs: Sequence[Pair]) -> float | None:
    """Of pairs of verdicts those that are the same, 0 to 1; None where there are too few."""
    return sum(a == b for a, b in pairs) / len(pairs) if len(pairs) >= FEW else None


def kappa(pairs: Sequence[Pair]) -> float | None:
    """Cohen's kappa: agreement beyond what chance would bring, 1 at most. None where there are too
    few pairs, or all say the same, so that chance alone explains it."""
    seen = agreement(pairs)
    if seen is None:
        return None
    first, second = (Counter(side) for side in zip(*pairs, strict=True))
    chance = sum(first[word] * second[word] for word in first) / len(pairs) ** 2
    return None if chance == 1 else (seen - chance) / (1 - chance)
