"""Verify a ledger of AgentScope: that no entry was changed, removed, reordered, cut off or forged.

    python -I verifier.py BUNDLE --key PUBLIC_KEY

One file that needs Python 3.11 and `cryptography`, to be read and run far from the server. BUNDLE
is a folder that was exported. Ends with 0 if all is well, 1 if not, 2 if it cannot be told. The
server joins it from some modules of its own, of which this is the first. Take it from where you
trust, not from whoever gave you the bundle, and run it by `python -I`, which imports nothing of it.

The hash of an entry covers the digest of its content, which may be erased, its signature (Ed25519),
and the hash of the entry before. A server follows no entry whose signature is wrong without saying
so. So one signature that holds proves all that came before it, back to where a server says that,
and after a forged entry none holds: the first that does not is found by bisection.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agentscope.ledger.stamps import BadStamp, Stamp, checked
from agentscope.ledger.untrusted import numbered, numbers_in, said_in, shown

FORMAT = 1  # of what is hashed and signed
NOTHING = "0" * 64  # what the first entry of a ledger follows
ERASED = "ledger.erased"  # an entry that tells which content was erased, by whom and why
Ledger = Any  # where it is read from: `entries`, `entry`, `checkpoints` and `stamps`, as of Bundle
NEW_KEY = "ledger.key"  # an entry that tells by which key the next ones are signed
DOUBTED = "ledger.doubted"  # one that follows an entry that is not as it was signed, and says so


class Entry(NamedTuple):
    """A link of the chain. Digests, keys and signatures are hexadecimal."""

    project: int
    position: int  # 1, 2, 3, …
    at: str  # UTC, as 2026-11-27T10:00:00.000000Z
    kind: str
    content: str  # SHA-256 of its content
    previous: str  # hash of the entry before it
    key: str  # by which it is signed
    signature: str
    hash: str


class Checkpoint(NamedTuple):
    """A signed statement about how long a ledger was, kept where its database is not."""

    project: int
    position: int  # of the last entry
    hash: str  # of that entry
    at: str
    key: str
    signature: str


class Fault(NamedTuple):
    """What is wrong, and from which position on nothing is proven."""

    position: int
    reason: str


@dataclass
class Verdict:
    """What was verified. All is well if there is no fault."""

    first: int = 1  # the position from which on it was looked at
    entries: int = 0
    erased: int = 0  # entries of which the content was erased, as another entry tells
    checkpoints: int = 0
    stamps: list[tuple[int, Stamp]] = field(default_factory=list)  # of checkpoints, by position
    last: Entry | None = None
    keys: list[str] = field(default_factory=list)  # by which entries were signed, in their order
    fault: Fault | None = None

    def blame(self, fault: Fault | None) -> None:
        """Keep the fault of the lowest position."""
        if fault and (self.fault is None or fault.position < self.fault.position):
            self.fault = fault


def statement(link: Entry | Checkpoint) -> bytes:
    """What is signed: all but signature and hash, as canonical JSON (RFC 8785) of ASCII."""
    said = {"ledger": FORMAT, "is": type(link).__name__.lower(), **link._asdict()}
    del said["signature"]
    if isinstance(link, Entry):
        del said["hash"]
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def hash_of(entry: Entry) -> str:
    """The hash of an entry: of what is signed, and of the signature."""
    return sha256(statement(entry) + entry.signature.encode()).hexdigest()


def stamped(checkpoint: Checkpoint) -> bytes:
    """What an authority stamps of a checkpoint."""
    return statement(checkpoint) + checkpoint.signature.encode()


def is_signed(link: Entry | Checkpoint) -> bool:
    """Whether its signature holds under its key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(link.key))
        key.verify(bytes.fromhex(link.signature), statement(link))
    except (InvalidSignature, ValueError):
        return False
    return True


