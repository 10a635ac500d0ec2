"""Time stamps (RFC 3161): an authority that has nothing to do with us signs that it saw a digest,
and when. Read by no more than the standard library and `cryptography`.

Proven is: what was stamped, when, that the authority's certificate signed exactly that, was valid
then, and is one for time stamps; with certificates that you trust, that they issued it. Not looked
at: whether it was revoked since, and by which policy the authority works.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

SEQUENCE, SET, OCTETS = 0x30, 0x31, 0x04
CONTEXT_0 = 0xA0  # what is there only sometimes, the first of it
MICROSECONDS = 6  # digits
LONG_LENGTH = 0x80  # the length is told by so many of the next bytes
MOST_ISSUERS = 8  # from a certificate to one that is trusted
DIGESTS: dict[bytes, tuple[Callable[..., Any], hashes.HashAlgorithm]] = {  # by object identifier
    bytes.fromhex("608648016503040201"): (hashlib.sha256, hashes.SHA256()),
    bytes.fromhex("608648016503040202"): (hashlib.sha384, hashes.SHA384()),
    bytes.fromhex("608648016503040203"): (hashlib.sha512, hashes.SHA512()),
}
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
TIME_STAMP_INFO = bytes.fromhex("2a864886f70d0109100104")
CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")
MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
OF_CERTIFICATE = {  # attributes that name the certificate by its digest: RFC 2634, RFC 5035
    bytes.fromhex("2a864886f70d010910020c"),
    bytes.fromhex("2a864886f70d010910022f"),
}
BY_SIZE = {20: hashlib.sha1, 32: hashlib.sha256, 48: hashlib.sha384, 64: hashlib.sha512}

UNREADABLE = (  # what reading something raises that is none
    *(LookupError, ValueError, TypeError, StopIteration, UnsupportedAlgorithm),
    *(x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)


class BadStamp(Exception):
    """A token that proves nothing. The text says why."""


class Stamp(NamedTuple):
    """What a token proves."""

    at: datetime  # UTC
    authority: str  # the name in its certificate
    is_trusted: bool  # one of the certificates that were given issued it


class Der(NamedTuple):
    """A value of ASN.1 in its distinguished encoding (X.690)."""

    tag: int
    body: bytes
    whole: bytes


class Signed(NamedTuple):
    """The parts of a token: RFC 5652, 5.1."""

    info: bytes  # what is signed: a TSTInfo
    certificates: list[x509.Certificate]
    digest: bytes  # the object identifier of how it is hashed
    attributes: Der
    signature: bytes


def checked(token: bytes, data: bytes, trusted: Sequence[x509.Certificate] = ()) -> Stamp:
    """What a token proves of `data`. Raises BadStamp."""
    try:
        return proven(taken_apart(token), data, trusted)
    except UNREADABLE as error:
        raise BadStamp(f"it cannot be read: {error!r}") from error


def proven(signed: Signed, data: bytes, trusted: Sequence[x509.Certificate]) -> Stamp:
    """The same of a token that was taken apart."""
    at, certificate = stamped_at(signed.info, data), signer(signed)
    check_use(certificate, at)
    is_trusted = is_issued_by(certificate, trusted, signed.certificates)
    return Stamp(at, certificate.subject.rfc4514_string(), is_trusted)


def parts(data: bytes) -> list[Der]:
    """The values that follow each other in `data`. Raises BadStamp."""
    found, begin = [], 0
    while begin < len(data):
        tag, length, at = data[begin], data[begin + 1], begin + 2
        if length >= LONG_LENGTH:
            at += length - LONG_LENGTH
            length = int.from_bytes(data[begin + 2 : at])
        if data[begin + 1] == LONG_LENGTH or at + length > len(data):
            raise BadStamp("it is not whole")
        found.append(Der(tag, data[at : at + length], data[begin : at + length]))
        begin = at + length
    return found


def taken_apart(token: bytes) -> Signed:
    """The parts of a token with one signer, as RFC 3161 asks for."""
    kind, content = parts(parts(token)[0].body)
    if kind.body != SIGNED_DATA:
        raise BadStamp("it is not signed")
    _, _, inside, *rest = parts(parts(content.body)[0].body)
    what, octets = parts(inside.body)
    if what.body != TIME_STAMP_INFO:
        raise BadStamp("it is no time stamp")
    certificates = parts(rest[0].body) if rest[0].tag == CONTEXT_0 else []
    (signer_info,) = parts(rest[-1].body)
    _, _, digest, attributes, _, signature, *_ = parts(signer_info.body)
    return Signed(
        info=parts(octets.body)[0].body,
        certificates=[x509.load_der_x509_certificate(each.whole) for each in certificates],
        digest=parts(digest.body)[0].body,
        attributes=attributes,
        signature=signature.body,
    )


def stamped_at(info: bytes, data: bytes) -> datetime:
    """When the authority saw the digest of `data`. Raises BadStamp if it saw another one."""
    _, _, imprint, _, at, *_ = parts(parts(info)[0].body)
    algorithm, digest = parts(imprint.body)
    if DIGESTS[parts(algorithm.body)[0].body][0](data).digest() != digest.body:
        raise BadStamp("it is of something else: the digest is another")
    return time_of(at.body.decode())


def time_of(said: str) -> datetime:
    """A time as RFC 3161 has it written, with any number of digits behind the second; those after
    the sixth are left out. Raises ValueError."""
    whole, _, fraction = said.removesuffix("Z").partition(".")
    found = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return found.replace(microsecond=int(f"{fraction:0<6}"[:MICROSECONDS]))


def signer(signed: Signed) -> x509.Certificate:
    """The certificate by which a token is signed. Raises BadStamp if it is not."""
    by_hash, algorithm = DIGESTS[signed.digest]
    values = attribute_values(signed.attributes)
    if values[CONTENT_TYPE].body != TIME_STAMP_INFO:
        raise BadStamp("what is signed is no time stamp")
    if values[MESSAGE_DIGEST].body != by_hash(signed.info).digest():
        raise BadStamp("it was changed: what is signed has another digest")
    certificate = named_certificate(values, signed.certificates)
    statement = bytes([SET]) + signed.attributes.whole[1:]  # as RFC 5652, 5.4 has it signed
    if not holds(certificate.public_key(), signed.signature, statement, algorithm):
        raise BadStamp("its signature is wrong")
    return certificate


def attribute_values(attributes: Der) -> dict[bytes, Der]:
    """The first value of each signed attribute, by object identifier."""
    if attributes.tag != CONTEXT_0:
        raise BadStamp("it signs no attributes")
    pairs = (parts(each.body) for each in parts(attributes.body))
    return {name.body: parts(values.body)[0] for name, values in pairs}


def named_certificate(
    values: dict[bytes, Der], certificates: Sequence[x509.Certificate]
) -> x509.Certificate:
    """The certificate whose digest is signed with the time stamp."""
    for name in OF_CERTIFICATE & values.keys():
        first = parts(parts(values[name].body)[0].body)[0]
        digest = next(each.body for each in parts(first.body) if each.tag == OCTETS)
        for each in certificates:
            if BY_SIZE[len(digest)](as_bytes(each)).digest() == digest:
                return each
    raise BadStamp("the certificate by which it is signed is not in it")


def as_bytes(certificate: x509.Certificate) -> bytes:
    """A certificate as it is hashed."""
    return certificate.public_bytes(Encoding.DER)


def holds(key: Any, signature: bytes, data: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    """Whether a signature is by the holder of a key."""
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(algorithm))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
        else:
            raise BadStamp(f"it is signed by a kind of key that is not known: {type(key).__name__}")
    except InvalidSignature:
        return False
    return True


def check_use(certificate: x509.Certificate, at: datetime) -> None:
    """Raises BadStamp if the certificate was not one for time stamps then."""
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        uses = x509.ExtendedKeyUsage([])
    if ExtendedKeyUsageOID.TIME_STAMPING not in uses:
        raise BadStamp("its certificate is not for time stamps")
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise BadStamp("its certificate was not valid then")


def is_issued_by(
    certificate: x509.Certificate,
    trusted: Sequence[x509.Certificate],
    between: Sequence[x509.Certificate],
) -> bool:
    """Whether a trusted certificate issued it, through others if need be."""
    for _ in range(MOST_ISSUERS):
        if certificate in trusted:
            return True
        issuers = (each for each in (*trusted, *between) if issued(certificate, each))
        if (issuer := next(issuers, None)) is None:
            return False
        certificate = issuer
    return False


def issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether one certificate was issued by the other, which may issue some."""
    try:
        certificate.verify_directly_issued_by(issuer)
        return issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
