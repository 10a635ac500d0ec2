"""How the answers about decisions look, for OpenAPI."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from agentscope.api.fields import Shape, count, nanoseconds, text, texts, usd
from agentscope.records.fit import Fits
from agentscope.records.item import DECLARED, INFERRED, RULES
from agentscope.records.models import Record

OUTCOMES, AUTHORITIES = Record.Outcome.values, Record.Authority.values
OUTCOME_HELP = (
    "rejected: a judge or a person turned it down, or something else took its place; "
    "stopped: it was told to stop, or cancelled; waiting: for a person"
)
VERDICT_HELP = (
    "the worst that people think of it, approved, questioned or wrong; empty: nobody said; null: "
    "you may not see reviews"
)
AUTHORITY_HELP = (
    "approved: a person was asked, see `people`; policy: a guardrail or an evaluator judged it; "
    "budget: a budget let it go on, or it was told to stop; none: nothing tells of any"
)


class RecordShape(Shape):
    """What one run of an agent decided; where no agent is known, all of a root."""

    trace_id = serializers.CharField(help_text="32 hex digits")
    span_id = serializers.CharField(help_text="16 hex digits: where the run began")
    at = serializers.DateTimeField(help_text="when it began")
    took_ns = nanoseconds("up to its end, or to the last that is known of it")
    agent = text("empty: not known")
    version = text("of the agent")
    path = text("names of the agents above and its own, joined by /")
    user_id = text("on whose behalf")
    session_id = text()
    environment = text()
    outcome = serializers.ChoiceField(OUTCOMES, help_text=OUTCOME_HELP)
    authority = serializers.ChoiceField(AUTHORITIES, help_text=AUTHORITY_HELP)
    effects = texts("tools that it called and that change something in the world")
    people = texts("who was asked and answered, let it go on or stopped it")
    findings = texts("codes of the findings that are about it")
    cost_usd = usd("of its own steps, as far as it is known; null: unknown", null=True)
    unpriced_calls = count("calls that are not in it")
    rejected = count("alternatives that were turned down")
    rejected_cost_usd = usd("of these; null: unknown", null=True)
    rejected_unpriced_calls = count("calls that are not in that")
    digest = serializers.CharField(help_text="SHA-256 of the record as canonical JSON (RFC 8785)")
    ledger_position = serializers.IntegerField(
        allow_null=True, help_text="of the entry that holds the digest; null: not yet"
    )
    approved_by = texts("of `people` those who said yes, or let it go on")
    turned_down_by = texts("of `people` those who said no; what others said is in its `authority`")
    verdict = serializers.CharField(allow_null=True, help_text=VERDICT_HELP)
    is_reviewed = serializers.BooleanField(
        allow_null=True, help_text="false also while it waits for a second person; null: likewise"
    )


class RecordsShape(Shape):
    decisions = RecordShape(many=True, help_text="the newest first")
    total = count("how many match, on all pages")
    truncated = serializers.BooleanField(help_text="there are more than `total`")
    next = serializers.CharField(allow_null=True, help_text="`cursor` of the next page; null: last")


class DigestShape(Shape):
    """What something was, though it may be erased."""

    sha256 = serializers.CharField(
        help_text="of a text, else of JSON with sorted names and without spaces; hex"
    )
    size = count("bytes")


class ItemShape(Shape):
    """One thing that a record tells; what there is nothing to say of is left out."""

    what = text("what it is; of each part others: docs/audit.md")
    basis = serializers.ChoiceField(
        [DECLARED, INFERRED], help_text="declared: a span, the project or a person says so"
    )
    rule = serializers.ChoiceField(list(RULES), required=False, help_text="by which it is inferred")
    name = text("of the step, agent, tool, person, …")
    span = text("16 hex digits: the step that it points to")
    words = text("how it ended, or what came of it")
    by = text("a person, or a budget")
    why = text("a class of errors, or what somebody said")
    at = text("when somebody said so")
    times = serializers.IntegerField(required=False, help_text="how often, of such an answer")
    input = DigestShape(required=False, help_text="of what it was given")
    output = DigestShape(required=False, help_text="of what it gave back")
    effect = serializers.BooleanField(required=False, help_text="it changes something in the world")
    usd = text("decimal string; left out: unknown, or nothing to pay")
    unpriced = serializers.IntegerField(required=False, help_text="calls that are not in `usd`")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        found = super().get_fields()
        for name, each in found.items():
            each.required = name in ("what", "basis")
        return found


class PartsShape(Shape):
    """A record: the story of a decision."""

    form = serializers.IntegerField(help_text="by which it was derived", required=False)
    at = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(allow_null=True, required=False)
    who = ItemShape(many=True)
    knew = ItemShape(many=True)
    considered = ItemShape(many=True)
    chosen = ItemShape(many=True)
    authority = ItemShape(many=True)
    did = ItemShape(many=True)
    came_of = ItemShape(many=True)
    left = serializers.DictField(
        child=serializers.IntegerField(), help_text="how many items of a part are not told"
    )
    listed = serializers.DictField(
        required=False, help_text="what lists show of it and filter by; numbers as text"
    )


class WholeRecordShape(RecordShape):
    """A decision with all that is known of it."""

    form = serializers.IntegerField(help_text="by which it was derived")
    fits = serializers.ChoiceField(
        [each.value for each in Fits],
        help_text="whether `record` has `digest`, and the ledger holds that: see docs/audit.md",
    )
    record = PartsShape(help_text="what `digest` is the digest of")
