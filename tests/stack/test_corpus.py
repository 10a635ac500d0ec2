"""Every recorded run through the real endpoint and a real worker, read back through the API."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.kit.corpus import Case, Figures, cases, differences, expected
from tests.kit.stack import Stack, wait_until
from tests.test_corpus import UNTOLD

pytestmark = [pytest.mark.stack, pytest.mark.slow]
PATIENCE = 600  # seconds
USAGE = ("input", "output", "cache_read", "cache_write", "reasoning")


@pytest.fixture(scope="module")
def replayed(stack: Stack) -> Stack:
    """An installation that was sent every run, each into a project of its own."""
    for case in cases():
        for signal in ("traces", "logs"):
            for body, content_type in case.bodies(signal):
                send(stack, case, signal, body, content_type)
    wait_until(lambda: is_settled(stack), PATIENCE)
    return stack


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_the_api_tells_what_happened(replayed: Stack, case: Case):
    found = differences(case.truth, told(replayed, case))
    assert found.keys() == UNTOLD.get(case.name, {}).keys() - {"tool_calls"}, found


def told(stack: Stack, case: Case) -> Figures:
    """The figures of a run by the API, which does not count calls by tool: taken as true."""
    traces = read(stack, case, "traces?limit=500")["traces"]
    listed = [
        len(read(stack, case, f"traces/{trace['trace_id']}/spans")["spans"]) for trace in traces
    ]
    tokens = {
        f"{name}_tokens": sum(trace["usage"][name] or 0 for trace in traces) for name in USAGE
    }
    figures = Figures(
        spans=sum(listed),
        traces=len(traces),
        llm_calls=sum(trace["llm_calls"] for trace in traces),
        agents=sorted({agent for trace in traces for agent in trace["agents"]}),
        sessions=sorted({trace["session_id"] for trace in traces if trace["session_id"]}),
        tool_calls={},
        **tokens,
    )
    return replace(figures, tool_calls=expected(case.truth).tool_calls)


def send(stack: Stack, case: Case, signal: str, body: bytes, content_type: str) -> None:
    headers = {"content-type": content_type, "x-agentscope-project": case.name}
    request = urllib.request.Request(f"{stack.http_url}/v1/{signal}", body, headers)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert answer.status == 200


def read(stack: Stack, case: Case, path: str) -> dict[str, Any]:
    headers = {"x-agentscope-project": case.name}
    request = urllib.request.Request(f"{stack.http_url}/api/v1/{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        body: dict[str, Any] = json.load(answer)
        return body


def is_settled(stack: Stack) -> bool:
    """Whether everything that came is stored and examined."""
    return all(rows == 0 for rows in waiting(stack))


def waiting(stack: Stack) -> Iterator[int]:
    with urllib.request.urlopen(
        f"{stack.http_url}/api/v1/system/status", timeout=PATIENCE
    ) as answer:
        status = json.load(answer)
    yield from (status["inbox_rows"], status["traces_due"])
