"""How what was answered looks, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.decide_shapes import DECISIONS
from agentscope.api.fields import Shape, text


class AnswerShape(Shape):
    """What somebody was told who asked whether to go on."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    decision = serializers.ChoiceField(DECISIONS)
    budget = serializers.IntegerField(
        allow_null=True, help_text="id of the one that decided; null: none did"
    )
    trace = serializers.CharField(allow_null=True, help_text="32 hex digits; null: not said")
    session = text()
    agent = text()
    reason = text("in words")


class OneAnswerShape(AnswerShape):
    """An answer with what it was decided on."""

    asked = serializers.DictField(help_text="the question, without what was not said")
    said = serializers.DictField(help_text="the answer as `decide` gave it: see MayShape")


class AnswersShape(Shape):
    answers = AnswerShape(many=True, help_text="the newest first")
    next = serializers.CharField(allow_null=True, help_text="`cursor` of the next page; null: last")
