"""The ledger by machine: entries with filters, one with its proof, checkpoints, verifying."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import jsonschema
import pytest

from agentscope.jobs.models import Job
from agentscope.ledger.models import Anchored
from agentscope.ledger.write import checkpoint, erase
from agentscope.projects.changes import note_change
from agentscope.projects.models import Key
from agentscope.projects.write import create_key, create_project
from tests.agentscope.api.test_schema import closed
from tests.agentscope.ledger.test_tampering import tamper
from tests.kit.jobs import end_jobs

AUDIT = "/api/v1/audit/"
ENTRIES, CHECKPOINTS, VERIFY = f"{AUDIT}entries", f"{AUDIT}checkpoints", f"{AUDIT}verify"
JSON = "application/json"


@pytest.fixture
def told(shop):
    """What two people did."""
    note_change("budget", shop.pk, "ann", "Budget “day” was changed.", {"before": 1, "after": 2})
    note_change("price", shop.pk, "ben", "=Set the price of gpt.", {"model": "gpt"})
    return shop


def get(client, address, **said):
    """The body of an answer."""
    answer = client.get(address, said)
    assert answer.status_code == 200, answer.content
    return answer.json()


def positions(client, **said):
    """Of the entries that are listed."""
    return [each["position"] for each in get(client, ENTRIES, **said)["entries"]]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, [3, 2]),
        ({"itself": "true"}, [3, 2, 1]),
        ({"group": "budgets"}, [2]),
        ({"kind": "price"}, [3]),
        ({"kind": "ledger.opened"}, [1]),
        ({"who": "ann"}, [2]),
        ({"text": "GPT"}, [3]),
        ({"since": "2020-01-01", "until": "9999-12-31T23:59:59Z"}, [3, 2]),
        ({"until": "0001-01-01"}, []),
    ],
)
def test_entries_are_found(client, told, said, found):
    assert positions(client, **said) == found


def test_pages_follow_each_other(client, told):
    first = get(client, ENTRIES, limit=1)
    assert (first["entries"][0]["position"], first["next"]) == (3, "3")
    last = get(client, ENTRIES, limit=1, cursor=first["next"])
    assert (last["entries"][0]["position"], last["next"]) == (2, None)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"group": "x"}, "group: 'x' is none of"),
        ({"since": "soon"}, "since: 'soon' cannot be read."),
        ({"limit": "0"}, "limit: '0' is not a number from 1 to 500."),
        ({"itself": "perhaps"}, "itself: 'perhaps' is none of true, false."),
        ({"what": "x"}, "what: there is no such parameter."),
    ],
)
def test_what_cannot_be_read_is_named(client, told, said, words):
    answer = client.get(ENTRIES, said)
    assert answer.status_code == 400
    assert words in answer.json()["error"]["message"]


def test_an_entry_has_its_proof(client, told):
    checkpoint(told.pk)
    one = get(client, f"{ENTRIES}/2")
    assert (one["who"], one["what"]) == ("ann", "Budget “day” was changed.")
    assert one["details"] == {"before": 1, "after": 2}
    assert (one["fault"], one["checkpoint"]["position"]) == ("", 3)
    assert json.loads(one["content"])["who"] == "ann"
    assert one["previous"] == get(client, f"{ENTRIES}/1")["hash"]
    tamper("update ledger_content set text = replace(text, 'ann', 'bob') where position = 2")
    assert "its content was changed" in get(client, f"{ENTRIES}/2")["fault"]
    for position in (0, 4, 10**30):
        assert client.get(f"{ENTRIES}/{position}").status_code == 404


def test_what_was_erased_says_by_whom(client, told):
    erase(told.pk, [2], "dora", "asked for by ann")
    (gone,) = [each for each in get(client, ENTRIES)["entries"] if each["position"] == 2]
    assert (gone["is_erased"], gone["who"], gone["details"]) == (True, "", None)
    assert gone["erased_by"] == {"position": 4, "who": "dora", "why": "asked for by ann"}
    one = get(client, f"{ENTRIES}/2")
    assert (one["content"], one["erased_by"]["who"], one["fault"]) == (None, "dora", "")


def test_all_of_it_as_a_table_and_for_a_security_system(client, told, monkeypatch):
    for name in ("A_PAGE", "AT_ONCE"):
        monkeypatch.setattr(f"agentscope.api.audit.{name}", 1)
    answer = client.get(ENTRIES, {"format": "csv"})
    rows = b"".join(answer.streaming_content).decode().splitlines()
    assert rows[0] == "position,at,kind,who,what"
    assert [row.split(",")[0] for row in rows[1:]] == ["3", "2"]
    assert "'=Set the price of gpt." in rows[1]
    answer = client.get(ENTRIES, {"format": "ocsf"})
    events = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert [each["metadata"]["sequence"] for each in events] == [3, 2]
    assert events[1]["class_uid"] == 3004
    assert events[1]["type_uid"] == 300_499
    assert events[1]["actor"] == {"user": {"name": "ann"}}
    assert events[1]["message"] == "Budget “day” was changed."


def test_checkpoints_say_where_else_they_are(client, told):
    first = checkpoint(told.pk)
    note_change("view", told.pk, "ann", "Saved a view", {})
    second = checkpoint(told.pk)
    Anchored.objects.create(
        project_id=told.pk, position=3, anchor="file", place="/mnt/kept",
        done_at=datetime(2026, 11, 27, tzinfo=UTC),
    )  # fmt: skip
    page = get(client, CHECKPOINTS, limit=1)
    assert page == {"checkpoints": [{**second._asdict(), "elsewhere": []}], "next": "4"}
    (last,) = get(client, CHECKPOINTS, cursor="4")["checkpoints"]
    assert last["hash"] == first.hash
    assert last["elsewhere"][0]["place"] == "/mnt/kept"


def test_verifying_says_what_it_found(client, told):
    assert get(client, VERIFY)["result"] is None
    asked = client.post(VERIFY, {}, JSON)
    assert asked.status_code == 202
    assert asked.json()["running"]["asked_by"] == "this machine"
    end_jobs()
    found = get(client, VERIFY)
    assert (found["running"], found["newer"], found["failed"]) == (None, 0, None)
    assert found["result"]["bad"] is None
    assert found["result"]["entries"] == 3
    assert found["result"]["sentence"].startswith("All is well")
    tamper("update ledger_content set text = replace(text, 'ann', 'bob') where position = 2")
    note_change("view", told.pk, "ann", "Saved a view", {})
    assert get(client, VERIFY)["newer"] == 1
    client.post(VERIFY, {"whole": True}, JSON)
    end_jobs()
    found = get(client, VERIFY)["result"]
    assert (found["bad"], found["until"]) == (2, 1)
    assert "its content was changed" in found["reason"]


def test_a_result_that_somebody_wrote_is_told(client, told):
    Job.objects.create(project_id=told.pk, kind="verify", state="done", result={"until": 9})
    found = get(client, VERIFY)
    assert (found["is_forged"], found["result"]) == (True, None)


@pytest.mark.parametrize("said", [{"whole": 5}, {"all": True}])
def test_what_cannot_be_asked_of_verifying(client, told, said):
    assert client.post(VERIFY, said, JSON).status_code == 400
    assert not Job.objects.exists()


def test_no_more_jobs_are_taken_than_wait(client, told, monkeypatch):
    monkeypatch.setattr("agentscope.jobs.write.MOST_UNFINISHED", 0)
    answer = client.post(VERIFY, {}, JSON)
    assert answer.status_code == 503
    assert "stop some, or let them end first" in answer.json()["error"]["message"]


def test_a_key_that_reads_does_not_verify_and_another_project_sees_nothing(client, told, settings):
    settings.AGENTSCOPE_EMBEDDED = False
    reads = {"authorization": f"Bearer {create_key(told, Key.Scope.READ)[1]}"}
    assert client.get(ENTRIES, headers=reads).status_code == 200
    assert client.post(VERIFY, {}, JSON, headers=reads).status_code == 403
    theirs = create_key(create_project("other"), Key.Scope.MANAGE)[1]
    others = {"authorization": f"Bearer {theirs}", "x-agentscope-project": "other"}
    (made,) = client.get(ENTRIES, headers=others).json()["entries"]
    assert made["what"].startswith("Made the key")  # by which it is read
    assert client.get(f"{ENTRIES}/3", headers=reads).status_code == 200
    assert client.get(f"{ENTRIES}/3", headers=others).status_code == 404


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("entries?itself=true", "EntriesShape"),
        ("entries/2", "OneEntryShape"),
        ("checkpoints", "CheckpointsShape"),
        ("verify", "StandingShape"),
    ],
)
def test_answers_have_what_the_schema_says(client, told, schema, path, shape):
    checkpoint(told.pk)
    erase(told.pk, [3], "dora", "asked for")
    client.post(VERIFY, {}, JSON)
    end_jobs()
    client.post(VERIFY, {}, JSON)
    answer = get(client, f"{AUDIT}{path}")
    jsonschema.validate(answer, {"$ref": f"#/components/schemas/{shape}", **closed(schema)})
