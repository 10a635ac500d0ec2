"""Traces in which an agent calls one tool again and again."""

from __future__ import annotations

from collections.abc import Sequence

from agentscope.findings import causes
from agentscope.vocabulary import Content, Kind
from tests.kit.costs import Understood, agent, call, span, tell

SECOND = 10**9


def loop(
    trace: int,
    times: int = 6,
    *,
    name: str = "scout",
    tool: str = "search",
    usd: str = "0.1",
    gap: int = 30,
    session: str = "",
    results: Sequence[str] = (),
) -> list[Understood]:
    """An agent (span 1) that asks a model and calls a tool with the same arguments, so many seconds
    apart: spans 2, 4, … are model calls, 3, 5, … tool calls. `results` are those of the tool."""
    runs = agent(trace, 1, name, session=session)
    runs[0].end_ns += times * gap * SECOND
    spans = [runs]
    for number in range(times):
        after = number * gap * SECOND
        spans.append(call(trace, 2 * number + 2, 1, usd, after=after))
        said = Content(
            arguments={"q": "rain"}, result=results[number] if results else "nothing new"
        )
        spans.append(
            span(
                trace,
                2 * number + 3,
                1,
                after + 2 * SECOND,
                kind=Kind.TOOL,
                tool=tool,
                content=said,
                name=tool,
            )
        )
    return spans


def tell_loop(project_id: int, *spans: Understood) -> None:
    """Store spans, examine their traces and add up what was found."""
    tell(project_id, *spans)
    while causes.add_up():
        pass
