"""Alerts, rules and mutes by machine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agentscope.alerts.evaluate import evaluate
from agentscope.alerts.models import Alert, AlertEvent, Mute, Rule
from agentscope.pipeline import examine
from agentscope.projects.models import Key, Project
from agentscope.projects.write import create_key, create_project
from agentscope.retention.write import set_periods
from tests.kit.costs import call, store, uuid
from tests.kit.spans import NOON
from tests.ui.alerting import channel_of

MINUTE = 60 * 10**9
DEAR: dict[str, Any] = {
    "name": "dear",
    "metric": "cost",
    "each": "session",
    "window": {"kind": "rolling", "seconds": 3600},
    "condition": {"kind": "at_least", "threshold": 2.5},
}
JSON = "application/json"
FAR = (timezone.now() + timedelta(days=30)).replace(microsecond=0).isoformat()


def post(client: Client, path: str, said: Any = None) -> Any:
    return client.post(f"/api/v1/{path}", said or {}, content_type=JSON)


@pytest.fixture
def fired(shop: Project, client: Client) -> Alert:
    """An alert that fires."""
    assert post(client, "alert-rules", DEAR).status_code == 201
    store(shop.pk, call(1, 1, 0, "3", session="s1"))
    examine(shop.pk, uuid(1))
    evaluate(shop.pk, NOON + MINUTE)
    return Alert.objects.get()


def test_a_rule_is_made_read_changed_and_deleted(shop: Project, client: Client) -> None:
    made = post(client, "alert-rules", DEAR).json()
    assert made["condition"] == {"kind": "at_least", "threshold": "2.5"}
    assert (made["created_by"], made["enabled"], made["channels"]) == ("this machine", True, [])
    address = f"/api/v1/alert-rules/{made['id']}"
    changed = client.patch(address, {"remind": 3600}, content_type=JSON).json()
    assert (changed["remind"], changed["name"]) == (3600, "dear")
    assert client.get(address).json() == changed
    listed = client.get("/api/v1/alert-rules").json()
    assert (listed["total"], listed["rules"][0]["firing"]) == (1, 0)
    assert client.delete(address).status_code == 204
    assert Rule.objects.count() == 0


def test_a_rule_says_what_its_project_does_not_keep(shop: Project, client: Client) -> None:
    window = {"kind": "rolling", "seconds": 10 * 86_400}
    asked = DEAR | {"each": "", "filter": "status=error", "window": window}
    made = post(client, "alert-rules", asked).json()
    assert made["unseen"] == ""
    set_periods(shop.pk, 7, 7, "ada")
    said = client.get(f"/api/v1/alert-rules/{made['id']}").json()["unseen"]
    assert said.startswith("This project keeps runs for 7 days, and this looks at those of 10 days")
    assert said in post(client, "alert-rules/preview", asked).json()["left_out"]
    (row,) = client.get("/api/v1/alert-rules").json()["rules"]
    assert row["unseen"] == said


def test_channels_of_a_rule_stay_unless_they_are_said(shop: Project, client: Client) -> None:
    hook = channel_of(shop)
    made = post(client, "alert-rules", DEAR | {"channels": [hook.pk]}).json()
    address = f"/api/v1/alert-rules/{made['id']}"
    changed = client.patch(address, {"remind": 3600}, content_type=JSON).json()
    assert (made["channels"], changed["channels"]) == ([hook.pk], [hook.pk])
    assert client.patch(address, {"channels": []}, content_type=JSON).json()["channels"] == []


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ({"colour": "red"}, "colour"),
        ({"metric": "colour"}, "metric"),
        ({"each": ["session"]}, "each"),
        ({"only": {"agent": {"a": 1}}}, "only"),
        ({"only": {"agent": "\0"}}, "only"),
        ({"window": []}, "window"),
        ({"hold": "soon"}, "hold"),
        ({"name": None}, "name"),
        ({"enabled": 1}, "enabled"),
        ({"channels": [1]}, "channels"),
        ({"channels": [[]]}, "channels"),
        ({"channels": ["9" * 5000]}, "channels"),
    ],
)
def test_what_is_wrong_with_a_rule_is_named(
    shop: Project, client: Client, said: Any, part: str
) -> None:
    for path in ("alert-rules", "alert-rules/preview"):
        answer = post(client, path, DEAR | said)
        if path == "alert-rules" or part in ("colour", "metric", "each", "only", "window", "hold"):
            assert answer.status_code == 400
            assert answer.json()["error"]["message"].startswith(f"{part}: ")
    assert Rule.objects.count() == 0


def test_a_preview_keeps_nothing(fired: Alert, client: Client) -> None:
    Rule.objects.all().delete()
    found = post(client, "alert-rules/preview", DEAR).json()
    assert (found["unit"], len(found["points"]), found["left_out"]) == ("USD", 720, [])
    assert set(found) >= {"fired", "groups", "more_groups", "group", "begin_ns", "end_ns"}
    assert Rule.objects.count() == 0


def test_alerts_are_listed_with_what_they_are_of(fired: Alert, client: Client) -> None:
    found = client.get("/api/v1/alerts?state=firing").json()
    (alert,) = found["alerts"]
    assert (alert["subject"], alert["value"], alert["threshold"], alert["unit"]) == (
        "Session s1",
        "3",
        "2.5",
        "USD",
    )
    assert (found["total"], found["counts"]["firing"], found["counts"]["ok"]) == (1, 1, 0)
    assert client.get(f"/api/v1/alerts/{fired.pk}").json() == alert
    assert client.get("/api/v1/alerts?state=resolved").json()["alerts"] == []
    assert client.get("/api/v1/alerts?state=odd").status_code == 400


def test_history_leads_to_the_traces(fired: Alert, client: Client) -> None:
    (event,) = client.get(f"/api/v1/alerts/history?alert={fired.pk}").json()["events"]
    assert (event["notice"], event["state"], event["value"]) == ("fired", "firing", "3")
    found = client.get(f"/api/v1/alerts/events/{event['id']}").json()
    assert found["traces"] == [{"trace_id": uuid(1).hex, "name": "work", "value": "3"}]
    assert client.get("/api/v1/alerts/history?cursor=x").status_code == 400


def test_an_alert_is_acknowledged_snoozed_and_woken(fired: Alert, client: Client) -> None:
    path = f"alerts/{fired.pk}"
    noted = post(client, f"{path}/acknowledge", {"note": "on it"}).json()
    assert (noted["acknowledged_by"], noted["note"]) == ("this machine", "on it")
    assert post(client, f"{path}/snooze", {"until": FAR}).json()["snoozed_until"] == FAR
    assert client.delete(f"/api/v1/{path}/snooze").json()["snoozed_until"] is None
    for said in ({}, {"until": "soon"}, {"until": "2020-01-01"}, {"till": FAR}):
        assert post(client, f"{path}/snooze", said).status_code == 400
    did = AlertEvent.objects.exclude(did="").order_by("pk").values_list("did", flat=True)
    assert list(did) == ["acknowledged", "snoozed", "woken"]


def test_alerts_are_muted(fired: Alert, client: Client) -> None:
    made = post(client, "alert-mutes", {"ends_at": FAR, "rule": fired.rule_id}).json()
    assert (made["rule"], made["ends_at"]) == (fired.rule_id, FAR)
    assert client.get("/api/v1/alert-mutes").json()["total"] == 1
    assert client.get("/api/v1/alerts?state=muted").json()["total"] == 1
    assert client.delete(f"/api/v1/alert-mutes/{made['id']}").status_code == 204
    assert client.get("/api/v1/alert-mutes").json()["total"] == 0
    assert post(client, "alert-mutes", {}).status_code == 400


def test_what_is_of_another_project_is_not_there(fired: Alert, client: Client) -> None:
    post(client, "alert-mutes", {"ends_at": FAR})
    mute, event = Mute.objects.get(), AlertEvent.objects.get()
    create_project("other")
    other = Client(headers={"host": "localhost", "x-agentscope-project": "other"})
    reads = (
        f"alerts/{fired.pk}",
        f"alerts/events/{event.pk}",
        f"alert-rules/{fired.rule_id}",
        f"alerts/{2**70}",
        f"alerts/events/{2**70}",
        f"alert-rules/{2**70}",
    )
    assert {other.get(f"/api/v1/{path}").status_code for path in reads} == {404}
    gone = (f"alert-rules/{fired.rule_id}", f"alert-mutes/{mute.pk}", f"alerts/{fired.pk}/snooze")
    assert {other.delete(f"/api/v1/{path}").status_code for path in gone} == {404}
    assert post(other, f"alerts/{fired.pk}/acknowledge").status_code == 404
    said = {"ends_at": FAR, "rule": fired.rule_id}
    assert post(other, "alert-mutes", said).status_code == 404
    for path in ("alerts", "alert-rules", "alert-mutes"):
        assert other.get(f"/api/v1/{path}").json()["total"] == 0
    assert other.get("/api/v1/alerts/history").json()["events"] == []


def test_keys_that_manage_may_change_and_those_that_read_may_look(
    fired: Alert, settings: Any, shop: Project
) -> None:
    settings.AGENTSCOPE_EMBEDDED = False
    secrets = {scope: create_key(shop, scope)[1] for scope in Key.Scope}

    def status(scope: Key.Scope, method: str, path: str, said: Any = None) -> int:
        client = Client(headers={"host": "localhost", "authorization": f"Bearer {secrets[scope]}"})
        send = getattr(client, method)
        found: int = send(f"/api/v1/{path}", said or {}, content_type=JSON).status_code
        return found

    acknowledge = f"alerts/{fired.pk}/acknowledge"
    assert status(Key.Scope.MANAGE, "post", acknowledge) == 200
    for scope in (Key.Scope.READ, Key.Scope.INGEST, Key.Scope.DECIDE):
        assert status(scope, "post", acknowledge) == 403
        assert status(scope, "delete", f"alert-rules/{fired.rule_id}") == 403
    reader = Client(headers={"authorization": f"Bearer {secrets[Key.Scope.READ]}"})
    assert reader.get("/api/v1/alerts", headers={"host": "localhost"}).status_code == 200
    assert status(Key.Scope.READ, "post", "alert-rules/preview", DEAR) == 200
    fired.refresh_from_db()
    assert fired.acknowledged_by.startswith("key as_")
