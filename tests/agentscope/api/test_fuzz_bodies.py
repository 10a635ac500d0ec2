"""Whatever is said in a body or asked of a list, the answer is never a server error and always
JSON, and what is refused is named."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentscope.api import answers, audit, deliveries, review_queues, reviews, stops
from agentscope.budgets.models import Budget
from agentscope.channels.models import Channel
from agentscope.projects.write import create_project
from tests.agentscope.budgets.told import budget
from tests.ui.alerting import channel_of

JSON = "application/json"
GOOD = [
    *("trace", "session", "agent", "webhook", "email", "usd", "stop", "open", "hook"),
    *(
        "9999-12-31T23:59:59Z",
        "0001-01-01",
        "2027-01-01",
        "ab" * 16,
        "ab" * 8,
        "10",
        "1e30",
        "-1",
        "nan",
    ),
]
PLAIN = (
    st.sampled_from([*GOOD, "\0", "\ud800", ""])
    | st.text(max_size=8)
    | st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = (
    PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(st.text(max_size=5), PLAIN, max_size=2)
)
WINDOWS = st.sampled_from([{"kind": "calendar", "unit": "day"}, {"kind": "whole"}])
FIELDS = {
    "budgets": ("name", "enabled", "unit", "limit", "soft", "only", "each", "policy", "channels"),
    "budgets/preview": ("name", "unit", "limit", "soft", "only", "each", "policy"),
    "budgets/lifts": ("budget", "group", "trace", "until", "why"),
    "budgets/stops": ("of", "name", "until", "why"),
    "channels": ("kind", "name", "settings", "enabled"),
    "audit/verify": ("whole",),
    "reviews": ("trace", "span", "verdict", "why"),
    "reviews/comments": ("trace", "span", "text"),
    "reviews/items": ("trace", "span", "to"),
    "reviews/queues": ("name", "enabled", "only", "share", "hours", "since"),
}
BUDGET = dict.fromkeys(FIELDS["budgets"], VALUES)
fuzz = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def shop(db):
    """A project with a budget and a channel."""
    project = create_project("shop")
    budget(project)
    channel_of(project)
    return project


def check(answer, allowed):
    assert answer.status_code in allowed, answer.content
    assert answer["Content-Type"] == JSON
    if answer.status_code == 400:
        assert answer.json()["error"]["message"]


@pytest.mark.parametrize("path", FIELDS)
@fuzz
@given(data=st.data())
def test_any_body(client, shop, path, data):
    known = dict.fromkeys(FIELDS[path], VALUES)
    said = data.draw(st.fixed_dictionaries({}, optional=known))
    if path.startswith("budgets") and "limit" in known:
        said["window"] = data.draw(WINDOWS | VALUES)
    check(client.post(f"/api/v1/{path}", said, JSON), (200, 201, 202, 400, 404))


@fuzz
@given(said=st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS["channels"][1:], VALUES)))
def test_any_change_of_a_channel(client, shop, said):
    one = Channel.objects.get().pk
    check(client.patch(f"/api/v1/channels/{one}", said, JSON), (200, 400))


@fuzz
@given(
    said=st.fixed_dictionaries(
        {"window": WINDOWS}, optional=dict.fromkeys(FIELDS["budgets"], VALUES)
    )
)
def test_any_change_of_a_budget(client, shop, said):
    one = Budget.objects.get().pk
    check(client.put(f"/api/v1/budgets/{one}", said, JSON), (200, 400))


@fuzz
@given(said=st.fixed_dictionaries({}, optional={"decision": VALUES, "fail": VALUES}))
def test_any_word_for_what_holds_otherwise(client, shop, said):
    check(client.put("/api/v1/budgets/otherwise", said, JSON), (200, 400))


@pytest.mark.parametrize(
    ("path", "takes"),
    [
        ("budgets/answers", answers.TAKEN),
        ("budgets/lifts", stops.TAKEN),
        ("budgets/stops", stops.TAKEN),
        ("deliveries", deliveries.TAKEN),
        ("audit/entries", audit.ENTRIES),
        ("audit/checkpoints", audit.CHECKPOINTS),
        ("reviews", reviews.REVIEWS),
        ("reviews/comments", reviews.COMMENTS),
        ("reviews/items", reviews.ITEMS),
        ("reviews/rates", review_queues.RATES),
    ],
)
@fuzz
@given(data=st.data())
def test_any_query(client, shop, path, takes, data):
    names = sorted({each.name for each in takes} - {"format", "x-agentscope-project", "project"})
    said = st.sampled_from([*GOOD, "\0", "0", "9" * 19, "9" * 30, "\u0661"]) | st.text(max_size=6)
    asked = data.draw(st.dictionaries(st.sampled_from(names), said, min_size=1, max_size=2))
    check(client.get(f"/api/v1/{path}?{urlencode(asked)}"), (200, 400))
