"""Checkpoints are put elsewhere once; what fails is tried again, and told."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from agentscope.ledger.anchoring import PAUSES, anchor_due, want_anchored
from agentscope.ledger.anchors import ANCHORS, file, timestamp
from agentscope.ledger.anchors.anchor import NotAnchored
from agentscope.ledger.models import Anchored
from agentscope.ledger.read import StoredLedger
from agentscope.ledger.tasks import tell
from agentscope.ledger.verifier import sentences, verify
from agentscope.ledger.write import append
from tests.agentscope.ledger.anchors.conftest import FakeSender
from tests.agentscope.ledger.test_tampering import tamper
from tests.kit.authority import Authority

pytestmark = pytest.mark.django_db
SHOP = 1


@pytest.fixture
def kept(settings, tmp_path):
    """The file that checkpoints are put into."""
    found = tmp_path / "kept.jsonl"
    settings.AGENTSCOPE_ANCHOR_PATH = str(found)
    return found


@pytest.fixture
def authority(settings, sender):
    settings.AGENTSCOPE_ANCHOR_TIMESTAMPS = "https://time.example"
    found = Authority()
    sender.answer = found.answer
    return found


@pytest.fixture
def sender():
    return FakeSender()


def grow():
    """One entry more, and a checkpoint of it."""
    append(SHOP, "change", {"what": "x"})
    tell()


def test_every_module_is_listed():
    modules = Path(file.__file__).parent.glob("*.py")
    named = {path.stem for path in modules} - {"__init__", "anchor"}
    assert {anchor.__name__.rpartition(".")[2] for anchor in ANCHORS} == named


def test_where_nothing_is_set_nothing_is_wanted(sender):
    grow()
    assert not Anchored.objects.exists()
    assert anchor_due(sender) == 0


def test_each_checkpoint_is_put_there_once(kept, sender):
    grow()
    tell()
    assert anchor_due(sender) == 1
    assert anchor_due(sender) == 0
    grow()
    assert anchor_due(sender) == 1
    assert len(kept.read_text().splitlines()) == 2
    assert [row.place for row in Anchored.objects.all()] == [str(kept)] * 2


def test_a_place_that_is_set_later_gets_the_newest_checkpoint(sender, settings, tmp_path):
    grow()
    settings.AGENTSCOPE_ANCHOR_PATH = str(tmp_path / "kept.jsonl")
    tell()
    assert anchor_due(sender) == 1


def test_what_fails_is_told_and_tried_again_later_and_later(kept, sender, monkeypatch):
    grow()
    waits = []
    monkeypatch.setattr(file, "put", fail)
    for _ in range(len(PAUSES) + 1):
        Anchored.objects.update(next_at=timezone.now() - timedelta(seconds=1))
        before = timezone.now()
        assert anchor_due(sender) == 1
        row = Anchored.objects.get()
        assert (row.reason, row.done_at) == ("the disk is full", None)
        waits.append(row.next_at and round((row.next_at - before).total_seconds() / 30) * 30)
    assert waits == [*PAUSES, None]
    assert anchor_due(sender) == 0


def fail(checkpoint, sender):
    raise NotAnchored("the disk is full")


def test_a_mistake_of_ours_keeps_no_other_place_waiting(kept, authority, sender, monkeypatch):
    def break_down(checkpoint, sender):
        raise RuntimeError("secret")

    monkeypatch.setattr(file, "put", break_down)
    grow()
    assert anchor_due(sender) == 2
    broken, well = (Anchored.objects.get(anchor=each.CODE) for each in (file, timestamp))
    assert broken.reason == "failed by a mistake of ours: RuntimeError"
    assert well.done_at is not None


def test_a_place_that_is_not_set_any_more_waits(kept, sender, settings):
    grow()
    settings.AGENTSCOPE_ANCHOR_PATH = ""
    assert anchor_due(sender) == 0
    settings.AGENTSCOPE_ANCHOR_PATH = str(kept)
    assert anchor_due(sender) == 1


def test_a_time_stamp_is_verified_with_the_ledger(authority, sender):
    grow()
    anchor_due(sender)
    verdict = verify(StoredLedger(SHOP), authorities=[authority.root])
    assert verdict.fault is None
    ((position, stamp),) = verdict.stamps
    assert (position, stamp.is_trusted) == (2, True)
    assert any("1 time stamp: position 2 at" in line for line in sentences(verdict, ()))


def test_a_time_stamp_of_another_checkpoint_is_named(authority, sender):
    grow()
    anchor_due(sender)
    grow()
    anchor_due(sender)
    tamper(
        "update ledger_anchored set proof = (select proof from ledger_anchored where position = 2)"
        " where position = 3"
    )
    assert verify(StoredLedger(SHOP)).fault == (
        3,
        "its time stamp does not hold: it is of something else: the digest is another",
    )


def test_a_checkpoint_that_was_deleted_is_missed_by_its_time_stamp(authority, sender):
    grow()
    anchor_due(sender)
    tamper("delete from ledger_checkpoint")
    fault = verify(StoredLedger(SHOP)).fault
    assert (fault.position, "is missing" in fault.reason) == (2, True)


def test_a_tail_that_was_cut_with_its_checkpoints_is_missed_by_those_elsewhere(kept, sender):
    grow()
    grow()
    anchor_due(sender)
    tamper("delete from ledger_checkpoint", "delete from ledger_entry where position > 2")
    tamper("delete from ledger_content where position > 2", "delete from ledger_anchored")
    assert verify(StoredLedger(SHOP)).fault is None
    fault = verify(StoredLedger(SHOP, kept=[kept])).fault
    assert fault.position == 3
    assert "tells of 3 entries" in fault.reason


def test_what_is_wanted_twice_is_put_there_once(kept, sender):
    grow()
    want_anchored(SHOP, 2)
    assert anchor_due(sender) == 1


def test_a_checkpoint_that_was_deleted_is_told_and_keeps_no_other_waiting(kept, sender):
    grow()
    grow()
    tamper("delete from ledger_checkpoint where position = 2")
    assert anchor_due(sender) == 2
    gone, there = Anchored.objects.order_by("position")
    assert (gone.done_at, "somebody deleted" in gone.reason) == (None, True)
    assert there.done_at


def test_of_a_line_that_has_no_room_nothing_stays(kept, sender, monkeypatch):
    grow()
    anchor_due(sender)
    whole = kept.read_bytes()
    grow()
    with monkeypatch.context() as patch:
        write = os.write
        patch.setattr(os, "write", lambda file, data: write(file, data[:10]))
        anchor_due(sender)
    assert kept.read_bytes() == whole
    assert "no room" in Anchored.objects.get(done_at=None).reason
    Anchored.objects.filter(done_at=None).update(next_at=timezone.now())
    anchor_due(sender)
    assert len(kept.read_text().splitlines()) == 2
