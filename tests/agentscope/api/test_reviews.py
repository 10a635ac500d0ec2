"""Reviews of decisions, by machine."""

from __future__ import annotations

import jsonschema
import pytest
from django.test import Client

from agentscope.projects.models import Key
from agentscope.projects.write import SHOWN, create_key, create_project
from agentscope.reviews.fill import fill_new_queue
from agentscope.reviews.models import Item, Queue, Review
from agentscope.reviews.sittings import opened
from tests.agentscope.api.test_schema import closed
from tests.agentscope.reviews.decided import LONG_AGO, record
from tests.kit.changes import noted
from tests.kit.costs import uuid

PAGE, JSON = "/api/v1/reviews", "application/json"
ONE = {"trace": uuid(1).hex, "span": f"{1:016x}"}
QUEUE = {"name": "Refunds", "only": {"effect": "refund"}, "share": "0.5", "hours": 72}


@pytest.fixture
def case(shop):
    return record(shop.pk, effects=["refund"])


def post(client, path="", **said):
    return client.post(f"{PAGE}{path}", said, JSON)


def keeps_to(answer, schema, shape):
    jsonschema.validate(answer.json(), {"$ref": f"#/components/schemas/{shape}", **closed(schema)})


def message(answer, status=400):
    assert answer.status_code == status, answer.content
    return answer.json()["error"]["message"]


def test_a_decision_is_reviewed(client, case, schema):
    made = post(client, **ONE, verdict="wrong", why="it was paid")
    assert made.status_code == 201
    keeps_to(made, schema, "ReviewShape")
    said = made.json()
    assert (said["who"], said["is_person"], said["seconds"]) == ("somebody", True, None)
    opened(case, "somebody", 7)
    again = post(client, **ONE, verdict="approved").json()
    assert again["evidence"] == [f"{7:016x}"]
    assert again["seconds"] is not None
    listed = client.get(PAGE)
    keeps_to(listed, schema, "ReviewsShape")
    assert [each["verdict"] for each in listed.json()["reviews"]] == ["approved", "wrong"]
    assert len(noted()) == 2
    withdrawn = post(client, **ONE, verdict="withdrawn")
    keeps_to(withdrawn, schema, "ReviewShape")
    assert client.get(f"{PAGE}?verdict=withdrawn").json()["total"] == 1
    assert "can be withdrawn" in message(post(client, **ONE, verdict="withdrawn"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("verdict=wrong", 1),
        ("verdict=approved", 0),
        ("who=somebody&agent=planner", 1),
        ("agent=writer", 0),
        (f"trace={uuid(1).hex}&span={1:016x}", 1),
        (f"trace={uuid(2).hex}", 0),
        ("since=2100-01-01", 0),
        ("until=2100-01-01", 1),
    ],
)
def test_reviews_are_filtered(client, case, asked, found):
    post(client, **ONE, verdict="wrong", why="x")
    assert client.get(f"{PAGE}?{asked}").json()["total"] == found


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"verdict": "good"}, "verdict: One of approved"),
        ({"verdict": "wrong", "why": ""}, "why: Say why"),
        ({"trace": "xyz"}, "trace: "),
        ({"trace": None}, "trace: it is missing"),
        ({"span": "1"}, "span: "),
        ({"who": "eve"}, "who: there is no such field"),
    ],
)
def test_what_is_wrong_with_a_review_is_named(client, case, wrong, part):
    assert message(post(client, **ONE | {"verdict": "approved"} | wrong)).startswith(part)
    assert not Review.objects.exists()


def test_a_decision_without_a_record_is_not_there(client, case):
    missing = ONE | {"span": f"{2:016x}"}
    assert "no record" in message(post(client, **missing, verdict="approved"), 404)
    assert "no record" in message(post(client, "/comments", **missing, text="x"), 404)
    assert "no record" in message(post(client, "/items", **missing, to=""), 404)


