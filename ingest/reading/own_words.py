"""Attributes with everyday names (`model`, `input_tokens`, `success`), which mean something only on
records of the sender that writes them so."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from agentscope.signatures.taken_out import SCRUBBED
from agentscope.vocabulary import Kind, Value, WireLog
from ingest.reading.absent import LONGEST, PLACEHOLDERS, REDACTED
from ingest.reading.source import Facts, Fields

AGENTS = ("claude_code", "codex", "gemini_cli")  # coding agents that write logs of their own
SCOPES = {
    "com.anthropic.claude_code.events": "claude_code",
    "gemini-cli": "gemini_cli",
    "codex_cli_rs": "codex",
    "codex_exec": "codex",
}
LONGEST_NAME = 100  # characters; a body that is longer is prose


def say(facts: Facts, attributes: Mapping[str, Value], table: Fields) -> None:
    """Add what a table says of the attributes that are there, as the driver does for its own."""
    for key, said in table.items():
        value = attributes.get(key)
        if value is None:
            continue
        if type(value) is str and len(value) <= LONGEST and value in PLACEHOLDERS:
            facts.flags |= PLACEHOLDERS[value]
        elif type(value) is str and value.startswith(SCRUBBED):
            facts.flags |= REDACTED
        else:
            for source in said if isinstance(said, tuple) else (said,):
                found = (source.rank, key, value, source)
                facts.candidates.setdefault(source.field, []).append(found)


def not_ok(value: Value) -> bool | None:
    """True for a `success` that is false, also as text; None for everything else."""
    return True if value is False or value == "false" else None


def sign(facts: Facts, agent: str, provider: str) -> None:
    """The coding agent's name on what its record stands for, the provider's on model calls."""
    if facts.kind is not Kind.OTHER:
        facts.add("agent", 95, "event.name", agent)
    if facts.kind is Kind.LLM:
        facts.add("system", 95, "event.name", provider)


def coding_agent(record: WireLog) -> tuple[str, str]:
    """The coding agent that wrote a record, and its event without that agent's prefix; two empty
    texts for records of all others."""
    body = record.body if isinstance(record.body, str) and len(record.body) < LONGEST_NAME else ""
    return named(record.event_name, body, record.scope.name)


@lru_cache(1024)
def named(event: str, body: str, scope: str) -> tuple[str, str]:
    """The same from the places that name either."""
    for said in (event, body):
        agent, dot, rest = said.partition(".")
        if dot and agent in AGENTS:
            return agent, rest
    agent = SCOPES.get(scope, "")
    return (agent, event) if agent and event else ("", "")
