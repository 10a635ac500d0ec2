"""Whatever a trace says is text on every page."""

import pytest

from agentscope.vocabulary import (
    Content,
    Kind,
    Meaning,
    Message,
    Part,
    Status,
    Usage,
    WireEvent,
)
from tests.ui.traces import TRACE_ID, save_trace, span

PAGE = f"/p/shop/traces/{TRACE_ID.hex}/"

pytestmark = pytest.mark.usefixtures("embedded")


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"


def test_hostile_text_is_text_everywhere(client, project):
    said = Meaning(
        kind=Kind.LLM,
        agent=HOSTILE,
        model=HOSTILE,
        request_model=HOSTILE + "2",
        provider=HOSTILE,
        framework=HOSTILE,
        tool=HOSTILE,
        tool_call_id=HOSTILE,
        session=HOSTILE,
        user=HOSTILE,
        usage=Usage(1, 2),
        status=Status.ERROR,
        error_type=HOSTILE,
        error_message=HOSTILE,
        content=Content(
            input_messages=[
                Message(HOSTILE, [Part("text", text=HOSTILE)], HOSTILE, HOSTILE),
                Message("user", [Part("reasoning", text=HOSTILE)]),
                Message("user", [Part("media", name=HOSTILE, value={HOSTILE: HOSTILE})]),
            ],
            output_messages=[
                Message("x", [Part("tool_call", id=HOSTILE, name=HOSTILE, value=HOSTILE)]),
                Message("x", [Part("tool_result", id="other", name=HOSTILE, value=HOSTILE)]),
            ],
            tools=[{HOSTILE: HOSTILE}],
            arguments=HOSTILE,
            result={"svg": HOSTILE},
        ),
        sources={HOSTILE: HOSTILE},
    )
    wire = span(
        1,
        meaning=said,
        name=HOSTILE,
        attributes={HOSTILE: HOSTILE},
        events=[WireEvent(HOSTILE, 0, {HOSTILE: HOSTILE})],
    )
    said = {"name": HOSTILE, "session": HOSTILE, "user": HOSTILE, "agents": [HOSTILE]}
    save_trace(project, wire, **said, state="running")
    lists = ("/p/shop/traces/", f"/p/shop/traces/?q={HOSTILE}")
    for address in (*lists, PAGE, f"{PAGE}?span={1:016x}"):
        text = client.get(address).text
        assert "alert(1)" in text
        assert "<script>" not in text
        assert "<img" not in text
