"""What an anchor is: a place that does not change with our database, and how a checkpoint gets
there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from agentscope.ledger.verifier import Checkpoint

AFTER_HOST = re.compile(r"[/?#\\]")


class NotAnchored(Exception):
    """A checkpoint is not there, and may be after another attempt. The text says why, without
    anything secret."""


class Sender(Protocol):
    """How bytes get to an address, given by who may know: the ledger itself speaks to nobody."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """What was answered. Raises NotAnchored if it was not taken."""
        ...

    def signed(self, secret: str, body: bytes) -> dict[str, str]:
        """Headers by which a receiver who knows the secret can tell that a body is ours."""
        ...


class Anchor(Protocol):
    """A module of this package."""

    CODE: str
    LABEL: str

    def place(self) -> str:
        """Where checkpoints go, as it may be shown; empty: nowhere, as nobody asked for it."""
        ...

    def put(self, checkpoint: Checkpoint, sender: Sender) -> bytes:
        """Put a checkpoint there, within some ten seconds; what proves it, if anything. Once more
        does no harm. Raises NotAnchored."""
        ...


def shown(address: str) -> str:
    """An address up to its host, as it may be shown: its user, path and query may be secrets. Empty
    if it is."""
    scheme, _, rest = address.partition("://")
    host = AFTER_HOST.split(rest)[0].rpartition("@")[2]
    return f"{scheme}://{host}" if host else address and "an address that cannot be read"
