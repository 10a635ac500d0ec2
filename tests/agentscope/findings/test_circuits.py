"""What circuit breakers would have done, by the failures of each hour."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.findings.circuits import FEWEST, HOUR, Hour, State, circuits, spells
from agentscope.projects.write import create_project
from agentscope.vocabulary import ErrorClass, Kind, Status
from tests.kit.costs import HOUR_NS, NOON_TIME, agent, call, span, tell

CLOSED, OPEN, HALF_OPEN = State
amounts = st.integers(0, 20)
days = st.lists(st.tuples(st.integers(0, 40), amounts, amounts), unique_by=lambda hour: hour[0])


def hours(*told):
    """Pairs of calls and failures, one for each hour from noon on."""
    return [Hour(NOON_TIME + at * HOUR, *each) for at, each in enumerate(told)]


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ([(10, 0), (10, 4)], [CLOSED]),
        ([(10, 5)], [OPEN]),
        ([(4, 4)], [CLOSED]),
        ([(10, 9), (10, 8)], [OPEN]),
        ([(10, 9), (2, 0), (8, 1)], [OPEN, HALF_OPEN, CLOSED]),
        ([(10, 9), (3, 1), (2, 1), (9, 0)], [OPEN, HALF_OPEN, OPEN, CLOSED]),
        ([(10, 9), (9, 4)], [OPEN, CLOSED]),
        ([(10, 9), (0, 0)], [OPEN, HALF_OPEN]),
    ],
    ids=[
        *("few fail", "half fail", "too few calls", "it stays open", "tried and back"),
        *("tried in vain", "back at once", "nothing was called"),
    ],
)
def test_states(told, wanted):
    assert [spell.state for spell in spells(hours(*told))] == wanted


def test_spells_span_hours_without_calls():
    first, _, third = hours((10, 9), (0, 0), (10, 10))
    (spell,) = spells([first, third])
    assert (spell.since, spell.until) == (NOON_TIME, NOON_TIME + 3 * HOUR)
    assert (spell.calls, spell.errors) == (20, 19)


@given(days, st.randoms())
def test_the_order_of_hours_does_not_matter_and_nothing_is_lost(told, random):
    some = [Hour(NOON_TIME + at * HOUR, calls, errors) for at, calls, errors in told]
    found = spells(some)
    assert found == spells(random.sample(some, len(some)))
    assert sum(spell.calls for spell in found) == sum(hour.calls for hour in some)
    assert sum(spell.errors for spell in found) == sum(hour.errors for hour in some)
    assert all(one.until <= two.since and one.state != two.state for one, two in pairwise(found))


@pytest.mark.django_db
def test_of_tools_and_providers():
    project, other = create_project("shop"), create_project("other")
    failed = {"status": Status.ERROR, "error_class": ErrorClass.OVERLOADED}
    for trace, at in enumerate((0, 1, 3)):
        spans = [agent(trace + 1, 1, "scout")]
        for number in range(2, 2 + FEWEST):
            said = failed if at == 1 else {}
            spans.append(
                span(trace + 1, number, 1, at * HOUR_NS, kind=Kind.TOOL, tool="search", **said)
            )
            spans.append(call(trace + 1, number + 50, 1, after=at * HOUR_NS, provider="openai"))
        tell(project.pk, *spans)
    page = circuits(project.pk, NOON_TIME + timedelta(minutes=30), NOON_TIME + 24 * HOUR, 10)
    (found,) = page.items
    assert (page.total, found.kind, found.name) == (1, "tool", "search")
    assert [(spell.state, spell.calls, spell.errors) for spell in found.spells] == [
        (CLOSED, FEWEST, 0),
        (OPEN, FEWEST, FEWEST),
        (CLOSED, FEWEST, 0),
    ]
    assert (found.state, found.opened) == (CLOSED, 1)
    assert circuits(project.pk, NOON_TIME + HOUR, NOON_TIME + 2 * HOUR, 10).items[0].state is OPEN
    assert circuits(other.pk, NOON_TIME, NOON_TIME + 24 * HOUR, 10).items == []
    period = NOON_TIME, NOON_TIME + 24 * HOUR
    assert circuits(project.pk, *period, 10, "scout").items == page.items
    assert circuits(project.pk, *period, 10, "nobody").items == []
