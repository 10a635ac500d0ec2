"""A budget that is used up, from spans to what arrives: by webhook, mail and Apprise, and once."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from agentscope.alerts.evaluate import evaluate
from agentscope.alerts.telling import MOST_AT_ONCE
from agentscope.budgets.keeping import keep_spent
from agentscope.budgets.models import Budget
from agentscope.budgets.write import save_budget
from agentscope.channels import post
from agentscope.channels.message import DATA, data_of, from_json
from agentscope.channels.models import Channel, Delivery
from agentscope.channels.send import send_due
from agentscope.channels.write import create_channel
from agentscope.projects.models import Project
from tests.agentscope.budgets.told import MINUTE, TODAY, ask, look, tell
from tests.agentscope.channels.conftest import here, hook, mailbox
from tests.agentscope.channels.kinds.test_webhook import SECRET, shown_receiver
from tests.kit.costs import agent, call, uuid
from tests.kit.receivers import Answer, Arrived, Mailbox, Receiver
from tests.kit.spans import NOON

__all__ = ["here", "hook", "mailbox"]
WORKERS = 10
HARD, SOFT = "alert", "warning"  # how severe the levels are


def limited(project: Project, *channels: Channel, limit: str = "10") -> Budget:
    """A budget of a day that tells these channels."""
    said = {"name": "daily", "unit": "usd", "limit": limit, "soft": "0.8", "window": TODAY}
    return save_budget(project, "ada", said | {"policy": {"hard": "stop"}}, channels)


def webhook(project: Project, hook: Receiver) -> Channel:
    return create_channel(project.pk, "webhook", "ops", {"url": hook.url, "secret": SECRET}, "ada")


def send_again() -> None:
    """Send what is to be tried again, now."""
    Delivery.objects.filter(state="failed").update(next_at=timezone.now())
    send_due()


def levels(arrived: list[Arrived]) -> list[str]:
    return sorted(each.json["severity"] for each in arrived)


def fields(said: Any) -> dict[str, Any]:
    """What a machine acts on."""
    return {name: said[name] for name in DATA}


def check_told(said: Any) -> None:
    """The message of the hard level says what is spent of how much, and where to look."""
    assert (said["project"], said["severity"]) == ("shop", HARD)
    text = " ".join([said["title"], *said["sentences"]])
    assert "daily" in text
    assert "$12" in text
    assert "$10" in text
    assert said["url"].startswith("https://scope.example/p/shop/")


@pytest.mark.django_db
def test_it_works(project: Project, hook: Receiver) -> None:
    limited(project, webhook(project, hook))
    tell(project, call(1, 1, 0, "7"))
    look(project)
    send_due()
    assert hook.arrived == []
    assert ask(project, usd=None)["decision"] == "allow"
    tell(project, call(1, 2, 0, "5"))
    look(project, 2 * MINUTE)
    send_due()
    assert levels(hook.arrived) == [HARD, SOFT]
    (stop,) = (each for each in hook.arrived if each.json["severity"] == HARD)
    check_told(stop.json)
    assert shown_receiver()(stop.headers, stop.body, SECRET, time.time())
    assert ask(project, after=2 * MINUTE)["decision"] == "stop"
    look(project, 3 * MINUTE)
    send_due()
    assert len(hook.arrived) == 2  # it is told once


@pytest.mark.django_db
def test_a_machine_reads_fields(project: Project, hook: Receiver) -> None:
    budget = limited(project, webhook(project, hook))
    tell(project, call(1, 1, 0, "9.5"), call(1, 2, 0, model="mine"))
    look(project)
    send_due()
    (arrived,) = hook.arrived
    assert fields(arrived.json) == {
        "budget": {"id": budget.pk, "name": "daily"},
        "level": "soft",
        "notice": "fired",
        "group": "",
        "session": None,
        "trace": None,
        "unit": "usd",
        "spent": "9.5",
        "limit": "10",
        "unpriced_calls": 1,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scope", "group", "session", "trace"),
    [
        ({"each": "session"}, "s1", "s1", None),
        ({"each": "trace"}, uuid(1).hex, None, uuid(1).hex),
        ({"only": {"session": "s1"}, "each": "trace"}, uuid(1).hex, "s1", uuid(1).hex),
        ({"only": {"trace": uuid(1).hex}}, "", None, uuid(1).hex),
        ({"each": "agent"}, "planner", None, None),
    ],
    ids=str,
)
def test_whose_it_is_is_a_field(
    project: Project, hook: Receiver, scope: Any, group: str, session: str, trace: str
) -> None:
    said = {"name": "a: soft level", "unit": "tokens", "limit": "10", "soft": "1", "window": TODAY}
    save_budget(project, "ada", said | scope, [webhook(project, hook)])
    tell(project, agent(1, 1, "planner", session="s1"), call(1, 2, 1, "1", session="s1"))
    look(project)
    send_due()
    hard = next(each.json for each in hook.arrived if each.json["severity"] == HARD)
    assert hard["budget"]["name"] == "a: soft level"
    assert (hard["level"], hard["unit"], hard["limit"]) == ("hard", "tokens", "10")
    assert int(hard["spent"]) >= 10
    assert (hard["group"], hard["session"], hard["trace"]) == (group, session, trace)


@pytest.mark.django_db
def test_of_several_at_once_no_single_group_is_told(project: Project, hook: Receiver) -> None:
    said = {"name": "each", "unit": "usd", "limit": "1", "soft": "1", "window": TODAY}
    budget = save_budget(project, "ada", said | {"each": "trace"}, [webhook(project, hook)])
    tell(project, *(call(at, 1, 0, "2") for at in range(1, MOST_AT_ONCE + 2)))
    look(project)
    told = Delivery.objects.filter(about__startswith="alert-events:").order_by("pk")
    message = told[0].message
    assert data_of(from_json(message)) == {
        **dict.fromkeys(DATA),
        "budget": {"id": budget.pk, "name": "each"},
        "level": "soft",
        "unit": "usd",
        "limit": "1",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("failure", [Answer(500), Answer(pause=1.0)], ids=["500", "time-out"])
def test_it_is_tried_again_under_its_id(
    project: Project, hook: Receiver, failure: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "LIMIT", 0.5)
    limited(project, webhook(project, hook))
    hook.answers = [failure, failure, Answer()]
    tell(project, call(1, 1, 0, "12"))
    look(project)
    send_due()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    monkeypatch.undo()
    send_again()
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 2)}
    again = {each.headers["x-agentscope-delivery"]: each.body for each in hook.arrived}
    assert len(hook.arrived) == 4
    assert len(again) == 2  # two levels, each under one id
    for each in hook.arrived:
        assert again[each.headers["x-agentscope-delivery"]] == each.body


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_workers_tell_it_once(project: Project, hook: Receiver) -> None:
    limited(project, webhook(project, hook))
    tell(project, call(1, 1, 0, "12"))

    def work(_: int) -> None:
        try:
            evaluate(project.pk, NOON + MINUTE, keep_spent)
            send_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(work, range(WORKERS)))
    send_due()  # a channel that somebody held is passed over until the next tick
    assert levels(hook.arrived) == [HARD, SOFT]


@pytest.mark.django_db
def test_it_comes_by_mail(project: Project, mailbox: Mailbox) -> None:
    said = {"to": "ada@example.com"}
    limited(project, create_channel(project.pk, "email", "mail", said, "ada"))
    tell(project, call(1, 1, 0, "12"))
    look(project)
    mailbox.refuse = "451 try later"
    send_due()
    assert mailbox.mails == []
    mailbox.refuse = ""
    send_again()
    assert len(mailbox.mails) == 2
    for to, mail in mailbox.mails:
        assert to == ["ada@example.com"]
        part = mail.get_body(("plain",))
        assert part
        text = str(part.get_content())
        assert "$12" in text
        assert "https://scope.example/p/shop/" in text


@pytest.mark.slow
@pytest.mark.django_db
def test_it_comes_by_apprise(project: Project, hook: Receiver) -> None:
    said = {"url": f"json://127.0.0.1:{hook.port}/hook"}
    limited(project, create_channel(project.pk, "apprise", "pager", said, "ada"))
    hook.answers = [Answer(500), Answer(500), Answer()]
    tell(project, call(1, 1, 0, "12"))
    look(project)
    send_due()
    send_again()
    bodies = {json.dumps(each.json, sort_keys=True) for each in hook.arrived}
    assert len(hook.arrived) == 4
    assert len(bodies) == 2
    (stop,) = (each for each in map(json.loads, bodies) if each["type"] == "failure")
    assert "$12" in stop["title"] + stop["message"]
