"""What the raw answer of a model tells beside its content, where no attribute says it."""

from __future__ import annotations

import re

from agentscope.vocabulary import Value
from ingest.reading.scalars import name

ANSWER_ID = re.compile(r'"id": ?"((?:chatcmpl-|resp_|msg_)[^"]+)"')
# LangChain's name for it, then those of the providers, Gemini's last
KEYS = "model_name", "model", "model_version", "modelVersion"
MODELS = tuple(re.compile(rf'"{key}": ?"([^"]+)"') for key in KEYS)

REASON = re.compile(r'"finish_?[rR]eason": ?"([^"]+)"')


def response_id_in(value: Value) -> str | None:
    """The provider's id of an answer, which tells that two spans report one call."""
    found = ANSWER_ID.search(value) if isinstance(value, str) else None
    return found[1] if found else None


def model_in(value: Value) -> str | None:
    """The model that answered."""
    if not isinstance(value, str):
        return None
    found = (pattern.search(value) for pattern in MODELS)
    return next((name(said[1]) for said in found if said), None)


def reasons_in(value: Value) -> list[str] | None:
    """Why the answers ended, one for each."""
    return (REASON.findall(value) or None) if isinstance(value, str) else None
