"""smolagents through OpenInference: a run's tokens are a running count, and what a call took from
the cache is only inside the `repr` of the provider's answer."""

from __future__ import annotations

from typing import Any, cast

from agentscope.vocabulary import Kind, WireSpan
from ingest.reading.json_values import mapping
from ingest.reading.reprs import text_in, usage_in
from ingest.reading.scalars import count
from ingest.reading.source import Events, Facts, Fields, Flattened, Refinements, Scope, Source

NAME = "smolagents"
IN_REPR = 85  # behind all attributes

FIELDS: Fields = {"smolagents.max_steps": Source("step_limit", 32, count)}


def refine(span: WireSpan, facts: Facts) -> None:
    """A call whose answer was written as `{"raw": "ChatCompletion(id='…', …)"}`."""
    said = span.attributes.get("output.value")
    if facts.kind is not Kind.LLM or not isinstance(said, str) or '"raw"' not in said:
        return
    raw = (mapping(said) or {}).get("raw")
    if not isinstance(raw, str):
        return
    for field, number in usage_in(raw).items():
        facts.add(cast(Any, field), IN_REPR, "output.value", number)
    if identity := text_in(raw, "id"):
        facts.add("response_id", IN_REPR, "output.value", identity)
    if model := text_in(raw, "model", last=True):
        facts.add("response_model", 25, "output.value", model)


FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {Scope("openinference.instrumentation.smolagents"): refine}
