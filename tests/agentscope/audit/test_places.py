"""How far a ledger is kept elsewhere, and which places do not take it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from agentscope.audit.places import failing, places
from agentscope.ledger.models import Anchored

pytestmark = pytest.mark.django_db
SHOP, OTHER = 1, 2


@pytest.fixture(autouse=True)
def _set(settings):
    settings.AGENTSCOPE_ANCHOR_PATH = "/kept.jsonl"
    settings.AGENTSCOPE_ANCHOR_WEBHOOK = "https://kept.example/secret"


def put(position, anchor="file", reason="", project=SHOP, **more):
    """A checkpoint that is there, or is not for some reason."""
    done = None if reason else timezone.now()
    return Anchored.objects.create(
        project_id=project, position=position, anchor=anchor, reason=reason, done_at=done, **more
    )


def test_each_place_that_is_set_says_how_far_it_goes():
    done = put(4)
    put(9, project=OTHER)
    file, webhook = places(SHOP)
    assert (file.label, file.where, file.until, file.since) == (
        "File",
        "/kept.jsonl",
        4,
        done.done_at,
    )
    assert (webhook.where, webhook.until, webhook.since) == ("https://kept.example", 0, None)
    assert list(failing(SHOP)) == []


def test_what_was_not_taken_since_is_counted_with_the_newest_reason():
    put(4)
    put(2, reason="older than what is there")
    put(7, reason="first")
    again = put(9, reason="second", next_at=timezone.now())
    put(11, anchor="webhook", reason="third", project=OTHER)
    (file,) = failing(SHOP)
    assert (file.until, file.failed, file.reason, file.next_at) == (4, 2, "second", again.next_at)


def test_what_was_not_tried_yet_did_not_fail():
    Anchored.objects.create(project_id=SHOP, position=3, anchor="file", next_at=timezone.now())
    assert list(failing(SHOP)) == []


def test_a_place_that_is_not_set_any_more_is_no_problem(settings):
    put(3, reason="no")
    settings.AGENTSCOPE_ANCHOR_PATH = ""
    assert list(failing(SHOP)) == []
