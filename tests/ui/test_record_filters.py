"""Each filter of decisions, on the page and by machine, over recorded runs of real programs: both
find exactly the records that have it, which are some and not all."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from agentscope.records.models import Record
from tests.kit.corpus import cases, replay
from tests.ui.records import LIST

pytestmark = pytest.mark.usefixtures("embedded")
RUNS = (
    "langgraph-openinference",
    "langgraph-genai",
    "openai-agents-openinference",
    "strands-native",
)
LOOP = "openai-agents-openinference-loop"
API = "/api/v1/decisions"
PART = {"HX-Request": "true", "HX-Target": "decisions"}
ROW = re.compile(r'href="/p/shop/audit/decisions/([0-9a-f]{32})/([0-9a-f]{16})/"')
FILTERS = {  # what is asked for, and what has it
    "agent": ("writer", lambda record: record.agent == "writer"),
    "effect": ("publish_report", lambda record: "publish_report" in record.effects),
    "person": ("somebody", lambda record: "somebody" in record.people),
    "outcome": ("waiting", lambda record: record.outcome == "waiting"),
    "authority": ("approved", lambda record: record.authority == "approved"),
    "finding": ("handoff_ping_pong", lambda record: "handoff_ping_pong" in record.findings),
    "session": ("sess-langgraph-genai", lambda record: record.session == "sess-langgraph-genai"),
    "user": ("user-7", lambda record: record.end_user == "user-7"),
}


@pytest.fixture
def recorded(project, monkeypatch):
    """The records of several programs."""
    monkeypatch.setattr("ui.views.records.PAGE", 500)
    for case in cases():
        if case.name in (*RUNS, LOOP):
            replay(case, project.pk)
    return list(Record.objects.filter(project_id=project.pk))


def place(record):
    return record.trace_id.hex, f"{record.span_id % 2**64:016x}"


def on_the_page(client, said):
    answer = client.get(LIST, said, headers=PART)
    assert answer.status_code == 200
    return set(ROW.findall(answer.text))


def by_machine(client, said):
    found = client.get(API, {**said, "limit": 500, "project": "shop"}).json()["decisions"]
    return {(each["trace_id"], each["span_id"]) for each in found}


def test_each_filter_finds_what_has_it_and_nothing_else(client, recorded):
    every = set(map(place, recorded))
    assert on_the_page(client, {}) == by_machine(client, {}) == every
    for name, (value, has_it) in FILTERS.items():
        said = {name: value}
        wanted = {place(record) for record in recorded if has_it(record)}
        assert wanted, name
        assert wanted < every, name
        assert on_the_page(client, said) == wanted, name
        assert by_machine(client, said) == wanted, name


def test_filters_narrow_each_other(client, recorded):
    said = {"agent": "writer", "person": "somebody", "session": "sess-langgraph-genai"}
    wanted = {place(each) for each in recorded if all(FILTERS[name][1](each) for name in said)}
    assert len(wanted) == 1
    assert on_the_page(client, said) == by_machine(client, said) == wanted


def test_lately_and_between_two_times(client, recorded):
    now = timezone.now()
    recent = [record for record in recorded if record.agent == "writer"]
    Record.objects.exclude(agent="writer").update(at=now - timedelta(hours=2))
    Record.objects.filter(agent="writer").update(at=now - timedelta(minutes=5))
    wanted = set(map(place, recent))
    since = (now - timedelta(minutes=10)).isoformat()
    assert on_the_page(client, {"range": "1h"}) == wanted
    assert by_machine(client, {"since": since}) == wanted
    assert by_machine(client, {"until": since}) == set(map(place, recorded)) - wanted
