"""The ledger as a file, written while others go on."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest

from agentscope.audit import bundle
from agentscope.audit.bundle import packed
from agentscope.ledger import signing
from agentscope.ledger.models import Anchored
from agentscope.ledger.write import append, checkpoint
from tests.kit.verifier import loaded, says

SHOP = 1
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("read", ["checkpoints_after", "stamps"])
def test_what_is_stamped_while_it_is_written_is_no_fault(read, monkeypatch, tmp_path):
    for number in range(3):
        append(SHOP, "change", {"who": "ann", "what": f"change {number}"})
    checkpoint(SHOP)
    append(SHOP, "change", {"who": "ann", "what": "one more"})
    monkeypatch.setattr(bundle, read, and_then(getattr(bundle, read)))
    with ZipFile(io.BytesIO(b"".join(packed(SHOP)))) as archive:
        archive.extractall(tmp_path)
    key = signing.public(signing.signing_key()).hex()
    code, lines = says(loaded(tmp_path), tmp_path / "ledger", "--key", key)
    assert (code, lines[-1]) == (0, "All is well.")


def and_then(reading):
    """A way of reading after which there is one more checkpoint, with a time stamp."""
    said = []

    def read(*asked):
        found = reading(*asked)
        if not said:
            said.append(checkpoint(SHOP).position)
            Anchored.objects.create(
                project_id=SHOP, position=said[0], anchor="timestamp",
                done_at=datetime(2026, 11, 1, tzinfo=UTC), proof=b"x",
            )  # fmt: skip
        return found

    return read
