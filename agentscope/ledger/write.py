"""Add to the ledger of a project."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from django.utils import timezone

from agentscope.ledger import signing, verifier
from agentscope.ledger.canonical import canonical
from agentscope.ledger.kinds import OPENED
from agentscope.ledger.models import Checkpoint, Content, Entry
from agentscope.ledger.read import (
    Told,
    checkpoint_row,
    entry_row,
    last_entry,
    moment,
    stored_checkpoint,
)
from agentscope.ledger.verifier import DOUBTED, ERASED, NEW_KEY, NOTHING

log = logging.getLogger(__name__)

SALT = 16  # bytes, so that of content that was erased the digest does not tell what it was
LOCKS = 0x1ED6E4  # the first half of our advisory locks; the project is the second


def append(project_id: int, kind: str, content: Mapping[str, Any]) -> verifier.Entry:
    """Add an entry, in the transaction that does what it tells of, best at its end: others who add
    to the same ledger wait until it is over.

    `content` is JSON; amounts are decimal strings. Raises rfc8785.CanonicalizationError if it holds
    what JSON does not have.
    """
    with transaction.atomic():
        return add(begun(project_id), kind, content)


def begun(project_id: int) -> verifier.Entry:
    """The last entry, once the ledger has told of itself what has to go before others. Nobody else
    adds to it until the end of the transaction."""
    lock(project_id)
    return renewed(doubted(last_entry(project_id) or begin(project_id)))


def lock(project_id: int) -> None:
    """Wait until nobody else adds to this ledger, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCKS, project_id])


def begin(project_id: int) -> verifier.Entry:
    """The first entry, which tells the key."""
    nothing = verifier.Entry(project_id, 0, "", "", "", "", "", "", NOTHING)
    key = signing.public(signing.signing_key())
    return add(nothing, OPENED, {"what": "The ledger was opened.", "public_key": key.hex()})


def doubted(last: verifier.Entry) -> verifier.Entry:
    """The last entry. One that is not as it was signed is followed by an entry that says so: else
    the signature of the next would vouch for what somebody forged."""
    if is_as_signed(last):
        return last
    what = f"Entry {last.position:,} is not as it was signed, nor may be others before it."
    return add(last, DOUBTED, {"what": what})


def is_as_signed(last: verifier.Entry) -> bool:
    """Whether the last entry has its hash and a signature that holds. If not, the log says so."""
    if last.hash == verifier.hash_of(last) and verifier.is_signed(last):
        return True
    log.error(
        "Entry %s of ledger %s is not as it was signed: run `manage.py audit verify`",
        *(last.position, last.project),
    )
    return False


def renewed(last: verifier.Entry) -> verifier.Entry:
    """The last entry; before it is followed by one with another key, the old key tells of it."""
    key = signing.public(signing.signing_key())
    old = signing.key_of(bytes.fromhex(last.key))
    if bytes.fromhex(last.key) == key or old is None:
        return last
    told = {"what": "The key that signs was replaced.", "public_key": key.hex()}
    return add(last, NEW_KEY, told, old)


def add(
    last: verifier.Entry,
    kind: str,
    content: Mapping[str, Any],
    key: Ed25519PrivateKey | None = None,
) -> verifier.Entry:
    """The entry after `last`, which is the last one as long as the lock is held."""
    text = canonical({**content, "salt": secrets.token_hex(SALT)})
    entry = link(last, kind, text, key or signing.signing_key())
    Entry.objects.bulk_create([entry_row(entry)])
    Content.objects.bulk_create(
        [Content(project_id=entry.project, position=entry.position, text=text)]
    )
    return entry


def link(last: verifier.Entry, kind: str, text: str, key: Ed25519PrivateKey) -> verifier.Entry:
    """The entry after `last` with this content, signed."""
    entry = verifier.Entry(
        project=last.project,
        position=last.position + 1,
        at=moment(timezone.now()),
        kind=kind,
        content=sha256(text.encode()).hexdigest(),
        previous=last.hash,
        key=signing.public(key).hex(),
        signature="",
        hash="",
    )
    entry = entry._replace(signature=key.sign(verifier.statement(entry)).hex())
    return entry._replace(hash=verifier.hash_of(entry))


def restate(project_id: int, told: Told, said: Mapping[str, Any]) -> verifier.Entry:
    """Say anew what an entry says, otherwise, as of the time of then; that one is to be erased."""
    return append(project_id, told.kind, {"at": moment(told.at), **said})


def erase(project_id: int, positions: Collection[int], who: str, why: str) -> verifier.Entry:
    """Erase what entries say; that they were there stays, and who erased it and why."""
    positions = sorted(positions)
    with transaction.atomic():
        told = {"who": who, "why": why, "positions": positions}
        told["what"] = f"The content of {counted(len(positions))} was erased: {why}"
        entry = append(project_id, ERASED, told)
        Content.objects.filter(project_id=project_id, position__in=positions).exclude(
            position=entry.position
        ).delete()
    return entry


def counted(entries: int) -> str:
    """A number of entries, in words."""
    return f"{entries:,} {'entry' if entries == 1 else 'entries'}"


def checkpoint(project_id: int) -> verifier.Checkpoint | None:
    """How long the ledger is now, signed; as it was signed before, if it has not grown since.
    Nothing if it is empty, or its last entry is not as it was signed. Until an entry tells of a new
    key, the old one signs: whoever knows that alone would believe no other."""
    last = last_entry(project_id)
    if last is None or not is_as_signed(last):
        return None
    place = {"project_id": project_id, "position": last.position}
    if known := Checkpoint.objects.filter(**place).first():
        return stored_checkpoint(known)
    said = signed(last)
    Checkpoint.objects.bulk_create([checkpoint_row(said)], ignore_conflicts=True)
    return said


def signed(last: verifier.Entry) -> verifier.Checkpoint:
    """A checkpoint of a ledger with this last entry."""
    key = signing.key_of(bytes.fromhex(last.key)) or signing.signing_key()
    said = verifier.Checkpoint(
        project=last.project,
        position=last.position,
        hash=last.hash,
        at=moment(datetime.now(UTC)),
        key=signing.public(key).hex(),
        signature="",
    )
    return said._replace(signature=key.sign(verifier.statement(said)).hex())
