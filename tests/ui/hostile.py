"""Runs in which whatever a sender can choose is one of the texts that pages are attacked with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

from agentscope.findings import causes
from agentscope.findings.models import Finding
from agentscope.pipeline import add_up_sessions, examine, roll_up_days
from agentscope.projects.models import Project
from agentscope.records.models import Record
from agentscope.search.saved import LONGEST_NAME, save_view
from agentscope.traces.ids import span_hex
from agentscope.vocabulary import (
    Content,
    Kind,
    Meaning,
    Message,
    Part,
    Status,
    Usage,
    Verdict,
    WireEvent,
    WireSpan,
)
from tests.kit.hostile import CORPUS, SCRIPT
from tests.ui.traces import save_trace, span

NAME = quote(SCRIPT, safe="")
RUN, OTHER = UUID(int=0xA), UUID(int=0xB)
VIEWS = [
    text for text in CORPUS if len(text) <= LONGEST_NAME and text.isprintable() and "/" not in text
]
VIEW = quote(VIEWS[0], safe="")
ROUNDS = 6
LOOPED = 10 * len(CORPUS) + 10  # the first number of a span of the loop


def call_of(number: int) -> int:
    """The number of the model call that has a text everywhere; the tool it calls is the next."""
    return 10 * number + 12


def content(text: str) -> Content:
    """What a model call was given and said: the text in every place."""
    parts = [Part("text", text=text), Part("reasoning", text=text)]
    parts.append(Part("media", name=text, value={"url": text, text: text}))
    asks = Part("tool_call", id=text, name=text, value={text: text})
    told = Part("tool_result", id=text, name=text, value=text)
    return Content(
        input_messages=[Message(text, parts, text, text), Message("tool", [told])],
        output_messages=[Message("assistant", [*parts, asks], text, text)],
        tools=[{"name": text, text: text}],
        input={text: text},
        output=text,
    )


def turn(number: int, text: str, trace: UUID) -> list[tuple[WireSpan, Meaning]]:
    """An agent that calls a model, a tool that fails, and a guardrail, all of this name."""
    agent = call_of(number) - 1
    known: dict[str, Any] = {"agent": text, "framework": text, "session": SCRIPT, "user": text}
    model: dict[str, Any] = {
        "model": text,
        "provider": text,
        "usage": Usage(10, 1),
        "content": content(text),
    }
    failed: dict[str, Any] = {"status": Status.ERROR, "error_type": text, "error_message": text}
    used: dict[str, Any] = {
        "tool": text,
        "tool_call_id": text,
        "content": Content(arguments=text, result={text: text}),
    }
    refused: dict[str, Any] = {"verdict": Verdict.REFUSED, "verdict_why": text}
    wire: dict[str, Any] = {
        "attributes": {text: text},
        "events": [WireEvent(text, 0, {text: text})],
        "name": text,
    }
    kinds: list[tuple[Kind, dict[str, Any]]] = [
        (Kind.AGENT, {}),
        (Kind.LLM, model),
        (Kind.TOOL, used | failed),
        (Kind.GUARDRAIL, refused),
    ]
    return [
        span(agent + at, agent if at else 1, trace, Meaning(kind, **known, **said), **wire)
        for at, (kind, said) in enumerate(kinds)
    ]


def loop(trace: UUID) -> list[tuple[WireSpan, Meaning]]:
    """A tool that is called again and again with the same arguments to the same result."""
    used = Content(arguments={SCRIPT: SCRIPT}, result=SCRIPT)
    said = Meaning(Kind.TOOL, tool=SCRIPT, agent=SCRIPT, content=used)
    return [span(LOOPED + at, 1, trace, said, name=SCRIPT) for at in range(ROUNDS)]


def hostile_runs(project: Project) -> None:
    """Two runs that differ in their order, a view, and all that follows from them."""
    lead = Meaning(Kind.AGENT, agent=SCRIPT, session=SCRIPT, user=SCRIPT)
    for trace, texts in ((OTHER, CORPUS[::-1]), (RUN, CORPUS)):
        turns = [each for at, text in enumerate(texts) for each in turn(at, text, trace)]
        save_trace(
            project, span(1, 0, trace, lead, name=SCRIPT), *turns, *loop(trace), trace_id=trace
        )
        examine(project.pk, trace)
    while causes.add_up():
        pass
    add_up_sessions()
    roll_up_days()
    for text in VIEWS:
        save_view(project.pk, text, f"q={text}", text)


def addresses(panels: Iterable[int]) -> Iterator[str]:
    """Every page that shows something of the runs, below the project; the panels of some texts."""
    trace, at = f"traces/{RUN.hex}/", f"{call_of(1):016x}"
    yield from (
        "traces/?facets=1",
        f"traces/?q={NAME}",
        f"traces/?session={NAME}&columns=models,tools,user",
    )
    yield from (f"traces/views/{VIEW}/edit/", f"traces/views/{VIEW}/", f"{trace}?open=all")
    yield from (f"{trace}?q={NAME}&show=tools", f"{trace}?show=agent:{NAME}", f"{trace}?shut=all")
    yield from (
        f"{trace}?span={call_of(number) + step:016x}" for number in panels for step in (-1, 0, 1, 2)
    )
    yield from (
        f"{trace}{view}"
        for view in ("graph/", "transcript/", f"transcript/?agent={NAME}", "costs/")
    )
    yield from (f"{trace}{view}?span={at}" for view in ("graph/", "transcript/", "costs/"))
    yield from (
        f"{trace}compare/",
        f"{trace}compare/?with={OTHER.hex}",
        f"{trace}retries/",
        f"{trace}lineage/",
    )
    yield from (f"{trace}spans/{at}/{part}/" for part in ("value", "copies", "changes"))
    place = "/input_messages/0/parts/0/text"
    yield from (f"{trace}spans/{at}/value/?at={place}&as={form}" for form in ("text", "markdown"))
    found = Finding.objects.filter(trace_id=RUN).first()
    assert found
    yield from (f"findings/?q={NAME}", f"findings/{found.fingerprint.hex}/", "findings/health/")
    decided = f"audit/decisions/{RUN.hex}/"
    yield from (f"audit/decisions/?{name}={NAME}" for name in ("agent", "user", "session"))
    records = Record.objects.filter(trace_id=RUN).order_by("span_id")
    yield from (f"{decided}{span_hex(each.span_id)}/" for each in records[:: len(records) // 10])
    yield f"{trace}findings/{found.fingerprint.hex}/{span_hex(found.first_span)}/"
    yield from (
        f"sessions/?q={NAME}",
        f"sessions/{NAME}/",
        "agents/?range=all",
        f"agents/{NAME}/?range=all",
    )
