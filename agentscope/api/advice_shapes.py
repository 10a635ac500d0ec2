"""How the answer about cheaper models looks, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.fields import Shape, count, text, texts, usd, words
from agentscope.routing.advised import Basis, Verdict
from agentscope.routing.kinds import CallKind

KINDS = words(CallKind)
VERDICTS = [each.value for each in Verdict]
BASES = [each.value for each in Basis]


class OutcomeShape(Shape):
    """What became of some calls. A call may have several flaws; `flawed` counts it once."""

    calls = count("with those that went wrong and of which nothing came back")
    flawed = count()
    failed = count()
    redone = count("failed or refused, and done again")
    rejected = count("by a guardrail, an evaluator or a person after it")
    cut = count("the answer ended at the limit of tokens")
    in_failures = count("part of a trace that ended in failure")
    in_successes = count()
    rate = serializers.FloatField(help_text="share without a flaw")
    low = serializers.FloatField(help_text="lower end of its Wilson interval of 95 %")
    high = serializers.FloatField(help_text="upper end")


class CallPlaceShape(Shape):
    """A call, to be looked at."""

    trace_id = text()
    span_id = text()


class EvidenceShape(Shape):
    """How calls of the same kind went on the cheaper model."""

    outcome = OutcomeShape()
    agents = texts("whose calls they are")
    same_agent = serializers.BooleanField()
    calls = CallPlaceShape(many=True, help_text="the newest of them, a few; of the best model only")


class CheaperShape(Shape):
    """A cheaper model for the calls."""

    provider = text()
    model = text("as it is to be called")
    basis = serializers.ChoiceField(
        BASES, help_text="smaller: of the same release; used: the project calls it already"
    )
    context_tokens = serializers.IntegerField(
        allow_null=True, help_text="tokens that a call may have; null: no price list says"
    )
    verdict = serializers.ChoiceField(VERDICTS, help_text="what the project's own calls tell of it")
    now_usd = usd("on the model that is called, of the calls that have a price on both")
    then_usd = usd("on this one, the same tokens")
    saving_usd = usd("the difference")
    priced_calls = count()
    unpriced_calls = count("that have no price on either, and are in neither sum")
    unpriced_why = texts()
    evidence = EvidenceShape(allow_null=True, help_text="null: no such calls in the period")
    try_calls = count("that would prove it if they go as well as now; 0: it is proven")


class AdviceShape(Shape):
    """That calls of a kind could run on a cheaper model."""

    path = text("agents, outermost first, joined by /")
    agent = text()
    model = text("as it is called now")
    provider = text()
    work = serializers.ChoiceField(KINDS, help_text="the kind of it")
    rule = text("by what that is known")
    reason = text("what is advised and why, as a sentence")
    call_count = count("calls of the kind")
    share = serializers.FloatField(help_text="of all calls by this path on this model")
    usage = serializers.DictField(child=serializers.IntegerField(), help_text="tokens by bucket")
    most_input = count("tokens of one call")
    most_output = count("tokens of one call")
    outcome = OutcomeShape(help_text="of the calls now")
    calls = CallPlaceShape(many=True, help_text="the newest of them, a few")
    best = CheaperShape()
    others = CheaperShape(many=True, help_text="cheaper too")


class AdvicesShape(Shape):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    whole = serializers.BooleanField(
        help_text="all calls were looked at; else those of the places with the most"
    )
    assumed = texts("what the numbers rest on")
    proven_saving_usd = usd("by all that is proven")
    try_saving_usd = usd("by all that is to be tried, if it works")
    advice = AdviceShape(many=True, help_text="what is proven first, then by what it saves")
    total = count("pieces of advice")
    truncated = serializers.BooleanField(help_text="there are more than are listed")
