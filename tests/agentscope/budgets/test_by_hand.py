"""What people decided by hand: what holds, what is over, and who ended it."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from agentscope.budgets.by_hand import ended_lifts, ended_stops, lifts, over_at, stops
from agentscope.budgets.models import Lift, Stop
from agentscope.budgets.write import (
    end_lift,
    end_stop,
    lift_budget,
    lift_findings,
    save_budget,
    stop,
)
from agentscope.projects.models import Project
from tests.agentscope.budgets.told import TODAY, ask, look, tell
from tests.kit.changes import noted
from tests.kit.costs import call, uuid

SAID = {"name": "daily", "limit": "10", "window": TODAY, "each": "session"}
HOUR = timedelta(hours=1)


def now_ns() -> int:
    return int(timezone.now().timestamp() * 10**9)


def test_who_asks_once_a_lift_is_ended_is_stopped_again(project: Project) -> None:
    made = save_budget(project, "ada", SAID)
    tell(project, call(1, 1, 0, "10", session="s1"))
    look(project)
    lift = lift_budget(made, "s1", timezone.now() + HOUR, "ada", "It is nearly done.")
    assert ask(project, session="s1")["decision"] == "warn"
    end_lift(lift, "ben")
    assert ask(project, session="s1")["decision"] == "stop"
    lift.refresh_from_db()
    assert lift.ended_by == "ben"
    assert list(lifts(project.pk, now_ns())) == []
    assert list(ended_lifts(project.pk, now_ns())) == [lift]
    last = noted()[-1]
    assert last is not None
    assert (last.who, last.what) == ("ben", "Over budget “daily”, “s1” may not go on any more.")


def test_findings_stop_again_once_their_lift_is_ended(project: Project) -> None:
    lift = lift_findings(project.pk, uuid(1), timezone.now() + HOUR, "ada", "seen")
    end_lift(lift, "ben")
    last = noted()[-1]
    assert last is not None
    assert last.what == f"In spite of findings, trace {uuid(1).hex} may not go on any more."


def test_another_lift_of_the_same_still_holds(project: Project) -> None:
    made = save_budget(project, "ada", SAID)
    tell(project, call(1, 1, 0, "10", session="s1"))
    look(project)
    first = lift_budget(made, "s1", timezone.now() + 2 * HOUR, "ada", "long")
    lift_budget(made, "s1", timezone.now() + HOUR, "ben", "short")
    end_lift(first, "ada")
    assert ask(project, session="s1")["reason"].endswith("It is let go on by ben: short")


def test_what_two_people_end_is_ended_by_the_first(project: Project) -> None:
    held = stop(project.pk, "agent", "planner", "ada", "It loops.")
    lift = lift_findings(project.pk, uuid(1), timezone.now() + HOUR, "ada", "seen")
    for who in ("ben", "eve"):
        end_stop(held, who)
        end_lift(lift, who)
    assert Stop.objects.get().ended_by == Lift.objects.get().ended_by == "ben"
    assert len([change for change in noted() if change.who == "ben"]) == 2
    assert not [change for change in noted() if change.who == "eve"]


def test_what_is_over_is_listed_by_when_it_was(project: Project) -> None:
    now = timezone.now()
    over = [stop(project.pk, "agent", f"{each}", "ada", "x") for each in range(3)]
    Stop.objects.filter(pk=over[0].pk).update(ended_at=now, ended_by="ben")
    Stop.objects.filter(pk=over[1].pk).update(until=now - 2 * HOUR)
    Stop.objects.filter(pk=over[2].pk).update(until=now + HOUR, ended_at=now - HOUR)
    holds = [
        stop(project.pk, "agent", "ever", "ada", "x"),
        stop(project.pk, "agent", "soon", "ada", "x", now + HOUR),
    ]
    found = list(ended_stops(project.pk, now_ns()))
    assert [each.name for each in found] == ["0", "2", "1"]
    assert [over_at(each, now_ns()) for each in found] == [now, now - HOUR, now - 2 * HOUR]
    assert list(stops(project.pk, now_ns())) == holds[::-1]
    assert [over_at(each, now_ns()) for each in holds] == [None, None]


def test_what_is_over_is_found_by_an_index(project: Project) -> None:
    found = {
        "budget_lift_over": ended_lifts(project.pk, now_ns()),
        "budget_stop_over": ended_stops(project.pk, now_ns()),
    }
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):  # of few rows they are as good
            cursor.execute(f"set local enable_{way} = off")
    for index, rows in found.items():
        plan = rows[:50].explain()
        assert index in plan
        assert "Incremental Sort" in plan or "Sort" not in plan, plan
