"""What a body says is of the project that is asked, and no more than the schema lists: ids of
another project are not there, and nobody writes who did something, when, or for whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agentscope.projects.models import Key
from agentscope.projects.write import create_key
from tests import test_every_route as routes
from tests.agentscope.reviews.decided import record
from tests.kit.changes import noted
from tests.kit.costs import trace_id

pytestmark = pytest.mark.django_db
shop, parts, other = routes.shop, routes.parts, routes.other
JSON = "application/json"
VERBS = ("post", "put", "patch")
NOT_SAID = {  # who asks, when, for which project and with what proof is nobody's to say
    *("id", "pk", "project", "project_id", "organisation", "organisation_id"),
    *("who", "by", "user", "user_id", "made_by", "created_by", "ended_by", "invited_by"),
    *("at", "made_at", "created_at", "ended_at", "revoked_at", "confirmed_at", "last_used_at"),
    *("role", "scope", "is_staff", "is_person", "state"),
    *("hash", "digest", "record", "salt", "secret", "position", "previous", "signature"),
}
WINDOW = {"kind": "calendar", "unit": "day"}
RULE = {
    "name": "x",
    "metric": "cost",
    "window": WINDOW,
    "condition": {"kind": "at_least", "threshold": "1"},
}
BUDGET = {"name": "x", "limit": 1, "window": WINDOW}
SOON = {"until", "ends_at"}  # within the hour
DECIDED = {"trace": "decided", "span": "decision"}
# Bodies that name a thing of a project: by which part of an address, and what else they take.
NAMING: list[tuple[str, dict[str, str], dict[str, Any]]] = [
    ("alert-rules", {"channels": "channel"}, RULE),
    ("budgets", {"channels": "channel"}, BUDGET),
    ("alert-mutes", {"rule": "rule"}, {"ends_at": ""}),
    ("budgets/lifts", {"budget": "budget"}, {"until": "", "why": "x"}),
    ("legal-holds", {"trace_id": "decided"}, {"reason": "x"}),
    ("packs", {"trace": "trace_id"}, {}),
    ("reviews", DECIDED, {"verdict": "approved"}),
    ("reviews/comments", DECIDED, {"text": "x"}),
    ("reviews/items", DECIDED, {"to": ""}),
]


def bodies(schema: Any) -> Iterator[tuple[str, str, set[str]]]:
    """Verb, address and the fields of each body."""
    for path, told in schema["paths"].items():
        for verb in VERBS:
            if asked := told.get(verb, {}).get("requestBody"):
                name = asked["content"][JSON]["schema"]["$ref"].rpartition("/")[2]
                yield verb, path, set(schema["components"]["schemas"][name]["properties"])


@pytest.fixture
def ask(settings, shop, other, parts):
    """Ask with keys that may do everything."""
    settings.AGENTSCOPE_EMBEDDED = False
    keys = {each: create_key(each, Key.Scope.ADMIN)[1] for each in (shop, other)}
    keys |= {(each, "decide"): create_key(each, Key.Scope.DECIDE)[1] for each in (shop, other)}

    def asked(project, verb, path, body, called=JSON):
        key = keys[(project, "decide") if path.endswith("/decide") else project]
        client = Client(headers={"host": "localhost", "authorization": f"Bearer {key}"})
        return getattr(client, verb)(path.format_map(parts), body, called)

    return asked


def test_what_is_not_listed_is_refused_by_its_name(ask, schema, shop, parts):
    found = list(bodies(schema))
    assert len(found) > 20
    before = len(noted())
    for verb, path, fields in found:
        for name in sorted(NOT_SAID - fields):
            answer = ask(shop, verb, path, {name: "1"})
            assert answer.status_code == 400, (verb, path, name, answer.content)
            assert name in answer.json()["error"]["message"], (verb, path, name, answer.content)
    assert len(noted()) == before


@pytest.mark.parametrize(("path", "names", "more"), NAMING)
def test_a_thing_of_another_project_is_not_there(ask, shop, other, parts, path, names, more):
    record(shop.pk)
    known = parts | {"decided": trace_id(1).hex()}
    soon = (timezone.now() + timedelta(hours=1)).isoformat()
    body = more | dict.fromkeys(SOON & set(more), soon)
    body |= {name: known[part] for name, part in names.items()}
    if "channels" in body:
        body["channels"] = [int(body["channels"])]
    before = len(noted())
    refused = ask(other, "post", f"/api/v1/{path}", body)
    assert refused.status_code in (400, 404), refused.content
    assert b"secret" not in refused.content
    assert len(noted()) == before
    ours = ask(shop, "post", f"/api/v1/{path}", body)
    assert ours.status_code in (200, 201, 202), ours.content


READ = [  # what cannot be read as an object, and what is said of it
    (b"{", "The body cannot be read as JSON."),
    (b"\xff\xfe{}", "The body cannot be read as JSON."),
    (b'{"a": "\xed\xa0\x80"}', "The body cannot be read as JSON."),
    (rb'{"name": "\ud800"}', "name: it holds half a character."),
    (rb'{"only": {"tool": ["\uDFFF"]}}', "only: it holds half a character."),
    (b"[" * 100_000, "The body cannot be read as JSON."),
    (b'{"a":' * 100_000, "The body cannot be read as JSON."),
    (b'{"a": ' + b"9" * 5_000 + b"}", "The body cannot be read as JSON."),
    (rb'{"\uD800": 1}', r"\ud800: it holds half a character."),
    (b"[]", "The body is no JSON object."),
    (b"null", "The body is no JSON object."),
    (b'{"name": "x", "name": "y"}', "name: it is said twice."),
    (b'{"only": {"tool": "x", "tool": "y"}}', "tool: it is said twice."),
]
OTHERS = ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"]


def test_what_is_no_object_of_json_is_refused_everywhere(ask, schema, shop, parts):
    before = len(noted())
    for verb, path, _ in bodies(schema):
        for said, sentence in READ:
            answer = ask(shop, verb, path, said)
            assert answer.status_code == 400, (verb, path, said[:40], answer.content)
            assert answer.json()["error"]["message"] == sentence, (verb, path, said[:40])
        for called in OTHERS:
            answer = ask(shop, verb, path, b"{}", called)
            assert answer.status_code == 415, (verb, path, called, answer.content)
    assert len(noted()) == before


# What nobody means, whatever the field; of text that is as wrong as of numbers.
WRONG: list[Any] = [[[[]]], [None], {"a": {"b": 1}}, "a\0b", "x" * 5_000, 10**400]
LAX = {  # fields that tell what is not looked at
    ("post", "/api/v1/alert-rules/preview"),
    ("post", "/api/v1/budgets/preview"),
}


def test_values_that_nobody_means_are_refused_by_the_name_of_their_field(ask, schema, shop, parts):
    before = len(noted())
    for verb, path, fields in bodies(schema):
        for name in sorted(fields) if (verb, path) not in LAX else ():
            for value in WRONG:
                answer = ask(shop, verb, path, {name: value})
                assert 400 <= answer.status_code < 500, (verb, path, name, value, answer.content)
    assert len(noted()) == before
