"""Attacks that are several at once, or that wait for what the server does next: each way of
verifying names the same first bad position."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agentscope.audit.verifying import standing, verify
from agentscope.ledger import signing, verifier
from agentscope.ledger.bundle import Bundle
from agentscope.ledger.export import export
from agentscope.ledger.models import Anchored, Checkpoint, Content, Entry
from agentscope.ledger.read import StoredLedger, entry_row, last_entry
from agentscope.ledger.verifier import DOUBTED
from agentscope.ledger.write import append, checkpoint, erase, link
from tests.agentscope.ledger.test_tampering import (
    LAST,
    OTHER,
    SHOP,
    forge,
    key,
    ledger,
    swap,
    tamper,
)
from tests.kit.jobs import end_jobs
from tests.kit.verifier import loaded, says

__all__ = ["key", "ledger"]
TOMBSTONE = 12  # the entry that tells of an erasure


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The verifier that is exported."""
    return loaded(tmp_path_factory.mktemp("verifier"))


def named(alone, key, folder, *kept):
    """What the ways of verifying say is wrong; one thing, if they agree."""
    fault = verifier.verify(StoredLedger(SHOP, kept=kept), [key]).fault
    found = {f"{fault.position}: {fault.reason}" if fault else ""}
    if not kept:
        verify(SHOP, "ann", whole=True)
        end_jobs()
        result = standing(SHOP).verified.result
        found.add(f"{result.bad}: {result.reason}" if result.bad else "")
    export(SHOP, folder / "taken")
    words = [word for each in kept for word in ("--kept", each)]
    code, lines = says(alone, folder / "taken", "--key", key, *words)
    assert code in (0, 1), lines
    bad = [line for line in lines if line.startswith("First bad position: ")]
    return found | {bad[0].removeprefix("First bad position: ").removesuffix(".") if bad else ""}


def with_junk_signature(kind, text):
    """Write an entry whose signature somebody else made under the name of our key."""
    other = link(last_entry(SHOP), kind, text, Ed25519PrivateKey.generate())
    ours = other._replace(key=signing.public(signing.signing_key()).hex())
    entry_row(ours._replace(hash=verifier.hash_of(ours))).save(force_insert=True)
    Content.objects.bulk_create([Content(project_id=SHOP, position=ours.position, text=text)])


def forged_tombstone():
    """Delete content, and write an entry that says it was erased."""
    tamper("delete from ledger_content where position = 3")
    with_junk_signature("ledger.erased", '{"positions":[3],"why":"x"}')


def pasted(position):
    """An entry of another ledger, signed by the same server."""
    tamper(
        f"delete from ledger_entry where project_id = {SHOP} and position = {position}",
        f"update ledger_entry set project_id = {SHOP}, position = {position}"
        f" where project_id = {OTHER} and position = 2",
    )


def followed(position):
    """Forge the chain from a position on, and wait until the server writes more behind it."""
    forge(position)
    tamper("delete from ledger_checkpoint")
    append(SHOP, "change", {"who": "ben", "what": "in good faith"})
    append(SHOP, "change", {"who": "ben", "what": "and more"})


def followed_by_hash():
    """Say a hash of the last entry, let the server follow that, and then put the forgery there."""
    tamper("delete from ledger_checkpoint")
    row = Entry.objects.get(project_id=SHOP, position=LAST)
    forge(LAST)
    forged = Entry.objects.get(project_id=SHOP, position=LAST)
    forged_text = Content.objects.get(project_id=SHOP, position=LAST).text
    tamper(f"delete from ledger_entry where project_id = {SHOP} and position = {LAST}")
    row.hash = forged.hash
    row.save(force_insert=True)
    append(SHOP, "change", {"who": "ben", "what": "in good faith"})
    tamper(f"delete from ledger_entry where project_id = {SHOP} and position = {LAST}")
    forged.save(force_insert=True)
    assert Content.objects.get(project_id=SHOP, position=LAST).text == forged_text


def stamped(position):
    """A checkpoint has a time stamp, and is deleted."""
    Anchored.objects.create(
        project_id=SHOP, position=position, anchor="timestamp",
        done_at=datetime(2026, 11, 1, tzinfo=UTC), proof=b"x",
    )  # fmt: skip
    tamper(f"delete from ledger_checkpoint where position = {position}")


