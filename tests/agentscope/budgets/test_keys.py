"""A key's budget: from the wire to what whoever asks with the key is told."""

from __future__ import annotations

import json
from time import time_ns
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from django.test import Client, TestCase
from pytest_django.fixtures import Settings

from agentscope.alerts.evaluate import evaluate
from agentscope.alerts.models import Alert, Rule
from agentscope.alerts.watch import watch
from agentscope.alerts.words import subject
from agentscope.api import only_decide
from agentscope.budgets.keeping import keep_spent
from agentscope.budgets.models import Answer, Budget, Spent
from agentscope.pipeline import examine
from agentscope.projects import read
from agentscope.projects.models import Key, Project
from agentscope.projects.write import create_key, revoke_key
from agentscope.traces.models import Trace
from ingest.drain import drain
from tests.agentscope.api.test_only_decide import post as post_there
from tests.agentscope.budgets.told import HOURLY, budget
from tests.kit.otlp import PROTOBUF, a_span, encode, pair, traces

JSON = "application/json"
DECIDE = "/api/v1/decide"
TRACE = UUID(int=1)


class Sender(NamedTuple):
    """Who has a key."""

    key: Key
    secret: str

    @property
    def name(self) -> str:
        return self.key.name

    def client(self) -> Client:
        return Client(headers={"host": "localhost", "x-agentscope-key": self.secret})

    def spend(self, number: int, tokens: int, trace: UUID = TRACE) -> None:
        """Send a call of a model, and let it be known."""
        call = a_span(
            trace_id=trace.bytes,
            span_id=number.to_bytes(8, "big"),
            start_time_unix_nano=time_ns() - 10**9,
            end_time_unix_nano=time_ns(),
            attributes=[
                pair("gen_ai.operation.name", string_value="chat"),
                pair("gen_ai.request.model", string_value="mine"),
                pair("gen_ai.usage.input_tokens", int_value=tokens),
            ],
        )
        body = encode(traces(call), PROTOBUF)
        assert self.client().post("/v1/traces", body, PROTOBUF).status_code == 200
        known()

    def ask(self, **said: Any) -> dict[str, Any]:
        """What the API answers."""
        answer = self.client().post(DECIDE, said, JSON)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found


def known() -> None:
    """All that follows from what waits."""
    while drain():
        pass
    for project_id, trace in Trace.objects.values_list("project_id", "trace_id"):
        examine(project_id, trace)
    with TestCase.captureOnCommitCallbacks(execute=True):
        for project in Project.objects.all():
            evaluate(project.pk, time_ns(), keep_spent)


@pytest.fixture(autouse=True)
def _keys_are_needed(settings: Settings) -> None:
    settings.AGENTSCOPE_EMBEDDED = False
    read._keys.clear()
    only_decide._projects.clear()


@pytest.fixture
def ci(project: Project) -> Sender:
    return Sender(*create_key(project, Key.Scope.INGEST, "ci"))


@pytest.fixture
def bot(project: Project) -> Sender:
    return Sender(*create_key(project, Key.Scope.INGEST))


def tokens(project: Project, **said: Any) -> Budget:
    """A budget of 100 tokens an hour."""
    return budget(project, "100", **({"unit": "tokens", "window": HOURLY, "each": "key"} | said))


def test_each_key_has_its_own(project: Project, ci: Sender, bot: Sender) -> None:
    tokens(project)
    ci.spend(1, 150)
    bot.spend(2, 10)
    told = ci.ask(agent="planner")
    assert (told["decision"], told["group"], told["spent"]) == ("stop", ci.name, "150")
    assert ci.name == f"ci #{ci.key.pk}"
    told = bot.ask(agent="planner")
    assert (told["decision"], told["group"], told["spent"]) == ("allow", f"#{bot.key.pk}", "10")


def test_of_one_key_alone(project: Project, ci: Sender, bot: Sender) -> None:
    tokens(project, each="", only={"key": ci.name})
    ci.spend(1, 60)
    bot.spend(2, 70)
    assert (ci.ask()["spent"], bot.ask()["budgets"]) == ("60", [])


def test_nobody_says_that_he_has_another_key(project: Project, ci: Sender, bot: Sender) -> None:
    tokens(project)
    ci.spend(1, 150)
    assert ci.client().post(DECIDE, {"key": bot.name}, JSON).status_code == 400
    told = ci.client().get("/api/v1/budgets/check", {"key": bot.name})
    assert told.status_code == 400
    assert ci.client().get("/api/v1/budgets/check").json()["decision"] == "stop"


