"""A checkpoint, and a sender that keeps what is sent and answers what a test says."""

import pytest

from agentscope.ledger.models import Checkpoint
from agentscope.ledger.read import stored_checkpoint
from agentscope.ledger.write import append
from agentscope.ledger.write import checkpoint as sign

SHOP = 1


@pytest.fixture
def checkpoint(db):
    append(SHOP, "change", {"what": "x"})
    sign(SHOP)
    return stored_checkpoint(Checkpoint.objects.get())


class FakeSender:
    """Keeps what is posted; `answer` makes the answer of a body."""

    def __init__(self):
        self.posted = []
        self.answer = lambda body: b""

    def post(self, url, body, headers):
        self.posted.append((url, body, headers))
        return self.answer(body)

    def signed(self, secret, body):
        return {"Signed": f"{secret} {len(body)}"}


@pytest.fixture
def sender():
    return FakeSender()
