"""Records of recorded runs of real programs, as a person reads them: golden files, which were
looked at for truth. `UPDATE_GOLDEN=1 pytest …` writes them anew."""

import os
from pathlib import Path

import pytest

from agentscope.records.body import PARTS
from agentscope.records.evidence import evidence
from agentscope.records.item import digest_of
from agentscope.records.models import Record
from tests.kit.corpus import cases, replay
from tests.kit.wired import AGENT, CHAT, INVOKED, LLM, TOOL, answered, parts, received, sent, text

pytestmark = pytest.mark.django_db

PROJECT = 1
GOLDEN = Path(__file__).parent / "golden"
FRAMEWORKS = (
    "agno-openinference",
    "autogen-openinference",
    "crewai-openinference",
    "google-adk-native",
    "langgraph-genai",
    "langgraph-openinference",
    "langgraph-traceloop",
    "openai-agents-openinference",
    "pydantic-ai-logfire",
    "semantic-kernel-native",
    "smolagents-openinference",
    "strands-openinference",
    "vercel-ai6-native",
)
WORDS = ("what", "name", "words", "by", "why", "rule", "usd")


def lines(record):
    """A record as text: ids, times and digests are left out, whether there is one is not."""
    spent = f"{record.pico} pico, {record.unpriced} unpriced"
    yield f"{record.path or '(no agent)'}: {record.outcome}, {record.authority}; {spent}"
    for part in PARTS:
        for item in record.body[part]:
            said = [item[word] for word in WORDS if word in item]
            marks = [mark for mark in ("input", "output", "effect") if mark in item]
            yield f"  {part}: {', '.join(said)}" + (f" [{' '.join(marks)}]" if marks else "")


def told(project):
    """All records of a project as text, in order of time."""
    found = Record.objects.filter(project_id=project).order_by("at", "span_id")
    return "".join(f"{line}\n" for record in found for line in lines(record))


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_records_are_as_a_person_read_them(name):
    replay(next(case for case in cases() if case.name == name), PROJECT)
    golden, found = GOLDEN / f"{name}.txt", told(PROJECT)
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found)
    assert found == golden.read_text()


REFUND = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "issue_refund"}
ASKS = {
    "gen_ai.operation.name": "await_human_input",
    "ag2.human_input.prompt": "Refund $90?",
    "ag2.human_input.response": "approved",
}


def test_a_person_who_is_asked_is_the_authority():
    record = record_of(
        "ag2",
        sent(1, 0, "invoke_agent desk", INVOKED),
        sent(2, 1, "chat gpt-4o", CHAT),
        sent(3, 1, "await_human_input bob", ASKS),
        sent(4, 1, "execute_tool issue_refund", REFUND),
    )
    assert (record.authority, record.effects) == ("approved", ["issue_refund"])
    (asked,) = record.body["authority"]
    assert (asked["what"], asked["basis"], asked["by"]) == ("approval", "declared", "somebody")
    assert asked["input"] == digest_of("Refund $90?")


def test_several_answers_to_one_question_are_told_with_the_one_that_was_taken():
    refund = {"type": "tool_call", "name": "issue_refund", "arguments": {"usd": 90}}
    ended = {"finish_reason": "stop"}
    answers = [parts("assistant", each, **ended) for each in (text("Better not."), refund)]
    record = record_of(
        "desk",
        sent(1, 0, "invoke_agent desk", INVOKED),
        sent(2, 1, "chat gpt-4o", CHAT | answered(*answers)),
        sent(3, 1, "execute_tool issue_refund", REFUND),
    )
    refused, taken = (each["output"] for each in record.body["considered"])
    assert refused != taken
    chosen, call, *_ = record.body["chosen"]
    assert (chosen["what"], chosen["rule"], chosen["output"]) == ("candidate", "next_prompt", taken)
    assert (call["what"], call["name"]) == ("call", "issue_refund")


@pytest.mark.parametrize(
    ("said", "rule", "words", "who"),
    [
        ("blue", "resumed", "answered", "somebody"),
        ("yes", "resumed_as", "approved", "somebody"),
        (False, "resumed_as", "rejected", "somebody"),
        ("approved by dana", "resumed_as", "approved", "dana"),
    ],
)
def test_what_a_person_answers_to_an_interrupt_of_langgraph_is_the_authority(
    said, rule, words, who
):
    resume = {"input.value": {"graph": None, "update": None, "resume": said, "goto": []}}
    record = record_of(
        "openinference.instrumentation.langchain",
        sent(1, 0, "LangGraph", {"openinference.span.kind": "CHAIN", **resume}),
        sent(2, 1, "desk", AGENT),
        sent(3, 2, "ChatOpenAI", LLM),
        sent(4, 2, "issue_refund", TOOL | {"tool.name": "issue_refund"}),
    )
    assert (record.authority, record.people) == ("approved", [who])
    (answer,) = record.body["authority"]
    assert (answer["basis"], answer["rule"], answer["words"]) == ("inferred", rule, words)
    assert answer["output"] == digest_of(said)
    assert evidence(record)[answer["output"]["sha256"]] == said  # it is kept, and shown


def record_of(scope, *spans):
    """The only record of a trace that an instrumentation sends."""
    received(PROJECT, scope, *spans)
    (record,) = Record.objects.all()
    return record
