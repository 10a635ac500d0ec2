"""Budgets: the list with gauges, one budget, its form with a preview, and what people stop."""

from __future__ import annotations

import re
from decimal import Decimal
from time import time_ns
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agentscope.alerts.evaluate import evaluate
from agentscope.alerts.models import Rule
from agentscope.budgets.deciding import decide
from agentscope.budgets.keeping import keep_spent
from agentscope.budgets.models import Answer, Budget, Lift, Stop
from agentscope.budgets.question import Question
from agentscope.budgets.write import delete_budget, save_budget, stop
from agentscope.channels.models import Channel
from agentscope.pipeline import examine
from agentscope.projects.models import Project
from tests.agentscope.budgets.told import HOURLY
from tests.kit.changes import noted
from tests.kit.costs import agent, call, store, uuid
from tests.kit.hostile import CORPUS
from tests.kit.spans import NOON

PAGE = "/p/shop/budgets/"
NEW, STOPS = f"{PAGE}new/", f"{PAGE}stops/"
SAID = {
    "name": "daily",
    "limit": "10",
    "unit": "usd",
    "soft": "80",
    "each": "agent",
    "window_kind": "day",
    "at_soft": "warn",
    "at_hard": "stop",
    "fail": "open",
    "enabled": "on",
}
MONTH = {"kind": "calendar", "unit": "month"}
ROLLING = {"window_kind": "rolling", "window_number": "1", "window_unit": "3600"}


def budget(project: Project, limit: str = "10", **said: Any) -> Budget:
    plain = {"name": "daily", "limit": Decimal(limit), "each": "agent", "window": HOURLY}
    return save_budget(project, "ada", plain | said)


def spend(project: Project, name: str, usd: str | None, trace: int = 1, **said: Any) -> None:
    """A run of an agent a few seconds ago, which is added up."""
    after = time_ns() - 5 * 10**9 - NOON
    run = [agent(trace, 1, name, after=after), call(trace, 2, 1, usd or "", after=after, **said)]
    store(project.pk, *run)
    examine(project.pk, uuid(trace))
    evaluate(project.pk, time_ns(), keep_spent)


def ask(project: Project, name: str) -> str:
    return decide(project, Question(agent=name), time_ns()).verdict.decision.word


def test_without_budgets_it_says_what_they_are_for(client, embedded, project):
    page = client.get(PAGE).text
    assert "No budget yet" in page
    assert 'aria-current="page">Budgets' in page


def test_the_list_has_a_gauge_of_the_group_that_used_most(client, embedded, project):
    budget(project)
    spend(project, "ada", "8.50")
    spend(project, "bob", "2", trace=2)
    page = client.get(PAGE).text
    assert "2 agents; the most: <strong" in page
    assert "$8.50 spent · $1.50 left" in page
    assert "at the soft level" in page
    assert 'aria-label="$8.50 spent, soft level at $8.00, limit $10.00' in page


def test_the_most_urgent_is_first_and_that_is_said(client, embedded, project):
    for name, limit, only in (
        ("a well", "100", "ada"),
        ("b well", "100", "ada"),
        ("c fuller", "20", "ada"),
        ("d soft", "12", "ada"),
        ("e hard", "10", "ada"),
        ("f harder", "5", "ada"),
    ):
        budget(project, limit, name=name, only={"agent": only}, each="")
    budget(project, "5", name="g off", each="", enabled=False)
    budget(project, "5", name="h broken", each="")
    spend(project, "ada", "10")
    Budget.objects.filter(name="h broken").update(trouble="Adding it up failed.")
    page = client.get(PAGE).text
    names = re.findall(r'budgets/\d+/">([a-h] \w+)</a>', page)
    assert [name[0] for name in names] == list("fehdcabg")
    assert "8 budgets, the most urgent first: at the limit, not counted, at the soft level" in page


