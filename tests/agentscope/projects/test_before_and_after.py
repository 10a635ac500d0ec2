"""What people change is told with what it was before and what it is after."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from agentscope.alerts.write import end_mute, mute
from agentscope.budgets import write as budgets
from agentscope.channels.write import (
    change_channel,
    create_channel,
    delete_channel,
    switch_channel,
)
from agentscope.projects.mappings import add_mapping, remove_mapping
from agentscope.projects.repeated import set_effects
from agentscope.projects.tools import remove_allowed, set_allowed
from agentscope.projects.write import create_project
from agentscope.redaction.models import OwnRule
from agentscope.redaction.write import add_rule, remove_rule
from agentscope.search.saved import delete_view, rename_view, save_view
from tests.agentscope.budgets.told import HOURLY
from tests.kit.changes import noted

pytestmark = pytest.mark.django_db
TRACE = UUID(int=7)


def of_budgets(shop):
    """Make, change and delete a budget; let go on over it; set what holds where none does."""
    said = {"name": "day", "unit": "usd", "limit": "10", "window": HOURLY}
    made = budgets.save_budget(shop, "ann", said)
    budgets.save_budget(shop, "ann", said | {"limit": "25"}, budget=made)
    lift = budgets.lift_budget(made, "", soon(), "ann", "a rush")
    budgets.end_lift(lift, "ann")
    budgets.delete_budget(made, "ann")
    for decision in ("stop", "warn"):
        budgets.set_otherwise(shop.pk, decision, "open", "ann")


def of_stops(shop):
    """Stop an agent and let it go on; let a trace go on in spite of findings."""
    budgets.end_stop(budgets.stop(shop.pk, "agent", "bot", "ann", "it loops"), "ann")
    budgets.end_lift(budgets.lift_findings(shop.pk, TRACE, soon(), "ann", "known"), "ann")


def of_channels(shop):
    """Make, change, switch off and delete a channel."""
    said = {"url": "https://hooks.example/1", "secret": "x" * 20}
    made = create_channel(shop.pk, "webhook", "ops", said, "ann")
    change_channel(made, "ops", {"url": "https://hooks.example/2"}, "ann")
    switch_channel(made, enabled=False, who="ann")
    delete_channel(made, "ann")


def of_mutes(shop):
    """Mute all rules, and end that."""
    end_mute(mute(shop.pk, None, timezone.now(), soon(), "ann", "a move"), "ann")


def of_tools(shop):
    """Name the tools of an agent twice, and no more; what tools do each time."""
    set_allowed(shop, "bot", ["search"], "ann")
    remove_allowed(set_allowed(shop, "bot", ["search", "mail"], "ann"), "ann")
    set_effects(shop, ["mail"], [], "ann")
    set_effects(shop, ["mail"], ["search"], "ann")


def of_names(shop):
    """A mapping, a saved view, a rule of what is redacted."""
    remove_mapping(add_mapping(shop, "acme.bot", "agent", "ann"), "ann")
    view = save_view(shop.pk, "mine", "agent=bot", "ann")
    rename_view(view, "ours", "ann")
    delete_view(view, "ann")
    remove_rule(add_rule(shop, "customer", OwnRule.Kind.NAME, "customer", "mask", "ann"), "ann")


def soon():
    return timezone.now() + timedelta(hours=1)


def sides(change):
    """What it was and what it is, by whatever names."""
    said = change.details
    return tuple(
        said.get(one) or said.get(other) for one, other in (("before", "was"), ("after", "to"))
    )


@pytest.mark.parametrize("do", [of_budgets, of_stops, of_channels, of_mutes, of_tools, of_names])
def test_each_change_says_what_was_and_what_is(do):
    do(create_project("shop"))
    told = [(change.what, sides(change)) for change in noted()]
    assert told
    assert [what for what, (before, after) in told if before == after] == []


def test_a_budget_tells_its_limit_before_and_after():
    of_budgets(create_project("shop"))
    (change,) = [each for each in noted() if "was changed" in each.what]
    before, after = sides(change)
    assert (before["limit"], after["limit"]) == ("10", "25")
    assert {name for name in after if before[name] != after[name]} == {"limit"}


def test_a_secret_of_a_channel_is_named_and_not_told():
    of_channels(create_project("shop"))
    assert [each.details.get("secrets") for each in noted()] == [["secret"], [], None, None]
    assert "x" * 4 not in str([each.details for each in noted()])
