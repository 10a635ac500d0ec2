"""Every page and every address of the API: who may see it, and what it changes. A new route is part
of it at once: one with a part in its address that is not known here fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils import timezone

from agentscope.accounts.invitations import invite
from agentscope.api import urls as api_urls
from agentscope.budgets.models import Answer, Budget
from agentscope.budgets.write import lift_findings, save_budget, stop
from agentscope.erasure.write import ask_erasure
from agentscope.findings import causes
from agentscope.findings.models import Finding
from agentscope.jobs.models import Job
from agentscope.jobs.write import ask
from agentscope.ledger.write import checkpoint
from agentscope.packs.asked import Asked
from agentscope.packs.models import StoredPack
from agentscope.prices.write import Override, set_alias, set_price
from agentscope.projects.costs import set_costs
from agentscope.projects.mappings import add_mapping
from agentscope.projects.models import Key, Project, User
from agentscope.projects.roles import Role
from agentscope.projects.tools import set_allowed
from agentscope.projects.write import add_member, create_key, create_project
from agentscope.redaction.write import add_rule
from agentscope.retention.write import hold
from agentscope.reviews.queues import save_queue
from agentscope.search.saved import save_view
from tests.kit.changes import noted
from tests.kit.costs import agent, call, settle, store, trace_id, uuid
from tests.kit.loops import loop
from tests.ui.alerting import alert_of, channel_of, delivery_of, mute_of, rule_of
from ui import urls as ui_urls

NAME = re.compile(r"<(?:\w+:)?(\w+)>")
PAGES = [str(route.pattern) for route in ui_urls.urlpatterns if "project" in str(route.pattern)]
RUN = [  # of whoever runs the installation
    str(route.pattern)
    for route in ui_urls.urlpatterns
    if str(route.pattern).startswith("installation/")
]
READS = [
    f"api/{route.pattern}"
    for route in api_urls.urlpatterns
    if isinstance(route.pattern, RoutePattern) and str(route.pattern).startswith("v1/")
]
RUN += [read for read in READS if read.startswith("api/v1/installation/")]
# Asked by agents, with keys of their own: tests/agentscope/api/test_decide.py
ASKS = [read for read in READS if read in ("api/v1/decide", "api/v1/budgets/check")]
# Not read: tests/agentscope/api/test_alerts.py, test_channels.py
VERBS = ("/acknowledge", "/snooze", "/preview", "/test", "/retry", "/confirm", "/rotate")
DOES = [read for read in READS if read.endswith(VERBS)]
DOES += [read for read in READS if read.endswith(("/alert-mutes/<int:mute_id>", "/logins"))]
READS = [read for read in READS if read not in (*ASKS, *DOES, *RUN)]
OWN = {
    *("account/", "account/password/", "account/logins/end/", "account/second-factor/"),
    *("account/second-factor/off/", "account/second-factor/codes/"),
}
FOUND, SEE_OTHER = 200, 302
COST = "0.618034"  # USD; no price of any list
NEEDED = {  # what cannot be asked without
    "api/v1/search": "?q=planner",
    "api/v1/traces/<str:trace_id>/compare": f"?with={trace_id(1).hex()}",
}
REFUSES = {"api/v1/members/<path:user>": (400,)}  # accounts are of no project: what is said is read
pytestmark = pytest.mark.django_db
SECRET = "planner of the shop"  # the name of an agent that nobody else may see
BUDGET = {"name": "secret budget", "limit": 1, "window": {"kind": "calendar", "unit": "day"}}


@pytest.fixture(scope="module")
def shop(db_of_module) -> Project:
    """A project with something behind every address."""
    project = create_project("shop")
    with transaction.atomic():
        store(
            project.pk,
            agent(1, 1, SECRET, session="its session"),
            call(1, 2, 1, COST, session="its session", model="secret-model"),
        )
        store(project.pk, *loop(2, name=SECRET, tool="secret tool", session="its session"))
    settle()
    causes.add_up()
    add_mapping(project, "its attribute", "agent", "ada")
    set_allowed(project, SECRET, ["secret tool"], "ada")
    add_rule(project, "secret_rule", "name", "secret field", "mask", "ada")
    set_costs(project, "computed", ["its group"], "ada")
    set_price(project.pk, "ada", Override("", "secret-model", {("input", 0): Decimal(1)}))
    set_alias(project.pk, "ada", "secret name", "openai", "gpt-4o")
    save_view(project.pk, "its view", "status=error", "ada")
    return project


@pytest.fixture(scope="module")
def parts(shop) -> dict[str, str]:
    """What stands for each variable part of an address, all of it the shop's."""
    job = ask(shop.pk, Job.Kind.REPRICE, {}, "ada", is_preview=True)
    return {
        "project": "shop",
        "trace_id": trace_id(2).hex(),
        "span_id": f"{3:016x}",
        "session": "its session",
        "name": SECRET,
        "fingerprint": Finding.objects.get(project_id=shop.pk).fingerprint.hex,
        "pk": str(job.pk),
        "view": "its view",
        **parts_of_alerts(shop),
        "budget": str(save_budget(shop, "ada", BUDGET).pk),
        "budget_id": str(Budget.objects.get(project_id=shop.pk).pk),
        **parts_by_hand(shop),
        **parts_of_reviews(shop),
        "position": str(told.position) if (told := checkpoint(shop.pk)) else "",
        **parts_of_erasures(shop),
        **parts_of_keys(shop),
        **parts_of_people(shop),
        **parts_of_packs(shop),
    }


