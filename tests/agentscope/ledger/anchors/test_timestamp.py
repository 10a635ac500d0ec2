"""Checkpoints that an authority stamps."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from agentscope.ledger.anchors import timestamp
from agentscope.ledger.anchors.anchor import NotAnchored
from agentscope.ledger.stamps import checked
from agentscope.ledger.verifier import stamped
from tests.kit.authority import Authority, number, refusal, seq


@pytest.fixture
def authority(sender):
    found = Authority()
    sender.answer = found.answer
    return found


@pytest.fixture
def trusted(settings, tmp_path):
    """Makes a certificate the one whose time stamps are believed."""

    def trust(certificate):
        file = tmp_path / "authorities.pem"
        file.write_bytes(certificate.public_bytes(Encoding.PEM))
        settings.AGENTSCOPE_ANCHOR_CERTIFICATES = str(file)

    return trust


def test_the_token_proves_the_checkpoint(checkpoint, sender, authority):
    token = timestamp.put(checkpoint, sender)
    assert checked(token, stamped(checkpoint), [authority.root]).is_trusted
    ((_, _, headers),) = sender.posted
    assert headers["Content-Type"] == "application/timestamp-query"


def test_an_authority_that_is_believed(checkpoint, sender, authority, trusted):
    trusted(authority.root)
    assert timestamp.put(checkpoint, sender)


def test_an_authority_that_names_certificates_in_any_order(checkpoint, sender, trusted):
    authority = Authority(in_order=False)
    sender.answer = authority.answer
    trusted(authority.root)
    token = timestamp.put(checkpoint, sender)
    assert checked(token, stamped(checkpoint), [authority.root]).is_trusted


def test_another_authority_than_the_one_that_is_believed(checkpoint, sender, authority, trusted):
    trusted(Authority().root)
    with pytest.raises(NotAnchored, match="CN=Time is not of AGENTSCOPE_ANCHOR_CERTIFICATES"):
        timestamp.put(checkpoint, sender)


def test_certificates_that_cannot_be_read(checkpoint, sender, authority, settings, tmp_path):
    settings.AGENTSCOPE_ANCHOR_CERTIFICATES = str(tmp_path / "gone.pem")
    with pytest.raises(NotAnchored, match="AGENTSCOPE_ANCHOR_CERTIFICATES cannot be read"):
        timestamp.put(checkpoint, sender)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "answered no time stamp"),
        (b"<html>", "answered no time stamp"),
        (seq(seq(number(0))), "answered no time stamp"),
        (seq(seq(number(0)), seq(number(1))), "answered no time stamp"),
        (refusal(), "it refused: too busy"),
        (seq(seq(number(2))), "it refused: 2"),
    ],
)
def test_what_is_answered_instead(answer, reason, checkpoint, sender):
    sender.answer = lambda body: answer
    with pytest.raises(NotAnchored, match=reason):
        timestamp.put(checkpoint, sender)


def test_an_answer_to_what_was_asked_before(checkpoint, sender, authority):
    timestamp.put(checkpoint, sender)
    before = authority.answer(sender.posted[0][1])
    sender.answer = lambda body: before
    with pytest.raises(NotAnchored, match="answered another question"):
        timestamp.put(checkpoint, sender)