OF_EACH = ("entry", "content")  # tables
CHANGED = "update ledger_entry set kind = 'other' where project_id = 1 and position = 6"
CONTENT = "delete from ledger_content where project_id = 1 and position = 3"
UNSIGNED = (  # a checkpoint that would excuse whatever is missing
    "insert into ledger_checkpoint select project_id, 999, hash, at, key, signature"
    " from ledger_checkpoint where position = 11"
)
PAIRS = {
    "the first is deleted with its content": (
        lambda: tamper(*(f"delete from ledger_{each} where position = 1" for each in OF_EACH)),
        "1: it is missing: position 2 comes in its place",
    ),
    "a checkpoint is deleted": (
        lambda: tamper("delete from ledger_checkpoint where position = 11"), "",
    ),
    "a checkpoint is deleted that was stamped": (
        partial(stamped, 11),
        "11: its time stamp does not hold: the checkpoint that it is of is missing",
    ),
    "two checkpoints change places": (partial(swap, ["ledger_checkpoint"], 11, 13), "11: "),
    "content is gone, and a later entry is changed": (
        lambda: tamper(CONTENT, CHANGED), "3: its content is gone, and no entry says why",
    ),
    "a later content is gone, and an entry is changed": (
        lambda: tamper(CONTENT.replace("3", "8"), CHANGED), "6: it was changed",
    ),
    "content is gone, and a checkpoint without a signature tells of more": (
        lambda: tamper(CONTENT, UNSIGNED), "3: its content is gone, and no entry says why",
    ),
    "what tells of an erasure is deleted": (
        lambda: tamper(f"delete from ledger_entry where position = {TOMBSTONE}"),
        f"{TOMBSTONE}: it is missing",
    ),
    "what tells of an erasure is cut off": (
        lambda: tamper(f"delete from ledger_entry where position >= {TOMBSTONE}"),
        f"{TOMBSTONE}: it is missing",
    ),
    "content is gone, and somebody says that it was erased": (
        forged_tombstone, f"{LAST + 1}: its signature is wrong",
    ),
    "an entry of another ledger at the end": (partial(pasted, LAST + 1), f"{LAST + 1}: "),
    "an entry of another ledger in place of one": (partial(pasted, 6), "6: "),
    "a forged chain that the server followed": (partial(followed, 6), "6: its signature is wrong"),
    "a forged last entry that the server followed": (
        partial(followed, LAST), f"{LAST}: its signature is wrong",
    ),
    "a forged last entry of which the server followed the hash": (
        followed_by_hash, f"{LAST}: its signature is wrong",
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", PAIRS)
def test_all_ways_of_verifying_name_the_same_position(attack, ledger, key, alone, tmp_path):
    do, said = PAIRS[attack]
    do()
    (found,) = named(alone, key, tmp_path)
    assert found.startswith(said)
    assert bool(found) == bool(said)


def test_what_the_server_doubts_is_said_once_and_no_checkpoint_vouches_for_it(ledger, key, caplog):
    forge(LAST)
    tamper("delete from ledger_checkpoint")
    assert checkpoint(SHOP) is None
    assert not Checkpoint.objects.filter(project_id=SHOP).exists()
    assert f"Entry {LAST} of ledger {SHOP} is not as it was signed" in caplog.text
    for _ in range(2):
        append(SHOP, "change", {"what": "goes on"})
    kinds = Entry.objects.filter(project_id=SHOP, position__gt=LAST).order_by("position")
    assert [each.kind for each in kinds] == [DOUBTED, "change", "change"]
    assert checkpoint(SHOP).position == LAST + 3
    assert verifier.verify(StoredLedger(SHOP), [key]).keys == [key]


class Growing(StoredLedger):
    """A ledger to which something is added once its entries are read."""

    def entries(self):
        """All that there are, and then there are more."""
        yield from super().entries()
        erase(SHOP, [6], "ann", "meanwhile")
        checkpoint(SHOP)
        stamped_now = Checkpoint.objects.filter(project_id=SHOP).latest("position")
        Anchored.objects.create(
            project_id=SHOP, position=stamped_now.position, anchor="timestamp",
            done_at=datetime(2026, 11, 1, tzinfo=UTC), proof=b"x",
        )  # fmt: skip


def test_what_is_added_while_a_ledger_is_verified_is_no_fault(ledger, key):
    verdict = verifier.verify(Growing(SHOP), [key])
    assert (verdict.fault, verdict.entries, verdict.checkpoints) == (None, LAST, 2)


def test_what_is_added_while_a_ledger_is_exported_is_no_fault(
    ledger, key, alone, tmp_path, monkeypatch
):
    monkeypatch.setattr("agentscope.ledger.export.StoredLedger", Growing)
    export(SHOP, tmp_path / "taken")
    code, lines = says(alone, tmp_path / "taken", "--key", key)
    assert (code, lines[-1]) == (0, "All is well.")


def test_a_ledger_that_goes_on_from_an_older_dump_is_another_one(ledger, key, alone, tmp_path):
    export(SHOP, tmp_path / "before")
    kept = tmp_path / "before" / "checkpoints.jsonl"
    for table in ("entry", "content", "checkpoint"):
        tamper(f"delete from ledger_{table} where project_id = {SHOP} and position > {TOMBSTONE}")
    append(SHOP, "change", {"who": "ben", "what": "after it was restored"})
    append(SHOP, "change", {"who": "ben", "what": "and more"})
    checkpoint(SHOP)
    assert named(alone, key, tmp_path) == {""}, "nothing here knows of what was"
    (found,) = named(alone, key, tmp_path, kept)
    assert found.startswith(f"{LAST}: the checkpoint of ")
    assert found.endswith(" tells of another entry here")


def test_a_stamp_is_of_the_checkpoint_that_is_there_not_of_one_that_was_kept(
    ledger, key, tmp_path, monkeypatch
):
    """As after an older dump: the same entry was told of twice, at other times."""
    export(SHOP, tmp_path / "before")
    kept = tmp_path / "before" / "checkpoints.jsonl"
    tamper(f"delete from ledger_checkpoint where position = {LAST}")
    again = verifier.stamped(checkpoint(SHOP))
    Anchored.objects.create(
        project_id=SHOP, position=LAST, anchor="timestamp",
        done_at=datetime(2026, 11, 1, tzinfo=UTC), proof=sha256(again).digest(),
    )  # fmt: skip
    export(SHOP, tmp_path / "after")
    of = []
    monkeypatch.setattr(verifier, "checked", lambda token, data, _: of.append((token, data)))
    for each in (StoredLedger(SHOP, kept=[kept]), Bundle(tmp_path / "after", [kept])):
        assert verifier.verify(each, [key]).fault is None
    assert of == [(sha256(again).digest(), again)] * 2
