"""How retention, legal holds and erasures look, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.fields import Sent, Shape, count, text
from agentscope.erasure.models import Erasure

WHO = "a user, or the first characters of a key"
WHY = "the reason; it stands in the ledger"
ERASURE_STATES = "counting counted erasing done failed stopped over".split()


class SetRetentionShape(Shape):
    """How many days a project keeps what."""

    payload_days = serializers.IntegerField(
        allow_null=True, required=False, help_text="what was said; null: as metadata"
    )
    metadata_days = serializers.IntegerField(
        allow_null=True, required=False, help_text="null: as the installation"
    )


class RetentionShape(Sent, SetRetentionShape):
    keeps_payload_days = count("what holds; 0: for ever")
    keeps_metadata_days = count("likewise")
    installation_days = count("AGENTSCOPE_RETENTION_DAYS; 0: for ever")


class NewHoldShape(Shape):
    trace_id = serializers.CharField(help_text="32 hex digits")
    reason = serializers.CharField(help_text=WHY)


class HoldShape(Sent, NewHoldShape):
    who = text(WHO)
    since = serializers.DateTimeField()


class HoldsShape(Shape):
    holds = HoldShape(many=True, help_text="the newest first")


class NewErasureShape(Shape):
    of = serializers.ChoiceField(Erasure.Of.values)
    name = serializers.CharField(help_text="the user or session as spans have it")
    reason = serializers.CharField(help_text=WHY)
    mentions = serializers.BooleanField(
        required=False, help_text="replace the name where others mention it too; else true"
    )


class ErasureShape(Shape):
    """What was asked for, without the name."""

    id = serializers.IntegerField()
    of = serializers.ChoiceField(Erasure.Of.values)
    digest = serializers.CharField(help_text="of the name, keyed: HMAC-SHA-256")
    reason = text(WHY)
    mentions = serializers.BooleanField()
    state = serializers.ChoiceField(ERASURE_STATES)
    percent = serializers.IntegerField(allow_null=True, help_text="of its job; null: not known yet")
    message = text("why its job failed")
    counts = serializers.DictField(
        child=serializers.JSONField(),
        help_text="what would go, or went: traces, spans, …; `read_spans` and `read_logs` were"
        " looked through for the name, `changed_spans` and `changed_logs` of them had it;"
        " `held_spans`, `held_logs` and `held_texts` keep it, as they are on legal hold",
    )
    asked_by = text(WHO)
    asked_at = serializers.DateTimeField()
    confirmed_by = text(f"{WHO}; empty: not confirmed")
    confirmed_at = serializers.DateTimeField(allow_null=True)


class ErasuresShape(Shape):
    erasures = ErasureShape(many=True, help_text="the newest first")
    offset = count()
