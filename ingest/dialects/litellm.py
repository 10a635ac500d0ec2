"""LiteLLM, SDK and proxy, in both generations of its tracer."""

from __future__ import annotations

from agentscope.vocabulary import Kind, Value, WireSpan
from ingest.reading.errors import error_code
from ingest.reading.json_values import literal, mapping
from ingest.reading.scalars import always, count, name, text, usd, yes
from ingest.reading.source import (
    JUDGES,
    MARKED,
    MODEL_CALLS,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Scope,
    Source,
)
from ingest.reading.usage_whole import add_numbers, usage_object
from ingest.reading.verdicts import listed, verdict

NAME = "litellm"
RAW = "raw_gen_ai_request"  # the provider's view of the call around it
PROXY = ("Received Proxy Server Request", "proxy_pre_call", "route ", "litellm_proxy")
USAGE = "metadata.usage_object"  # a Python literal; the attributes tell no parts of it
PARAMETERS = "llm.invocation_parameters"
CALLS = (Kind.LLM, Kind.EMBEDDING, Kind.RERANK)
SERVICES = ("auth", "redis", "postgres", "cache.", "self", "batch_write_to_db", "reset_budget_job")


def seller(value: Value) -> str | None:
    """The provider in `hidden_params`, a Python literal."""
    found = literal(value)
    return name(found.get("custom_llm_provider")) if isinstance(found, dict) else None


def cached(value: Value) -> bool | None:
    """Whether a cache answered, in `hidden_params`."""
    found = literal(value)
    return yes(found.get("cache_hit")) if isinstance(found, dict) else None


def session_in(value: Value) -> str | None:
    """The session in the metadata of who asked the proxy, a Python literal."""
    found = literal(value)
    return text(found.get("session_id")) if isinstance(found, dict) else None


def broken(value: Value) -> bool | None:
    """Whether a guardrail failed. One that intervened did what it is there for, whatever the status
    of its span says."""
    return {"guardrail_failed_to_respond": True, "guardrail_intervened": False}.get(str(value))


FIELDS: Fields = {
    "litellm.provider": Source("system", 65, name),
    "litellm.provider.model": Source("response_model", 60, name),
    "litellm.provider.error.llm_provider": Source("system", 70, name),
    "error.llm_provider": Source("system", 74, name),
    "hidden_params": (Source("system", 72, seller), Source("cached_answer", 30, cached)),
    "litellm.call_id": Source("response_id", 95, text, MODEL_CALLS),
    "litellm.cost.total": Source("reported_cost", 45, usd),
    "litellm.cache_hit": Source("cached_answer", 10, yes),
    "litellm.end_user.id": Source("user", 67),
    "metadata.user_api_key_end_user_id": Source("user", 68),
    "litellm.session_id": Source("conversation", 67),
    "metadata.session_id": Source("conversation", 68),
    "metadata.requester_metadata": Source("conversation", 95, session_in),
    "litellm.guardrail.name": Source("kind", MARKED, always(Kind.GUARDRAIL)),
    "guardrail_name": Source("kind", MARKED, always(Kind.GUARDRAIL)),
    "litellm.guardrail.status": (
        Source("failed", 45, broken),
        Source("verdict", 40, verdict, JUDGES),
    ),
    "litellm.guardrail.violation_categories": Source("verdict_why", 40, listed, JUDGES),
    "guardrail_status": Source("verdict", 41, verdict, JUDGES),
    "litellm.provider.error.code": Source("http_status", 45, count),
    "error.code": (Source("http_status", 46, count), Source("error_type", 96, error_code)),
    "litellm.provider.error.message": Source("error_message", 45),
}


def refine(span: WireSpan, facts: Facts) -> None:
    """Spans around and inside a call, and a guardrail that did what it is there for."""
    if span.name == RAW:
        facts.settle_kind(Kind.OTHER, "name")
    elif facts.kind in CALLS and USAGE in span.attributes:
        found = literal(span.attributes[USAGE])
        add_numbers(facts, 69, USAGE, usage_object(found if isinstance(found, dict) else None))
    elif span.name.startswith(PROXY):
        facts.settle_kind(Kind.CHAIN, "name")
        if facts.has("input_tokens") or facts.has("reported_cost"):
            facts.add("roll_up", 30, "name", True)
    elif span.name.startswith(SERVICES) and facts.kind is not Kind.LLM:
        facts.settle_kind(Kind.OTHER, "name")


def refine_parameters(span: WireSpan, facts: Facts) -> None:
    """OpenInference tells the session as it was given: among the parameters of the call."""
    given = span.attributes.get(PARAMETERS)
    if not isinstance(given, str) or "session_id" not in given:
        return
    said = mapping(given) or {}
    inside = mapping(said.get("metadata")) or {}
    if session := text(said.get("litellm_session_id")) or text(inside.get("session_id")):
        facts.add("conversation", 69, PARAMETERS, session)


FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {
    Scope("litellm"): refine,
    Scope("openinference.instrumentation.litellm"): refine_parameters,
}
