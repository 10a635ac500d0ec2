"""What periods remove, counted by days."""

from datetime import date, timedelta

from agentscope.retention.read import Kept
from agentscope.storage.ages import Going, Sum, going
from agentscope.storage.models import Age

TODAY = date(2026, 11, 27)


def age(days, traces=1, *, held=False, emptied=False):
    """Traces that ended so many days ago, of ten spans each."""
    return Age(
        project_id=1,
        day=TODAY - timedelta(days=days),
        is_held=held,
        is_emptied=emptied,
        traces=traces,
        spans=10 * traces,
    )


def test_what_is_too_old_goes_first_what_was_said_then_the_rest():
    ages = [age(0), age(7, 2), age(8, 3), age(30, 4), age(31, 5)]
    assert going(ages, Kept(7, 30), TODAY) == Going(Sum(5, 50), Sum(7, 70), Sum())


def test_what_went_does_not_go_again():
    ages = [age(8, 3, emptied=True), age(31, 5, emptied=True)]
    assert going(ages, Kept(7, 30), TODAY) == Going(Sum(5, 50), Sum(), Sum())


def test_what_is_held_stays_and_is_counted_once():
    ages = [age(8, 2, held=True), age(31, 3, held=True), age(31, 1, held=True, emptied=True)]
    assert going(ages, Kept(7, 30), TODAY) == Going(Sum(), Sum(), Sum(6, 60))
    assert going([age(8, held=True, emptied=True)], Kept(7, 30), TODAY).held == Sum()


def test_for_ever_nothing_goes():
    assert going([age(10_000)], Kept(0, 0), TODAY) == Going(Sum(), Sum(), Sum())
