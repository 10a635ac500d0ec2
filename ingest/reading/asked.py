"""What the raw request to a model tells, where no attribute says it."""

from __future__ import annotations

from agentscope.vocabulary import Value
from ingest.reading.json_values import mapping
from ingest.reading.scalars import name


def model_asked(value: Value) -> str | None:
    """The model among the parameters of a request."""
    if isinstance(value, str) and '"model"' not in value:
        return None
    return name((mapping(value) or {}).get("model"))
