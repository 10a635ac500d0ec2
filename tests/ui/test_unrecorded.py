"""What a call does not say of itself is said to be missing, and nothing else is."""

import pytest

from agentscope.traces.grow import grow
from tests.kit.drawing import drawn
from ui.unrecorded import unrecorded


def told(drawing: str, *known: str) -> str:
    return unrecorded(grow(drawn(drawing)).row(0), known)


@pytest.mark.parametrize(
    ("drawing", "known", "words"),
    [
        ("llm chat", (), "No messages of this call are recorded."),
        ("llm chat", ("tools",), "No messages of this call are recorded."),
        ("llm chat", ("input_messages",), "What it answered is not recorded."),
        ("llm chat", ("input",), "What it answered is not recorded."),
        ("llm chat", ("output_messages",), "What it was given is not recorded."),
        ("llm chat", ("input_messages", "output_messages"), ""),
        ("tool look", (), "Neither arguments nor result of this call are recorded."),
        ("tool look", ("arguments",), "What it gave back is not recorded."),
        ("tool look", ("result",), "With which arguments it was called is not recorded."),
        ("tool look", ("arguments", "output"), ""),
        ("agent lead", (), ""),
        ("chain step", (), ""),
    ],
)
def test_what_is_missing_is_told(drawing, known, words):
    assert told(drawing, *known) == words


@pytest.mark.parametrize("how", ["!timeout", "open"])
def test_who_failed_or_still_runs_owes_no_answer(how):
    assert told(f"tool look {how}", "arguments") == ""
    assert told(f"tool look {how}") == "With which arguments it was called is not recorded."
