"""How reviews, their queues and what they come to look, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.fields import Amount, Sent, Shape, count, text, texts
from agentscope.reviews.models import SAYINGS, Verdict
from agentscope.reviews.read import STATES
from agentscope.reviews.rule import MOST_HOURS
from agentscope.reviews.stamping import HASTY, LEAST, NEARLY_ALL, Odd

TRACE, SPAN = "32 hex digits", "16 hex digits: the first span of the run that decided"
WHO = "a user, or the first characters of a key"
SEEN = "null: it was not said on its page, so nobody saw it"
VERDICTS, ITEM_STATES = Verdict.values, list(STATES)


class DecisionShape(Shape):
    """Which decision is meant."""

    trace = serializers.CharField(help_text=TRACE)
    span = serializers.CharField(help_text=SPAN)


class NewReviewShape(DecisionShape):
    verdict = serializers.ChoiceField(SAYINGS, help_text="withdrawn: the one before holds no more")
    why = serializers.CharField(
        required=False, allow_blank=True, help_text="needed where it is questioned or wrong"
    )


class ReviewShape(Sent, NewReviewShape):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    who = text(WHO)
    is_person = serializers.BooleanField(help_text="false: a key")
    agent = text("empty: unknown")
    record = serializers.CharField(help_text="SHA-256 of the record that was meant, hex")
    why_digest = serializers.CharField(help_text="SHA-256 of a salt and the reason, as the ledger")
    opened_at = serializers.DateTimeField(allow_null=True, help_text=SEEN)
    seconds = serializers.IntegerField(allow_null=True, help_text=f"that it was open; {SEEN}")
    evidence = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text=f"spans that were opened; {SEEN}"
    )


class ReviewsShape(Shape):
    reviews = ReviewShape(many=True, help_text="the newest first, also those that were replaced")
    total = count()
    offset = count()


class NewRemarkShape(DecisionShape):
    text = serializers.CharField(help_text="members that it names like @ada will see it")


class RemarkShape(Sent, NewRemarkShape):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    who = text(WHO)
    mentions = texts("members who are named")


class RemarksShape(Shape):
    comments = RemarkShape(many=True, help_text="the newest first")
    total = count()
    offset = count()


class AssignmentShape(DecisionShape):
    to = serializers.CharField(
        allow_blank=True, help_text="a member who is asked to review it; empty: nobody"
    )


class ReviewItemShape(DecisionShape):
    agent = text("empty: unknown")
    decided_at = serializers.DateTimeField()
    state = serializers.ChoiceField(ITEM_STATES)
    queues = serializers.ListField(
        child=serializers.IntegerField(), help_text="ids of those that drew it"
    )
    came_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="null: no queue asks for it")
    assigned_to = text("empty: nobody")
    needs = count("people who have to think the same of it")
    approvals = count("people who approve at present")
    verdict = text(f"the worst at present, of {', '.join(VERDICTS)}; empty: none")
    reviewed_at = serializers.DateTimeField(allow_null=True)


class ReviewItemsShape(Shape):
    items = ReviewItemShape(many=True, help_text="what is due first; of reviewed ones the newest")
    total = count()
    offset = count()


class NewQueueShape(Shape):
    name = serializers.CharField()
    enabled = serializers.BooleanField(required=False, default=True)
    only = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text='{"agent": …, "effect": a tool, "any" or with *, "finding": a code or "any", '
        '"outcome": …, "cost": USD at least}; what is left out is any',
    )
    share = Amount(required=False, help_text="of those, above 0 to 1; else 1")
    hours = serializers.IntegerField(
        min_value=1, max_value=MOST_HOURS, help_text="until what is drawn is due"
    )
    since = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="also decisions that began then; else those from now on",
    )


class QueueShape(Sent, NewQueueShape):
    id = serializers.IntegerField()
    made_by = text(WHO)
    made_at = serializers.DateTimeField()
    waiting = count("items that are not reviewed")
    late = count("of those, that are due already")
    reviewed = count()


class QueuesShape(Shape):
    queues = QueueShape(many=True, help_text="by name")


class TwoPersonsShape(Shape):
    tools = texts("whose effects take two people; * stands for any characters")


class ShareShape(Shape):
    found = count()
    total = count()
    low = serializers.FloatField(allow_null=True, help_text="of the share, 95 % (Wilson)")
    high = serializers.FloatField(allow_null=True, help_text="likewise; null: of none")


class AgentRateShape(Shape):
    agent = text("empty: unknown")
    decisions = count("that were reviewed, each by its worst verdict")
    approved = ShareShape()
    questioned = ShareShape()
    wrong = ShareShape()
    pairs = count("decisions of which two or more said what they think")
    agreement = serializers.FloatField(allow_null=True, help_text="of the pairs; null: too few")
    kappa = serializers.FloatField(allow_null=True, help_text="Cohen's; null: too few, or one word")


class ReviewerRateShape(Shape):
    who = text(WHO)
    is_person = serializers.BooleanField(help_text="false: a key")
    reviews = count("also those that were replaced")
    approved = ShareShape()
    seen = count("reviews that were made on the page")
    median_seconds = serializers.FloatField(allow_null=True, help_text="of those; null: of none")
    without_evidence = ShareShape(help_text="of those: nothing of it was opened")
    odd = texts(
        f"reasons to ask, of {LEAST} such reviews or more: {Odd.HASTY}, half took under "
        f"{HASTY:.0f} s; {Odd.UNREAD}, {NEARLY_ALL:.0%} or more with nothing opened"
    )


class ReviewRatesShape(Shape):
    agents = AgentRateShape(many=True, help_text="those first of which most are wrong")
    reviewers = ReviewerRateShape(many=True, help_text="who reviewed most first")