def test_deleting_a_budget_asks_first(client, embedded, project):
    made = budget(project)
    page = client.get(f"{PAGE}{made.pk}/").text
    form = page.split(f'action="{PAGE}{made.pk}/remove/"')[1].split("</form>")[0]
    asked, done = form.split("</summary>")
    assert "Delete this budget …" in asked
    assert "<button" not in asked
    assert "Its rules and their alerts are deleted with it" in done
    assert '<button type="submit">Delete the budget</button>' in done


def test_a_budget_that_is_deleted_while_it_is_changed_is_not_made_again(
    client, embedded, project, monkeypatch
):
    made = budget(project)

    def found(*_):
        delete_budget(Budget.objects.get(), "ben")
        return made

    monkeypatch.setattr("ui.views.budget_edit.found_budget", found)
    assert client.post(f"{PAGE}{made.pk}/edit/", SAID).status_code == 404
    assert not Budget.objects.exists()


def test_groups_are_counted_by_what_they_are(client, embedded, project):
    made = budget(project)
    spend(project, "ada", "3")
    assert "<span>1 agent</span>" in client.get(f"{PAGE}{made.pk}/").text


def test_the_list_is_there_for_machines(client, embedded, project):
    budget(project)
    page = client.get(PAGE).text
    assert 'href="/api/v1/budgets?project=shop&amp;format=csv"' in page
    assert 'href="/api/v1/budgets?project=shop"' in page


def test_when_it_begins_anew_is_told_in_the_zone_of_the_project(client, embedded, project):
    Project.objects.update(time_zone="Asia/Kolkata")
    budget(project, window=MONTH)
    assert "00:00 +0530 (Asia/Kolkata)" in client.get(PAGE).text


def test_what_is_unknown_is_not_nothing(client, embedded, project):
    budget(project)
    spend(project, "ada", None, model="unheard-of")
    page = client.get(PAGE).text
    assert "unknown spent · at most $10.00 left" in page
    assert "1 call without a price not in it" in page
    assert "$0 spent" not in page


def test_a_budget_that_makes_no_sense_says_so(client, embedded, project):
    Budget.objects.filter(pk=budget(project).pk).update(window={"kind": "moon"})
    page = client.get(PAGE).text
    assert "It cannot be counted" in page
    assert "A window is rolling" in page


def test_one_budget_has_its_groups_and_what_was_answered(client, embedded, project):
    kept = budget(project)
    spend(project, "ada", "11")
    assert ask(project, "ada") == "stop"
    page = client.get(f"{PAGE}{kept.pk}/").text
    assert "At $10.00 it stops." in page
    assert "Nothing is left." in page
    assert "are spent. Nothing is left." in page
    only = client.get(f"{PAGE}{kept.pk}/", {"decision": "allow"}).text
    assert "Nobody was told so." in only


def test_behind_the_last_group_is_the_first_page(client, embedded, project):
    made = budget(project)
    spend(project, "ada", "3")
    text = client.get(f"{PAGE}{made.pk}/?from=100").text
    assert "ada" in text
    assert "Nothing is used" not in text


def test_a_group_is_let_go_on_with_a_reason(client, production, alice, project):
    client.force_login(alice)
    kept = budget(project)
    spend(project, "ada", "11")
    assert ask(project, "ada") == "stop"
    address = f"{PAGE}{kept.pk}/lift/?group=ada"
    assert address.replace("&", "&amp;") in client.get(f"{PAGE}{kept.pk}/").text
    assert 'role="alert"' in client.post(address, {"hours": "4", "why": " "}).text
    answer = client.post(address, {"hours": "4", "why": "the fair ends tonight"})
    assert answer["Location"] == f"{PAGE}{kept.pk}/"
    lift = Lift.objects.get()
    assert (lift.who, lift.group, lift.why) == ("alice", "ada", "the fair ends tonight")
    assert ask(project, "ada") == "warn"
    assert "the fair ends tonight" in client.get(answer["Location"]).text


