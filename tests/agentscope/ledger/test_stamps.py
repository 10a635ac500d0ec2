"""Time stamps: those of OpenSSL, those of an authority of the tests, and what is wrong with some.

`stamped/` holds tokens that `openssl ts -reply` made of DATA, and the certificate that issued the
authority's.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerifierBuilder,
    decode_timestamp_response,
)

from agentscope.ledger.stamps import BadStamp, checked, time_of
from tests.kit.authority import Authority

DATA = b"what was stamped"
FOLDER = Path(__file__).parent / "stamped"
BYTES = range(0, 900, 9)  # every ninth of a token


@pytest.fixture(scope="module")
def authority():
    return Authority()


def token_of(authority, at=None):
    """A token of DATA."""
    request = TimestampRequestBuilder(DATA, HashAlgorithm.SHA256).build()
    answer = decode_timestamp_response(authority.answer(request.as_bytes(), at))
    return bytes(answer.time_stamp_token())


@pytest.mark.parametrize(
    ("said", "microseconds"),
    [
        ("Z", 0),
        (".5Z", 500_000),
        (".034Z", 34_000),
        (".123456Z", 123_456),
        (".1234567899Z", 123_456),
    ],
)
def test_a_time_may_have_any_number_of_digits_behind_the_second(said, microseconds):
    at = datetime(2026, 11, 27, 5, 27, 53, microseconds, tzinfo=UTC)
    assert time_of(f"20261127052753{said}") == at


@pytest.mark.parametrize("said", ["", "20261127Z", "20261327052753Z", "20261127052753.xZ"])
def test_what_is_no_time_is_none(said):
    with pytest.raises(ValueError, match=r"does not match|invalid literal|unconverted"):
        time_of(said)


@pytest.mark.parametrize("made_by", ["rsa", "ec"])
def test_a_time_stamp_of_openssl(made_by):
    token = (FOLDER / f"{made_by}.der").read_bytes()
    root = x509.load_pem_x509_certificate((FOLDER / f"{made_by}.pem").read_bytes())
    stamp = checked(token, DATA, [root])
    assert stamp == (datetime(2026, 11, 27, 5, 27, 53, tzinfo=UTC), stamp.authority, True)
    assert stamp.authority == f"CN=Time {made_by},O=Example"
    assert not checked(token, DATA).is_trusted


def test_the_authority_of_the_tests_is_one_for_others_too(authority):
    request = TimestampRequestBuilder(DATA, HashAlgorithm.SHA256).build()
    answer = decode_timestamp_response(authority.answer(request.as_bytes()))
    verifier = VerifierBuilder.from_request(request).add_root_certificate(authority.root).build()
    assert verifier.verify_message(answer, DATA)


@pytest.mark.parametrize("made_by", ["rsa", "ec"])
def test_no_byte_can_be_changed_so_that_it_proves_something_else(made_by):
    token = (FOLDER / f"{made_by}.der").read_bytes()
    root = x509.load_pem_x509_certificate((FOLDER / f"{made_by}.pem").read_bytes())
    good, refused = checked(token, DATA, [root]), 0
    for at in BYTES:
        changed = bytearray(token)
        changed[at] ^= 1
        try:
            assert checked(bytes(changed), DATA, [root]) == good
        except BadStamp:
            refused += 1
    assert refused > len(BYTES) // 2  # else nothing was looked at


def test_what_is_cut_off_is_refused(authority):
    token = token_of(authority)
    for length in range(0, len(token), 7):
        with pytest.raises(BadStamp):
            checked(token[:length], DATA)


def test_a_stamp_of_something_else(authority):
    with pytest.raises(BadStamp, match="something else: the digest is another"):
        checked(token_of(authority), DATA + b"!")


def test_a_certificate_that_is_not_for_time_stamps():
    with pytest.raises(BadStamp, match="not for time stamps"):
        checked(token_of(Authority(uses=ExtendedKeyUsageOID.CODE_SIGNING)), DATA)


def test_a_certificate_that_was_not_valid_then(authority):
    long_ago = authority.certificate.not_valid_before_utc - timedelta(seconds=1)
    with pytest.raises(BadStamp, match="not valid then"):
        checked(token_of(authority, long_ago), DATA)


def test_an_authority_that_nobody_trusts(authority):
    token = token_of(authority)
    assert checked(token, DATA, [authority.root]).is_trusted
    assert checked(token, DATA, [authority.certificate]).is_trusted
    assert not checked(token, DATA, [Authority().root]).is_trusted
