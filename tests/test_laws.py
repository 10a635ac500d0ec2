"""The laws over the whole pipeline: request in, inbox, drain, examination, tree and totals out."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import count, pairwise
from uuid import UUID

import numpy as np
import pytest
from django.db import connections
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from agentscope.pipeline import examine
from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from agentscope.traces.read import trace_tree
from agentscope.traces.tree import COLUMNS
from ingest.drain import drain

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRACE = UUID(int=0xA11CE)
START = 1_795_000_000_000_000_000  # ns
numbers = count()
TOTALS = (
    "name state session spans errors llm_calls tool_calls input_tokens output_tokens known_cost "
    "unpriced_calls unpriced_tokens agents tools model_names start_ns end_ns"
).split()
IDS = st.integers(1, 9)  # few, so that parents, cycles and copies meet


@pytest.fixture(autouse=True)
def _embedded(settings):
    settings.AGENTSCOPE_EMBEDDED = True


@st.composite
def spans(draw) -> Span:
    """A span of one small trace: maybe an orphan, its own parent, part of a cycle, or a copy."""
    number = draw(IDS)
    span = Span(trace_id=TRACE.bytes, span_id=number.to_bytes(8, "big"), name=f"step {number}")
    parent = draw(st.one_of(st.just(0), IDS, st.just(99)))
    span.parent_span_id = parent.to_bytes(8, "big") if parent else b""
    span.start_time_unix_nano = START + number * 1_000_000
    span.end_time_unix_nano = draw(st.sampled_from((0, START + 50_000_000, START + 60_000_000)))
    span.status.code = draw(st.sampled_from((0, 1, 2)))
    said = {
        "gen_ai.operation.name": draw(st.sampled_from(("chat", "execute_tool", "invoke_agent"))),
        "gen_ai.agent.name": draw(st.sampled_from(("", "planner", "searcher"))),
        "gen_ai.request.model": draw(st.sampled_from(("gpt-4o", "no-such-model"))),
    }
    for key, value in said.items():
        span.attributes.add(key=key).value.string_value = value
    if tokens := draw(st.integers(0, 50)):
        span.attributes.add(key="gen_ai.usage.input_tokens").value.int_value = tokens
    return span


@settings(max_examples=40, deadline=None)
@given(st.lists(spans(), min_size=1, max_size=14), st.randoms(use_true_random=False))
def test_order_batching_and_repetition_do_not_matter(
    told: list[Span], chance: random.Random
) -> None:
    plain, mixed = new_project(), new_project()
    send(plain, told)
    for part in shuffled_parts(told, chance):
        send(mixed, part)
        if chance.random() < 0.5:
            settle(mixed)  # examined halfway, and again when the rest arrives
    assert seen(plain) == seen(mixed)


@settings(max_examples=8, deadline=None)
@given(st.lists(spans(), min_size=4, max_size=14), st.randoms(use_true_random=False))
def test_concurrency_does_not_matter(told, chance) -> None:
    plain, mixed = new_project(), new_project()
    send(plain, told)
    for part in shuffled_parts(told, chance):
        send(mixed, part)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(drain_in_thread, range(3)))
    assert seen(plain) == seen(mixed)


def shuffled_parts(told: list[Span], chance: random.Random) -> list[list[Span]]:
    """Each span once or several times, in any order, cut into requests at will."""
    again = told + [span for span in told if chance.random() < 0.4]
    chance.shuffle(again)
    cuts = sorted(chance.sample(range(len(again) + 1), min(2, len(again))))
    edges = [0, *cuts, len(again)]
    return [again[a:b] for a, b in pairwise(edges) if b > a]


def new_project() -> Project:
    return Project.objects.create(name=f"law {next(numbers)} {random.random()}")


def send(project: Project, told: list[Span]) -> None:
    request = ExportTraceServiceRequest()
    request.resource_spans.add().scope_spans.add().spans.extend(told)
    answer = Client().post(
        "/v1/traces",
        request.SerializeToString(),
        content_type="application/x-protobuf",
        headers={"x-agentscope-project": project.name, "host": "localhost"},
    )
    assert answer.status_code == 200


def settle(project: Project) -> None:
    while drain(100):
        pass
    examine(project.pk, TRACE)


def drain_in_thread(_: int) -> None:
    try:
        while drain(1):
            pass
    finally:
        connections.close_all()


def seen(project: Project) -> dict[str, object]:
    """Everything a reader can see of the trace: its columns with texts looked up, its totals."""
    settle(project)
    tree = trace_tree(project.pk, TRACE)
    assert tree is not None
    texts = np.array(tree.texts, object)
    columns = {name: getattr(tree, name) for name in COLUMNS}
    looked_up = "name agent path tool model provider service error_class error_type".split()
    shown = {
        name: (texts[column] if name in looked_up else column).tolist()
        for name, column in columns.items()
    }
    trace = Trace.objects.get(project_id=project.pk, trace_id=TRACE)
    return shown | {f"total {name}": getattr(trace, name) for name in TOTALS}
