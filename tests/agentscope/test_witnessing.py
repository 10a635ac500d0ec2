"""Checkpoints leave this machine by the one sender that judges addresses."""

import json
from contextlib import contextmanager

import pytest

from agentscope.channels.guard import networks
from agentscope.channels.kinds.webhook import signature
from agentscope.ledger.anchoring import anchor_due
from agentscope.ledger.models import Anchored
from agentscope.ledger.read import StoredLedger
from agentscope.ledger.tasks import tell
from agentscope.ledger.verifier import verify
from agentscope.ledger.write import append
from agentscope.witnessing import ANCHORING, GuardedSender, anchor
from tests.kit.authority import Authority
from tests.kit.receivers import PATIENCE, Answer, receiver

SHOP, SECRET = 1, "a secret of many characters"


@pytest.fixture
def here(settings):
    """An embedded installation that may send to itself."""
    settings.AGENTSCOPE_EMBEDDED = True
    settings.AGENTSCOPE_ALLOWED_NETWORKS = networks(["127.0.0.0/8"])
    settings.AGENTSCOPE_ANCHOR_SECRET = SECRET


@pytest.fixture
def hook(here, settings):
    with receiver() as found:
        settings.AGENTSCOPE_ANCHOR_WEBHOOK = found.url
        yield found


@contextmanager
def stamping(authority):
    """A server that stamps time."""
    with receiver() as found:
        found.next = lambda: Answer(parts=(authority.answer(found.arrived[-1].body),))
        yield found


def grow():
    append(SHOP, "change", {"what": "x"})
    tell()


@pytest.mark.django_db
def test_a_receiver_can_tell_that_it_is_ours(hook):
    grow()
    anchor_due(GuardedSender())
    (arrived,) = hook.arrived
    timestamp = arrived.headers["x-agentscope-timestamp"]
    assert arrived.headers["x-agentscope-signature"] == signature(SECRET, timestamp, arrived.body)
    assert json.loads(arrived.body)["checkpoint"]["position"] == 2
    assert Anchored.objects.get().done_at is not None


@pytest.mark.django_db
def test_time_is_stamped_over_http(here, settings):
    authority = Authority()
    with stamping(authority) as server:
        settings.AGENTSCOPE_ANCHOR_TIMESTAMPS = server.url
        grow()
        anchor_due(GuardedSender())
    assert verify(StoredLedger(SHOP), authorities=[authority.root]).stamps[0][1].is_trusted


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(500, parts=(b"out of\norder",)), "answered 500: out of order"),
        (Answer(302, {"Location": "http://127.0.0.1/"}), "answered 302: ok"),
    ],
)
def test_what_is_not_taken_is_told(answer, reason, hook):
    hook.answers = [answer]
    grow()
    anchor_due(GuardedSender())
    row = Anchored.objects.get()
    assert (row.done_at, row.reason) == (None, reason)
    assert row.next_at is not None


@pytest.mark.django_db
def test_nothing_is_sent_to_an_address_that_is_not_allowed(hook, settings):
    settings.AGENTSCOPE_ALLOWED_NETWORKS = ()
    grow()
    anchor_due(GuardedSender())
    assert hook.arrived == []
    assert "which is this machine" in Anchored.objects.get().reason


@pytest.mark.django_db(transaction=True)
def test_the_tick_puts_what_is_due_in_a_thread(hook):
    grow()
    anchor()
    for thread in ANCHORING.running:
        thread.join(PATIENCE)
    assert len(hook.arrived) == 1
