"""Models without a price: what they come to, and why they have none."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from agentscope.costs.models import DayCost
from agentscope.costs.unpriced import RECENT, names_meaning, names_written, unpriced
from agentscope.prices.write import Override, set_alias, set_price
from agentscope.vocabulary import Why

pytestmark = pytest.mark.django_db
PROJECT = 7


def day_cost(model, provider="vllm", calls=1, tokens=10, days=0, project=PROJECT):
    DayCost.objects.create(
        project_id=project,
        day=timezone.now().date() - timedelta(days=days),
        model=model,
        provider=provider,
        unpriced_calls=calls,
        unpriced_tokens=tokens,
        **dict.fromkeys(("path", "agent", "tool", "service", "environment"), ""),
    )


@pytest.fixture(autouse=True)
def _project():
    from agentscope.projects.models import Project

    Project.objects.create(pk=PROJECT, name="shop")


def test_it_works():
    day_cost("house-1", calls=2, tokens=30)
    day_cost("house-1", calls=1, tokens=5, days=3)
    day_cost("house-2", tokens=50)
    day_cost("gpt-4o", calls=0, tokens=0)
    found = unpriced(PROJECT)
    today = timezone.now().date()
    assert [(each.model, each.calls, each.tokens) for each in found.items] == [
        ("house-2", 1, 50),
        ("house-1", 3, 35),
    ]
    assert (found.items[1].first, found.items[1].last) == (today - timedelta(days=3), today)
    assert (found.models, found.calls, found.tokens) == (2, 4, 85)


def test_only_the_newest_days_of_the_project():
    day_cost("old", days=RECENT.days + 1)
    day_cost("theirs", project=8)
    assert unpriced(PROJECT).items == []


def test_what_is_not_shown_is_counted():
    for number in range(3):
        day_cost(f"m{number}")
    found = unpriced(PROJECT, limit=2)
    assert (len(found.items), found.models, found.calls) == (2, 3, 3)


@pytest.mark.parametrize(
    ("model", "provider", "tokens", "why"),
    [
        ("house-1", "vllm", 5, Why.UNKNOWN_MODEL),
        ("", "", 5, Why.NO_MODEL),
        ("gpt-4o", "openai", 0, Why.NO_USAGE),
        ("gpt-4o", "openai", 5, Why.NONE),
        ("deepseek-chat", "deepseek", 5, Why.PRICE_BY_THE_HOUR),
    ],
)
def test_why(model, provider, tokens, why):
    day_cost(model, provider, tokens=tokens)
    assert [each.why for each in unpriced(PROJECT).items] == [why]


def test_the_names_under_which_a_model_was_sent():
    for model, provider in (
        ("House-1", "vllm"),
        ("house-1-20260101", "vllm"),
        ("house-1-mini", "vllm"),
        ("gpt-4o-2024-08-06", "openai"),
        ("router", "litellm"),
    ):
        day_cost(model, provider)
    set_price(PROJECT, "ada", Override("", "house-1", {("input", 0): Decimal(1)}))
    set_alias(PROJECT, "ada", "router", "openai", "gpt-4o")
    assert names_meaning(PROJECT, "", "house-1") == ["House-1", "house-1-20260101"]
    assert names_meaning(PROJECT, "openai", "gpt-4o") == ["gpt-4o-2024-08-06", "router"]
    assert names_written(PROJECT, "HOUSE-1") == ["House-1"]
    assert names_meaning(8, "", "house-1") == []
