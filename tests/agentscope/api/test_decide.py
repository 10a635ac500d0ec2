"""May it go on? Over HTTP."""

from __future__ import annotations

from decimal import Decimal

import jsonschema
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from agentscope.api.question import NAMES
from agentscope.budgets.models import Answer, Budget
from agentscope.projects.models import Key, User
from agentscope.projects.write import add_member, create_key, create_project
from tests.agentscope.api.test_fuzz import VALUES, fuzz
from tests.agentscope.api.test_schema import closed

DECIDE, CHECK = "/api/v1/decide", "/api/v1/budgets/check"
TODAY = {"kind": "calendar", "unit": "day"}
JSON = "application/json"


def budget(project, limit="10", **said):
    plain = {"name": "daily", "soft": Decimal("0.8"), "window": TODAY}
    return Budget.objects.create(project_id=project.pk, limit=Decimal(limit), **(plain | said))


def ask(client, **said):
    return client.post(DECIDE, said, JSON)


def test_without_a_budget_it_goes_on(client, shop):
    answer = ask(client, agent="planner").json()
    assert (answer["decision"], answer["budget"], answer["fail"]) == ("allow", None, "open")


def test_calls_that_reserve_do_not_get_more_than_there_is(client, shop):
    budget(shop)
    answers = [ask(client, estimated_usd="4", reserve=True).json() for _ in range(3)]
    assert [each["decision"] for each in answers] == ["allow", "warn", "stop"]
    assert answers[2]["reserved"] == "8"
    settled = ask(client, reservation=answers[0]["reservation"]["id"], spent_usd=0).json()
    assert (settled["settled"], settled["reserved"]) == (True, "4")
    assert Answer.objects.count() == 4


def test_tokens_are_priced_as_what_is_dearer(client, shop):
    budget(shop)
    said = {"model": "gpt-4o", "provider": "openai", "reserve": True}
    answer = ask(client, estimated_tokens=1000, **said).json()
    assert answer["reservation"]["amount"] == "0.01"  # as output
    answer = ask(client, estimated_tokens=1000, estimated_output_tokens=0, **said).json()
    assert answer["reservation"]["amount"] == "0.0025"


def test_of_what_has_no_price_nothing_is_reserved(client, shop):
    budget(shop)
    answer = ask(client, estimated_tokens=1000, model="nobody knows", reserve=True).json()
    assert answer["reservation"] is None


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"spent_usd": 0}, "reservation"),
        ({"spent_tokens": 5}, "reservation"),
        ({"estimated_output_tokens": 5}, "estimated_output_tokens"),
        ({"estimated_output_tokens": 5, "estimated_tokens": 4}, "estimated_output_tokens"),
    ],
)
def test_what_would_count_nowhere_is_refused(client, shop, wrong, part):
    answer = ask(client, **wrong)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(f"{part}: ")


@pytest.mark.parametrize("usd", [0, 0.25, "0.25"])
def test_an_amount_is_a_number_or_a_text_as_the_schema_says(client, shop, schema, usd):
    said = {"estimated_usd": usd}
    shape = {"$ref": "#/components/schemas/QuestionShape", **closed(schema)}
    jsonschema.validate(said, shape)
    assert ask(client, **said).status_code == 200


def test_what_a_call_came_to_is_kept_as_it_was_said(client, shop):
    budget(shop)
    held = ask(client, estimated_usd="4", reserve=True).json()["reservation"]["id"]
    ask(client, reservation=held, spent_usd="0.5", spent_tokens=0)
    kept = {"reservation": held, "spent_usd": "0.5", "spent_tokens": 0}
    assert Answer.objects.order_by("pk").last().asked == kept


def test_a_session_keeps_the_name_that_it_has(client, shop):
    """Though it looks like the id of a trace."""
    name = "106d1c9c-9968-caf6-a360-af7dbe44cd5e"
    budget(shop, "1", each="session")
    assert f"session “{name}”" in ask(client, session=name, estimated_usd="2").json()["reason"]


def test_what_is_left_differs_from_what_is_asked_for(client, shop):
    budget(shop, "0.02")
    ask(client, estimated_usd="0.01425", reserve=True)
    reason = ask(client, estimated_usd="0.0057525").json()["reason"]
    assert reason.endswith("This call may use $0.0057525, and $0.00575 are left.")


def test_a_look_keeps_nothing(client, shop):
    budget(shop)
    answer = client.get(CHECK, {"estimated_usd": "11"}).json()
    assert (answer["decision"], answer["reservation"]) == ("stop", None)
    assert not Answer.objects.exists()


def test_a_reservation_of_another_project_is_none(client, shop):
    other = create_project("other")
    budget(other)
    theirs = client.post(
        DECIDE,
        {"estimated_usd": 1, "reserve": True},
        JSON,
        headers={"x-agentscope-project": "other"},
    ).json()
    answer = ask(client, reservation=theirs["reservation"]["id"], spent_usd=0).json()
    assert answer["settled"] is False


def test_the_answer_is_as_it_is_described(client, shop, schema):
    budget(shop)
    shape = {"$ref": "#/components/schemas/MayShape", **closed(schema)}
    said = {"tool": "search", "estimated_usd": "1", "reserve": True}
    for answer in (ask(client), ask(client, **said), client.get(CHECK)):
        assert answer.status_code == 200
        jsonschema.validate(answer.json(), shape)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"modle": "gpt-4o"}, "modle"),
        ({"trace": "12"}, "trace"),
        ({"estimated_tokens": -1}, "estimated_tokens"),
        ({"estimated_tokens": 1.5}, "estimated_tokens"),
        ({"estimated_tokens": True}, "estimated_tokens"),
        ({"estimated_usd": "NaN"}, "estimated_usd"),
        ({"reserve": "perhaps"}, "reserve"),
        ({"agent": ["planner"]}, "agent"),
        ({"agent": "\ud800"}, "agent"),
    ],
)
def test_what_cannot_be_read_is_named(client, shop, said, named):
    answer = ask(client, **said)
    assert answer.status_code == 400
    assert named in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [("{}", "text/plain", 415), ("[]", JSON, 400), ("{", JSON, 400), ("[" * 10**5, JSON, 400)],
)
def test_the_body_is_a_json_object(client, shop, body, kind, status):
    assert client.post(DECIDE, body, kind).status_code == status


@fuzz
@given(said=st.dictionaries(st.sampled_from(NAMES), VALUES | st.integers() | st.none()))
def test_any_question(client, shop, said):
    assert ask(client, **said).status_code in (200, 400)


def status(method, path, key):
    client = Client(headers={"host": "localhost", "authorization": f"Bearer {key}"})
    answer = client.post(path, {}, JSON) if method == "post" else client.get(path)
    return answer.status_code


@pytest.mark.parametrize("scope", list(Key.Scope))
def test_who_may_ask(shop, settings, scope):
    settings.AGENTSCOPE_EMBEDDED = False
    _, key = create_key(shop, scope)
    may = scope in (Key.Scope.DECIDE, Key.Scope.INGEST)
    assert status("post", DECIDE, key) == (200 if may else 403)
    assert status("get", CHECK, key) == (200 if may else 403)


def test_a_page_of_another_site_cannot_ask_for_who_is_logged_in(shop, settings):
    settings.AGENTSCOPE_EMBEDDED = False
    user = User.objects.create_user("ada", password="secret")
    add_member(shop, user)
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post(DECIDE, {}, JSON).status_code == 403
    assert client.get(CHECK).status_code == 200
