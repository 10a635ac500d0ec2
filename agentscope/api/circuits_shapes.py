"""How the answer about circuits looks, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.fields import Shape, count, text
from agentscope.findings.circuits import KINDS, STATES


class SpellShape(Shape):
    """Hours in one state."""

    state = serializers.ChoiceField(STATES)
    since = serializers.DateTimeField(help_text="start of its first hour with calls, UTC")
    until = serializers.DateTimeField(help_text="end of its last hour with calls")
    calls = count()
    errors = count("failures of any class that began in them")  # type: ignore[assignment]


class CircuitShape(Shape):
    """A tool or a provider, as a circuit breaker would have seen it."""

    of = serializers.ChoiceField(KINDS)
    name = text()
    state = serializers.ChoiceField(
        STATES, help_text="after its last hour with calls; closed: all is well"
    )
    calls = count()
    errors = count("failures of any class that began in them")  # type: ignore[assignment]
    opened = count("times")
    spells = SpellShape(many=True, help_text="in order of time")


class CircuitsShape(Shape):
    circuits = CircuitShape(many=True, help_text="those with the most failures first")
    total = count("tools and providers with any failure in the period")
    truncated = serializers.BooleanField(help_text="there are more than are listed")
