"""What the raw request to a model tells, where no attribute says it."""

from __future__ import annotations

from agentscope.vocabulary import Value
from ingest.reading.json_values import mapping
from ingest.reading.scalars import name


def answer_before(value: Value) -> str | None:
    """The id of the answer that a request goes on from, among its parameters, as OpenAI's Responses
    take it."""
    if isinstance(value, str) and "previous_response_id" not in value:
        return None
    return name((mapping(value) or {}).get("previous_response_id"))


def model_asked(value: Value) -> str | None:
    """The model among the parameters of a request."""
    if isinstance(value, str) and '"model"' not in value:
        return None
    return name((mapping(value) or {}).get("model"))
