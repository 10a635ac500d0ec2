"""Checkpoints in a file that is only ever added to."""

import pytest

from agentscope.ledger.anchors import file
from agentscope.ledger.anchors.anchor import NotAnchored
from agentscope.ledger.bundle import checkpoints_of


def test_each_is_a_line_that_the_verifier_reads(checkpoint, sender, settings, tmp_path):
    settings.AGENTSCOPE_ANCHOR_PATH = str(tmp_path / "kept.jsonl")
    other = checkpoint._replace(project=2)
    for each in (checkpoint, other, checkpoint):
        assert file.put(each, sender) == b""
    assert list(checkpoints_of([tmp_path / "kept.jsonl"], 1)) == [checkpoint, checkpoint]
    assert list(checkpoints_of([tmp_path / "kept.jsonl"], 2)) == [other]


def test_a_folder_that_is_not_there_is_told(checkpoint, sender, settings, tmp_path):
    settings.AGENTSCOPE_ANCHOR_PATH = str(tmp_path / "gone" / "kept.jsonl")
    with pytest.raises(NotAnchored, match="cannot be written: No such file or directory"):
        file.put(checkpoint, sender)
