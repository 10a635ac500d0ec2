import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.reviews.models import Verdict
from agentscope.reviews.rates import FEW, Z, agreement, kappa, wilson

VERDICTS = st.sampled_from(Verdict.values)
PAIRS = st.lists(st.tuples(VERDICTS, VERDICTS), max_size=60)


@pytest.mark.parametrize(
    ("found", "total", "low", "high"),
    [(0, 10, 0.0, 0.277533), (5, 10, 0.236593, 0.763407), (10, 10, 0.722467, 1.0)],
)
def test_the_interval_of_a_share(found, total, low, high):
    assert wilson(found, total) == pytest.approx((low, high), abs=2e-6)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n + 1))))
def test_at_the_ends_of_the_interval_the_share_is_as_far_off_as_chance_brings(said):
    found, total = said
    for end in wilson(found, total):
        off = (found / total - end) ** 2
        assert off == pytest.approx(Z * Z * end * (1 - end) / total, rel=1e-6)


def test_of_nothing_nothing_is_known():
    assert wilson(0, 0) is agreement([]) is kappa([]) is None


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval(said):
    found, total = said
    low, high = wilson(found, total)
    assert 0 <= low <= found / total <= high <= 1


def test_kappa_is_what_is_left_of_agreement_without_chance():
    # Cohen (1960): 25 of 50 agree on yes, 10 on no.
    pairs = [("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15
    assert agreement(pairs) == 0.7
    assert kappa(pairs) == pytest.approx(0.4)


def test_few_pairs_tell_nothing():
    pairs = [("a", "b"), ("a", "a")] * FEW
    assert agreement(pairs[: FEW - 1]) is kappa(pairs[: FEW - 1]) is None
    assert agreement(pairs[:FEW]) == 0.5


def test_where_all_say_the_same_kappa_is_not_defined():
    pairs = [("a", "a")] * FEW
    assert agreement(pairs) == 1
    assert kappa(pairs) is None


@given(PAIRS)
def test_kappa_is_1_only_where_all_agree(pairs):
    found = kappa(pairs)
    if found is not None:
        assert -1 <= found <= 1
        assert (found == 1) == (agreement(pairs) == 1)
