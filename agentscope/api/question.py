"""What is asked before a call is made, read from what was said. Without the framework of the API:
what only decides does not load it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from agentscope.api.json_body import check_known, identity, money, switch, text, whole_number
from agentscope.api.refused import BAD_REQUEST, Refused
from agentscope.budgets.question import Question, Settled
from agentscope.projects.models import Key
from agentscope.routing.suggested import suggested_model

# Agents have a key to send traces with.
ASKING = (Key.Scope.DECIDE, Key.Scope.INGEST)
TEXTS = ("session", "agent", "path", "provider", "model", "user", "environment", "tool")
NUMBERS = ("estimated_tokens", "estimated_output_tokens", "estimated_usd")
RESERVING = ("reserve", "reservation", "spent_usd", "spent_tokens")
NAMES = (*TEXTS, "trace", *NUMBERS, *RESERVING)


def suggest(project_id: int, asked: Question) -> str | None:
    """The cheaper model that has proven itself where the call is made. One of which nobody says how
    large it is is taken for one of those before, which would have fitted."""
    agent, path = asked.of("agent"), asked.path
    return suggested_model(project_id, agent, path, asked.model, asked.tokens or 0)


def question(said: Mapping[str, Any], key: Key | None) -> Question:
    """What is asked with a key, which nobody else can name. Raises Refused."""
    check_known(said, NAMES)
    number = partial(whole_number, said)
    tokens, of_them = number("estimated_tokens"), number("estimated_output_tokens")
    check_parts(tokens, of_them)
    return Question(
        **{name: text(said, name) for name in TEXTS},
        trace=identity(said, "trace"),
        tokens=tokens,
        output_tokens=of_them,
        usd=money(said, "estimated_usd"),
        key=key.name if key else "",
        reserve=switch(said, "reserve"),
        settled=settled(said),
    )


def check_parts(tokens: int | None, output_tokens: int | None) -> None:
    """Output without the whole would count nowhere. Raises Refused."""
    if output_tokens is not None and (tokens is None or output_tokens > tokens):
        missing = "estimated_output_tokens: estimated_tokens, of which they are a part, are fewer."
        raise Refused(BAD_REQUEST, missing, "Say there what goes in and what comes out.")


def settled(said: Mapping[str, Any]) -> Settled | None:
    """The reservation that is settled, with what the call came to. Raises Refused."""
    key = identity(said, "reservation")
    usd, tokens = money(said, "spent_usd"), whole_number(said, "spent_tokens")
    if key is not None:
        return Settled(key, usd, tokens)
    if usd is not None or tokens is not None:
        raise Refused(BAD_REQUEST, "reservation: it is missing.", "What is spent settles one.")
    return None
