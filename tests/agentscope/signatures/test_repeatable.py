"""Calls that come to the same when they are made again, by their arguments."""

import pytest

from agentscope.signatures.progress import fields
from agentscope.signatures.record import Fact
from agentscope.signatures.repeatable import is_repeatable
from agentscope.signatures.signature import signature
from agentscope.signatures.stored import unpack
from agentscope.vocabulary import Content, Kind, Meaning


@pytest.mark.parametrize(
    "arguments",
    [
        {"amount": 5, "idempotency_key": "order-7"},
        {"request": {"idempotencyKey": "order-7"}},
        {"ClientToken": "t-1", "name": "vm"},
        {"to": "ann", "dry_run": True},
        {"to": "ann", "dryRun": "yes"},
        {"to": "ann", "options": {"validate_only": 1}},
    ],
)
def test_what_says_so(arguments):
    assert is_repeatable(fields(arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        None,
        "dry_run",
        {},
        {"amount": 5, "key": "order-7"},
        {"amount": 5, "idempotency_key": ""},
        {"to": "ann", "dry_run": False},
        {"to": "ann", "dry_run": "false"},
        {"to": "ann", "dry_run": None},
        {"text": "use an idempotency_key"},
    ],
)
def test_what_does_not(arguments):
    assert not is_repeatable(fields(arguments))


@pytest.mark.parametrize(("dry", "found"), [(True, True), (False, False)])
def test_it_is_a_fact_of_the_signature(dry, found):
    content = Content(arguments={"to": "ann", "dry_run": dry}, result="sent")
    meaning = Meaning(kind=Kind.TOOL, tool="send", content=content)
    (record,) = unpack([signature(meaning)])
    assert bool(record["facts"] & Fact.REPEATABLE) is found