def parts_of_reviews(shop: Project) -> dict[str, str]:
    """A decision, a step of it, and a queue that draws such."""
    queue = save_queue(shop.pk, "ada", {"name": "secret queue", "hours": 1})
    decided = {"decision": f"{1:016x}", "step": f"{3:016x}"}
    return decided | {"queue": str(queue.pk), "queue_id": str(queue.pk)}


def parts_of_packs(shop: Project) -> dict[str, str]:
    """An evidence pack that was made."""
    made = StoredPack.objects.create(
        project_id=shop.pk,
        asked=Asked(shop, session="its session").said,
        words="the session “its session”",
        asked_by="ada",
        counts={"traces": 1, "decisions": 0, "reviews": 0},
        job=0,
        made_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=7),
    )
    return {"pack": str(made.pk), "pack_id": str(made.pk)}


def parts_of_keys(shop: Project) -> dict[str, str]:
    """A key."""
    number = str(create_key(shop, Key.Scope.INGEST, "secret key")[0].pk)
    return {"key": number, "key_id": number}


def parts_of_people(shop: Project) -> dict[str, str]:
    """A member, and an invitation."""
    add_member(shop, User.objects.create_user("secret person"))
    invitation, _ = invite(shop, "secret@example.com", Role.VIEWER, "ada", Role.ADMIN)
    return {"user": "secret person", "invitation_id": str(invitation.pk)}


def parts_by_hand(shop: Project) -> dict[str, str]:
    """A stop, a lift, and an answer."""
    stopped = str(stop(shop.pk, "agent", SECRET, "ada", "secret reason").pk)
    answer = answer_of(shop)
    lift = lift_findings(shop.pk, uuid(2), timezone.now() + timedelta(hours=1), "ada", SECRET)
    lifted = {"lift": str(lift.pk), "lift_id": str(lift.pk)}
    return lifted | {"number": stopped, "stop_id": stopped, "answer": answer, "answer_id": answer}


def parts_of_erasures(shop: Project) -> dict[str, str]:
    """A trace that is held, and an erasure that nobody confirmed."""
    hold(shop.pk, uuid(2), "secret reason", "ada")
    made = ask_erasure(shop, "user", "secret user", "secret reason", "ada")
    return {"erasure": str(made.pk), "erasure_id": str(made.pk)}


