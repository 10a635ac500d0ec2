"""How the answers look, for OpenAPI. `bodies.py` makes them; a test holds one to the other."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.fields import (
    UNPRICED,
    Shape,
    count,
    nanoseconds,
    text,
    texts,
    tokens,
    usd,
    words,
)
from agentscope.billing.words import BILLING_WORDS
from agentscope.traces.models import Trace
from agentscope.vocabulary import Basis, Discarded, ErrorClass, Flag, Kind, Persistence, Status

KINDS = words(Kind)


class UsageShape(Shape):
    """Tokens, each as far as it was reported."""

    input = tokens("includes what came from the cache and went into it")
    output = tokens("includes reasoning")
    cache_read = tokens("part of input")
    cache_write = tokens("part of input")
    reasoning = tokens("part of output")


class SpanUsageShape(UsageShape):
    """The same tokens, in the end with each in one of eight buckets: `fresh_input`, `cache_read`,
    `cache_write_5m`, `cache_write_1h`, `audio_input`, `output_text`, `reasoning`, `audio_output`.
    They add up to `input` and `output`."""

    cache_write_1h = tokens("of cache_write: kept for an hour")
    audio_input = tokens("part of input")
    audio_output = tokens("part of output")
    web_searches = tokens("searches that the provider ran and charges for")
    fresh_input = tokens("input that is neither audio nor of the cache; null: input is unknown")
    cache_write_5m = tokens("of cache_write: kept for minutes")
    output_text = tokens("output that is neither audio nor reasoning; null: output is unknown")
    rule = texts("how the reported numbers became these")
    rule_in_words = text("the same in sentences; empty where nothing had to be decided")


class TraceShape(Shape):
    """A run: totals of its last examination, each model call counted once."""

    trace_id = serializers.CharField(help_text="32 hex digits")
    name = text("of the first root")
    state = serializers.ChoiceField(Trace.State.choices)
    start_time = serializers.CharField(help_text="ISO 8601 with nanoseconds, UTC")
    end_time = serializers.CharField(help_text="latest time seen so far")
    start_time_unix_nano = nanoseconds("of the earliest span")
    end_time_unix_nano = nanoseconds("latest end or start seen so far")
    duration_ns = nanoseconds("between the two")
    spans = count()
    errors = count("failures, each counted where it began")  # type: ignore[assignment]
    agents = texts("names of the agents that took part")
    tools = texts("names of the tools that were called")
    models = texts("names of the models that were called")
    services = texts("service.name of the senders")
    keys = texts("names of the keys that sent it; none where none was needed")
    llm_calls = count()
    tool_calls = count()
    session_id = text()
    session_basis = text("where the session is known from, in words")
    linked_traces = texts("ids of traces that its spans link to")
    user_id = text()
    environment = text("production, staging, …, as the first root says it")
    outcome = text("success or failure, where a sender says so")
    waiting_ns = nanoseconds("in which it only waited for people")
    usage = UsageShape(
        help_text="sums of what was reported; null where no call reported any, not even 0"
    )
    known_cost_usd = usd("the cost of all that has a known price")
    discarded_cost_usd = usd("of known_cost_usd: for work whose outcome nobody used")
    unpriced_calls = count(UNPRICED)
    unpriced_tokens = count("tokens of those charges")
    examined_at = serializers.DateTimeField(
        allow_null=True, help_text="null: not yet, so the totals are still to come"
    )


class ListedTraceShape(TraceShape):
    """A run in a list."""

    wrong_decisions = serializers.IntegerField(
        allow_null=True,
        help_text="its decisions that people judge wrong at present; null: you may not see reviews",
    )


class TracesShape(Shape):
    traces = ListedTraceShape(many=True)
    total = count("all that the filters find")
    truncated = serializers.BooleanField(help_text="there are more than `total`: it stopped there")
    next = serializers.CharField(allow_null=True, help_text="`cursor` of the next page; null: last")


class SpanShape(Shape):
    """A row of the decision tree."""

    span_id = serializers.CharField(help_text="16 hex digits")
    parent_id = serializers.CharField(
        allow_null=True, help_text="as it was sent, also where that span has not come; null: none"
    )
    depth = count("0 for roots")
    kind = serializers.ChoiceField(KINDS)
    name = text()
    agent = text("the agent that the span belongs to")
    agent_path = text("names of the agents above and including it, joined by /")
    tool = text()
    model = text("the answering model where known, else the requested one")
    provider = text()
    start_time = serializers.CharField(help_text="ISO 8601 with nanoseconds, UTC")
    end_time = serializers.CharField(allow_null=True, help_text="null: not ended")
    start_time_unix_nano = nanoseconds("start")
    end_time_unix_nano = nanoseconds("end; null: not ended", null=True)
    status = serializers.ChoiceField(words(Status), help_text="waiting: for a person; no failure")
    error_class = serializers.ChoiceField([each.value for each in ErrorClass], allow_blank=True)
    error_persistence = serializers.ChoiceField(
        words(Persistence), help_text="whether trying again can help, as far as its class tells"
    )
    error_type = text("as the sender said it, e.g. RateLimitError")
    usage = SpanUsageShape(help_text="of this span alone")
    cost_usd = usd("of this span alone; null: counts, but no price is known", null=True)
    computed_cost_usd = usd("the same by the price list alone", null=True)
    reported_cost_usd = usd("as the sender reported it, where the span counts", null=True)
    unpriced_reason = serializers.CharField(
        allow_null=True, help_text="why `cost_usd` is null, as the rest of a sentence"
    )
    subtree_cost_usd = usd("known cost of this span and all below it")
    subtree_discarded_cost_usd = usd("of subtree_cost_usd: for work whose outcome nobody used")
    billing = serializers.ChoiceField(
        BILLING_WORDS,
        help_text="counted, aggregate, free, unpriced: in the totals; wrapper, duplicate, copied: "
        "repeats what is counted elsewhere; none: used nothing",
    )
    billing_reason = text("why, in a sentence; empty where it needs none")
    discarded = serializers.ChoiceField(words(Discarded), help_text="nobody used its outcome")
    discarded_basis = serializers.ChoiceField(words(Basis), help_text="how that is known")
    flags = serializers.ListField(
        child=serializers.ChoiceField(words(Flag)), help_text="what is odd or special about it"
    )


class SpansShape(Shape):
    spans = SpanShape(many=True)
    total = count("spans of the trace")
    offset = count("position of the first span of this page")
    truncated = serializers.BooleanField(help_text="spans follow after this page")
    next = tokens("`offset` of the next page; null: last")


class PartShape(Shape):
    type = serializers.ChoiceField("text reasoning tool_call tool_result media other".split())
    text = serializers.CharField(allow_null=True, allow_blank=True)
    id = serializers.CharField(allow_null=True, help_text="pairs a tool call with its result")
    name = serializers.CharField(allow_null=True, help_text="of the tool")
    value = serializers.JSONField(
        allow_null=True, help_text="arguments, result, or raw content of media and other"
    )
    is_error = serializers.BooleanField(help_text="the tool reported a failure")


class MessageShape(Shape):
    role = serializers.CharField(help_text="system, user, assistant or tool")
    parts = PartShape(many=True)
    name = serializers.CharField(allow_null=True)
    finish_reason = serializers.CharField(allow_null=True)


class EventShape(Shape):
    name = text()
    time_unix_nano = nanoseconds("when")
    attributes = serializers.DictField()


class LinkShape(Shape):
    trace_id = serializers.CharField()
    span_id = serializers.CharField()
    attributes = serializers.DictField()


class LogShape(Shape):
    event_name = text()
    time_unix_nano = nanoseconds("when")
    severity = text()
    body = serializers.JSONField(allow_null=True)
    attributes = serializers.DictField()


class PriceShape(Shape):
    """The price that a cost was computed with, as it was then."""

    provider = text("of the price list; empty: whoever sells the model")
    model = text("of the price list")
    valid_from = serializers.DateField(allow_null=True, help_text="null: since ever")
    source = text("the price list, or project")  # type: ignore[assignment]
    is_override = serializers.BooleanField(help_text="set by the project")
    usd_per_million = serializers.DictField(
        child=serializers.CharField(), help_text="by bucket, of those that the span used"
    )
    request_usd = usd("for the call, whatever its tokens")
    web_search_usd = usd("for one search, if it had any")


class SpanDetailShape(SpanShape):
    """Everything about a span."""

    price = PriceShape(
        allow_null=True,
        help_text="what computed_cost_usd was computed with; null: nothing was, the model is free "
        "by its name, or an earlier version did not keep it",
    )
    computed_cost_today_usd = usd(
        "by the prices known today for its day; where this differs from computed_cost_usd, history "
        "was not priced again; null: no price, or nothing to price",
        null=True,
    )

    session_id = text()
    user_id = text()
    service = text("service.name of the sender")
    key = text("name of the key that sent it; empty where none was needed")
    tool_call_id = text()
    response_id = text()
    agent_id = text()
    request_model = text("the model that was asked for")
    framework = text("what wrote the span, as far as it is known")
    reported_cost_usd = usd("as the sender reported it, also if it does not count", null=True)
    error_message = text()
    verdict = text("of a guardrail, an evaluator or a person: passed, changed, refused")
    verdict_why = text()
    retry_after_seconds = serializers.FloatField(allow_null=True, help_text="as a failure asks")
    status_message = text("of OTLP")
    input_messages = MessageShape(many=True, help_text="normalised; log records are joined in")
    output_messages = MessageShape(many=True)
    tools_offered = serializers.ListField(child=serializers.JSONField(), help_text="definitions")
    arguments = serializers.JSONField(allow_null=True, help_text="of a tool call")
    result = serializers.JSONField(allow_null=True, help_text="of a tool call")
    input = serializers.JSONField(allow_null=True, help_text="of chains, retrievers, …")
    output = serializers.JSONField(allow_null=True, help_text="of chains, retrievers, …")
    attributes = serializers.DictField(
        help_text='as they came; bytes are {"$bytes": base64}, NaN and infinities null: see otlp'
    )
    events = EventShape(many=True)
    links = LinkShape(many=True)
    logs = LogShape(many=True, help_text="log records of the span, in order of time")
    logs_left_out = count("log records that are not in `logs`")
    resource = serializers.DictField(help_text="attributes of the resource that sent the span")
    scope = serializers.DictField(help_text="name, version, attributes of the instrumentation")
    sources = serializers.DictField(
        child=serializers.CharField(), help_text="field → the attribute it was read from"
    )
    otlp = serializers.DictField(
        help_text="the span as OTLP/JSON: every type kept, 64-bit numbers as strings"
    )


class ErrorBody(Shape):
    code = serializers.IntegerField(help_text="the HTTP status")
    message = serializers.CharField(help_text="what is wrong, and where")
    hint = text("what to do")


class ErrorShape(Shape):
    error = ErrorBody()
