"""Lifts, stops and what holds where no budget does, by machine."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import jsonschema
import pytest
from django.test import Client
from django.utils import timezone

from agentscope.budgets.models import Lift, Otherwise, Stop
from agentscope.budgets.write import lift_budget
from agentscope.projects.models import Key
from agentscope.projects.write import create_key, create_project
from tests.agentscope.api.test_schema import closed
from tests.agentscope.budgets.told import WHOLE, ask, budget, look, tell
from tests.kit.changes import noted
from tests.kit.costs import call, uuid

PAGE, JSON = "/api/v1/budgets", "application/json"
SOON = (timezone.now() + timedelta(days=2)).replace(microsecond=0).isoformat()
STOP = {"of": "agent", "name": "planner", "why": "it loops"}


def post(client, path, **said):
    return client.post(f"{PAGE}/{path}", said, JSON)


def keeps_to(answer, schema, shape):
    jsonschema.validate(answer.json(), {"$ref": f"#/components/schemas/{shape}", **closed(schema)})


def message(answer):
    assert answer.status_code == 400
    return answer.json()["error"]["message"]


def test_a_group_is_let_go_on_over_its_budget(client, shop, schema):
    made = budget(shop, "1", each="session")
    tell(shop, call(1, 1, 0, "2", session="s1"))
    look(shop)
    assert ask(shop, session="s1")["decision"] == "stop"
    lifted = post(client, "lifts", budget=made.pk, group="s1", until=SOON, why="the demo")
    assert lifted.status_code == 201
    keeps_to(lifted, schema, "LiftShape")
    assert (lifted.json()["until"], lifted.json()["who"]) == (SOON, "this machine")
    answer = ask(shop, session="s1")
    assert (answer["decision"], answer["reason"].split(". ")[-1]) == (
        "warn",
        "It is let go on by this machine: the demo",
    )
    keeps_to(client.get(f"{PAGE}/lifts"), schema, "LiftsShape")
    assert len(noted()) == 1


def test_a_lift_is_ended_and_who_asks_next_is_stopped(client, shop, schema):
    made = budget(shop, "1", each="session")
    tell(shop, call(1, 1, 0, "2", session="s1"))
    look(shop)
    lifted = post(client, "lifts", budget=made.pk, group="s1", until=SOON, why="the demo").json()
    one = f"{PAGE}/lifts/{lifted['id']}"
    assert (lifted["ended_at"], lifted["ended_by"]) == (None, "")
    assert client.get(one).json() == lifted
    assert client.delete(one).status_code == 204
    assert ask(shop, session="s1")["decision"] == "stop"
    assert client.delete(one).status_code == client.get(one).status_code == 404
    assert client.get(f"{PAGE}/lifts").json()["total"] == 0
    ended = client.get(f"{PAGE}/lifts?state=ended")
    keeps_to(ended, schema, "LiftsShape")
    (found,) = ended.json()["lifts"]
    assert (found["id"], found["ended_by"]) == (lifted["id"], "this machine")
    assert found["ended_at"] > found["made_at"]
    assert len(noted()) == 2


def test_what_is_over_is_listed_and_tabled(client, shop, schema):
    ended = [post(client, "stops", **STOP | {"name": name}).json()["id"] for name in "ab"]
    post(client, "stops", **STOP | {"name": "holds"})
    client.delete(f"{PAGE}/stops/{ended[1]}")
    over = timezone.now() - timedelta(hours=1)
    Stop.objects.filter(pk=ended[0]).update(until=over)
    answer = client.get(f"{PAGE}/stops?state=ended")
    keeps_to(answer, schema, "StopsShape")
    found = answer.json()
    assert [each["name"] for each in found["stops"]] == ["b", "a"]
    assert [each["ended_by"] for each in found["stops"]] == ["this machine", ""]
    assert found["stops"][1]["ended_at"] == over.isoformat()
    assert client.get(f"{PAGE}/stops?state=ended&offset=1").json()["stops"] == found["stops"][1:]
    table = client.get(f"{PAGE}/stops?state=ended&format=csv").getvalue().decode().splitlines()
    assert len(table) == 3
    assert table[0].endswith("made_at,ended_at,ended_by")
    assert table[2].endswith(f",{over.isoformat()},")
    assert message(client.get(f"{PAGE}/stops?state=over")).startswith("state")


def test_a_trace_is_let_go_on_in_spite_of_its_findings(client, shop):
    lifted = post(client, "lifts", trace=uuid(1).hex, until=SOON, why="seen").json()
    assert (lifted["trace"], lifted["budget"], lifted["group"]) == (uuid(1).hex, None, "")
    assert Lift.objects.get().trace == uuid(1)


def test_a_run_is_let_go_on_by_its_id_as_it_is_written_everywhere(client, shop):
    made = budget(shop, "1", each="trace", window=WHOLE)
    tell(shop, call(1, 1, 0, "2"))
    look(shop)
    assert ask(shop, trace=uuid(1))["group"] == uuid(1).hex
    for name in (uuid(1).hex, str(uuid(1))):
        lifted = post(
            client, "lifts", budget=made.pk, group=name, until=SOON, why="the demo"
        ).json()
        assert lifted["group"] == uuid(1).hex
        assert client.get(f"{PAGE}/{made.pk}").json()["groups"][0]["group"] == lifted["group"]
        assert ask(shop, trace=uuid(1))["decision"] == "warn"
        client.delete(f"{PAGE}/lifts/{lifted['id']}")
        assert ask(shop, trace=uuid(1))["decision"] == "stop"
    wrong = post(client, "lifts", budget=made.pk, group="mine", until=SOON, why="the demo")
    assert message(wrong) == "group: A trace is named by the 32 hex digits of its id."


def test_what_is_wrong_with_a_lift_is_named(client, shop):
    each, whole = budget(shop, each="session"), budget(shop, name="whole")
    good = {"budget": whole.pk, "until": SOON, "why": "x"}
    far = (timezone.now() + timedelta(days=40)).isoformat()
    for wrong, part in (
        ({"budget": each.pk}, "group: Name the session"),
        ({"group": "s1"}, "group: This budget is one for all"),
        ({"trace": uuid(1).hex}, "Name either"),
        ({"budget": None}, "Name either"),
        ({"budget": None, "trace": "xyz"}, "trace: "),
        ({"until": None}, "until: it is missing"),
        ({"until": "soon"}, "until: "),
        ({"until": far}, "until: A lift ends within 31 days"),
        ({"until": "2020-01-01"}, "until: "),
        ({"why": ""}, "why: Say why"),
        ({"reason": "x"}, "reason: there is no such field"),
    ):
        assert message(post(client, "lifts", **good | wrong)).startswith(part), wrong
    assert not Lift.objects.exists()


def test_an_agent_is_stopped_until_somebody_ends_it(client, shop, schema):
    made = post(client, "stops", **STOP)
    assert made.status_code == 201
    keeps_to(made, schema, "StopShape")
    stopped = "The agent “planner” was stopped by this machine: it loops"
    assert ask(shop, agent="planner")["reason"] == stopped
    one = f"{PAGE}/stops/{made.json()['id']}"
    keeps_to(client.get(f"{PAGE}/stops"), schema, "StopsShape")
    assert client.get(one).json() == made.json()
    assert client.delete(one).status_code == 204
    assert ask(shop, agent="planner")["decision"] == "allow"
    assert client.delete(one).status_code == client.get(one).status_code == 404
    assert Stop.objects.get().ended_by == "this machine"


def test_a_stop_ends_by_itself_when_it_was_said(client, shop):
    made = post(client, "stops", **STOP, until=SOON).json()
    assert made["until"] == SOON
    Stop.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert client.get(f"{PAGE}/stops").json() == {"stops": [], "total": 0, "offset": 0}
    assert client.get(f"{PAGE}/stops/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"of": "model"}, "of: "),
        ({"name": ""}, "name: "),
        ({"name": "\0"}, "name: "),
        ({"of": "trace", "name": "xyz"}, "name: A trace is named by"),
        ({"why": " "}, "why: "),
        ({"until": "2020-01-01"}, "until: That is over"),
        ({"who": "ada"}, "who: "),
    ],
)
def test_what_is_wrong_with_a_stop_is_named(client, shop, wrong, part):
    assert message(post(client, "stops", **STOP | wrong)).startswith(part)
    assert not Stop.objects.exists()


def test_lists_come_in_pages_and_as_tables(client, shop, django_assert_num_queries):
    one = budget(shop)
    for number in range(3):
        post(client, "stops", **STOP | {"name": f"agent {number}"})
        post(client, "lifts", budget=one.pk, until=SOON, why=f"=reason {number}")
    for name, cell in (("stops", "agent 0"), ("lifts", "'=reason 0")):
        client.get(f"{PAGE}/{name}")
        with django_assert_num_queries(3):
            found = client.get(f"{PAGE}/{name}?offset=1&limit=1").json()
        assert (len(found[name]), found["total"], found["offset"]) == (1, 3, 1)
        lines = client.get(f"{PAGE}/{name}?format=csv").getvalue().decode().splitlines()
        assert len(lines) == 4
        assert cell in lines[3]
        assert message(client.get(f"{PAGE}/{name}?limit=0")).startswith("limit")


def test_what_holds_where_no_budget_does(client, shop, schema):
    one = f"{PAGE}/otherwise"
    assert client.get(one).json() == {"decision": "allow", "fail": "open"}
    said = client.put(one, {"decision": "stop", "fail": "closed"}, JSON)
    keeps_to(said, schema, "OtherwiseShape")
    assert client.get(one).json() == {"decision": "stop", "fail": "closed"}
    answer = ask(shop, usd=Decimal(1))
    assert (answer["decision"], answer["fail"]) == ("stop", "closed")
    for wrong, part in (
        ({"decision": "perhaps", "fail": "open"}, "decision: "),
        ({"decision": "stop"}, "fail: "),
        ({"decision": "stop", "fail": "open", "x": 1}, "x: "),
    ):
        assert message(client.put(one, wrong, JSON)).startswith(part)
    assert Otherwise.objects.get().decision == "stop"


def test_what_is_of_others_is_not_there(client, shop):
    one, stopped = budget(shop), post(client, "stops", **STOP).json()["id"]
    post(client, "lifts", budget=one.pk, until=SOON, why="x")
    client.put(f"{PAGE}/otherwise", {"decision": "stop", "fail": "closed"}, JSON)
    create_project("other")
    theirs = Client(headers={"host": "localhost", "x-agentscope-project": "other"})
    assert theirs.get(f"{PAGE}/stops").json()["total"] == 0
    assert theirs.get(f"{PAGE}/lifts").json()["total"] == 0
    assert theirs.get(f"{PAGE}/otherwise").json() == {"decision": "allow", "fail": "open"}
    assert theirs.get(f"{PAGE}/stops/{stopped}").status_code == 404
    assert theirs.delete(f"{PAGE}/stops/{stopped}").status_code == 404
    assert theirs.delete(f"{PAGE}/stops/{2**70}").status_code == 404
    assert theirs.delete(f"{PAGE}/lifts/{Lift.objects.get().pk}").status_code == 404
    assert theirs.delete(f"{PAGE}/lifts/{2**70}").status_code == 404
    assert theirs.get(f"{PAGE}/lifts?state=ended").json()["total"] == 0
    assert post(theirs, "lifts", budget=one.pk, until=SOON, why="x").status_code == 404
    assert Stop.objects.get().ended_at is Lift.objects.get().ended_at is None


@pytest.mark.parametrize("scope", list(Key.Scope))
def test_whose_key_may(shop, settings, scope):
    settings.AGENTSCOPE_EMBEDDED = False
    headers = {"host": "localhost", "authorization": f"Bearer {create_key(shop, scope)[1]}"}
    client, one = Client(headers=headers), budget(shop)
    may = scope in (Key.Scope.MANAGE, Key.Scope.ADMIN)
    reads = may or scope == Key.Scope.READ
    made = post(client, "stops", **STOP)
    lifted = post(client, "lifts", budget=one.pk, until=SOON, why="x")
    said = client.put(f"{PAGE}/otherwise", {"decision": "warn", "fail": "open"}, JSON)
    done = [each.status_code for each in (made, lifted, said)]
    assert done == ([201, 201, 200] if may else [403] * 3)
    for name in ("stops", "lifts", "otherwise"):
        assert client.get(f"{PAGE}/{name}").status_code == (200 if reads else 403)
    held = lift_budget(one, "", timezone.now() + timedelta(hours=1), "ada", "x")
    assert client.delete(f"{PAGE}/lifts/{held.pk}").status_code == (204 if may else 403)
