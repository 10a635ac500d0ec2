"""Decision records: of a run that is derived as any, and rows made at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

from agentscope.pipeline import examine
from agentscope.projects.models import Project
from agentscope.records.body import digest
from agentscope.records.models import Record
from agentscope.traces.ids import span_hex
from agentscope.vocabulary import (
    Content,
    Discarded,
    Kind,
    Meaning,
    Message,
    Part,
    Usage,
    Verdict,
)
from tests.ui.traces import TRACE_ID, save_trace, span

LIST = "/p/shop/audit/decisions/"
PAGE = f"{LIST}{TRACE_ID.hex}/{1:016x}/"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PLAIN: dict[str, Any] = {
    "took_ns": 4_200_000_000,
    **dict.fromkeys(("agent", "path", "version", "session", "end_user", "environment"), ""),
    "outcome": "done",
    "authority": "none",
    **dict.fromkeys(("pico", "unpriced", "rejected", "rejected_unpriced"), 0),
    "made_by": 1,
}


def told(*answers: tuple[str, str]) -> dict[str, Any]:
    """What a record tells of people and what they answered, in words of its items."""
    items = [{"what": "approval", "by": by, "words": words} for by, words in answers]
    people = sorted(by for by, _ in answers)
    return {"authority": "approved", "people": people, "body": {"form": 1, "authority": items}}


REFUND: dict[str, Any] = {
    "agent": "refunder",
    "session": "S",
    "end_user": "ann",
    "effects": ["refund"],
    **told(("bob", "approved")),
}


def record_of(project: Project, number: int = 1, **said: Any) -> Record:
    """A record at span `number` of trace `number`, so many seconds past noon."""
    fields = {**PLAIN, "at": NOON + timedelta(seconds=number), "body": {"form": 1}, **said}
    fields.setdefault("digest", digest(fields["body"]))
    return Record.objects.create(
        trace_id=UUID(int=number), project_id=project.pk, span_id=number, **fields
    )


def page_of(record: Record) -> str:
    """The address of its page."""
    return f"{LIST}{record.trace_id.hex}/{span_hex(record.span_id)}/"


def said(role: str, text: str) -> Message:
    return Message(role, [Part("text", text=text)])


def model(content: Content, discarded: Discarded = Discarded.NONE) -> Meaning:
    return Meaning(
        Kind.LLM,
        model="gpt-4o",
        provider="openai",
        usage=Usage(1000, 100),
        content=content,
        discarded=discarded,
    )


def refund_run(trace_id: UUID = TRACE_ID, name: str = "refund") -> list[Any]:
    """An agent that refunds something for ann, once bob said so, and threw one answer away."""
    wish = said("user", "Please refund order 7.")
    calls = Message(
        "assistant",
        [
            Part("reasoning", text="The parcel never came."),
            Part("tool_call", name=name, value={"order": 7}),
        ],
    )
    first = Content(input_messages=[wish], output_messages=[said("assistant", "No.")])
    second = Content(input_messages=[wish], output_messages=[calls])
    who = Meaning(
        Kind.AGENT, agent="refunder", agent_version="2", user="ann", session="S",
        content=Content(output="Refunded."),
    )  # fmt: skip
    asked = Meaning(Kind.HUMAN, user="bob", verdict=Verdict.PASSED, content=Content(output="Yes!"))
    did = Content(arguments={"order": 7}, result={"paid": True})
    return [
        span(1, 0, trace_id, who, name="refunder"),
        span(2, 1, trace_id, model(first, Discarded.REJECTED), name="try"),
        span(3, 1, trace_id, model(second), name="again"),
        span(4, 1, trace_id, asked, name="ask bob"),
        span(5, 1, trace_id, Meaning(Kind.TOOL, tool=name, content=did), name=name),
    ]


def refunded(project: Project, name: str = "refund") -> Record:
    """The record of such a run."""
    save_trace(project, *refund_run(name=name))
    examine(project.pk, TRACE_ID)
    return Record.objects.get(trace_id=TRACE_ID, project_id=project.pk)


def words(html: str) -> str:
    """A page as it is read."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())
