"""The process that only decides says what the API says."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from agentscope.api import only_decide
from agentscope.budgets.models import Answer
from agentscope.prices import book
from agentscope.projects import read
from agentscope.projects.models import Key, Project
from agentscope.projects.write import create_key, create_project
from tests.agentscope.budgets.told import budget

DECIDE = "/api/v1/decide"


@pytest.fixture(autouse=True)
def _forget(settings):
    settings.AGENTSCOPE_EMBEDDED = True
    read._keys.clear()
    only_decide._projects.clear()


@pytest.fixture
def shop(db: None) -> Project:
    return create_project("shop")


def environ(body: bytes, **said: str) -> dict[str, Any]:
    plain = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": DECIDE,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "localhost:4319",
        "HTTP_X_AGENTSCOPE_PROJECT": "shop",
    }
    return {**plain, "wsgi.input": BytesIO(body), **said}


def post(body: bytes, **said: str) -> tuple[str, dict[str, str], Any]:
    """Status, headers and what is said."""
    begun: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], error: object = None) -> Any:
        begun.extend((status, headers))

    parts = only_decide.application(environ(body, **said), start)
    status, headers = begun
    told = b"".join(parts)
    assert dict(headers)["Content-Length"] == str(len(told))
    return status, dict(headers), json.loads(told)


def ask(**asked: Any) -> Any:
    status, _, told = post(json.dumps(asked).encode())
    assert status == "200 OK", told
    return told


def test_it_says_what_the_api_says(shop):
    budget(shop)
    asked = {"agent": "planner", "estimated_usd": "11", "tool": "search"}
    headers = {"host": "localhost", "x-agentscope-project": "shop"}
    answer = Client(headers=headers).post(DECIDE, asked, "application/json").json()
    told = ask(**asked)
    assert told["decision"] == "stop"
    assert answer | {"lag_seconds": 0} == told | {"lag_seconds": 0}
    assert Answer.objects.count() == 2


def test_reservations_are_held_and_settled(shop):
    budget(shop)
    held = ask(estimated_usd=6, reserve=True)["reservation"]["id"]
    assert ask(estimated_usd=6, reserve=True)["decision"] == "stop"
    told = ask(estimated_usd=6, reserve=True, reservation=held, spent_usd=0)
    assert (told["decision"], told["settled"]) == ("allow", True)


@pytest.mark.parametrize(
    ("body", "said", "status", "message"),
    [
        (b"{}", {"PATH_INFO": "/p/shop/"}, "404 Not Found", "Only /api/v1/decide is answered here"),
        (b"{}", {"REQUEST_METHOD": "GET"}, "405 Method Not Allowed", "takes POST, not GET"),
        (b"{}", {"CONTENT_TYPE": "text/plain"}, "415 Unsupported Media Type", "is not JSON"),
        (b"{", {}, "400 Bad Request", "cannot be read as JSON"),
        (b'{"agnet": "a"}', {}, "400 Bad Request", "agnet: there is no such field"),
        (b"{}", {"QUERY_STRING": "projekt=shop"}, "400 Bad Request", "projekt"),
        (b"{}", {"CONTENT_LENGTH": "9" * 20}, "413 Request Entity Too Large", "at most 1,048,576"),
        (b"{}", {"CONTENT_LENGTH": "-1"}, "413 Request Entity Too Large", "at most 1,048,576"),
        (b"{}", {"HTTP_HOST": "evil.example"}, "403 Forbidden", "does not answer to the name"),
    ],
)
def test_what_cannot_be_answered_is_explained(shop, body, said, status, message):
    found, _, told = post(body, **said)
    assert found == status
    assert message in told["error"]["message"]
    assert told["error"]["code"] == int(status[:3])


def test_probes_need_neither_key_nor_database():
    assert post(b"", PATH_INFO="/healthz/live", REQUEST_METHOD="GET")[2] == {"status": "live"}


def test_who_asks_first_does_not_wait_for_the_prices(shop, monkeypatch):
    book.shelf.clear()
    only_decide.read_beforehand()
    monkeypatch.setattr(book, "prices_of", dict)  # of the project: it has set none
    assert ask(provider="openai", model="gpt-4o", estimated_tokens=1000)["decision"] == "allow"
    assert book.shelf.prices


def test_prices_need_not_be_there_when_it_starts(monkeypatch, caplog):
    def no_database(sql: str) -> None:
        raise OperationalError

    book.shelf.clear()
    monkeypatch.setattr(book, "rows_of_query", no_database)
    only_decide.read_beforehand()
    assert "Prices are not read yet" in caplog.text


def test_keys_are_asked_for(shop, settings):
    settings.AGENTSCOPE_EMBEDDED = False
    status, headers, told = post(b"{}")
    assert (status, headers["WWW-Authenticate"]) == ("401 Unauthorized", "Bearer")
    _, secret = create_key(shop, Key.Scope.READ)
    status, _, told = post(b"{}", HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert (status, told["error"]["message"][:13]) == ("403 Forbidden", "This key may ")
    _, secret = create_key(shop, Key.Scope.DECIDE)
    assert post(b"{}", HTTP_AUTHORIZATION=f"Bearer {secret}")[0] == "200 OK"


def test_the_project_may_be_named_in_the_address(shop):
    budget(shop, "0.01")
    told = post(b'{"estimated_usd": 1}', HTTP_X_AGENTSCOPE_PROJECT="", QUERY_STRING="project=shop")[
        2
    ]
    assert told["decision"] == "stop"


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_ended_is_made_anew(shop):
    ask()
    pid = connection.connection.info.backend_pid
    with psycopg.connect(
        connection.connection.info.dsn, autocommit=True, password=password()
    ) as by:
        by.execute("select pg_terminate_backend(%s, 5000)", [pid])
    assert ask()["decision"] == "allow"
    assert Answer.objects.count() == 2


def password() -> str:
    return str(connection.connection.info.password)


def test_a_database_that_is_away_is_said(shop, monkeypatch, caplog):
    def away(*_: Any) -> None:
        raise OperationalError("no route")

    monkeypatch.setattr(only_decide, "decide", away)
    monkeypatch.setattr(connection, "close", lambda: None)
    status, headers, told = post(b"{}")
    assert (status, headers["Retry-After"]) == ("503 Service Unavailable", "5")
    assert told["error"]["message"] == "The database does not answer."
    assert "Cannot decide" in caplog.text
