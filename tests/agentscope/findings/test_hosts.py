"""Hosts are new for an agent that has its own, not for one that browses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from agentscope.agents.runs import MOST_HOSTS
from agentscope.findings.hosts import Call, Called, NewHosts, new_hosts
from agentscope.findings.limits import USUAL, Limit, Limits
from agentscope.findings.severity import Severity

DAY = datetime(2026, 11, 24, tzinfo=UTC)


def called(number: int, hosts: list[int], hours: float = 0, agent: str = "scout") -> Called:
    return Called(UUID(int=number), agent, DAY + timedelta(hours=hours), hosts)


def before(count: int = 30, hosts: tuple[int, ...] = (1, 2)) -> list[Called]:
    return [called(number + 100, [*hosts], -1 - number) for number in range(count)]


def test_a_host_that_none_called_is_new_once() -> None:
    day = [called(1, [1, 7, 8], 1), called(2, [7], 2), called(3, [2], 0)]
    (found,) = new_hosts(day, before(), USUAL)
    assert (found.called.trace_id, found.keys, found.runs) == (UUID(int=1), [7, 8], 30)


def test_few_runs_are_no_history() -> None:
    assert new_hosts([called(1, [7])], before(29), USUAL) == []
    assert new_hosts([called(1, [7])], before(29), Limits({"new_host": Limit(20, 20)})) != []
    assert new_hosts([called(1, [7])], before(), Limits({"new_host": Limit(30, 30, False)})) == []


def test_the_same_day_is_the_history_of_a_new_agent() -> None:
    day = [called(number, [1], number / 10) for number in range(30)]
    (found,) = new_hosts([*day, called(99, [7], 9)], [], USUAL)
    assert (found.keys, found.runs) == ([7], 30)


def test_an_agent_that_browses_meets_new_hosts_all_the_time() -> None:
    browsing = [called(number + 100, [number], -1 - number) for number in range(30)]
    assert new_hosts([called(1, [777])], browsing, USUAL) == []
    many = [*before(), called(99, list(range(MOST_HOSTS)), -40)]
    assert new_hosts([called(1, [777])], many, USUAL) == [], "some may have been left out"


def test_other_agents_are_other_agents() -> None:
    assert new_hosts([called(1, [7], agent="writer")], before(), USUAL) == []


def test_what_is_said() -> None:
    found = NewHosts(called(1, [7, 8, 9]), [7, 8, 9], 1_214)
    call = Call(5, "post_form", "evil.example")
    assert call.sentence(found) == (
        "scout called evil.example and 2 more with post_form, which none of its 1,214 runs in the "
        "28 days before did."
    )
    assert call.severity == Severity.WARNING
    assert Call(5, "fetch", "").severity == Severity.INFO


runs = st.lists(
    st.tuples(st.integers(1, 99), st.lists(st.integers(1, 5), unique=True), st.integers(0, 20)).map(
        lambda each: called(*each)
    ),
    max_size=60,
    unique_by=lambda each: each.trace_id,
)


@given(runs, st.randoms())
def test_the_order_of_arrival_does_not_matter(day, chance) -> None:
    found = new_hosts(day, before(), USUAL)
    chance.shuffle(day)
    assert new_hosts(day, before(), USUAL) == found
