"""How evidence packs look, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.fields import Sent, Shape, count, text, texts
from agentscope.jobs.models import Job

WHO = "a user, or the first characters of a key"


class NewPackShape(Shape):
    """What a pack is to be of: a period, a session, a trace, or a decision of a trace."""

    since = serializers.DateTimeField(required=False, allow_null=True)
    until = serializers.DateTimeField(required=False, allow_null=True, help_text="not included")
    session = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    trace = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, help_text="32 hex digits"
    )
    decision = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, help_text="the id of a step of the trace"
    )


class OfShape(Sent, NewPackShape):
    """What it is of; null and empty: not that."""


class PackShape(Shape):
    id = serializers.IntegerField()
    of = OfShape()
    words = serializers.CharField(help_text="the same as part of a sentence")
    state = serializers.ChoiceField(Job.State.values)
    percent = serializers.IntegerField(allow_null=True, help_text="null: not known yet")
    message = text("why it could not be made")
    asked_by = text(WHO)
    asked_at = serializers.DateTimeField()
    made_at = serializers.DateTimeField(allow_null=True, help_text="null: not yet")
    expires_at = serializers.DateTimeField(help_text="then it is removed")
    bytes = count("of the ZIP file")
    sha256 = text("of the ZIP file; empty: not made yet")
    manifest_sha256 = text("of its MANIFEST.json, as the ledger tells")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="of what is in it")
    left_out = texts("sentences about what is not in it")


class PacksShape(Shape):
    packs = PackShape(many=True, help_text="the newest first")
    offset = count()
