"""Where a trace's session is known from."""

import pytest

from agentscope.traces import ladder
from agentscope.traces.ladder import Belonging, belonging
from agentscope.vocabulary import Rung
from tests.kit.drawing import drawn, shuffled

EXPLICIT = f"session_rung={int(Rung.EXPLICIT)}"
TALK = f"session_rung={int(Rung.CONVERSATION)}"
RESOURCE = f"session_rung={int(Rung.RESOURCE)}"
TRANSPORT = f"session_rung={int(Rung.TRANSPORT)}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"chain run session=s {EXPLICIT}\n  llm chat", Belonging("s", ladder.ROOT)),
        (f"chain run\n  llm chat session=s {EXPLICIT}", Belonging("s", ladder.SPAN)),
        (
            f"chain run session=c {TALK}\n  llm chat session=s {EXPLICIT}",
            Belonging("s", ladder.SPAN),
        ),
        (
            f"chain run session=s {EXPLICIT}\n  llm chat session=other {EXPLICIT}",
            Belonging("s", ladder.ROOT),
        ),
        (
            f"chain run\n  llm a session=first {EXPLICIT}\n  llm b session=other {EXPLICIT}",
            Belonging("first", ladder.SPAN),
        ),
        (
            f"chain run session=c {TALK}\n  llm chat session=r {RESOURCE}",
            Belonging("r", ladder.RESOURCE),
        ),
        (f"chain run session=c {TALK}", Belonging("c", ladder.ROOT_CONVERSATION)),
        (
            f"chain run\n  agent a session=one {TALK}\n  agent b session=two {TALK}",
            Belonging("one", ladder.CONVERSATION),
        ),
        (
            f"chain run session=t {TRANSPORT}\n  llm chat session=c {TALK}",
            Belonging("c", ladder.CONVERSATION),
        ),
        (f"chain run session=t {TRANSPORT}", Belonging("t", ladder.TRANSPORT)),
        ("chain run session=s", Belonging("s", ladder.ROOT)),  # stored before rungs were told
        ("chain run\n  llm chat", Belonging()),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_the_surest_rung_decides_in_any_order(text, found, seed):
    assert belonging(shuffled(drawn(text), seed)) == found
