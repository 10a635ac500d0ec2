"""How the answers about findings look, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.fields import Shape, count, nanoseconds, text, tokens, usd, words
from agentscope.findings.decisions import STATES
from agentscope.findings.models import Cause
from agentscope.findings.severity import Severity

SEVERITY = "info: worth knowing; warning: worth a look; alert: burns money or time now"
STATE = (
    "open; reopened: was resolved and found again since; expected: somebody said that it is fine "
    "here; resolved"
)


class SpentShape(Shape):
    """What was spent since the first repeat, with all that was called."""

    tokens = tokens("input and output that count; null: none of its calls reported any")
    cost_usd = usd("null: some of its calls have no known price", null=True)
    known_cost_usd = usd("of the calls whose price is known")
    unpriced_calls = count("calls without a known price")


class MoreShape(SpentShape):
    """What the other places of a cause in one trace come to."""

    places = count("that are no findings of their own")
    span_count = count("steps that are their evidence")
    first_time_unix_nano = nanoseconds("start of the first of them")
    last_at = serializers.DateTimeField(help_text="when the last of them ended")


class FindingShape(SpentShape):
    """Something that looks wrong in one trace."""

    trace_id = serializers.CharField(help_text="32 hex digits")
    fingerprint = serializers.CharField(help_text="of its cause, 32 hex digits")
    code = text("the pattern: exact_repeat, cycle, …")
    severity = serializers.ChoiceField(words(Severity), help_text=SEVERITY)
    sentence = text("one sentence of observed counts")
    subject = text("what repeats: a tool, agents in order")
    agent = text("empty: no agent did it")
    agent_path = text("names of the agents above and including it, joined by /")
    session_id = text()
    first_span_id = serializers.CharField(help_text="16 hex digits")
    last_span_id = serializers.CharField(help_text="16 hex digits")
    span_ids = serializers.ListField(
        child=serializers.CharField(),
        help_text="the steps that are the evidence, in order of time; the first 100 and the last "
        "100 of more than 200, all with `spans=all`",
    )
    span_count = count("steps that are the evidence")
    spans_left_out = count("of them, in the middle of `span_ids`")
    first_time_unix_nano = nanoseconds("start of the first span")
    last_time_unix_nano = nanoseconds("latest end or start of its spans")
    last_at = serializers.DateTimeField(help_text="the same to the microsecond")
    period = count("steps of one round")
    repeats = count("rounds")
    burn_usd_per_hour = usd(
        "known_cost_usd by the time since the first repeat; null: that is less than a minute",
        null=True,
    )
    confidence = serializers.FloatField(
        min_value=0, max_value=1, help_text="how often such a shape is what it looks like"
    )
    detector_version = count("raised when the same spans give another finding")
    legitimate = text("what would make it so")
    evidence = serializers.DictField(
        help_text="numbers by their names; `earlier`: traces and spans before it that it repeats"
    )
    state = serializers.ChoiceField(STATES, help_text=f"of its cause: {STATE}")
    raised_at = serializers.DateTimeField(help_text="when it was found first")
    withdrawn = serializers.BooleanField(help_text="spans that came later say otherwise")
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    more_places = count(
        "where its cause was found in this trace, too, beyond the worst 20; on the worst of them"
    )
    more = MoreShape(allow_null=True, help_text="what those come to; null: none")


class TraceFindingsShape(Shape):
    trace_id = serializers.CharField(help_text="32 hex digits")
    findings = FindingShape(
        many=True, help_text="the worst first, then in order of time; withdrawn ones among them"
    )
    more_places = count("of its causes, beyond the worst 20 of each; in the sums of causes, too")
    total = count("of the trace")
    offset = count("position of the first finding of this page")
    truncated = serializers.BooleanField(help_text="findings follow after this page")
    next = tokens("`offset` of the next page; null: last")


class CauseShape(SpentShape):
    """Findings with one fingerprint: the same pattern by the same agent on the same subject."""

    fingerprint = serializers.CharField(help_text="32 hex digits")
    code = text("the pattern: exact_repeat, cycle, …")
    severity = serializers.ChoiceField(words(Severity), help_text=f"the worst: {SEVERITY}")
    sentence = text("of the newest finding")
    subject = text("what repeats: a tool, agents in order")
    agent = text("empty: no agent did it")
    state = serializers.ChoiceField(STATES, help_text=STATE)
    findings = count("how often it was found")
    more_places = count("of these, without a finding of their own: of each trace the worst 20 have")
    traces = count("in how many traces")
    first_at = serializers.DateTimeField(allow_null=True, help_text="when it first happened")
    last_at = serializers.DateTimeField(allow_null=True, help_text="when it last happened")
    raised_at = serializers.DateTimeField(
        allow_null=True, help_text="when its newest finding was found first"
    )
    decision = serializers.ChoiceField(
        Cause.Decision.choices, allow_blank=True, help_text="of a person; empty: none"
    )
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = text()
    note = text("why it was decided so")


class CausesShape(Shape):
    findings = CauseShape(many=True, help_text="grouped by cause, the worst and newest first")
    total = count("causes that the filters find")
    offset = count("position of the first cause of this page")
    truncated = serializers.BooleanField(help_text="causes follow after this page")
    next = tokens("`offset` of the next page; null: last")


class DecisionShape(Shape):
    """What somebody decided about a cause."""

    decided_at = serializers.DateTimeField()
    decided_by = text()
    what = text("a sentence")
    decision = serializers.ChoiceField(Cause.Decision.choices, allow_blank=True)
    note = text()


class WholeCauseShape(CauseShape):
    """A cause with a page of its findings, the newest first, and its newest decisions."""

    items = FindingShape(many=True)
    total = count("findings of the cause: `findings` but `more_places`")
    offset = count("position of the first finding of this page")
    truncated = serializers.BooleanField(help_text="findings follow after this page")
    next = tokens("`offset` of the next page; null: last")
    decisions = DecisionShape(many=True, help_text="the newest first, 100 at most")
