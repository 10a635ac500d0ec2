"""Nobody is offered what they may not do: each link and each form of every page, by the table in
tests/rights.txt."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import resolve

from agentscope.projects.roles import Role
from tests import test_every_route as routes
from tests.test_roles import HOLDERS, LINES

pytestmark = pytest.mark.django_db
TRACE = "p/<path:project>/traces/<trace:trace_id>/"
shop, parts, production = routes.shop, routes.parts, routes.production
FULLER = ("p/<path:project>/traces/?status=error", f"{TRACE}?span={2:016x}")  # with more to press
VOID = {"input", "br", "hr", "img", "meta", "link", "path", "wbr"}
Offer = tuple[str, str]  # a verb, and an address


class Offers(HTMLParser):
    """What can be pressed in the main part of a page: links, and forms with a button."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[Offer] = set()
        self.inside: list[str] = []  # tags that are open; "off" for what is disabled
        self.form = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag not in VOID:
            self.inside.append("off" if tag == "fieldset" and "disabled" in said else tag)
        if "main" not in self.inside or "off" in self.inside:
            return
        if tag == "a" and "href" in said:
            self.found.add(("GET", said["href"] or ""))
        elif tag == "form":
            self.form = (said.get("action") or "") if said.get("method") == "post" else "#"
        elif tag == "button" and said.get("type") == "submit" and "form" in self.inside:
            self.found.add(("POST", self.form))

    def handle_endtag(self, tag: str) -> None:
        if self.inside and tag not in VOID:
            self.inside.pop()


def forbidden(role: Role, offers: set[Offer], at: str) -> list[Offer]:
    """Those of which the table says that the role may not."""
    found = []
    for verb, said in offers:
        address = urlsplit(urljoin(at, said))
        if said.startswith("#") or address.netloc or not address.path.startswith("/p/"):
            continue
        line = LINES[resolve(address.path).route, verb]
        if role not in HOLDERS[line.right].split():
            found.append((verb, said))
    return sorted(found)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR, Role.VIEWER])
def test_nobody_is_offered_what_they_may_not_do(production, shop, parts, role):
    client = routes.logged_in("somebody", shop, role)
    wrong: dict[str, list[Offer]] = {}
    seen = 0
    for route in [*routes.PAGES, *FULLER]:
        at = routes.address(route, parts)
        answer = client.get(at)
        if answer.status_code == routes.FOUND:
            offers = Offers(answer.content.decode()).found
            seen += len(offers)
            wrong[route] = forbidden(role, offers, at)
    assert seen > 100
    assert {route: found for route, found in wrong.items() if found} == {}