def verify(
    ledger: Ledger,
    trusted: Collection[str] = (),
    first: int = 1,
    authorities: Sequence[x509.Certificate] = (),
) -> Verdict:
    """Verify a ledger in one pass, from the position `first` on.

    `trusted` are public keys that are known from elsewhere: without any, the key of the first entry
    is taken at its word. What comes before `first` is not looked at. `authorities` are certificates
    whose time stamps are believed.
    """
    walk = Walk(ledger, set(trusted), first)
    # Read before the entries, so that they tell of none that was added meanwhile.
    stamps, checkpoints = list(ledger.stamps()), list(ledger.checkpoints())
    for entry, text in ledger.entries():
        walk.step(entry, text)
    if walk.verdict.last:
        walk.verdict.blame(walk.forged(walk.verdict.last))
    for checkpoint in checkpoints:
        walk.compare(checkpoint)
    for position, token in stamps:
        walk.look(position, token, authorities)
    walk.end()
    return walk.verdict


class Walk:
    """The state of a verification: what was seen up to here."""

    def __init__(self, ledger: Ledger, trusted: set[str], first: int) -> None:
        self.ledger, self.trusted, self.first = ledger, trusted, first
        self.verdict = Verdict(first)
        self.unproven = first  # position from which on no signature was looked at
        self.until = first - 1  # the highest position that was read
        self.gone: set[int] = set()  # positions without content of which no erasure is known
        self.told: dict[int, Checkpoint] = {}  # by position
        self.has_gaps = False  # whether entries are missing: they may tell why content is gone

    def step(self, entry: Entry, text: str | None) -> None:
        """Go on to the next entry. After a fault only erasures are read: they may speak of what
        comes before it."""
        self.has_gaps = self.has_gaps or entry.position > self.until + 1
        self.until = max(self.until, entry.position)
        if text is None:
            self.gone.add(entry.position)
        if self.verdict.fault is None:
            self.verdict.blame(self.broken(entry, text) or self.signed_otherwise(entry))
        if self.verdict.fault is None:
            self.take(entry, text)
        if entry.kind == ERASED and text is not None:
            self.forgive(text)

    def broken(self, entry: Entry, text: str | None) -> Fault | None:
        """What is wrong with the entry itself and its link, if anything."""
        last = self.verdict.last
        expected = last.position + 1 if last else self.first
        if entry.position != expected:
            return Fault(expected, f"it is missing: position {entry.position} comes in its place")
        if last and entry.project != last.project:
            return Fault(expected, f"it is an entry of project {entry.project}")
        if entry.previous != (last.hash if last else NOTHING) and (last or self.first == 1):
            return Fault(expected, "it does not follow the entry before it")
        if entry.hash != hash_of(entry):
            return Fault(expected, "it was changed: its hash is another")
        if text is not None and sha256(text.encode()).hexdigest() != entry.content:
            return Fault(expected, "its content was changed: the digest is another")
        return None

    def signed_otherwise(self, entry: Entry) -> Fault | None:
        """What is wrong where the key changes: those of the old one must be signed by it, and the
        new one must be known. The first is, if none is known from elsewhere. And what is wrong
        before an entry that doubts the one that it follows."""
        last = self.verdict.last
        is_same = last is not None and last.key == entry.key
        if is_same and entry.kind != DOUBTED:
            return None
        if last and (fault := self.forged(last)):
            return fault
        if not self.trusted and last is None:
            self.trusted.add(entry.key)
        if entry.key not in self.trusted:
            return Fault(entry.position, f"it is signed by a key that is not known: {entry.key}")
        self.unproven = entry.position
        if not is_same:
            self.verdict.keys.append(entry.key)
        return None

    def forged(self, last: Entry) -> Fault | None:
        """The first entry of those that are unproven, up to `last`, whose signature is wrong."""
        if is_signed(last):
            return None
        good, bad = self.unproven - 1, last.position
        while bad - good > 1:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if is_signed(self.ledger.entry(middle)) else (good, middle)
        return Fault(bad, "its signature is wrong: the holder of the key did not write it")

    def take(self, entry: Entry, text: str | None) -> None:
        """An entry that follows is counted; one that tells of a new key makes it known."""
        self.verdict.last = entry
        self.verdict.entries += 1
        if entry.kind == NEW_KEY and text is not None and is_signed(entry):
            self.trusted.add(str(said_in(text, "public_key", "")))

    def forgive(self, text: str) -> None:
        """An entry tells which content was erased."""
        told = self.gone.intersection(numbers_in(text, "positions"))
        self.gone -= told
        self.verdict.erased += len(told)

    def compare(self, checkpoint: Checkpoint) -> None:
        """Is the ledger the one that a checkpoint tells of?"""
        self.verdict.checkpoints += 1
        self.told[checkpoint.position] = checkpoint
        last = self.verdict.last.position if self.verdict.last else self.first - 1
        position, told = checkpoint.position, f"the checkpoint of {checkpoint.at}"
        if not is_signed(checkpoint):
            fault = Fault(position, f"{told} was changed: its signature is wrong")
        elif checkpoint.key not in self.trusted:
            fault = Fault(position, f"{told} is signed by an unknown key: {checkpoint.key}")
        elif self.verdict.last and checkpoint.project != self.verdict.last.project:
            fault = Fault(position, f"{told} is of another ledger")
        elif position > last:
            self.has_gaps = self.has_gaps or position > self.until
            fault = Fault(last + 1, f"it is missing: {told} tells of {position} entries")
        elif position >= self.first and self.ledger.entry(position).hash != checkpoint.hash:
            fault = Fault(position, f"{told} tells of another entry here")
        else:
            return
        self.verdict.blame(fault)

    def look(self, at: int, token: bytes, authorities: Sequence[x509.Certificate]) -> None:
        """Is a time stamp one of the checkpoint at this position?"""
        try:
            if at not in self.told:
                raise BadStamp("the checkpoint that it is of is missing")
            self.verdict.stamps.append((at, checked(token, stamped(self.told[at]), authorities)))
        except BadStamp as error:
            self.verdict.blame(Fault(at, f"its time stamp does not hold: {shown(error)}"))

    def end(self) -> None:
        """Is content gone without a word? Where entries are missing one of them may have told."""
        if self.gone and not self.has_gaps:
            self.verdict.blame(Fault(min(self.gone), "its content is gone, and no entry says why"))


