"""Retention, legal holds and erasures by machine."""

from datetime import timedelta

import pytest

from agentscope.projects.models import Key
from agentscope.projects.write import create_key, create_project
from agentscope.retention.models import Periods
from agentscope.storage.measure import measure
from agentscope.traces.models import Trace
from tests.kit.changes import noted
from tests.kit.costs import agent, call, settle, store, uuid
from tests.kit.jobs import end_jobs

pytestmark = pytest.mark.django_db
ANN = "ann@example.com"


@pytest.fixture
def shop(settings, monkeypatch):
    """A project with a trace of Ann."""
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    settings.AGENTSCOPE_EMBEDDED = False
    monkeypatch.setattr("agentscope.redaction.stored.SETTLED", timedelta(0))
    made = create_project("shop")
    store(made.pk, agent(1, 1, "planner"), call(1, 2, 1, "0.5", user=ANN))
    settle()
    return made


@pytest.fixture
def ask(client, shop):
    """Asks with a key that manages."""
    key = create_key(shop, Key.Scope.MANAGE)[1]

    def send(verb, path, body=None):
        answer = getattr(client, verb)(
            f"/api/v1/{path}",
            body or {},
            content_type="application/json",
            headers={"authorization": f"Bearer {key}", "host": "localhost"},
        )
        return answer.status_code, answer.json() if answer.content else None

    return send


def test_periods(ask):
    status, said = ask("put", "retention", {"payload_days": 7})
    assert (status, said) == (
        200,
        {
            "payload_days": 7,
            "metadata_days": None,
            "keeps_payload_days": 7,
            "keeps_metadata_days": 30,
            "installation_days": 30,
        },
    )
    assert ask("get", "retention") == (200, said)
    status, said = ask("put", "retention", {"payload_days": 31})
    assert status == 400
    assert said["error"]["message"].startswith("payload_days: This installation keeps nothing")


def test_what_would_go_is_known_before(ask):
    Trace.objects.update(started_at="2020-01-01T00:00:00Z", end_ns=1577836800 * 10**9)
    status, said = ask("get", "retention/preview?metadata_days=7")
    assert (status, said["traces"], said["spans"], said["bytes"]) == (200, 1, 2, None)
    measure()
    ask("post", "legal-holds", {"trace_id": uuid(1).hex, "reason": "a lawsuit"})
    said = ask("get", "retention/preview?payload_days=7")[1]
    assert (said["payload_traces"], said["held_traces"]) == (0, 1)
    assert said["bytes"] == 0 < said["held_bytes"]
    status, said = ask("get", "retention/preview?payload_days=31")
    assert status == 400
    assert said["error"]["message"].startswith("payload_days: This installation keeps nothing")
    assert ask("get", "retention/preview?payload_days=0")[0] == 400
    assert Trace.objects.exists()
    assert not Periods.objects.exists()


def test_what_is_stored(ask, shop):
    status, said = ask("get", "storage")
    assert (status, said["measured_at"], said["bytes"], said["disk"]) == (200, None, None, None)
    measure()
    said = ask("get", "storage")[1]
    assert said["bytes"] == sum(part["bytes"] for part in said["parts"]) == said["days"][0]["bytes"]
    assert {"spans", "payloads"} <= {part["kind"] for part in said["parts"]}
    assert said["growths"][0]["bytes_a_day"] is None
    assert [each["within_days"] for each in said["ahead"]] == [1, 7, 30]
    full = said["disk"]["forecasts"][0]["full_on"]
    assert full["because"].startswith("the database is elsewhere")
    assert said["projects"] is None


def test_where_no_key_is_needed_all_projects_are_told_of(client, shop, settings):
    settings.AGENTSCOPE_EMBEDDED = True
    create_project("other")
    measure()
    said = client.get("/api/v1/storage?project=shop", headers={"host": "localhost"}).json()
    assert said["projects"][0]["project"] == "shop"
    assert {each["project"] for each in said["projects"]} >= {"shop", "other"}


def test_holds(ask):
    trace = uuid(1).hex
    assert ask("post", "legal-holds", {"trace_id": uuid(9).hex, "reason": "x"})[0] == 404
    assert ask("post", "legal-holds", {"trace_id": trace})[0] == 400
    status, said = ask("post", "legal-holds", {"trace_id": trace, "reason": "a lawsuit"})
    assert (status, said["trace_id"], said["reason"]) == (201, trace, "a lawsuit")
    assert ask("get", "legal-holds")[1] == {"holds": [said]}
    assert ask("get", f"legal-holds/{trace}") == (200, said)
    assert ask("delete", f"legal-holds/{trace}")[0] == 400
    assert ask("delete", f"legal-holds/{trace}?reason=settled") == (204, None)
    assert ask("get", f"legal-holds/{trace}")[0] == 404
    assert noted()[-1].details == {"trace": trace, "reason": "settled", "held_for": "a lawsuit"}


def test_an_erasure(ask, shop):
    store(shop.pk, agent(2, 1, "planner"))
    settle()
    wanted = {"of": "user", "name": ANN, "reason": "she asked"}
    status, said = ask("post", "erasures", wanted)
    assert (status, said["state"], said["mentions"]) == (202, "counting", True)
    assert ANN not in str(said)
    one = f"erasures/{said['id']}"
    assert ask("post", f"{one}/confirm")[0] == 409
    end_jobs()
    said = ask("get", one)[1]
    assert (said["state"], said["counts"]["traces"]) == ("counted", 1)
    counts = said["counts"]
    assert (counts["spans"], counts["read_spans"], counts["changed_spans"]) == (2, 1, 0)
    assert ask("post", f"{one}/confirm")[0] == 202
    end_jobs()
    said = ask("get", one)[1]
    assert (said["state"], said["counts"]["traces"]) == ("done", 1)
    assert ask("get", "erasures")[1]["erasures"] == [said]
    assert [trace.trace_id for trace in Trace.objects.all()] == [uuid(2)]
    assert ask("delete", one)[0] == 409


def test_an_erasure_is_withdrawn(ask):
    one = ask("post", "erasures", {"of": "user", "name": ANN, "reason": "she asked"})[1]["id"]
    assert ask("delete", f"erasures/{one}") == (204, None)
    assert ask("get", f"erasures/{one}")[1]["state"] == "over"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"of": "user", "reason": "x"}, "name: Name the user or the session"),
        ({"of": "user", "name": ANN}, "reason: Say why"),
        ({"of": "dog", "name": ANN, "reason": "x"}, "of: One of user, session."),
        ({"who": ANN}, "who: there is no such field."),
    ],
)
def test_what_is_wrong_is_said(ask, said, sentence):
    status, answer = ask("post", "erasures", said)
    assert status == 400
    assert answer["error"]["message"].startswith(sentence)


def test_what_is_held_is_refused(ask):
    ask("post", "legal-holds", {"trace_id": uuid(1).hex, "reason": "a lawsuit"})
    status, answer = ask("post", "erasures", {"of": "user", "name": ANN, "reason": "x"})
    assert (status, "legal hold" in answer["error"]["message"]) == (400, True)
