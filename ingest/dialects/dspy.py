"""DSPy. It has no agents: its modules are who acts, so a module that is no bare `Predict` is shown
as one, and its cost under its name."""

from __future__ import annotations

import re

from agentscope.vocabulary import Kind, WireSpan
from ingest.reading.source import Events, Facts, Fields, Flattened, Refinements, Scope

NAME = "dspy"
# `ReAct.forward` is a module; `Predict(StringSignature).forward` a prompt in one.
MODULE = re.compile(r"^(?!Predict\b)(\w+)\.(?:forward|aforward)$")


def refine(span: WireSpan, facts: Facts) -> None:
    """The module that a span is the run of."""
    module = MODULE.match(span.name)
    if module and facts.kind in (Kind.CHAIN, Kind.AGENT):
        facts.settle_kind(Kind.AGENT, "name")
        facts.add("agent", 13, "name", module[1])


FIELDS: Fields = {}
FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {
    Scope("openinference.instrumentation.dspy"): refine,
    "mlflow.spanType": refine,  # MLflow names the spans of modules alike
}
