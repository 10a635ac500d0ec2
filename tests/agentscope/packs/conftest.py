"""Exports that are well, and what the verifier says of what somebody made of them."""

import shutil

import pytest

from agentscope.budgets.models import Answer
from agentscope.ledger.export import export
from agentscope.ledger.write import checkpoint, erase
from agentscope.packs.asked import Asked
from agentscope.packs.write import make
from agentscope.projects.changes import note_change
from agentscope.projects.write import create_project
from agentscope.traces.models import Trace
from tests.kit import verifier
from tests.kit.corpus import cases, replay

NAME = "openai-agents-openinference"


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return verifier.loaded(tmp_path_factory.mktemp("verifier"))


@pytest.fixture
def shop(db):
    """A project with changes, of which one was erased, and a checkpoint."""
    found = create_project("shop")
    for number in range(3):
        note_change("price", found.pk, "ann", f"Set the price {number} times.", {})
    erase(found.pk, [3], "ben", "asked for by ann")
    checkpoint(found.pk)
    return found


@pytest.fixture
def ledger(shop, tmp_path):
    """Its ledger in a folder, and its checkpoints in a file that is kept elsewhere."""
    export(shop.pk, tmp_path / "ledger")
    shutil.copy(tmp_path / "ledger" / "checkpoints.jsonl", tmp_path / "kept.jsonl")
    return tmp_path / "ledger"


@pytest.fixture
def pack(shop, tmp_path):
    """An evidence pack with a decision and an answer, and the SHA-256 of its manifest."""
    replay(next(case for case in cases() if case.name == NAME), shop.pk)
    trace = Trace.objects.first()
    Answer.objects.create(
        project_id=shop.pk, at=trace.started_at, trace=trace.trace_id, decision="allow",
        asked={}, said={},
    )  # fmt: skip
    return make(Asked(shop), tmp_path / "pack", "ann").digest