def answer_of(shop: Project) -> str:
    """What an agent was told."""
    told = {"agent": SECRET, "session": "its session", "asked": {}, "said": {"reason": SECRET}}
    made = Answer.objects.create(
        project_id=shop.pk, at=timezone.now(), decision="stop", trace=uuid(1), **told
    )
    return str(made.pk)


def parts_of_alerts(shop: Project) -> dict[str, str]:
    """An alert, and whatever it takes that people are told of it."""
    rule, channel = rule_of(shop, name="secret rule"), channel_of(shop, "secret channel")
    rule.channels.add(channel)
    alert, delivery = alert_of(rule, SECRET), delivery_of(channel)
    return {
        "alert": str(alert.pk),
        "alert_id": str(alert.pk),
        "event_id": str(alert.events.get().pk),
        "rule_id": str(rule.pk),
        "rule": str(rule.pk),
        "channel": str(channel.pk),
        "channel_id": str(channel.pk),
        "delivery": str(delivery.pk),
        "delivery_id": str(delivery.pk),
        "mute": (mute := str(mute_of(shop, rule, "secret reason").pk)),
        "mute_id": mute,
    }


@pytest.fixture(scope="module")
def other(shop) -> Project:
    """A project of somebody else, empty."""
    return create_project("other")


def address(route: str, parts: dict[str, str]) -> str:
    """A route with its parts filled in."""
    return "/" + NAME.sub(lambda found: quote(parts[found[1]], safe=""), route)


def names_something(route: str) -> bool:
    """Whether a route names a thing of a project, beside the project."""
    return bool(set(NAME.findall(route)) - {"project"})


def logged_in(name: str, project: Project, role: Role = Role.OWNER, **options: Any) -> Client:
    user = User.objects.create_user(name, password="secret")
    add_member(project, user, role)
    client = Client(headers={"host": "localhost"}, **options)
    client.force_login(user)
    return client


def walk(patterns: Any) -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLPattern):
            yield str(each.pattern)
        else:
            yield from walk(each.url_patterns)


@pytest.fixture
def production(settings):
    settings.AGENTSCOPE_EMBEDDED = False


@pytest.fixture
def embedded(settings):
    settings.AGENTSCOPE_EMBEDDED = True


def test_no_route_is_left_out():
    outside = {"live", "ready", "traces", "logs", "metrics", "<path:path>", ""}  # sending, probes
    entry = {"login/", "login/code/", "logout/", "schema/", "docs/"}
    entry |= {"login/provider/", "login/provider/answer/", "invitations/<str:token>/"}
    entry |= OWN  # of the person who is logged in: tests/ui/test_account.py
    known = {
        *PAGES,
        *(read.removeprefix("api/") for read in [*READS, *ASKS, *DOES, *RUN]),
        *outside,
        *entry,
    }
    assert set(walk(get_resolver().url_patterns)) == known


@pytest.mark.parametrize("route", PAGES)
def test_a_page_is_there_for_members(production, shop, parts, route):
    status = logged_in("alice", shop).get(address(route, parts), follow=True).status_code
    assert status == FOUND or (status, is_only_posted(route)) == (405, True)


def is_only_posted(route: str) -> bool:
    return route.endswith(
        (
            "/remove/",
            "/again/",
            "/stop/",
            "/add/",
            "/effects/",
            "/stored/",
            "/clock/",
            "/end/",
            "/try/",
            "/switch/",
            "/verify/",
            "/take/",
            "/storage/export/",
            "/everywhere/",
            "/members/second-factor/",
            "/revoke/",
        )
    )


@pytest.mark.parametrize("route", PAGES)
def test_a_page_does_not_exist_for_strangers(production, shop, other, parts, route):
    client = logged_in("charlie", other)
    for method in (client.get, client.post):
        answer = method(address(route, parts))
        assert answer.status_code in (404, 405)
        assert b"secret" not in answer.content


@pytest.mark.parametrize("route", PAGES)
def test_a_page_asks_for_a_login(production, shop, parts, route):
    client = Client(headers={"host": "localhost"})
    answers = [method(address(route, parts)) for method in (client.get, client.post)]
    for answer in answers:
        assert answer.status_code in (SEE_OTHER, 405)
    assert any(answer.headers.get("Location", "").startswith("/login/") for answer in answers)