def sentences(
    verdict: Verdict, trusted: Collection[str], others: Collection[str] = ()
) -> Iterator[str]:
    """What to tell a person; `others` are faults of what lies beside the ledger."""
    last, fault = verdict.last, verdict.fault
    if last:
        entries = numbered(verdict.entries, "entry", "entries")
        yield f"{entries} verified, the last of {last.at} with hash {last.hash}."
    else:
        yield "No entry is in it."
    if (first := verdict.first) > 1:
        yield f"Verified from position {first} on: nothing is known of what comes before."
    erased = numbered(verdict.erased, "erased content")
    yield f"{erased}, {numbered(verdict.checkpoints, 'checkpoint')}."
    for key in verdict.keys:
        word = "which you know" if key in trusted else "taken at its word: ask for it elsewhere"
        yield f"Signed by {key}, {word}."
    if verdict.stamps:
        yield about_stamps(verdict.stamps)
    well = "All is well." if last else "Nothing is wrong, and nothing is proven."
    well = "The ledger is well; what lies beside it is not." if others else well
    yield f"First bad position: {fault.position}: {fault.reason}." if fault else well


def about_stamps(stamps: Sequence[tuple[int, Stamp]]) -> str:
    """What the last of some time stamps proves."""
    position, stamp = max(stamps)
    word = "whom you know" if stamp.is_trusted else "taken at its word: ask for its certificate"
    who = f"{stamp.at:%Y-%m-%d %H:%M:%S} UTC by {shown(stamp.authority)}"
    return f"{numbered(len(stamps), 'time stamp')}: position {position} at {who}, {word}."
