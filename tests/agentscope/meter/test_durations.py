"""Durations by bucket: a quantile is told within 5 % of the real one."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agentscope.meter.durations import buckets, quantile

TOOK = st.lists(st.integers(1, 10**15), min_size=1, max_size=60)


@given(TOOK, st.sampled_from([0.0, 0.5, 0.9, 0.95, 0.99, 1.0]))
def test_quantiles_are_near(took, share):
    counts = Counter(buckets(np.array(took)).tolist())
    rank = max(int(np.ceil(share * len(took))), 1)
    real = sorted(took)[rank - 1]
    assert abs(quantile(counts, share) - real) <= 0.05 * real


def test_of_nothing_is_nothing():
    assert quantile({}, 0.5) is None


def test_what_took_no_time_is_in_the_first():
    assert buckets(np.array([0, -5, 1])).tolist() == [0, 0, 0]
