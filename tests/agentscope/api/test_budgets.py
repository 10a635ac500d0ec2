"""Budgets, read and changed by machine."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import jsonschema
import pytest
from django.test import Client
from django.utils import timezone

from agentscope.alerts.models import Rule
from agentscope.budgets.models import Budget, Spent
from agentscope.budgets.write import delete_budget
from agentscope.projects.models import Key
from agentscope.projects.write import create_key, create_project
from tests.agentscope.api.test_schema import closed
from tests.agentscope.budgets.told import HOURLY, tell
from tests.kit.changes import noted
from tests.kit.costs import call
from tests.kit.spans import NOON
from tests.ui.alerting import channel_of

PAGE, JSON = "/api/v1/budgets", "application/json"
SAID = {"name": "daily", "limit": "10", "window": {"kind": "calendar", "unit": "day"}}


def add(client, **said):
    return client.post(PAGE, SAID | said, JSON)


def test_a_budget_is_made_read_changed_and_deleted(client, shop, schema):
    made = add(client, each="session")
    assert made.status_code == 201
    one = f"{PAGE}/{made.json()['id']}"
    shape = {"$ref": "#/components/schemas/BudgetShape", **closed(schema)}
    for answer in (made, client.get(one)):
        jsonschema.validate(answer.json(), shape)
    assert client.get(PAGE).json()["total"] == 1
    changed = client.put(one, SAID | {"limit": 20.5, "only": {"agent": "😀"}}, JSON).json()
    assert (changed["limit"], changed["each"]) == ("20.5", "")
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404
    assert len(noted()) == 3
    assert not Rule.objects.exists()


def test_what_was_deleted_meanwhile_is_not_made_again(client, shop, monkeypatch):
    one = f"{PAGE}/{add(client).json()['id']}"
    found = Budget.objects.get()

    def known(*_):
        """Somebody else deletes it just after it was found."""
        delete_budget(Budget.objects.get(), "ben")
        return found

    monkeypatch.setattr("agentscope.api.budgets.known", known)
    answer = client.put(one, SAID, JSON)
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "“daily” was deleted meanwhile."
    assert not Budget.objects.exists()
    assert not Rule.objects.exists()


def test_a_window_with_a_part_of_another_one_is_refused(client, shop):
    answer = add(client, window={"kind": "calendar", "unit": "day", "seconds": 3600})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("window: A window that is calendar says")


def test_the_list_is_a_table_too(client, shop):
    hook = channel_of(shop)
    add(client, name="=daily", channels=[hook.pk], each="session", only={"agent": "ada"})
    add(client, name="unused", limit="2.50")
    made = Budget.objects.get(name="=daily")
    Spent.objects.create(
        budget=made, group="s1", spent="1.5", unpriced_calls=2, recent=0,
        window_begin_ns=0, window_end_ns=2**62, as_of_ns=2**61,
    )  # fmt: skip
    table = client.get(f"{PAGE}?format=csv")
    assert table["Content-Disposition"] == 'attachment; filename="budgets.csv"'
    first, second = csv.DictReader(StringIO(table.getvalue().decode()))
    assert (first["name"], first["limit"], first["only"]) == ("'=daily", "10", '{"agent": "ada"}')
    assert (first["group"], first["spent"], first["unpriced_calls"]) == ("s1", "1.5", "2")
    assert (first["channels"], first["total"]) == (f"[{hook.pk}]", "1")
    assert (second["name"], second["limit"], second["spent"]) == ("unused", "2.5", "")
    assert client.get(f"{PAGE}?format=xml").status_code == 400


def test_channels_stay_unless_they_are_said(client, shop):
    hook = channel_of(shop)
    made = add(client, channels=[hook.pk]).json()
    one = f"{PAGE}/{made['id']}"
    assert made["channels"] == [hook.pk]
    assert client.put(one, SAID | {"limit": "20"}, JSON).json()["channels"] == [hook.pk]
    assert client.get(PAGE).json()["budgets"][0]["channels"] == [hook.pk]
    assert Rule.objects.filter(channels=hook).count() == 2
    assert client.put(one, SAID | {"channels": []}, JSON).json()["channels"] == []
    assert not Rule.objects.filter(channels=hook).exists()


def test_channels_of_others_are_not_told(client, shop):
    theirs = channel_of(create_project("other"))
    for channels in ([theirs.pk], [2**70], "hook", [None]):
        answer = add(client, channels=channels)
        assert answer.status_code == 400
        assert answer.json()["error"]["message"].startswith("channels: ")
    assert not Budget.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"limit": "-1"}, "limit: “-1” is not above 0"),
        ({"soft": "x"}, "soft: "),
        ({"soft": 2}, "soft: "),
        ({"soft": "0.00001"}, "soft: "),
        ({"window": []}, "window"),
        ({"policy": "stop"}, "policy"),
        ({"enabled": "perhaps"}, "enabled"),
        ({"lmit": 1}, "lmit"),
        ({"only": {"agent": "\0"}}, "only"),
        ({"only": {"agent": "\ud800"}}, "only"),
    ],
)
def test_what_makes_no_sense_is_named(client, shop, wrong, named):
    answer = add(client, **wrong)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(named)
    assert not Budget.objects.exists()


def test_a_preview_tells_who_would_have_been_stopped_and_keeps_nothing(client, shop, schema):
    before = timezone.now() - timedelta(minutes=30)
    tell(shop, *(called(number, before) for number in (1, 2)))
    said = SAID | {"limit": "2", "each": "session", "window": HOURLY}
    found = client.post(f"{PAGE}/preview", said, JSON)
    assert found.status_code == 200
    shape = {"$ref": "#/components/schemas/BudgetPreviewShape", **closed(schema)}
    jsonschema.validate(found.json(), shape)
    present, *earlier = found.json()["windows"]
    assert (present["groups"], present["most"], present["more_over"]) == (2, "2", False)
    assert present["over"] == [{"group": "s2", "spent": "2"}]
    assert [each["groups"] for each in earlier] == [0] * 5
    assert not Budget.objects.exists()
    wrong = client.post(f"{PAGE}/preview", said | {"limit": "0"}, JSON)
    assert wrong.json()["error"]["message"] == "limit: “0” is not above 0."
    wrong = client.post(f"{PAGE}/preview", said | {"policy": {"finding": ["alert"]}}, JSON)
    assert wrong.json()["error"]["message"].endswith("there is no “finding”.")


def called(number, at):
    """A call of the trace and session of this number, which costs as many USD."""
    after = int(at.timestamp()) * 10**9 - NOON
    return call(number, 1, 0, str(number), session=f"s{number}", after=after)


def test_budgets_of_others_are_not_found(client, shop):
    one = f"{PAGE}/{add(client).json()['id']}"
    create_project("other")
    theirs = Client(headers={"host": "localhost", "x-agentscope-project": "other"})
    assert theirs.get(one).status_code == 404
    assert theirs.delete(one).status_code == 404
    assert theirs.put(one, SAID, JSON).status_code == 404
    assert theirs.get(PAGE).json()["total"] == 0


@pytest.mark.parametrize("scope", list(Key.Scope))
def test_whose_key_may(shop, settings, scope):
    settings.AGENTSCOPE_EMBEDDED = False
    headers = {"host": "localhost", "authorization": f"Bearer {create_key(shop, scope)[1]}"}
    client = Client(headers=headers)
    may = scope in (Key.Scope.MANAGE, Key.Scope.ADMIN)
    assert add(client).status_code == (201 if may else 403)
    reads = may or scope == Key.Scope.READ
    assert client.get(PAGE).status_code == (200 if reads else 403)
    assert client.post(f"{PAGE}/preview", SAID, JSON).status_code == (200 if reads else 403)
