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
from agentscope.ledger.read import StoredLedger, entry_row
from agentscope.ledger.verifier import NOTHING, verify
from agentscope.ledger.write import append, checkpoint, erase

SHOP = 1
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
        entry, text = rows[each]
        if each == position:
            text = text.replace('"what":"', '"what":"forged: ')
            tamper(f"update ledger_content set text = '{text}' where position = {each}")
            entry = entry._replace(content=sha256(text.encode()).hexdigest())
        entry = entry._replace(previous=last)
        if key:
            entry = entry._replace(key=signing.public(key).hex())
            entry = entry._replace(signature=key.sign(verifier.statement(entry)).hex())
        entry = entry._replace(hash=verifier.hash_of(entry))
        tamper(f"delete from ledger_entry where position = {each}")
        entry_row(entry).save(force_insert=True)
        last = entry.hash


def flip(column):
    """Change one byte of a column of an entry."""
    tamper(
        f"update ledger_entry set {column} = set_byte({column}, 7, 255 - get_byte({column}, 7))"
        " where position = 6"
    )


def swap():
    """Let two entries change places."""
    both = "position in (6, 8)"
    for table in ("ledger_entry", "ledger_content"):
        tamper(
            f"update {table} set position = -position where {both}",
            f"update {table} set position = case position when -6 then 8 else 6 end"
            " where position < 0",
        )


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
    "a checkpoint": (
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
    assert Entry.objects.count() == LAST
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
