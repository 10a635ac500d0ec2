"""Whoever holds the database changes the ledger in each way there is; both ways of verifying name
the first bad position."""

import re
import subprocess
import sys
from functools import partial
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from agentscope.ledger import signing, verifier
from agentscope.ledger.export import export
from agentscope.ledger.models import Content, Entry
from agentscope.ledger.read import StoredLedger, checkpoint_row, entry_row, last_entry
from agentscope.ledger.verifier import NOTHING, verify
from agentscope.ledger.write import append, checkpoint, erase

SHOP, OTHER = 1, 2
LAST = 13  # position of the last entry; the first tells the key, the one before the last erases
ERASED = 5


@pytest.fixture
def key():
    """The public key of the installation, as an auditor wrote it down."""
    return signing.public(signing.signing_key()).hex()


@pytest.fixture
def ledger(db):
    """A ledger of a dozen entries with two checkpoints and erased content."""
    for number in range(10):
        append(SHOP, "change", {"who": "ann", "what": f"change {number}"})
    checkpoint(SHOP)
    erase(SHOP, [ERASED], "ann", "asked for by its author")
    append(SHOP, "change", {"who": "ben", "what": "the last"})
    checkpoint(SHOP)
    append(OTHER, "change", {"who": "eve", "what": "elsewhere"})
    checkpoint(OTHER)


def tamper(*statements):
    """What a superuser can do whom triggers do not hold."""
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("set local session_replication_role = origin")


def forge(position, key=None, first=True):
    """Change what an entry says, and hash all that follow anew. Without `key` the signatures stay
    as they were: nobody but the installation can make them."""
    rows = {entry.position: (entry, text) for entry, text in StoredLedger(SHOP).entries()}
    begin = position if first else 1
    last = rows[begin - 1][0].hash if begin > 1 else NOTHING
    for each in range(begin, LAST + 1):
        here = f"project_id = {SHOP} and position = {each}"
        entry, text = rows[each]
        if each == position:
            text = text.replace('"what":"', '"what":"forged: ')
            tamper(f"update ledger_content set text = '{text}' where {here}")
            entry = entry._replace(content=sha256(text.encode()).hexdigest())
        entry = entry._replace(previous=last)
        if key:
            entry = entry._replace(key=signing.public(key).hex())
            entry = entry._replace(signature=key.sign(verifier.statement(entry)).hex())
        entry = entry._replace(hash=verifier.hash_of(entry))
        tamper(f"delete from ledger_entry where {here}")
        entry_row(entry).save(force_insert=True)
        last = entry.hash


def flip(column):
    """Change one byte of a column of an entry."""
    tamper(
        f"update ledger_entry set {column} = set_byte({column}, 7, 255 - get_byte({column}, 7))"
        " where position = 6"
    )


def flip_checkpoint(column):
    """Change one byte of a column of a checkpoint."""
    tamper(
        f"update ledger_checkpoint set {column} ="
        f" set_byte({column}, 7, 255 - get_byte({column}, 7)) where position = 11"
    )


def swap(tables=("ledger_entry", "ledger_content"), one=6, other=8):
    """Let two rows change places."""
    both = f"project_id = {SHOP} and position in ({one}, {other})"
    for table in tables:
        tamper(
            f"update {table} set position = -position where {both}",
            f"update {table} set position ="
            f" case position when -{one} then {other} else {one} end where position < 0",
        )


def cut_and_say_so(key):
    """Cut the end, and sign a checkpoint of what is left by a key of one's own."""
    tamper("delete from ledger_entry where position > 12", "delete from ledger_checkpoint")
    last = last_entry(SHOP)
    said = verifier.Checkpoint(
        SHOP, 12, last.hash, "2026-01-01T00:00:00.000000Z", signing.public(key).hex(), ""
    )
    signed = said._replace(signature=key.sign(verifier.statement(said)).hex())
    checkpoint_row(signed).save(force_insert=True)


