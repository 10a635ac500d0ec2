"""Alerts, their rules, history and mutes as CSV."""

import csv
from io import StringIO

import pytest
from django.test import Client

from agentscope.alerts.models import Alert, AlertEvent
from agentscope.api import alerts_tables
from agentscope.api.alerts_tables import ALERT_HEAD, EVENT_HEAD, MUTE_HEAD, RULE_HEAD
from agentscope.projects.write import create_project
from tests.ui.alerting import alert_of, mute_of, rule_of


@pytest.fixture
def known(shop):
    """A rule with three alerts."""
    rule = rule_of(shop)
    return [alert_of(rule, group) for group in ("=s-1", "s-2", "s-3")]


def table(client, path):
    """The rows of a table by the names of its head."""
    answer = client.get(f"/api/v1/{path}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(StringIO(answer.getvalue().decode())))


@pytest.mark.parametrize("at_once", [1, 2, 500])
def test_alerts_and_history_are_whole_however_many_are_read_at_once(
    client, known, monkeypatch, at_once
):
    monkeypatch.setattr(alerts_tables, "AT_ONCE", at_once)
    rows = table(client, "alerts?format=csv")
    assert tuple(rows[0]) == ALERT_HEAD
    assert sorted(each["group"] for each in rows) == ["'=s-1", "s-2", "s-3"]
    assert rows[0]["value"] == "2.41"
    events = table(client, "alerts/history?format=csv")
    assert tuple(events[0]) == EVENT_HEAD
    assert [int(each["id"]) for each in events] == sorted(
        AlertEvent.objects.values_list("pk", flat=True), reverse=True
    )


def test_filters_and_places_hold(client, known):
    Alert.objects.filter(pk=known[0].pk).update(state="resolved")
    (row,) = table(client, "alerts?format=csv&state=resolved")
    assert int(row["id"]) == known[0].pk
    assert len(table(client, "alerts?format=csv&offset=1")) == 2
    (event,) = table(client, f"alerts/history?format=csv&alert={known[1].pk}")
    assert int(event["alert"]) == known[1].pk
    assert client.get("/api/v1/alerts/history?format=csv&cursor=x").status_code == 400


def test_rules_say_their_parts_as_json(client, known):
    (row,) = table(client, "alert-rules?format=csv")
    assert tuple(row) == RULE_HEAD
    assert row["window"] == '{"kind": "rolling", "seconds": 86400}'
    assert (row["firing"], row["remind"]) == ("3", "")


def test_mutes_are_a_table(client, shop, known):
    mute = mute_of(shop, known[0].rule)
    (row,) = table(client, "alert-mutes?format=csv")
    assert tuple(row) == MUTE_HEAD
    assert (row["id"], row["rule"]) == (str(mute.pk), str(mute.rule_id))
    assert (row["ends_at"], row["reason"]) == (mute.ends_at.isoformat(), "maintenance")


def test_nothing_of_another_project(shop, known):
    mute_of(shop)
    create_project("other")
    stranger = Client(headers={"host": "localhost", "x-agentscope-project": "other"})
    for path in ("alerts", "alerts/history", "alert-rules", "alert-mutes"):
        assert table(stranger, f"{path}?format=csv") == []
