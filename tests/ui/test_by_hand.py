"""Pages of what people decided by hand: who is let go on, ending that, and what is over."""

from __future__ import annotations

from datetime import timedelta
from time import time_ns

import pytest
from django.test import Client
from django.utils import timezone

from agentscope.budgets.by_hand import lifts
from agentscope.budgets.models import Lift, Stop
from agentscope.budgets.write import end_lift, end_stop, lift_budget, lift_findings, stop
from agentscope.projects.models import Project
from tests.kit.changes import noted
from tests.kit.costs import uuid
from tests.ui.test_budgets import ask, budget, spend
from ui.views.by_hand import AT_ONCE

PAGE = "/p/shop/budgets/"
LIFTS, ENDED = f"{PAGE}lifts/", f"{PAGE}lifts/ended/"
STOPPED = f"{PAGE}stops/ended/"


def lift(project: Project, trace: int = 1, why: str = "the fair ends tonight") -> Lift:
    soon = timezone.now() + timedelta(hours=1)
    return lift_findings(project.pk, uuid(trace), soon, "ada", why)


def test_a_person_ends_a_lift_on_the_page_of_its_budget(client, production, alice, project):
    client.force_login(alice)
    kept = budget(project)
    spend(project, "ada", "11")
    client.post(f"{PAGE}{kept.pk}/lift/?group=ada", {"hours": "4", "why": "the fair"})
    assert ask(project, "ada") == "warn"
    end = f"{LIFTS}{Lift.objects.get().pk}/end/"
    assert f'action="{end}"' in client.get(f"{PAGE}{kept.pk}/").text
    assert client.post(end)["Location"] == f"{PAGE}{kept.pk}/"
    assert ask(project, "ada") == "stop"
    assert "the fair" not in client.get(f"{PAGE}{kept.pk}/").text.split("What was asked")[0]
    said = client.get(ENDED).text
    assert "the fair" in said
    assert "by alice" in said
    assert noted()[-1].who == "alice"
    assert client.post(end).status_code == 404


def test_all_who_are_let_go_on_are_listed_and_ended_there(client, embedded, project):
    made = lift(project)
    page = client.get(LIFTS).text
    assert uuid(1).hex in page
    assert "the fair ends tonight" in page
    assert "<span>1 let go on</span>" in page
    assert client.post(f"{LIFTS}{made.pk}/end/")["Location"] == LIFTS
    assert not lifts(project.pk, time_ns())
    assert "Nobody is let go on" in client.get(LIFTS).text


def test_what_is_over_says_why_and_by_whom(client, embedded, project):
    end_stop(stop(project.pk, "agent", "planner", "ada", "it loops"), "ben")
    gone = stop(project.pk, "session", "s-12", "ada", "too long")
    Stop.objects.filter(pk=gone.pk).update(until=timezone.now() - timedelta(hours=1))
    page = client.get(STOPPED).text
    assert page.index("it loops") < page.index("too long")
    assert "<span>2 stopped by hand</span>" in page
    assert "by ben" in page
    assert "its time was over" in page
    assert "state=ended&amp;format=csv" in page
    assert "planner" not in client.get(f"{PAGE}stops/").text


@pytest.mark.parametrize("address", [LIFTS, ENDED, STOPPED])
def test_lists_come_in_pages(client, embedded, project, address, django_assert_max_num_queries):
    for number in range(AT_ONCE + 1):
        if address == STOPPED:
            end_stop(stop(project.pk, "agent", f"a-{number}", "ada", f"no. {number}!"), "ben")
            continue
        made = lift(project, number + 1, f"no. {number}!")
        if address == ENDED:
            end_lift(made, "ben")
    with django_assert_max_num_queries(6):
        first = client.get(address).text
    assert f"no. {AT_ONCE}!" in first
    assert "no. 0!" not in first
    assert f"1 to {AT_ONCE} of {AT_ONCE + 1}" in first
    assert f"?from={AT_ONCE}" in first
    rest = client.get(address, {"from": str(AT_ONCE)}).text
    assert "no. 0!" in rest
    assert "no. 1!" not in rest


def test_a_budget_shows_its_newest_lifts_alone(client, embedded, project):
    kept, other = budget(project, each=""), budget(project, name="other", each="")
    soon = timezone.now() + timedelta(hours=1)
    lift_budget(other, "", soon, "ada", "not of this")
    for number in range(11):
        lift_budget(kept, "", soon, "ada", f"no. {number}!")
    page = client.get(f"{PAGE}{kept.pk}/").text
    assert "no. 10!" in page
    assert "no. 0!" not in page
    assert "All that are let go on" in page
    assert "not of this" not in page


@pytest.mark.parametrize("number", ["0", str(10**30)])
def test_what_is_not_there_is_not_ended(client, embedded, project, number):
    assert client.post(f"{LIFTS}{number}/end/").status_code == 404
    assert client.post(f"{PAGE}stops/{number}/end/").status_code == 404


def test_a_lift_of_another_project_is_not_there(client, embedded, project):
    other = Project.objects.create(name="other")
    made = lift(other)
    assert client.post(f"{LIFTS}{made.pk}/end/").status_code == 404
    for address in (LIFTS, ENDED, STOPPED):
        assert "the fair" not in client.get(address).text


def test_nobody_ends_a_lift_from_another_site(embedded, project):
    made = lift(project)
    client = Client(enforce_csrf_checks=True)
    assert client.post(f"{LIFTS}{made.pk}/end/").status_code == 403
    assert client.get(f"{LIFTS}{made.pk}/end/").status_code == 405
