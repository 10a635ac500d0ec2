"""Limits within a program: cost, repeats, and a circuit per tool."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import agentscope_limits
from agentscope_hook import Stopped
from agentscope_limits import CircuitOpen, Limits

AMOUNTS = st.decimals(0, 10, places=6)


@given(st.lists(AMOUNTS | st.none(), max_size=20), AMOUNTS)
def test_cost_is_held_exactly(costs, most):
    limits = Limits(max_usd=most)
    for cost in costs:
        limits.spent(cost)
    known = sum((cost for cost in costs if cost is not None), Decimal(0))
    assert (limits.usd, limits.unpriced) == (known, costs.count(None))
    if known < most:
        limits.check()
    else:
        with pytest.raises(Stopped, match="is spent"):
            limits.check()


def test_costs_that_are_not_known_are_told():
    limits = Limits(max_usd=Decimal(1))
    limits.spent(None)
    limits.spent(Decimal(1))
    with pytest.raises(Stopped, match=r"\$1 of \$1 is spent, and 1 calls of unknown cost\."):
        limits.check()


def test_the_same_call_may_be_made_so_often():
    limits = Limits(max_repeats=2)
    for arguments in ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2}):
        with limits.call("look_up", arguments):
            pass
    with (
        pytest.raises(Stopped, match="2 times with the same"),
        limits.call("look_up", {"b": 2, "a": 1}),
    ):
        raise AssertionError
    with limits.call("other", {"a": 1, "b": 2}):
        pass


@pytest.mark.parametrize("arguments", [{1: "a", "b": 2}, object(), None])
def test_any_arguments_can_be_compared(arguments):
    limits = Limits(max_repeats=1)
    with limits.call("look_up", arguments):
        pass
    with pytest.raises(Stopped), limits.call("look_up", arguments):
        raise AssertionError


def fail(limits, tool="look_up"):
    with pytest.raises(OSError, match="gone"), limits.call(tool):
        raise OSError("gone")


def test_a_tool_rests_after_failures_in_a_row_and_is_tried_once_then(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(agentscope_limits, "time", SimpleNamespace(monotonic=lambda: now[0]))
    limits = Limits(max_failures=2, rest=30)
    fail(limits)
    with limits.call("look_up"):
        pass  # what succeeds begins the count anew
    fail(limits)
    fail(limits)
    for _ in range(2):
        with pytest.raises(CircuitOpen, match="failed 2 times"), limits.call("look_up"):
            raise AssertionError
    with limits.call("other"):
        pass
    now[0] += 31
    fail(limits)  # this one tries, and it rests again
    with pytest.raises(CircuitOpen), limits.call("look_up"):
        raise AssertionError
    now[0] += 31
    with limits.call("look_up"):
        pass
    with limits.call("look_up"):
        pass


def test_a_stop_inside_of_a_tool_is_no_failure_of_it():
    limits = Limits(max_failures=1)
    with pytest.raises(Stopped, match="enough"), limits.call("look_up"):
        raise Stopped("enough")
    with limits.call("look_up"):
        pass
