"""An authority that stamps time (RFC 3161) on this machine, made of `cryptography` and a few lines
of DER: nothing of what reads its tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

YEARS = timedelta(days=36_500)
SHA256_ID, ECDSA_SHA256 = "608648016503040201", "2a8648ce3d040302"
SIGNED_DATA, INFO = "2a864886f70d010702", "2a864886f70d0109100104"
CONTENT_TYPE, MESSAGE_DIGEST, CERTIFICATE_V2 = (
    "2a864886f70d010903",
    "2a864886f70d010904",
    "2a864886f70d010910022f",
)


def der(tag, *bodies):
    """A value of ASN.1."""
    body = b"".join(bodies)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 128 + len(length)]) + length + body


def seq(*bodies):
    return der(0x30, *bodies)


def number(value):
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1))


def oid(code):
    return der(0x06, bytes.fromhex(code))


def octets(body):
    return der(0x04, body)


class Authority:
    """A root, and a certificate of it by which time is stamped."""

    def __init__(self, uses=ExtendedKeyUsageOID.TIME_STAMPING, *, in_order=True):
        """With `in_order` False its certificates come in the order that DER does not have."""
        self.in_order = in_order
        self.root_key, self.key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.root = issue("Root", self.root_key, "Root", self.root_key, is_root=True)
        self.certificate = issue("Time", self.key, "Root", self.root_key, uses=uses)

    def answer(self, query, at=None):
        """What is answered to a request for a time stamp."""
        imprint, nonce = imprint_and_nonce(query)
        return seq(seq(number(0)), self.token(imprint, nonce, at or datetime.now(UTC)))

    def token(self, imprint, nonce, at):
        """A token: RFC 5652, with what RFC 3161 asks for."""
        time = der(0x18, at.strftime("%Y%m%d%H%M%SZ").encode())
        info = seq(number(1), oid("2a0304"), imprint, number(7), time, nonce)
        attributes = self.attributes(info)
        signature = self.key.sign(der(0x31, attributes), ec.ECDSA(SHA256()))
        signer = seq(
            number(1),
            seq(self.root.subject.public_bytes(), number(self.certificate.serial_number)),
            seq(oid(SHA256_ID)),
            der(0xA0, attributes),
            seq(oid(ECDSA_SHA256)),
            octets(signature),
        )
        chain = (each.public_bytes(Encoding.DER) for each in (self.certificate, self.root))
        data = seq(
            number(3),
            der(0x31, seq(oid(SHA256_ID))),
            seq(oid(INFO), der(0xA0, octets(info))),
            der(0xA0, *sorted(chain, reverse=not self.in_order)),
            der(0x31, signer),
        )
        return seq(oid(SIGNED_DATA), der(0xA0, data))

    def attributes(self, info):
        """What is signed beside the digest of the info."""
        own = sha256(self.certificate.public_bytes(Encoding.DER)).digest()
        said = {
            CONTENT_TYPE: oid(INFO),
            MESSAGE_DIGEST: octets(sha256(info).digest()),
            CERTIFICATE_V2: seq(seq(seq(octets(own)))),
        }
        pairs = (seq(oid(name), der(0x31, value)) for name, value in said.items())
        return b"".join(sorted(pairs))


def refusal():
    """An answer that stamps nothing: rejection, with a reason."""
    return seq(seq(number(2), seq(der(0x0C, b"too busy"))))


def imprint_and_nonce(query):
    """Of a request that rfc3161-client made."""
    from rfc3161_client._rust import parse_timestamp_request

    asked = parse_timestamp_request(query)
    imprint = seq(seq(oid(SHA256_ID)), octets(asked.message_imprint.message))
    return imprint, number(asked.nonce)


def issue(name, key, issuer, issuer_key, uses=None, is_root=False):
    """A certificate."""
    names = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer))
    subject, issued_by = names
    began = datetime(2020, 1, 1, tzinfo=UTC)
    builder = (
        x509.CertificateBuilder(issued_by, subject, key.public_key(), 5 + is_root)
        .not_valid_before(began)
        .not_valid_after(began + YEARS)
        .add_extension(x509.BasicConstraints(is_root, None), critical=True)
    )
    if uses:
        builder = builder.add_extension(x509.ExtendedKeyUsage([uses]), critical=True)
    return builder.sign(issuer_key, SHA256())
