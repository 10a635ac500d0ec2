"""Who may use which address, by the table in tests/rights.txt: every route and verb, asked by each
role, by a stranger, by nobody, and by a key of each scope. A new route needs its lines there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from agentscope.audit.read import last_position
from agentscope.ledger.write import checkpoint
from agentscope.projects.changes import INSTALLATION, note_change
from agentscope.projects.models import Key, Project, User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_key
from tests import test_every_route as routes

pytestmark = pytest.mark.django_db

shop, parts, other = routes.shop, routes.parts, routes.other
TABLE = Path(__file__).with_name("rights.txt")
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
HOLDERS = {  # of each right
    "see": "owner admin operator auditor viewer",
    "audit": "owner admin operator auditor",
    "operate": "owner admin operator",
    "see_keys": "owner admin operator auditor ingest-only",
    "send": "owner admin ingest-only",
    "manage": "owner admin",
    "own": "owner",
    "nobody": "",
}
ADDRESSES = [*routes.PAGES, *routes.READS, *routes.DOES, *routes.ASKS]
MISSING = """Nobody said who may use {address}.
Add a line for each of its verbs to tests/rights.txt: the verb, the right that a member needs, the
scopes of keys that may (- for a page), the address. Like: GET see - {address}"""


class Line(NamedTuple):
    """Who may use an address with a verb."""

    verb: str
    right: str
    scopes: tuple[str, ...]
    address: str


def lines() -> Iterator[Line]:
    for text in TABLE.read_text().splitlines():
        if text and not text.startswith("#"):
            verb, right, scopes, address = text.split()
            found = scopes.split(",")
            more = ["admin"] if {"read", "manage"} & set(found) else []
            yield Line(verb, right, (*found, *more), address)


LINES = {(line.address, line.verb): line for line in lines()}


@pytest.fixture(scope="module")
def people(shop, other) -> dict[str, Client]:
    """Somebody of each role, logged in; "stranger" owns another project."""
    found = {role.value: browser(role.value, shop, role) for role in Role}
    return found | {"stranger": browser("stranger", other, Role.OWNER)}


def browser(name: str, project: Project, role: Role) -> Client:
    user = User.objects.create_user(name)
    add_member(project, user, role)
    client = Client(headers={"host": "localhost", "x-agentscope-project": project.name})
    client.force_login(user)
    return client


@pytest.fixture(scope="module")
def keys(shop) -> dict[str, Client]:
    """A key of each scope."""
    return {scope.value: sender(create_key(shop, scope)[1]) for scope in Key.Scope}


def sender(secret: str) -> Client:
    return Client(headers={"host": "localhost", "authorization": f"Bearer {secret}"})


@pytest.fixture(autouse=True)
def _production(settings):
    settings.AGENTSCOPE_EMBEDDED = False


@pytest.fixture
def ask(parts):
    """Ask for an address with a verb. What that changes is undone."""

    def asked(client: Client, verb: str, route: str, **options: Any) -> HttpResponse:
        address = routes.address(route, parts) + routes.NEEDED.get(route, "")
        if verb != "GET" and route.startswith("api/"):
            options |= {"data": {}, "content_type": "application/json"}
        with transaction.atomic():
            answer: HttpResponse = getattr(client, verb.lower())(address, **options)
            transaction.set_rollback(True)
        return answer

    return asked


def verbs_of(address: str) -> dict[str, Line | None]:
    return {verb: LINES.get((address, verb)) for verb in VERBS}


def is_refused(answer: HttpResponse) -> bool:
    """Whether the role, or the scope, was not enough."""
    return answer.status_code == 403 and ("Only " in answer.text or "This key may" in answer.text)


@pytest.mark.parametrize("address", [*ADDRESSES, *routes.RUN])
def test_somebody_said_who_may_use_it(address):
    assert any(verbs_of(address).values()), MISSING.format(address=address)


def test_no_line_is_of_an_address_that_is_gone():
    assert {address for address, _ in LINES} <= {*ADDRESSES, *routes.RUN}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_member_may_what_the_role_allows(ask, people, address):
    for verb, line in verbs_of(address).items():
        for role in Role:
            answer = ask(people[role], verb, address)
            if line is None:
                refused = (405,) if role == Role.OWNER else (403, 405)
                assert answer.status_code in refused, (verb, role)
            else:
                may = role.value in HOLDERS[line.right].split()
                assert is_refused(answer) != may, (verb, role, answer.status_code)
                assert answer.status_code < 500
                assert answer.status_code not in (401, 405)


@pytest.mark.parametrize("address", ADDRESSES)
def test_to_strangers_nothing_is_there(ask, people, address):
    said = {"headers": {"x-agentscope-project": "shop"}}
    for verb, line in verbs_of(address).items():
        answer = ask(people["stranger"], verb, address, **said)
        assert answer.status_code == 404 if line else answer.status_code in (404, 405), verb


@pytest.mark.parametrize("address", [*ADDRESSES, *routes.RUN])
def test_nobody_in_particular_may_anything(ask, address):
    client = Client(headers={"host": "localhost"})
    refused = (401,) if address.startswith("api/") else (302,)
    for verb, line in verbs_of(address).items():
        answer = ask(client, verb, address)
        assert answer.status_code in refused if line else answer.status_code in (*refused, 405)
        assert answer.headers.get("Location", "/login/").startswith("/login/")


@pytest.mark.parametrize("address", [each for each in ADDRESSES if each.startswith("api/")])
def test_a_key_may_what_its_scope_allows(ask, keys, address):
    for verb, line in verbs_of(address).items():
        for scope, client in keys.items():
            answer = ask(client, verb, address)
            if line is None:
                assert answer.status_code in (403, 405), (verb, scope)
            else:
                assert is_refused(answer) != (scope in line.scopes), (verb, scope)
                assert answer.status_code < 500
                assert answer.status_code not in (401, 405)


def grown(position: int) -> None:
    """Have the installation's ledger a checkpoint at a position."""
    while last_position(INSTALLATION) < position:
        note_change("login", INSTALLATION, "root", "Logged in", {})
    checkpoint(INSTALLATION)


@pytest.mark.parametrize("address", routes.RUN)
def test_what_is_of_the_installation_is_there_for_who_runs_it_alone(
    ask, people, parts, settings, address
):
    root = Client(headers={"host": "localhost"})
    root.force_login(User.objects.create_user("root", is_staff=True))
    grown(int(parts["position"]))
    for verb, line in verbs_of(address).items():
        for client in people.values():
            status = ask(client, verb, address).status_code
            assert status == 404 if line else status in (404, 405), verb
        assert (ask(root, verb, address).status_code in (200, 302)) == bool(line), verb
        settings.AGENTSCOPE_EMBEDDED = True
        anybody = Client(headers={"host": "localhost"})
        assert (ask(anybody, verb, address).status_code in (200, 302)) == bool(line), verb
        settings.AGENTSCOPE_EMBEDDED = False


@pytest.mark.parametrize("address", [*routes.PAGES, *routes.RUN])
def test_pages_and_what_is_of_the_installation_take_no_key(ask, keys, address):
    refused = 403 if address.startswith("api/") else 302
    for verb in VERBS:
        assert ask(keys["admin"], verb, address).status_code in (refused, 405)
