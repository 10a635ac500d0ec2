"""What the raw answer of a model tells beside its content, where no attribute says it."""

from __future__ import annotations

import re

from agentscope.vocabulary import Value
from ingest.reading.json_values import mapping
from ingest.reading.scalars import name

ANSWER_ID = re.compile(r'"id": ?"((?:chatcmpl-|resp_|msg_)[^"]+)"')
# LangChain's name for it, then those of the providers, Gemini's last
KEYS = "model_name", "model", "model_version", "modelVersion"
MODELS = tuple(re.compile(rf'"{key}": ?"([^"]+)"') for key in KEYS)

REASON = re.compile(r'"finish_?[rR]eason": ?"([^"]+)"')
CHOICES = "choices", "candidates", "generations"  # of OpenAI, Gemini and LangChain


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


def reasons_of_choices(value: Value) -> list[str] | None:
    """Why each of several answers to one question ended; None where there was one only."""
    _, *others = reasons_in(value) or [""]
    said = (mapping(value) or {}) if others else {}  # seldom worth reading
    found = next((list_ for key in CHOICES if isinstance(list_ := said.get(key), list)), [])
    answers = found[0] if found and isinstance(found[0], list) else found  # LangChain's batches
    reasons = [reason_of(each) for each in answers]
    return [each for each in reasons if each] if len(reasons) > 1 and all(reasons) else None


def reason_of(answer: Value) -> str:
    """Why one answer ended; empty if it does not say so."""
    said = answer if isinstance(answer, dict) else {}
    info = said.get("generation_info")
    for told in (said, info if isinstance(info, dict) else {}):
        for key in ("finish_reason", "finishReason"):
            if isinstance(reason := told.get(key), str) and reason:
                return reason
    return ""