ATTACKS = {
    "a byte of the content": (
        lambda: tamper(
            "update ledger_content set text = replace(text, 'ann', 'bob') where position = 6"
        ),
        6,
    ),
    **{
        f"a byte of the {column}": (partial(flip, column), 6)
        for column in ("content_digest", "previous", "key", "signature", "hash")
    },
    "the time": (
        lambda: tamper("update ledger_entry set at = at + interval '1 us' where position = 6"),
        6,
    ),
    "the kind": (
        lambda: tamper("update ledger_entry set kind = 'other' where position = 6"),
        6,
    ),
    "an entry is deleted": (lambda: tamper("delete from ledger_entry where position = 6"), 6),
    "the first is deleted": (lambda: tamper("delete from ledger_entry where position = 1"), 1),
    "an entry is deleted, and those after it move up": (
        lambda: tamper(
            "delete from ledger_entry where position = 6",
            "delete from ledger_content where position = 6",
            "update ledger_entry set position = -position where position > 6",
            "update ledger_entry set position = -position - 1 where position < 0",
            "update ledger_content set position = -position where position > 6",
            "update ledger_content set position = -position - 1 where position < 0",
        ),
        6,
    ),
    "two change places": (swap, 6),
    "the tail is cut": (lambda: tamper("delete from ledger_entry where position > 9"), 10),
    "all is deleted": (lambda: tamper("delete from ledger_entry"), 1),
    "content is gone": (lambda: tamper("delete from ledger_content where position = 6"), 6),
    "what was erased is not told any more": (
        lambda: tamper("delete from ledger_content where position = 12"),
        ERASED,
    ),
    "a forged chain": (lambda: forge(6), 6),
    "a chain forged from the last on": (lambda: forge(LAST), LAST),
    "a chain forged from the first on": (lambda: forge(1), 1),
    "a chain forged with another key": (lambda: forge(6, Ed25519PrivateKey.generate()), 6),
    "all signed anew with another key": (
        lambda: forge(1, Ed25519PrivateKey.generate()),
        1,
    ),
    "what two entries say changes places": (partial(swap, ["ledger_content"]), 6),
    "the end of what is said is cut": (
        lambda: tamper("delete from ledger_content where position > 12"),
        13,
    ),
    "the first checkpoint is deleted, and entries that it told of": (
        lambda: tamper(
            "delete from ledger_checkpoint where position = 11",
            "delete from ledger_entry where position = 9",
        ),
        9,
    ),
    "two checkpoints change places": (partial(swap, ["ledger_checkpoint"], 11, 13), 11),
    "a checkpoint of another ledger": (
        lambda: tamper("update ledger_checkpoint set project_id = 1 where project_id = 2"),
        2,
    ),
    "the tail is cut, and a checkpoint says so by another key": (
        lambda: cut_and_say_so(Ed25519PrivateKey.generate()),
        12,
    ),
    **{
        f"a byte of the {column} of a checkpoint": (partial(flip_checkpoint, column), 11)
        for column in ("hash", "key", "signature")
    },
    "the time of a checkpoint": (
        lambda: tamper("update ledger_checkpoint set at = now() where position = 11"),
        11,
    ),
}


def stored_fault(key):
    """The first bad position, as the server sees it."""
    fault = verify(StoredLedger(SHOP), [key]).fault
    return fault and fault.position


def exported_fault(key, folder):
    """The first bad position, as the verifier sees it that is exported with the ledger."""
    export(SHOP, folder)
    done = subprocess.run(
        [sys.executable, "-I", folder / "verifier.py", folder, "--key", key],
        capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip
    found = re.search(r"First bad position: (\d+)", done.stdout)
    assert done.returncode == (1 if found else 0), done.stderr
    return found and int(found[1])


def test_untouched_all_is_well(ledger, key, tmp_path):
    assert Entry.objects.filter(project_id=SHOP).count() == LAST
    assert not Content.objects.filter(position=ERASED).exists()
    assert stored_fault(key) is None
    assert exported_fault(key, tmp_path) is None


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_first_bad_position_is_named(attack, ledger, key, tmp_path):
    do, position = ATTACKS[attack]
    do()
    assert stored_fault(key) == position
    assert exported_fault(key, tmp_path) == position


def test_a_key_that_is_not_the_one_that_is_known(ledger):
    other = signing.public(Ed25519PrivateKey.generate()).hex()
    assert verify(StoredLedger(SHOP), [other]).fault.position == 1
