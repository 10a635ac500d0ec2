"""Own times: parts of what is around them, never counted twice."""

from hypothesis import given
from hypothesis import strategies as st

from agentscope.costs.times import own_times
from agentscope.traces.grow import grow
from agentscope.vocabulary import Flag
from tests.kit.drawing import spans
from tests.kit.spans import NOON


def times_of(*said):
    """Own times by span, of spans given as (parent, start, end) with times after noon."""
    rows = [
        {"parent_id": parent, "start_ns": NOON + start, "end_ns": NOON + end if end else 0}
        for parent, start, end in said
    ]
    tree = grow(spans(*rows))
    found = dict(zip(tree.span_id.tolist(), own_times(tree).tolist(), strict=True))
    return [found[number] for number in range(1, len(said) + 1)]


def test_calls_one_after_another_add_up_to_what_is_around_them():
    assert times_of((0, 0, 100), (1, 10, 30), (1, 40, 90)) == [30, 20, 50]


def test_of_calls_at_the_same_time_each_counts_in_full():
    assert times_of((0, 0, 100), (1, 10, 60), (1, 20, 50), (1, 55, 70)) == [40, 50, 30, 15]


def test_what_happens_outside_of_the_parent_takes_nothing_from_it():
    assert times_of((0, 0, 100), (1, 90, 150), (1, 200, 210)) == [90, 60, 10]


def test_a_span_that_did_not_end_lasts_as_long_as_was_seen():
    assert times_of((0, 0, 0), (1, 10, 30)) == [10, 20]


def test_a_clock_that_cannot_be_right_tells_no_time():
    tree = grow(spans({"start_ns": 5, "end_ns": 2**62, "flags": Flag.CLOCK_SUSPECT}))
    assert own_times(tree).tolist() == [0]


TIMES = st.integers(0, 60)


@given(st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=12), st.data())
def test_never_negative_and_at_least_what_is_covered_in_all(times, data):
    said = [
        (data.draw(st.integers(0, number)), min(pair), max(pair) + 1)
        for number, pair in enumerate(times)
    ]
    own = times_of(*said)
    covered = {ns for _, start, end in said for ns in range(start, end)}
    assert min(own) >= 0
    assert sum(own) >= len(covered)
