"""The state of a run on the tree: interrupts, what resumed them, checkpoints, approvals, people."""

import re
from html import unescape

import pytest

from tests.kit.wired import AGENT, CHAT, INVOKED, LLM, PROMPT, TOOL, answered, parts, received, sent
from tests.ui.decisions import decision, plain

pytestmark = pytest.mark.usefixtures("embedded")

CHAIN = {"openinference.span.kind": "CHAIN"}
OF_LANGCHAIN = "openinference.instrumentation.langchain"
STOP = "GraphInterrupt((Interrupt(value='Publish?', id='5'),))"
RAISED = (("exception", {"exception.type": "GraphInterrupt", "exception.message": STOP}),)
STOPPED = [
    sent(1, 0, "app", CHAIN),
    sent(2, 1, "LangGraph", CHAIN, error=STOP, events=RAISED),
    sent(3, 2, "writer", AGENT, error=STOP, events=RAISED),
    sent(4, 3, "ChatOpenAI", LLM),
    sent(5, 3, "publish", {**TOOL, "tool.name": "publish"}, error=STOP, events=RAISED),
]
RESUMED = [
    sent(6, 1, "LangGraph", CHAIN),
    sent(7, 6, "writer", AGENT),
    sent(8, 7, "publish", {**TOOL, "tool.name": "publish"}),
]


def rows(client, trace_id, query: str = "") -> dict[str, str]:
    """The rows of the tree in words, by the ids of their spans."""
    html = client.get(f"/p/shop/traces/{trace_id.hex}/{query}").text
    found = re.findall(r'<tr role="row" id="s-(\w+)"(.*?)</tr>', html, re.DOTALL)
    return {span_id: plain(said.partition(">")[2]) for span_id, said in found}


def row(client, trace_id, number: int, query: str = "") -> str:
    return rows(client, trace_id, query)[f"{number:016x}"]


def test_an_interrupt_is_told_where_it_began_and_by_what_hides_it(client, project):
    trace = received(project.pk, OF_LANGCHAIN, *STOPPED)
    shut = f"?shut={1:016x}"
    assert "1 waits for a person" in row(client, trace, 1, shut), "though four spans stopped"
    opened = f"?open={2:016x},{3:016x}"
    assert "waits for a person" in row(client, trace, 5, opened)
    assert "failed" not in row(client, trace, 1, shut)


def test_what_was_resumed_says_so_while_it_is_folded(client, project):
    trace = received(project.pk, OF_LANGCHAIN, *STOPPED, *RESUMED)
    folded = row(client, trace, 1, f"?shut={1:016x}")
    assert "1 interrupt resumed" in folded
    assert "for a person" not in folded
    assert "resumed after 2.5 s" in row(client, trace, 5, f"?open={2:016x},{3:016x}")


def test_checkpoints_and_people_have_marks_and_are_counted(client, project):
    kept = {"gen_ai.checkpoint.id": "1ef"}
    asked = {"openinference.span.kind": "TOOL", "tool.name": "human_approval"}
    trace = received(
        project.pk,
        OF_LANGCHAIN,
        sent(1, 0, "app", CHAIN),
        sent(2, 1, "writer", AGENT),
        *(sent(number, 2, f"checkpoint {number}", kept) for number in (3, 4)),
        sent(5, 2, "await_human", {}),
        sent(6, 2, "ChatOpenAI", {**LLM, **asked, "openinference.span.kind": "LLM"}),
    )
    folded = row(client, trace, 1, f"?shut={1:016x}")
    assert "2 checkpoints" in folded
    assert "1 answer by people" in folded
    html = client.get(f"/p/shop/traces/{trace.hex}/?open={2:016x}").text
    person = re.search(rf'<tr role="row" id="s-{5:016x}"[^>]*data-kind="lineage"', html)
    assert person, "people have a colour of their own"
    assert "P" in row(client, trace, 5, f"?open={2:016x}").split()


def test_a_tool_that_needs_approval_waits_until_somebody_answers(client, project):
    call = {"type": "function_call", "call_id": "c1", "name": "refund", "arguments": {"of": 7}}
    request = {"type": "function_approval_request", "id": "r1", "function_call": call}
    said = answered(parts("assistant", request))
    agent = {**INVOKED, **PROMPT, **said}
    approved = {"type": "function_approval_response", "id": "r1", "approved": True}
    given = [parts("user", approved)]
    spans = [sent(1, 0, "app", {}), sent(2, 1, "invoke_agent desk", agent)]
    trace = received(project.pk, "agent_framework", *spans)
    assert "waits for a person" in row(client, trace, 2)
    goes_on = [
        sent(4, 1, "invoke_agent desk", INVOKED),
        sent(5, 4, "chat gpt-4o", {**CHAT, "gen_ai.input.messages": given}),
    ]
    trace = received(project.pk, "agent_framework", *spans, *goes_on)
    assert "resumed after 2.5 s" in row(client, trace, 2)
    assert decision(client, trace, 5)["Given"] == ["user [function_approval_response: approved]"]


def test_an_approval_of_openai_is_told_in_words(client, project):
    request = {"type": "mcp_approval_request", "id": "mcpr_1", "name": "refund", "arguments": "{}"}
    reply = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": False}
    generation = {"langfuse.observation.type": "generation"}
    asked = {**generation, "langfuse.observation.output": [request]}
    told = {**generation, "langfuse.observation.input": [reply]}
    spans = sent(1, 0, "app"), sent(2, 1, "ask", asked), sent(3, 1, "on", told)
    trace = received(project.pk, "langfuse-sdk", *spans)
    assert "resumed after 500 ms" in row(client, trace, 2)
    assert decision(client, trace, 2)["Chose"][0].startswith("mcp_approval_request {")
    assert decision(client, trace, 3)["Given"] == ["user [mcp_approval_response: refused]"]


def test_texts_of_strangers_stay_texts(client, project):
    hostile = {"type": "<script>alert(1)</script>", "approved": True}
    said = {**CHAT, "gen_ai.input.messages": [parts("user", hostile)]}
    trace = received(project.pk, "agent_framework", sent(1, 0, "chat gpt-4o", said))
    html = client.get(f"/p/shop/traces/{trace.hex}/?span={1:016x}").text
    assert "<script>alert(1)</script>" not in html
    assert "<script>alert(1)</script>: approved" in unescape(html)