def test_a_comment_is_made_and_listed(client, case, schema):
    made = post(client, "/comments", **ONE, text="@somebody look")
    assert made.status_code == 201
    keeps_to(made, schema, "RemarkShape")
    assert made.json()["mentions"] == ["somebody"]
    keeps_to(client.get(f"{PAGE}/comments?trace={uuid(1).hex}"), schema, "RemarksShape")
    assert client.get(f"{PAGE}/comments?span={2:016x}").json()["total"] == 0
    assert message(post(client, "/comments", **ONE, text="")).startswith("text: ")


def test_a_decision_is_assigned_and_listed(client, case, schema):
    found = post(client, "/items", **ONE, to="somebody")
    assert found.status_code == 200
    keeps_to(found, schema, "ReviewItemShape")
    assert (found.json()["state"], found.json()["needs"]) == ("assigned", 1)
    for state, total in (("assigned", 1), ("waiting", 1), ("open", 0), ("reviewed", 0)):
        listed = client.get(f"{PAGE}/items?state={state}")
        keeps_to(listed, schema, "ReviewItemsShape")
        assert listed.json()["total"] == total
    assert message(post(client, "/items", **ONE, to="eve")).startswith("to: ")
    assert client.get(f"{PAGE}/items?assigned_to=eve").json()["total"] == 0


def test_a_queue_is_made_changed_and_deleted(client, shop, schema):
    made = post(client, "/queues", **QUEUE)
    assert made.status_code == 201
    keeps_to(made, schema, "QueueShape")
    one = f"{PAGE}/queues/{made.json()['id']}"
    assert client.get(one).json() == made.json()
    assert made.json()["share"] == "0.5"
    Queue.objects.update(since=LONG_AGO, is_filled=False)
    for number in range(1, 41):
        record(shop.pk, number, effects=["refund"])
    assert fill_new_queue()
    waiting = client.get(one).json()["waiting"]
    assert 5 < waiting < 35
    assert client.get(f"{PAGE}/items?queue={made.json()['id']}").json()["total"] == waiting
    changed = client.put(one, QUEUE | {"name": "All", "share": 1, "enabled": False}, JSON)
    assert (changed.json()["name"], changed.json()["share"]) == ("All", "1")
    keeps_to(client.get(f"{PAGE}/queues"), schema, "QueuesShape")
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == client.delete(one).status_code == 404
    assert client.get(f"{PAGE}/items").json()["total"] == waiting
    assert [each.what.split(":")[0] for each in noted()] == [
        "Queue “Refunds” was made",
        "Queue “All” was changed",
        "Queue “All” was deleted.",
    ]


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"name": ""}, "name: "),
        ({"share": "2"}, "share: "),
        ({"hours": 0}, "hours: "),
        ({"only": {"tool": "x"}}, "only: There are agent, effect"),
        ({"only": []}, None),
        ({"only": "x"}, "only: "),
        ({"since": "2001-01-01"}, "since: A queue looks back 31 days"),
        ({"since": "soon"}, "since: "),
        ({"enabled": "perhaps"}, "enabled: "),
        ({"limit": 1}, "limit: there is no such field"),
    ],
)
def test_what_is_wrong_with_a_queue_is_named(client, shop, wrong, part):
    answer = post(client, "/queues", **QUEUE | wrong)
    if part is None:
        assert answer.status_code == 201
    else:
        assert message(answer).startswith(part)


def test_two_queues_have_two_names(client, shop):
    post(client, "/queues", **QUEUE)
    assert message(post(client, "/queues", **QUEUE)) == "name: There is a queue “Refunds” already."


def test_what_takes_two_people_takes_more_than_one_and_a_key(client, shop, case, settings):
    two = f"{PAGE}/two-persons"
    assert client.put(two, {"tools": ["refund"]}, JSON).json() == {"tools": ["refund"]}
    assert client.get(two).json() == {"tools": ["refund"]}
    for wrong in ({"tools": "x"}, {"tools": [1]}, {}):
        assert message(client.put(two, wrong, JSON)).startswith("tools: ")
    key = create_key(shop, Key.Scope.MANAGE)[1]
    headers = {
        "host": "localhost",
        "x-agentscope-project": "shop",
        "authorization": f"Bearer {key}",
    }
    program = Client(headers=headers)
    assert post(client, **ONE, verdict="approved").json()["who"] == "somebody"
    said = post(program, **ONE, verdict="approved").json()
    assert (said["who"], said["is_person"]) == (f"key {key[:SHOWN]}…", False)
    item = Item.objects.get()
    assert (item.needs, item.approvals, item.state) == (2, 0, "open")  # nobody logged in


