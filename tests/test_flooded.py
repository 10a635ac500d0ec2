"""Whatever people and senders call things is text on every page there is, and in every part of a
page: also on one that is added later."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from tests import test_every_route as routes
from tests.kit.flooded import flood
from tests.test_twins import more_of

pytestmark = pytest.mark.django_db
shop, parts, other = routes.shop, routes.parts, routes.other
WORDS = ("secret", "its ", "ada")  # in what the shop calls things, and who did them
HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> onmouseover=alert(3) {{ 7|add:7 }}"
)


class Made(HTMLParser):
    """Elements and attributes that a text has made of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        addresses = [value or "" for name, value in attrs if name in ("href", "src", "action")]
        runs = any(
            re.match(r"\s*(javascript|data|vbscript):", each, re.IGNORECASE) for each in addresses
        )
        if runs or any(name.startswith("on") for name in names) or ("src", "x") in attrs:
            self.found.append(self.get_starttag_text() or tag)

    def handle_data(self, data: str) -> None:
        if self.cdata_elem and "alert(" in data:
            self.found.append(data)


def made_in(page: str) -> list[str]:
    parser = Made()
    parser.feed(page)
    return parser.found


def test_it_is_seen_what_a_text_makes_of_itself():
    assert len(made_in(f'<a title="{HOSTILE}">{HOSTILE}</a>')) >= 3
    assert made_in("<a href=' JavaScript:x'>x</a>")


def test_what_things_are_called_is_text_on_every_page(settings, shop, parts):
    settings.AGENTSCOPE_EMBEDDED = True
    more_of(shop)
    flooded = set().union(*(flood(word, HOSTILE) for word in WORDS))
    assert flooded >= {
        *("review.text", "review_comment.text", "review_queue.name", "trace_hold.reason"),
        *("erasure.reason", "evidence_pack.words", "project_key.label", "ledger_content.text"),
        *("account_invitation.email", "user_account.username", "decision_record.body", "span.tool"),
        *(
            "budget_stop.why",
            "channel.name",
            "alert_mute.reason",
            "finding.sentence",
            "job.asked_by",
        ),
    }
    named = {name: hostile(value) for name, value in parts.items() if name != "project"}
    client, seen = Client(headers={"host": "localhost"}), 0
    for route in [*routes.PAGES, *routes.RUN]:
        address = routes.address(route, {**named, "project": "shop"})
        for headers in ({}, {"hx-request": "true"}):
            answer = client.get(
                address, {"range": "all", "q": HOSTILE}, headers=headers, follow=True
            )
            if answer.get("Content-Type", "").startswith("text/html"):
                assert made_in(answer.text) == [], route
                seen += "alert(1)" in answer.text
    assert seen > 60


def hostile(value: str) -> str:
    """A part of an address, after the flood."""
    for word in WORDS:
        value = value.replace(word, word + HOSTILE)
    return value
