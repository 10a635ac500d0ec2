"""How the answers about sessions look, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.fields import UNPRICED, Shape, count, nanoseconds, text, texts, tokens, usd
from agentscope.api.shapes import TraceShape
from agentscope.sessions.read import STATES


class SessionShape(Shape):
    """What belongs together over traces, processes and days: sums over its traces."""

    session_id = serializers.CharField(help_text="as the senders call it")
    state = serializers.ChoiceField(
        STATES, help_text="waiting: a person has still to answer; idle: nothing came for a while"
    )
    user_id = text("the first that was named")
    first_at = serializers.DateTimeField(help_text="when its first trace began")
    last_at = serializers.DateTimeField(help_text="the latest time seen in its traces")
    working_ns = nanoseconds("in which at least one of its traces worked")
    waiting_ns = nanoseconds("in which it only waited for people, as far as they answered")
    traces = count()
    spans = count()
    errors = count("failures; interrupts are none")  # type: ignore[assignment]
    llm_calls = count()
    tool_calls = count()
    input_tokens = tokens("null: no call reported any")
    output_tokens = tokens("null: no call reported any")
    known_cost_usd = usd("the cost of all that has a known price")
    unpriced_calls = count(UNPRICED)
    unpriced_tokens = count("tokens of those charges")
    successes = count("traces whose sender called them a success")
    failures = count("traces whose sender called them a failure")
    agents = texts("names of the agents that took part")
    models = texts("names of the models that were called")
    environments = texts("in which its traces ran")


class SessionsShape(Shape):
    sessions = SessionShape(many=True)
    total = count("all that the filters find")
    truncated = serializers.BooleanField(help_text="there are more than `total`: it stopped there")
    next = serializers.CharField(allow_null=True, help_text="`cursor` of the next page; null: last")


def stretches(about: str) -> serializers.ListField:
    """Starts and ends."""
    pair = serializers.ListField(child=serializers.CharField(), help_text="start, end: Unix ns")
    return serializers.ListField(child=pair, help_text=about)


class WholeSessionShape(SessionShape):
    """A session with its course, and a page of its traces."""

    waiting_since = serializers.CharField(
        allow_null=True, help_text="since when a person has to answer; null: nobody has"
    )
    worked = stretches("when it worked")
    waited = stretches("when it only waited for people")
    items = TraceShape(many=True, help_text="traces in the order in which they began")
    total = count("of its traces")
    offset = count("position of the first trace of this page")
    truncated = serializers.BooleanField(help_text="traces follow after this page")
    next = tokens("`offset` of the next page; null: last")
