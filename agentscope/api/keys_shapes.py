"""How keys look, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.fields import Shape, count, text
from agentscope.projects.keys import STATES
from agentscope.projects.models import Key

SCOPES = tuple(Key.Scope.values)


class NewKeyShape(Shape):
    label = serializers.CharField(  # type: ignore[assignment]
        required=False, help_text="for whom or what it is"
    )
    scope = serializers.ChoiceField(SCOPES)
    expires_at = serializers.DateTimeField(
        required=False, help_text="from then on it is refused; left out: never"
    )


class RotationShape(Shape):
    works_until = serializers.DateTimeField(help_text="of the old key; not after it expires anyway")


class KeyShape(Shape):
    """A key, without its secret."""

    id = serializers.IntegerField()
    name = text("by which budgets and alerts call it: its label and its id")
    label = text()  # type: ignore[assignment]
    scope = serializers.ChoiceField(SCOPES)
    prefix = text("the first characters of its secret")
    state = serializers.ChoiceField(
        STATES, help_text="replaced: it works beside its successor until it expires"
    )
    created_at = serializers.DateTimeField()
    created_by = text("a user, a key, or `command line`")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="null: never")
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="to the minute")
    revoked_at = serializers.DateTimeField(allow_null=True)
    successor = serializers.IntegerField(allow_null=True, help_text="the key in its place")


class KeysShape(Shape):
    keys = KeyShape(many=True, help_text="the newest first")
    total = count()


class MadeKeyShape(KeyShape):
    secret = text("the key itself, said this once")
