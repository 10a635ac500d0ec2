"""Everything that is one value: names, ids, models, sessions, tokens, cost."""

from __future__ import annotations

from agentscope.vocabulary import OF_RESOURCE, Flag, Meaning, Rung, Value
from ingest.reading.absent import TRUNCATED
from ingest.reading.content import FIELDS as CONTENT
from ingest.reading.providers import provider_and_framework, provider_of_model
from ingest.reading.source import Facts
from ingest.reading.usage_sources import say_usage

# Fields of `Meaning` that are taken over as they are found
PLAIN = frozenset(
    "agent agent_id agent_version request_model framework tool tool_call_id user response_id "
    "environment service_tier step_limit outcome discarded reported_cost continues "
    "verdict verdict_why".split()
)
TOKENS = frozenset(
    "input_tokens output_tokens total_tokens cache_read_tokens cache_write_tokens "
    "reasoning_tokens cache_write_1h_tokens cache_write_5m_tokens audio_input_tokens "
    "audio_output_tokens tool_input_tokens web_searches".split()
)
# Fields that are asked for when their turn comes, or only when something failed
IN_TURN = CONTENT | frozenset(
    "kind provider finish_reasons failed error_type error_message http_status rpc_status "
    "retry_after infrastructure".split()
)
# Where a session may be named, the surest first
SESSIONS = (
    ("session", Rung.EXPLICIT),
    ("conversation", Rung.CONVERSATION),
    ("transport_session", Rung.TRANSPORT),
)
FLAGS = {
    "truncated": TRUNCATED,
    "cached_answer": int(Flag.CACHED_ANSWER),
    "additive": int(Flag.ADDITIVE),
    "roll_up": int(Flag.ROLL_UP),
    "evaluation": int(Flag.EVALUATION),
}
# Attributes of a resource that hold for all its spans
SESSION_OF_RESOURCE = "session.id"
ENVIRONMENTS = ("deployment.environment.name", "deployment.environment")


def say_fields(meaning: Meaning, facts: Facts) -> None:
    """Everything that is one value: names, ids, models, tokens, cost."""
    for field in facts.candidates:
        if field not in IN_TURN:
            found = facts.best(field)
            if found is not None and field in PLAIN:
                setattr(meaning, field, found)
    values = facts.values
    if "response_model" in values or "request_model" in values:
        say_model(meaning, facts)
    if "system" in values or meaning.model:
        say_provider(meaning, facts)
    say_session(meaning, facts)
    if not TOKENS.isdisjoint(values):
        say_usage(meaning, facts)


def say_session(meaning: Meaning, facts: Facts) -> None:
    """The session by the surest of the names that are there."""
    for field, rung in SESSIONS:
        if said := facts.values.get(field):
            meaning.session, meaning.session_rung = said, rung
            if field != "session":
                facts.sources["session"] = facts.sources.pop(field)
            return


def say_resource(meaning: Meaning, resource: dict[str, Value]) -> None:
    """What a resource says of all its spans, where the span itself says nothing."""
    if not meaning.environment:
        for key in ENVIRONMENTS:
            if said := resource.get(key):
                meaning.environment = str(said)
                meaning.sources["environment"] = OF_RESOURCE + key
                break
    if not meaning.session and isinstance(said := resource.get(SESSION_OF_RESOURCE), str):
        meaning.session, meaning.session_rung = said, Rung.RESOURCE
        meaning.sources["session"] = OF_RESOURCE + SESSION_OF_RESOURCE


def say_model(meaning: Meaning, facts: Facts) -> None:
    """The answering model, else the one that was asked for."""
    which = "response_model" if "response_model" in facts.values else "request_model"
    meaning.model = facts.values[which]
    facts.sources["model"] = facts.sources[which]


def say_provider(meaning: Meaning, facts: Facts) -> None:
    """The first system that is a provider, and the first that is a framework. Where all are
    frameworks, the host or the model's name tells the provider."""
    for key, said in facts.ranked("system"):
        provider, framework = provider_and_framework(said)
        if framework and not meaning.framework:
            meaning.framework, facts.sources["framework"] = framework, key
        if provider and not meaning.provider:
            meaning.provider = provider
            facts.sources["provider"] = key
    if meaning.provider or (said := facts.best("provider")):
        meaning.provider = meaning.provider or said
    elif named := provider_of_model(meaning.model):
        meaning.provider, facts.sources["provider"] = named, facts.sources["model"]
