"""An authority that stamps time (RFC 3161): what it signs is kept, and proves when a checkpoint was
there to whoever believes the authority."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from django.conf import settings
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    decode_timestamp_response,
)

from agentscope.ledger.anchors.anchor import NotAnchored, Sender, shown
from agentscope.ledger.stamps import BadStamp, checked
from agentscope.ledger.verifier import Checkpoint, stamped

CODE = "timestamp"
LABEL = "Time stamp (RFC 3161)"
HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
GRANTED = (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS)


def place() -> str:
    """The host of AGENTSCOPE_ANCHOR_TIMESTAMPS."""
    return shown(settings.AGENTSCOPE_ANCHOR_TIMESTAMPS)


def put(checkpoint: Checkpoint, sender: Sender) -> bytes:
    """The token, which was checked. Raises NotAnchored."""
    data = stamped(checkpoint)
    request = TimestampRequestBuilder(data, HashAlgorithm.SHA256).build()
    answer = sender.post(settings.AGENTSCOPE_ANCHOR_TIMESTAMPS, request.as_bytes(), HEADERS)
    try:
        response = decode_timestamp_response(answer)
    except ValueError:
        raise NotAnchored("it answered no time stamp") from None
    return token_of(response, request, data)


def token_of(response: TimeStampResponse, request: TimeStampRequest, data: bytes) -> bytes:
    """The token of an answer to what was asked now, of exactly that. Raises NotAnchored."""
    if response.status not in GRANTED:
        said = "; ".join(response.status_string) or PKIStatus(response.status).name.lower()
        raise NotAnchored(f"it refused: {said}")
    if response.tst_info.nonce != request.nonce:
        raise NotAnchored("it answered another question")
    token = bytes(response.time_stamp_token())
    try:
        stamp = checked(token, data, authorities())
    except BadStamp as error:
        raise NotAnchored(f"its time stamp does not hold: {error}") from error
    if settings.AGENTSCOPE_ANCHOR_CERTIFICATES and not stamp.is_trusted:
        raise NotAnchored(f"{stamp.authority} is not of AGENTSCOPE_ANCHOR_CERTIFICATES")
    return token


def authorities() -> list[x509.Certificate]:
    """The certificates whose time stamps are believed. Raises NotAnchored for a bad file."""
    path = settings.AGENTSCOPE_ANCHOR_CERTIFICATES
    try:
        return x509.load_pem_x509_certificates(Path(path).read_bytes()) if path else []
    except (OSError, ValueError) as error:
        raise NotAnchored(f"AGENTSCOPE_ANCHOR_CERTIFICATES cannot be read: {error}") from error
