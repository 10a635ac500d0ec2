"""How long things took, as counts by bucket, which can be added up over any time. Pure.

Bucket `n` holds what took from 2^(n/8) up to 2^((n+1)/8) ns, so that a quantile is told within 5 %
(the middle of its bucket), however many there are: the logarithmic buckets of DDSketch (Masson,
Rim and Lee, 2019).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from agentscope.traces.tree import Ints

A_DOUBLING = 8  # buckets
SHORTEST = 1  # ns: what took no time counts as this


def buckets(durations: Ints) -> Ints:
    """The bucket of each duration in ns."""
    found: Ints = (np.log2(np.maximum(durations, SHORTEST)) * A_DOUBLING).astype(np.int64)
    return found


def middle(bucket: int) -> float:
    """What is told of a bucket, in ns: the middle of its logarithms."""
    return float(2 ** ((bucket + 0.5) / A_DOUBLING))


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The duration in ns that a share (0 to 1) of all stay below or reach: that of the smallest
    rank that is at least `share` of their number. None if there are none."""
    total = sum(counts.values())
    if not total:
        return None
    rank = max(share * total, 1)
    seen = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= rank:
            return middle(bucket)
    return middle(max(counts))