@pytest.mark.parametrize("group", ["", "a\0b", "x" * 1001])
def test_a_group_that_cannot_be_is_not_let_go_on(client, embedded, project, group):
    kept = budget(project)
    answer = client.post(
        f"{PAGE}{kept.pk}/lift/", {"hours": "4", "why": "x"}, query_params={"group": group}
    )
    assert answer["Location"] == f"{PAGE}{kept.pk}/"
    assert not Lift.objects.exists()


def test_somebody_is_stopped_by_hand_and_let_go(client, production, alice, project):
    client.force_login(alice)
    said = {"of": "agent", "name": "ada", "why": "it writes to everybody"}
    assert client.post(STOPS, said)["Location"] == STOPS
    assert ask(project, "ada") == "stop"
    assert "it writes to everybody" in client.get(STOPS).text
    assert "1 stopped by hand" in client.get(PAGE).text
    client.post(f"{STOPS}{Stop.objects.get().pk}/end/")
    assert ask(project, "ada") == "allow"
    assert Stop.objects.get().ended_by == "alice"
    assert "Nobody is stopped" in client.get(STOPS).text


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"of": "agent", "name": "ada"},
        {"of": "moon", "name": "ada", "why": "x"},
        {"of": "trace", "name": "ada", "why": "x"},
        {"of": "agent", "name": "a\0", "why": "x"},
    ],
)
def test_nobody_is_stopped_without_a_name_and_a_reason(client, embedded, project, said):
    assert 'role="alert"' in client.post(STOPS, said).text
    assert not Stop.objects.exists()


def test_a_budget_is_made_changed_and_removed(client, production, alice, project):
    client.force_login(alice)
    channel = Channel.objects.create(project_id=project.pk, name="ops", kind="email")
    made = client.post(NEW, SAID | {"channels": [str(channel.pk)]})
    kept = Budget.objects.get()
    assert made["Location"] == f"{PAGE}{kept.pk}/"
    assert (kept.limit, kept.soft, kept.created_by) == (Decimal(10), Decimal("0.8"), "alice")
    assert [list(each.channels.all()) for each in Rule.objects.all()] == [[channel]] * 2
    form = client.get(f"{PAGE}{kept.pk}/edit/").text
    assert 'value="daily"' in form
    assert f'name="channels" value="{channel.pk}" id="id_channels_0" checked' in form
    client.post(f"{PAGE}{kept.pk}/edit/", SAID | {"limit": "1,200.50"})
    kept.refresh_from_db()
    assert kept.limit == Decimal("1200.50")
    assert client.post(f"{PAGE}{kept.pk}/remove/")["Location"] == PAGE
    assert not Budget.objects.exists()
    assert not Rule.objects.exists()
    assert {each.who for each in noted()} == {"alice"}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"limit": "much"}, "is no number"),
        ({"limit": ""}, "A number is missing"),
        ({"soft": "300"}, "share of the limit"),
        ({"window_kind": "whole"}, "Only a run or a session"),
        (ROLLING | {"each": "session", "window_number": "800"}, "stored for 30 (AGENTSCOPE_"),
        ({"name": ""}, "A name has"),
        ({"channels": ["99999999"]}, "99999999"),
        ({"limit": "NaN"}, "is no"),
        ({"limit": "2,50"}, "as in 2.50"),
        ({"window_kind": "rolling", "window_number": "9e999999"}, "whole number of seconds"),
    ],
)
def test_what_is_wrong_stands_at_its_place(client, embedded, project, said, words):
    page = client.post(NEW, SAID | said)
    assert page.status_code == 200
    assert words in page.text
    assert 'role="alert"' in page.text
    assert not Budget.objects.exists()


def test_what_is_wrong_is_named_by_its_input(client, embedded, project):
    text = client.post(NEW, SAID | {"limit": "much"}).text
    named = re.search(r'name="limit"[^>]*aria-describedby="([^"]+)"', text)
    assert named
    assert f'<div id="{named[1]}">' in text


def test_two_of_a_name_cannot_be(client, embedded, project):
    budget(project)
    assert "already" in client.post(NEW, SAID).text