@pytest.mark.parametrize("route", [route for route in PAGES if names_something(route)])
def test_a_thing_is_not_found_in_another_project(embedded, shop, other, parts, route):
    client = Client(headers={"host": "localhost"})
    for method in (client.get, client.post):
        answer = method(address(route, parts | {"project": "other"}))
        assert answer.status_code in (404, 405)
    assert Job.objects.get(pk=parts["pk"]).state == Job.State.WAITING


@pytest.mark.parametrize("route", [route for route in PAGES if not names_something(route)])
def test_a_page_of_another_project_tells_nothing_of_ours(embedded, shop, other, parts, route):
    # Whatever is picked by a parameter is picked from the project of the address.
    asked = {
        "range": "90d",
        "session": "its session",
        "agent": SECRET,
        "span": f"{trace_id(1).hex()}-{2:016x}",
    }
    client = Client(headers={"host": "localhost"})
    answer = client.get(address(route, {"project": "other"}), asked, follow=True)
    assert answer.status_code in (FOUND, 405)
    shown = answer.content.decode()
    for text in ("secret-model", "secret name", "secret tool", "its attribute", "its group", COST):
        assert text not in shown


@pytest.mark.parametrize("route", PAGES)
def test_nothing_is_posted_without_a_token(embedded, shop, parts, route):
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    before = kept()
    answer = client.post(address(route, parts))
    assert answer.status_code in (403, 405)
    assert kept() == before


def kept() -> list[int]:
    """How much was ever set or asked for."""
    return [Job.objects.count(), len(noted())]


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("route", PAGES)
def test_pages_know_no_other_verbs(embedded, shop, parts, route, method):
    client = Client(headers={"host": "localhost"})
    assert getattr(client, method)(address(route, parts)).status_code == 405


def read(route: str, parts: dict[str, str], key: str, verb: str = "get") -> Any:
    client = Client(headers={"host": "localhost", "authorization": f"Bearer {key}"})
    return getattr(client, verb)(address(route, parts) + NEEDED.get(route, ""))


@pytest.mark.parametrize("route", READS)
def test_the_api_answers_its_own_key_only(production, shop, other, parts, route):
    ours, theirs = (create_key(each, Key.Scope.ADMIN)[1] for each in (shop, other))
    assert read(route, parts, ours).status_code == FOUND
    answer = read(route, parts, theirs)
    assert answer.status_code == (404 if names_something(route) else FOUND)
    for text in ("secret-model", "secret tool", "its group", COST):
        assert text.encode() not in answer.content


@pytest.mark.parametrize("route", READS)
def test_a_key_that_sends_reads_nothing(production, shop, parts, route):
    key = create_key(shop, Key.Scope.INGEST)[1]
    assert read(route, parts, key).status_code == 403
    assert read(route, parts, "nonsense").status_code == 401


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("route", READS)
def test_the_api_writes_nothing(production, shop, parts, route, verb):
    key = create_key(shop, Key.Scope.READ)[1]
    assert read(route, parts, key, verb).status_code in (403, 405)


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("route", [route for route in [*READS, *DOES] if names_something(route)])
def test_whoever_manages_another_project_changes_nothing_of_ours(
    production, shop, other, parts, route, verb
):
    key = create_key(other, Key.Scope.ADMIN)[1]
    client = Client(headers={"host": "localhost", "authorization": f"Bearer {key}"})
    before = kept()
    answer = getattr(client, verb)(address(route, parts), {}, "application/json")
    assert answer.status_code in (*REFUSES.get(route, ()), 403, 404, 405)
    assert b"secret" not in answer.content
    assert kept() == before


@pytest.mark.parametrize("route", READS)
def test_a_member_reads_the_own_project_only(production, shop, other, parts, route):
    client = logged_in("charlie", other)
    assert client.get(f"{address(route, parts)}?project=shop").status_code == 404
