"""How budgets look, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.decide_shapes import UNITS
from agentscope.api.fields import Amount, Sent, Shape, count, text


def amount(about: str, *, null: bool = False) -> serializers.CharField:
    """A decimal string in the unit of a budget."""
    return serializers.CharField(allow_null=null, help_text=f"{about}; decimal string in its unit")


class NewBudgetShape(Shape):
    """A budget as it is said: see docs/budgets.md. What is left out is as usual."""

    name = text()
    enabled = serializers.BooleanField(required=False)
    unit = serializers.ChoiceField(UNITS, required=False)
    limit: serializers.CharField = Amount(help_text="the hard level, in its unit")
    soft: serializers.CharField = Amount(required=False, help_text="share of the limit, else 0.8")
    only = serializers.JSONField(required=False, help_text="whose use counts")
    each = serializers.CharField(required=False, allow_blank=True, help_text="who has it alone")
    window = serializers.JSONField(help_text="rolling, calendar or whole")
    policy = serializers.JSONField(required=False, help_text="what its levels do")
    channels = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        help_text="ids of those that are told; left out: those that were",
    )


class StandShape(Shape):
    """How a group of a budget stands."""

    group = text("whose budget it is; empty: everybody's")
    spent = amount("that is known of")
    reserved = amount("by calls under way")
    unpriced_calls = count("calls of unknown price, which are in neither")
    forecast = amount("at the end of the window at the present rate; null: none", null=True)
    seconds_left = serializers.CharField(
        allow_null=True, help_text="until the limit at the present rate; null: not in this window"
    )
    as_of = serializers.DateTimeField(
        allow_null=True, help_text="it was added up; null: nothing is spent yet"
    )


class BudgetShape(Sent, NewBudgetShape):
    """A budget, and how the groups stand that used most of it."""

    id = serializers.IntegerField()
    limit = amount("the hard level")
    soft = serializers.CharField(help_text="share of the limit")
    trouble = text("why it cannot be worked with")
    resets_at = serializers.DateTimeField(allow_null=True, help_text="null: never as a whole")
    groups = StandShape(many=True, help_text="those that used or hold most first")
    total = count("groups that used or hold any of it in the present window")


class BudgetsShape(Shape):
    budgets = BudgetShape(many=True, help_text="by name, each with its first group")
    total = count()


class OverShape(Shape):
    group = text("empty: everybody")
    spent = amount("that is known of")


class BudgetWindowShape(Shape):
    """What a window came to."""

    begin = serializers.DateTimeField()
    end = serializers.DateTimeField()
    groups = count("that used any of it")
    most = amount("that one of them used, as far as it is known")
    over = OverShape(
        many=True, help_text="groups that reached the limit, those that used most first"
    )
    more_over = serializers.BooleanField(help_text="there may be more than are listed")
    unpriced_calls = count("calls of unknown price, of all groups, which are in no amount")


class BudgetPreviewShape(Shape):
    """The present window and those before; of runs and sessions as a whole the last 30 days."""

    unit = serializers.ChoiceField(UNITS)
    limit = amount("the hard level")
    windows = BudgetWindowShape(many=True, help_text="the latest first")
