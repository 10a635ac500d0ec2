"""How the answers about costs look, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.fields import UNPRICED, Shape, count, nanoseconds, text, texts, usd, words
from agentscope.billing.words import BILLING_WORDS
from agentscope.costs.read import Interval
from agentscope.vocabulary import Discarded, Kind, Why

PATH = "names of agents, outermost first, joined by /; empty: unattributed"


class BucketsShape(Shape):
    """Tokens that count, each in one bucket."""

    fresh_input = count("neither from a cache nor into one, not audio")
    cache_read = count()
    cache_write_5m = count("kept for 5 minutes")
    cache_write_1h = count("kept for an hour")
    audio_input = count()
    output_text = count("without reasoning and audio")
    reasoning = count()
    audio_output = count()


class AmountsShape(Shape):
    """What something came to. Parts add up to their whole in every field."""

    traces = count("traces that began here")
    calls = count("of language models, each once; embeddings, rankings and totals are none")
    tool_calls = count()
    errors = count("failures, each counted where it began")  # type: ignore[assignment]
    time_ns = nanoseconds(
        "spent in the spans themselves, not in those below; of calls at the same time each counts"
    )
    known_cost_usd = usd("by the project's policy; a lower bound if charges are unpriced")
    unpriced_calls = count(UNPRICED)
    unpriced_tokens = count("of those charges")
    computed_cost_usd = usd("by the price list, as far as it has prices")
    reported_cost_usd = usd("by the senders, as far as they say")
    discarded_cost_usd = usd("of known_cost_usd, for work whose outcome nobody used")
    usage = BucketsShape()


class GroupShape(Shape):
    key = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        help_text="by dimension of `group_by`; empty: not said",
    )
    amounts = AmountsShape()
    previous = AmountsShape(allow_null=True, help_text="null: `compare` was not asked")


class RestShape(Shape):
    groups = count("how many groups are not shown one by one")
    amounts = AmountsShape()
    previous = AmountsShape(allow_null=True)


class MoverShape(Shape):
    key = serializers.DictField(child=serializers.CharField(allow_blank=True))
    amounts = AmountsShape()
    previous = AmountsShape()
    change_usd = usd("of the known cost; negative: less than before")


class SliceShape(Shape):
    start = serializers.DateTimeField()
    groups = AmountsShape(many=True, help_text="in the order of `groups`")
    others = AmountsShape()
    total = AmountsShape()


class OutcomesShape(Shape):
    """What tasks came to, a task being a trace; counted when they began."""

    successes = count()
    failures = count()
    unknown = count("nobody said how they ended")
    known = AmountsShape(help_text="of successes and failures together")
    cost_per_success_usd = usd("of `known` by success, failures included; null: none", null=True)


class CostsShape(Shape):
    """Costs of a period. `groups` and `others` add up to `total`."""

    since = serializers.DateTimeField(help_text="as it was answered: rounded to whole hours")
    until = serializers.DateTimeField(help_text="exclusive")
    interval = serializers.ChoiceField([each.value for each in Interval])
    group_by = texts()
    groups = GroupShape(many=True)
    others = RestShape()
    total = AmountsShape()
    previous = AmountsShape(allow_null=True, help_text="total of the same time before")
    movers = MoverShape(many=True, help_text="groups whose cost changed most; with `compare`")
    series = SliceShape(many=True, help_text="every interval; empty without `interval`")
    outcomes = OutcomesShape(
        allow_null=True, help_text="null where filters pick parts of tasks, as by model"
    )
    truncated = serializers.BooleanField(help_text="groups are left in `others`")
    days_due = count("days of the period that are being added up again just now")
    calls_since = serializers.DateField(
        allow_null=True, help_text="of days before only sums are kept; null: calls of all"
    )


class PathShape(Shape):
    path = text(PATH)
    name = text("the last part of it")
    parent = serializers.CharField(  # type: ignore[assignment]
        allow_null=True, help_text="the path above; null: outermost"
    )
    depth = count("0: outermost")
    cut = serializers.BooleanField(help_text="stands for all paths through still more agents")
    own = AmountsShape(help_text="of this path alone")
    inclusive = AmountsShape(help_text="with all paths below it")


class PathsShape(Shape):
    """Costs of a trace by path. `own` of all paths and `unattributed` add up to `total`."""

    trace_id = serializers.CharField(help_text="32 hex digits")
    paths = PathShape(many=True, help_text="each followed by those below it, dear ones first")
    unattributed = AmountsShape(help_text="what belongs to no agent")
    total = AmountsShape()


class CallShape(Shape):
    trace_id = serializers.CharField(help_text="32 hex digits")
    span_id = serializers.CharField(help_text="16 hex digits")
    start_time = serializers.CharField(help_text="ISO 8601 with nanoseconds, UTC")
    start_time_unix_nano = nanoseconds("start")
    name = text()
    kind = serializers.ChoiceField(words(Kind))
    path = text(PATH)
    agent = text()
    tool = text("that the work was done for, or that was called")
    model = text()
    provider = text()
    service = text()
    environment = text()
    session = text()
    user = text()
    outcome = text("of the whole trace")
    cost_usd = usd("null: unknown", null=True)
    billing = serializers.ChoiceField(BILLING_WORDS)
    reason = serializers.ChoiceField(words(Why), help_text="of the billing or the unknown cost")
    discarded = serializers.ChoiceField(words(Discarded))
    amounts = AmountsShape()


class CallsShape(Shape):
    calls = CallShape(many=True, help_text="in the order of `show`")
    next = serializers.CharField(allow_null=True, help_text="`cursor` of the next page; null: last")
    truncated = serializers.BooleanField(help_text="calls follow after this page")
    calls_since = serializers.DateField(
        allow_null=True, help_text="calls of days before are gone; null: none is"
    )
