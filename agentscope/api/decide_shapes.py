"""How the question and the answer of `decide` look, for OpenAPI."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from agentscope.api.fields import Amount, Shape, count, text, texts, usd, words
from agentscope.budgets.decision import Decision
from agentscope.budgets.models import Budget
from agentscope.budgets.policy import Fail
from agentscope.findings.circuits import STATES

UNITS = tuple(Budget.Unit.values)
FAILS = tuple(each.value for each in Fail)
DECISIONS = tuple(words(Decision))
ABOUT = {  # what a call is told by
    "session": "of the run",
    "trace": "32 hex digits",
    "agent": "that makes the call; else the last of `path`",
    "path": "agents, outermost first, joined by /",
    "provider": "of the model",
    "model": "that is called",
    "user": "on whose behalf",
    "environment": "deployment environment",
    "tool": "that is called",
    "estimated_tokens": "in and out, at most",
    "estimated_output_tokens": "of them; without it all count as the dearer of the two",
    "estimated_usd": "what it may cost, in place of the price of the tokens",
}
ASKED = [
    OpenApiParameter(
        name, OpenApiTypes.INT64 if name.endswith("tokens") else OpenApiTypes.STR, description=about
    )
    for name, about in ABOUT.items()
]


def asked(name: str) -> serializers.CharField:
    """A text of a question."""
    return serializers.CharField(required=False, help_text=ABOUT[name])


def number(about: str) -> serializers.IntegerField:
    """A number of a question."""
    return serializers.IntegerField(required=False, min_value=0, help_text=about)


class QuestionShape(Shape):
    """A call that is about to be made; whatever is known of it."""

    session = asked("session")
    trace = asked("trace")
    agent = asked("agent")
    path = asked("path")
    provider = asked("provider")
    model = asked("model")
    user = asked("user")
    environment = asked("environment")
    tool = asked("tool")
    estimated_tokens = number(ABOUT["estimated_tokens"])
    estimated_output_tokens = number(ABOUT["estimated_output_tokens"])
    estimated_usd = Amount(required=False, help_text=ABOUT["estimated_usd"])
    reserve = serializers.BooleanField(
        required=False, help_text="hold what the call may use until it is spent, settled or expired"
    )
    reservation = serializers.CharField(
        required=False, help_text="id of one that is over: `spent_…` is what it came to"
    )
    spent_usd = Amount(required=False, help_text="0: the call was not made")
    spent_tokens = number("likewise")


class BudgetNameShape(Shape):
    id = serializers.IntegerField()
    name = text()


class LevelShape(Shape):
    """How a budget stands; null where no budget holds."""

    decision = serializers.ChoiceField(DECISIONS)
    budget = BudgetNameShape(allow_null=True)
    group = serializers.CharField(
        allow_null=True, allow_blank=True, help_text="whose budget it is; empty: everybody's"
    )
    unit = serializers.ChoiceField(UNITS, allow_null=True)
    spent = serializers.CharField(
        allow_null=True, help_text="in its window, as of `as_of`; decimal string in its unit"
    )
    reserved = serializers.CharField(allow_null=True, help_text="by calls under way, likewise")
    limit = serializers.CharField(allow_null=True, help_text="the hard level, likewise")
    unpriced_calls = serializers.IntegerField(
        allow_null=True, help_text="calls of unknown price: not in `spent` of a budget in usd"
    )
    as_of = serializers.DateTimeField(
        allow_null=True, help_text="`spent` was added up; null: nothing was spent yet"
    )


class StoppedForShape(Shape):
    """The finding for which a call is stopped."""

    code = text()
    sentence = text()
    trace = text("that it was found in")
    link = text("its cause in this API")


class BreakerShape(Shape):
    """What a circuit breaker in front of the tool would do, by its last hour."""

    state = serializers.ChoiceField(STATES)
    calls = count()
    failures = count()
    permanent = serializers.BooleanField(help_text="findings say that trying again cannot help")
    sentence = text()


class ReservationShape(Shape):
    """What is held. Settle it by its id."""

    id = text()
    amount = usd("or tokens, as `unit` says; null: the deciding budget cannot tell", null=True)
    expires_at = serializers.DateTimeField()


class MayShape(LevelShape):
    """What to do. The budget that is told beside it is the one that decided, else the one of which
    the smallest share is left."""

    reason = text("in words")
    budgets = LevelShape(many=True, help_text="all in which the call counts")
    not_told = texts("budgets that may hold, had the question said more")
    lag_seconds = serializers.FloatField(
        min_value=0, help_text="how long the oldest waits that is not in `spent` yet"
    )
    suggested_model = serializers.CharField(allow_null=True, help_text="with downgrade, if known")
    finding = StoppedForShape(allow_null=True)
    circuit = BreakerShape(allow_null=True, help_text="of the tool that is asked about")
    reservation = ReservationShape(allow_null=True)
    settled = serializers.BooleanField(
        allow_null=True, help_text="whether there was such a reservation; null: none was named"
    )
    fail = serializers.ChoiceField(  # type: ignore[assignment]
        FAILS, help_text="what to do while nobody answers: open: go on, closed: stop"
    )