def test_the_process_that_only_decides_says_the_same(
    project: Project, ci: Sender, bot: Sender
) -> None:
    tokens(project)
    ci.spend(1, 150)
    for sender, decision in ((ci, "stop"), (bot, "allow")):
        said = {"HTTP_X_AGENTSCOPE_KEY": sender.secret, "HTTP_HOST": "localhost"}
        status, _, told = post_there(json.dumps({"agent": "planner"}).encode(), **said)
        assert (status, told["decision"], told["group"]) == ("200 OK", decision, sender.name)


def test_where_no_key_is_needed(
    project: Project, ci: Sender, settings: Settings, client: Client
) -> None:
    settings.AGENTSCOPE_EMBEDDED = True
    tokens(project)
    headers = {"host": "localhost", "x-agentscope-project": project.name}
    told = client.post(DECIDE, {}, JSON, headers=headers).json()
    assert (told["budgets"], told["not_told"]) == ([], ["daily"])
    told = client.post(DECIDE, {}, JSON, headers=headers | {"x-agentscope-key": ci.secret}).json()
    assert (told["group"], told["not_told"]) == (ci.name, [])
    said = {"HTTP_X_AGENTSCOPE_KEY": ci.secret}
    assert post_there(b"{}", **said)[2]["group"] == ci.name
    assert post_there(b"{}")[2]["not_told"] == ["daily"]


def test_what_is_reserved_is_of_the_key_until_its_spans_came(
    project: Project, ci: Sender, bot: Sender
) -> None:
    tokens(project)
    said = {"trace": TRACE.hex, "estimated_tokens": 60, "reserve": True}
    assert ci.ask(**said)["decision"] == "allow"
    assert ci.ask(**said)["decision"] == "stop"
    assert bot.ask(**said)["decision"] == "allow"
    ci.spend(1, 40)
    told = {each.name: each.ask() for each in (ci, bot)}
    assert [(each["spent"], each["reserved"]) for each in told.values()] == [
        ("40", "20"),
        ("0", "60"),
    ]


def test_two_keys_in_one_trace_add_up_to_it(project: Project, ci: Sender, bot: Sender) -> None:
    tokens(project)
    tokens(project, name="all", each="")
    tokens(project, name="run", each="trace")
    ci.spend(1, 30)
    bot.spend(2, 20)
    ci.spend(3, 5)
    spent = dict(Spent.objects.values_list("group", "spent"))
    assert spent == {ci.name: 35, bot.name: 20, "": 55, str(TRACE): 55}


def test_a_span_that_another_key_sends_again_is_not_spent_twice(
    project: Project, ci: Sender, bot: Sender
) -> None:
    tokens(project)
    ci.spend(1, 30)
    before = dict(Spent.objects.values_list("group", "spent"))
    bot.spend(1, 30)  # ended later, so that this copy is kept
    after = dict(Spent.objects.values_list("group", "spent"))
    assert before == {ci.name: 30}
    assert {name: spent for name, spent in after.items() if spent} == {ci.name: 30}


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_key_that_is_gone_stays_named(project: Project, ci: Sender, *, is_deleted: bool) -> None:
    tokens(project)
    ci.spend(1, 150)
    ci.ask(agent="planner")
    if is_deleted:
        Key.objects.filter(pk=ci.key.pk).delete()
    else:
        revoke_key(ci.key)
    known()
    assert Spent.objects.get().group == ci.name
    answer = Answer.objects.get()
    assert (answer.asked["key"], answer.said["group"]) == (ci.name, ci.name)
    assert ci.secret[3:9] not in json.dumps([answer.asked, answer.said])


def test_an_alert_of_each_key(project: Project, ci: Sender, bot: Sender) -> None:
    rule = Rule.objects.create(
        project_id=project.pk,
        name="dear",
        metric="tokens",
        each="key",
        window=HOURLY,
        condition={"kind": "at_least", "threshold": "100"},
    )
    bot.spend(1, 10)
    ci.spend(2, 150)
    alert = Alert.objects.get(state="firing")
    assert subject(watch(vars(rule)), alert.group) == f"Key {ci.name}"