def test_what_reviews_come_to(client, case, schema):
    post(client, **ONE, verdict="wrong", why="x")
    found = client.get(f"{PAGE}/rates")
    keeps_to(found, schema, "ReviewRatesShape")
    (agent,), (reviewer,) = found.json()["agents"], found.json()["reviewers"]
    assert (agent["agent"], agent["wrong"]["found"], agent["kappa"]) == ("planner", 1, None)
    assert (reviewer["who"], reviewer["seen"], reviewer["median_seconds"]) == ("somebody", 0, None)
    assert client.get(f"{PAGE}/rates?agent=writer").json() == {"agents": [], "reviewers": []}
    assert client.get(f"{PAGE}/rates?since=2100-01-01").json()["agents"] == []


def test_lists_come_in_pages_and_as_tables(client, case, django_assert_num_queries):
    for number in range(3):
        post(client, **ONE, verdict="wrong", why=f"=reason {number}")
        post(client, "/comments", **ONE, text=f"=text {number}")
    for path, name, cell in (("", "reviews", "'=reason 0"), ("/comments", "comments", "'=text 0")):
        with django_assert_num_queries(3 if not path else 4):
            found = client.get(f"{PAGE}{path}?offset=1&limit=1").json()
        assert (len(found[name]), found["total"], found["offset"]) == (1, 3, 1)
        lines = client.get(f"{PAGE}{path}?format=csv").getvalue().decode().splitlines()
        assert len(lines) == 4
        assert len(lines[0].split(",")) == len(found[name][0])
        assert cell in lines[3]
    lines = client.get(f"{PAGE}/items?format=csv").getvalue().decode().splitlines()
    assert lines[0].startswith("trace,span,agent,decided_at,state")
    assert len(lines) == 2


def test_what_is_of_others_is_not_there(client, case):
    post(client, **ONE, verdict="approved")
    queue = post(client, "/queues", **QUEUE).json()["id"]
    create_project("other")
    theirs = Client(headers={"host": "localhost", "x-agentscope-project": "other"})
    for path in ("", "/comments", "/items"):
        assert theirs.get(PAGE + path).json()["total"] == 0
    assert theirs.get(f"{PAGE}/queues").json() == {"queues": []}
    assert theirs.get(f"{PAGE}/rates").json() == {"agents": [], "reviewers": []}
    for number in (queue, 2**70):
        one = f"{PAGE}/queues/{number}"
        assert theirs.get(one).status_code == theirs.delete(one).status_code == 404
        assert theirs.put(one, QUEUE, JSON).status_code == 404
    assert post(theirs, **ONE, verdict="approved").status_code == 404


@pytest.mark.parametrize("scope", list(Key.Scope))
def test_whose_key_may(shop, case, settings, scope):
    settings.AGENTSCOPE_EMBEDDED = False
    headers = {"host": "localhost", "authorization": f"Bearer {create_key(shop, scope)[1]}"}
    client = Client(headers=headers)
    may = scope in (Key.Scope.MANAGE, Key.Scope.ADMIN)
    reads = may or scope == Key.Scope.READ
    done = [
        post(client, **ONE, verdict="approved").status_code,
        post(client, "/comments", **ONE, text="x").status_code,
        post(client, "/items", **ONE, to="").status_code,
        post(client, "/queues", **QUEUE).status_code,
        client.put(f"{PAGE}/two-persons", {"tools": []}, JSON).status_code,
    ]
    assert done == ([201, 201, 200, 201, 200] if may else [403] * 5)
    for path in ("", "/comments", "/items", "/queues", "/two-persons", "/rates"):
        assert client.get(PAGE + path).status_code == (200 if reads else 403)