def test_the_preview_tells_who_would_have_been_stopped_and_saves_nothing(client, embedded, project):
    spend(project, "ada", "11")
    spend(project, "bob", "2", trace=2)
    page = client.post(NEW, SAID | ROLLING | {"preview": "1"}).text
    assert "Would have been stopped" in page
    assert "ada" in page
    assert "$11.00" in page
    assert "of 2 agents" in page
    assert page.count("nobody") == 5
    assert not Budget.objects.exists()


@pytest.mark.parametrize("text", [each for each in CORPUS if "\0" not in each])
def test_hostile_names_are_text(client, embedded, project, text):
    kept = budget(project, name=text[:200] if text.strip() else "x", only={"agent": text})
    stop(project.pk, "agent", text, text, text or "x")
    Answer.objects.create(
        project_id=project.pk, at=kept.created_at, decision="stop", budget=kept.pk,
        asked={"agent": text, "trace": text}, said={"reason": text},
    )  # fmt: skip
    for address in (PAGE, f"{PAGE}{kept.pk}/", f"{PAGE}{kept.pk}/edit/", STOPS):
        page = client.get(address)
        assert page.status_code == 200
        assert "<script>" not in page.text
        assert "<img" not in page.text


ADDRESSES = ["", "new/", "stops/", "{}/", "{}/edit/", "{}/lift/?group=ada"]
POSTS = ["new/", "stops/", "{}/edit/", "{}/lift/?group=ada", "{}/remove/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_members_see_it(client, production, alice, charlie, project, address):
    address = PAGE + address.format(budget(project).pk)
    assert client.get(address)["Location"].startswith("/login/")
    client.force_login(charlie)
    assert client.get(address).status_code == 404
    client.force_login(alice)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", [each for each in ADDRESSES + POSTS if "{}" in each])
def test_a_budget_of_another_project_is_not_there(client, embedded, project, address):
    kept = budget(project)
    Project.objects.create(name="other")
    address = address.format(kept.pk)
    assert client.get(f"/p/other/budgets/{address}").status_code in (404, 405)
    assert client.post(f"/p/other/budgets/{address}", SAID).status_code in (404, 405)
    assert client.get(f"{PAGE}{10**18}/").status_code == 404
    assert client.get(f"{PAGE}{10**30}/").status_code == 404
    assert Budget.objects.get() == kept


def test_a_stop_of_another_project_is_not_there(client, embedded, project):
    other = Project.objects.create(name="other")
    found = stop(other.pk, "agent", "ada", "bob", "secret")
    assert client.post(f"{STOPS}{found.pk}/end/").status_code == 404
    assert "secret" not in client.get(STOPS).text


def test_channels_of_another_project_are_not_told(client, embedded, project):
    other = Project.objects.create(name="other")
    channel = Channel.objects.create(project_id=other.pk, name="secret ops", kind="email")
    assert "secret ops" not in client.get(NEW).text
    assert 'role="alert"' in client.post(NEW, SAID | {"channels": [str(channel.pk)]}).text
    assert not Budget.objects.exists()


@pytest.mark.parametrize("address", POSTS)
def test_forms_are_safe_from_other_sites(embedded, project, address):
    address = PAGE + address.format(budget(project).pk)
    assert Client(enforce_csrf_checks=True).post(address, SAID).status_code == 403


@pytest.mark.parametrize("address", ["", "{}/", "stops/"])
def test_the_number_of_queries_does_not_grow(client, embedded, project, address):
    kept = budget(project)
    address, counts = PAGE + address.format(kept.pk), []
    for round_ in range(2):
        for number in range(1 + 4 * round_):
            at = 10 * round_ + number
            budget(project, name=f"{at}")
            stop(project.pk, "agent", f"{at}", "ada", "x")
            spend(project, f"agent {at}", "1", trace=at + 1)
            ask(project, f"agent {at}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
        assert not any("payload" in each["sql"] for each in queries)
    assert counts[0] == counts[1] <= 8
