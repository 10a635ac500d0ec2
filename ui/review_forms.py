"""The forms of reviews: a verdict, a comment, who is asked, and the rules of queues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from agentscope.alerts.watch import BadRule
from agentscope.projects.write import LONGEST_NAME
from agentscope.records.models import Record
from agentscope.reviews.models import Queue, Verdict
from agentscope.reviews.queues import FURTHEST
from agentscope.reviews.rule import ANY
from agentscope.reviews.write import LONGEST_COMMENT, LONGEST_WHY
from ui.listing_forms import ListingForm
from ui.rule_fields import PERCENT, choice, number, text
from ui.written import decimal, digits

HOURS = {"24": "a day", "72": "3 days", "168": "a week", "336": "2 weeks", "720": "30 days"}
BACK = {"": "from now on", "1": "of the last day too", "7": "of the last 7 days too"}
BACK |= {str(FURTHEST.days): f"of the last {FURTHEST.days} days too"}
SAID = ("agent", "effect", "finding", "outcome", "cost")
DAYS = {"": 30, "7d": 7, "90d": 90}


def several_lines(label: str, rows: int, most: int, hint: str = "") -> forms.CharField:
    """A text of several lines that may be empty."""
    attrs = {"rows": rows, "placeholder": hint}
    return forms.CharField(
        label=label, required=False, max_length=most, widget=forms.Textarea(attrs=attrs)
    )


class VerdictForm(forms.Form):
    """What somebody thinks of a decision."""

    use_required_attribute = False

    verdict = forms.ChoiceField(
        label="It is",
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you think of it."},
    )
    why = several_lines("Why", 3, LONGEST_WHY, "needed unless it is approved")

    def blame(self, error: BadRule) -> None:
        """Put what is wrong where it was said."""
        self.add_error(error.part if error.part in self.fields else None, str(error))


class RemarkForm(forms.Form):
    """A comment."""

    use_required_attribute = False

    text = several_lines("Comment", 2, LONGEST_COMMENT, "@name shows it to a member")


class AssignForm(forms.Form):
    """Who is asked to review a decision."""

    use_required_attribute = False

    to = forms.ChoiceField(label="Ask", required=False)

    def __init__(self, said: Any, members: Sequence[str], **options: Any) -> None:
        super().__init__(said, **options)
        named = [(each, each) for each in members]
        self.fields["to"].choices = [("", "nobody in particular"), *named]  # type: ignore[attr-defined]


class QueueForm(forms.Form):
    """Which decisions are drawn for review."""

    use_required_attribute = False

    name = text("Name", LONGEST_NAME)
    share = number("Share of them, %", "100")
    agent = text("Of agent", list="known-agent", placeholder="any")
    effect = text("With effect, a tool", placeholder=f"{ANY}, or refund*")
    finding = text("With finding, a code", placeholder=f"{ANY} or a code")
    outcome = choice(
        "That ended",
        {"": "any way", **{each: each for each in Record.Outcome.values}},
        required=False,
    )
    cost = number("That cost at least, USD")
    hours = choice("Due within", HOURS)
    back = choice("Decisions", BACK, required=False)
    enabled = forms.BooleanField(label="The queue is on", required=False)

    @property
    def said(self) -> dict[str, Any]:
        """What the queue says, by the names of models.Queue. Raises BadRule for numbers that are
        none."""
        clean = self.cleaned_data
        only = {name: clean[name].strip() for name in SAID if clean[name].strip()}
        if "cost" in only:
            only["cost"] = digits(only["cost"])
        share = decimal("share", digits(clean["share"]) or str(PERCENT)) / PERCENT
        said = {"name": clean["name"], "enabled": clean["enabled"], "hours": clean["hours"]}
        return said | {"only": only, "share": f"{share:f}", "since": self.since}

    @property
    def since(self) -> datetime | None:
        """From when on decisions are meant; None: as it is."""
        back = self.cleaned_data["back"]
        return timezone.now() - timedelta(days=int(back)) if back else None

    def blame(self, error: BadRule) -> None:
        """Put what is wrong with the queue where it was said: a part of what is meant names
        itself."""
        part, why = error.part, str(error)
        if part == "only" and why.partition(":")[0] in SAID:
            part, _, why = why.partition(": ")
        self.add_error(part if part in self.fields else None, why)

    @staticmethod
    def start(asked: Mapping[str, str]) -> dict[str, Any]:
        """A new queue, as most begin, of decisions as an address asks for them."""
        return {name: asked.get(name, "") for name in SAID} | {"hours": "72", "enabled": True}

    @staticmethod
    def start_of(queue: Queue) -> dict[str, Any]:
        """What a queue says now."""
        said = {name: queue.only.get(name, "") for name in SAID}
        share = f"{(queue.share * PERCENT).normalize():f}"
        plain = {"name": queue.name, "enabled": queue.enabled, "hours": str(queue.hours)}
        return said | plain | {"share": share}

    def offer(self, hours: int) -> None:
        """A time that was said by machine can be chosen too."""
        if str(hours) not in HOURS:
            field = self.fields["hours"]
            field.choices = [*HOURS.items(), (str(hours), f"{hours:,} hours")]  # type: ignore[attr-defined]


class TwoForm(forms.Form):
    """Tools whose effects take two people, one a line."""

    use_required_attribute = False

    tools = several_lines("Tools, one a line", 6, 200_000, "refund*\ntransfer_money")


class RatesForm(ListingForm):
    """Of what reviews come to."""

    range = forms.ChoiceField(
        required=False,
        label="Reviewed in",
        choices=[("7d", "the last 7 days"), ("", "the last 30 days"), ("90d", "the last 90 days"),
                 ("all", "any time")],
    )  # fmt: skip
    agent = forms.CharField(required=False, label="Agent", max_length=200)

    def since(self, now: datetime) -> datetime | None:
        """When the chosen time began."""
        chosen = self.said("range")
        return None if chosen == "all" else now - timedelta(days=DAYS[chosen])
