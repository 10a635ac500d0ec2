"""How lifts, stops and what holds otherwise look, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.decide_shapes import DECISIONS, FAILS
from agentscope.api.fields import Sent, Shape, count, text
from agentscope.budgets.write import LONGEST_LIFT, STOPPABLE

WHO = "a user, or the first characters of a key"
ENDED = "null: it holds"
ENDED_BY = "likewise; empty: nobody, it holds or its time was over"
WHY = "the reason, which is told to whoever asks"


class NewLiftShape(Shape):
    """Either `budget`, with `group` if each of some has it alone, or `trace`."""

    budget = serializers.IntegerField(
        required=False, allow_null=True, help_text="id of the budget that is lifted"
    )
    group = serializers.CharField(
        required=False, allow_blank=True, help_text="the session, agent, … that may go on"
    )
    trace = serializers.CharField(
        required=False, allow_null=True, help_text="32 hex digits: its findings do not stop it"
    )
    until = serializers.DateTimeField(help_text=f"{LONGEST_LIFT.days} days from now at most")
    why = serializers.CharField(help_text=WHY)


class LiftShape(Sent, NewLiftShape):
    id = serializers.IntegerField()
    who = text(WHO)
    made_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text=ENDED)
    ended_by = text(ENDED_BY)


class LiftsShape(Shape):
    lifts = LiftShape(many=True, help_text="the newest first; of those that ended the last")
    total = count()
    offset = count()


class NewStopShape(Shape):
    of = serializers.ChoiceField(STOPPABLE)
    name = serializers.CharField(help_text="of a trace its id, 32 hex digits")
    until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="null: until somebody ends it"
    )
    why = serializers.CharField(help_text=WHY)


class StopShape(Sent, NewStopShape):
    id = serializers.IntegerField()
    who = text(WHO)
    made_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text=ENDED)
    ended_by = text(ENDED_BY)


class StopsShape(Shape):
    stops = StopShape(many=True, help_text="the newest first; of those that ended the last")
    total = count()
    offset = count()


class OtherwiseShape(Shape):
    """What holds for calls that count in no budget."""

    decision = serializers.ChoiceField(DECISIONS)
    fail = serializers.ChoiceField(FAILS, help_text="what to do while nobody answers")  # type: ignore[assignment]
