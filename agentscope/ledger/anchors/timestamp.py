"""An authority that stamps time (RFC 3161): what it signs is kept, and proves when a checkpoint was
there to whoever believes the authority."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from django.conf import settings
from rfc3161_client import HashAlgorithm, PKIStatus, TimeStampRequest, TimestampRequestBuilder

from agentscope.ledger.anchors.anchor import NotAnchored, Sender, shown
from agentscope.ledger.stamps import SEQUENCE, UNREADABLE, BadStamp, checked, parts, taken_apart
from agentscope.ledger.verifier import Checkpoint, stamped

CODE = "timestamp"
LABEL = "Time stamp (RFC 3161)"
HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
GRANTED = (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS)
INTEGER = 0x02


def place() -> str:
    """The host of AGENTSCOPE_ANCHOR_TIMESTAMPS."""
    return shown(settings.AGENTSCOPE_ANCHOR_TIMESTAMPS)


def put(checkpoint: Checkpoint, sender: Sender) -> bytes:
    """The token, which was checked. Raises NotAnchored."""
    data = stamped(checkpoint)
    request = TimestampRequestBuilder(data, HashAlgorithm.SHA256).build()
    answer = sender.post(settings.AGENTSCOPE_ANCHOR_TIMESTAMPS, request.as_bytes(), HEADERS)
    try:
        token = token_of(answer, request)
    except (BadStamp, *UNREADABLE):
        raise NotAnchored("it answered no time stamp") from None
    check(token, data)
    return token


def token_of(answer: bytes, request: TimeStampRequest) -> bytes:
    """The token of an answer (RFC 3161, 2.4.2) to what was asked now. Raises NotAnchored, and
    BadStamp or one of UNREADABLE for what is no answer.

    It is not read by the library that asks: that refuses tokens whose certificates are not in the
    order of DER, which authorities made of OpenSSL give."""
    status, *given = parts(parts(answer)[0].body)
    code, *more = parts(status.body)
    if int.from_bytes(code.body, signed=True) not in GRANTED:
        texts = (each.body for said in more if said.tag == SEQUENCE for each in parts(said.body))
        said = "; ".join(text.decode(errors="replace") for text in texts)
        raise NotAnchored(f"it refused: {said or int.from_bytes(code.body, signed=True)}")
    (token,) = given
    if nonce(token.whole) != request.nonce:
        raise NotAnchored("it answered another question")
    return token.whole


def nonce(token: bytes) -> int | None:
    """The number that an answer repeats of what was asked, the one INTEGER behind the time."""
    _, _, _, _, _, *optional = parts(parts(taken_apart(token).info)[0].body)
    return next(
        (int.from_bytes(each.body, signed=True) for each in optional if each.tag == INTEGER), None
    )


def check(token: bytes, data: bytes) -> None:
    """Raises NotAnchored for a token that does not prove `data`, or is not of those believed."""
    try:
        stamp = checked(token, data, authorities())
    except BadStamp as error:
        raise NotAnchored(f"its time stamp does not hold: {error}") from error
    if settings.AGENTSCOPE_ANCHOR_CERTIFICATES and not stamp.is_trusted:
        raise NotAnchored(f"{stamp.authority} is not of AGENTSCOPE_ANCHOR_CERTIFICATES")


def authorities() -> list[x509.Certificate]:
    """The certificates whose time stamps are believed. Raises NotAnchored for a bad file."""
    path = settings.AGENTSCOPE_ANCHOR_CERTIFICATES
    try:
        return x509.load_pem_x509_certificates(Path(path).read_bytes()) if path else []
    except (OSError, ValueError) as error:
        raise NotAnchored(f"AGENTSCOPE_ANCHOR_CERTIFICATES cannot be read: {error}") from error
