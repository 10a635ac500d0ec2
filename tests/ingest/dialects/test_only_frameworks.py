"""Runs of which only the framework tells, not the model client: totals count where no call does."""

import pytest

from agentscope.pipeline import examine
from agentscope.traces.models import Trace
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Kind
from ingest.dialects import understand
from ingest.otlp import decode_traces
from tests.kit.corpus import WIRE, Case

pytestmark = pytest.mark.django_db

PROJECT = 1


@pytest.mark.parametrize("name", ["crewai-openinference", "crewai-traceloop-loop"])
def test_a_crew_s_totals_stand_for_its_calls(name):
    case = Case(WIRE / name)
    for body, content_type in case.bodies("traces"):
        understood = [(span, understand(span)) for span in decode_traces(body, content_type).items]
        save_spans(PROJECT, [(span, said) for span, said in understood if said.kind != Kind.LLM])
    for trace_id in Trace.objects.values_list("trace_id", flat=True):
        examine(PROJECT, trace_id)
    tokens = case.truth["llm"]["tokens"]
    found = Trace.objects.filter(input_tokens__gt=0).get()
    assert (found.input_tokens, found.output_tokens) == (tokens["input"], tokens["output"])
    assert found.cache_read_tokens == tokens["cached"]
    assert (found.known_cost, found.unpriced_calls) == (0, 1)
