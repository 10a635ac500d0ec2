"""What came of a verification, signed: whoever has only the database cannot write one that says
that all is well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings

from agentscope.ledger import signing
from agentscope.ledger.canonical import canonical
from agentscope.ledger.read import parsed
from agentscope.ledger.verifier import NOTHING

FORMAT = 1  # of what is signed


@dataclass(frozen=True)
class Result:
    """What was verified, when, and what was wrong. `until` is the last position of which nothing is
    wrong up to there: from the one behind it the next verification goes on."""

    project: int
    at: str  # when it ended, as a ledger writes times
    first: int  # the first position that was looked at
    entries: int  # that follow each other
    erased: int  # of which what they said was erased, as another entry tells
    checkpoints: int  # that were compared
    stamps: int  # time stamps of them that hold
    until: int
    hash: str  # of the entry there
    keys: list[str] = field(default_factory=list)  # by which entries are signed
    bad: int | None = None  # the first bad position
    reason: str = ""  # what is wrong there
    most: int = 0  # the highest position that ever was verified, its hash, and when that was
    most_hash: str = NOTHING
    most_at: str = ""

    @property
    def ended_at(self) -> datetime:
        """When it ended."""
        return parsed(self.at)

    @property
    def sentence(self) -> str:
        """What was found, for people."""
        if self.bad is not None:
            return f"Something is wrong at position {self.bad:,}: {self.reason}."
        if not self.until:
            return "There is nothing to verify: the ledger is empty."
        if not self.entries:
            return f"Nothing is new: all up to entry {self.until:,} was verified before."
        if self.first == self.until:
            return f"All is well: entry {self.until:,} follows, as it was signed."
        return (
            f"All is well: entries {self.first:,} to {self.until:,} follow each other, "
            "each as it was signed."
        )

    def sealed(self) -> dict[str, Any]:
        """The result with its signature, as a job keeps it."""
        seal = signing.signing_key().sign(statement(self))
        return {**asdict(self), "seal": seal.hex()}


def statement(result: Result) -> bytes:
    """What is signed."""
    return canonical({"verification": FORMAT, **asdict(result)}).encode()


def opened(kept: Mapping[str, Any], project_id: int) -> Result | None:
    """The result that a job kept. None if it is not one of this project, or this server did not
    sign it: somebody else wrote it."""
    said = dict(kept)
    try:
        seal = bytes.fromhex(said.pop("seal"))
        result = Result(**said)
    except (KeyError, TypeError, ValueError):
        return None
    is_ours = any(holds(key, seal, result) for key in known_keys())
    return result if is_ours and result.project == project_id else None


def holds(key: str, seal: bytes, result: Result) -> bool:
    """Whether a result was signed by this key."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(seal, statement(result))
    except InvalidSignature:
        return False
    return True


def known_keys() -> list[str]:
    """The public keys that this installation has and had, the newest first."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [signing.public(signing.derived(each)).hex() for each in secrets]
