"""What people set for their project: in the log, on no day twice, and known within seconds."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from agentscope.prices import book as book_module
from agentscope.prices import write
from agentscope.prices.book import price_book, shelf
from agentscope.prices.models import ModelAlias, ModelPrice
from agentscope.prices.price import Call, price_call
from agentscope.prices.read import aliases, is_listed, own_prices
from agentscope.prices.write import (
    Overlapping,
    Override,
    TooMany,
    remove_alias,
    remove_price,
    set_alias,
    set_price,
)
from agentscope.projects.changes import changes_of
from agentscope.projects.models import Project
from agentscope.projects.write import create_project
from agentscope.vocabulary import Buckets, Why
from tests.kit.changes import noted

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)
ONE = {("input", 0): Decimal(1)}
TWO = {("input", 0): Decimal(2)}


@pytest.fixture
def shop() -> Project:
    return create_project("shop")


@pytest.fixture
def other() -> Project:
    return create_project("other")


def usd(project: Project, model: str = "house-1", provider: str = "vllm", day: date = TODAY):
    """What a million tokens of input cost, or why that is unknown."""
    call = Call(provider, model, day, "", Buckets(fresh_input=10**6))
    priced = price_call(price_book(project.pk), call)
    return priced.why if priced.pico is None else priced.pico // 10**12


def test_it_works(shop, other):
    set_price(shop.pk, "ada", Override(" VLLM", "House-1 ", ONE))
    assert (usd(shop), usd(other)) == (1, Why.UNKNOWN_MODEL)
    (change,) = changes_of(shop.pk, None, 9)
    assert (change.who, change.what) == ("ada", "Set the price of vllm/house-1.")
    assert change.details == {
        "provider": "vllm",
        "model": "house-1",
        "service_tier": "",
        "valid_from": None,
        "valid_to": None,
        "before": [],
        "after": [["input", 0, "1"]],
    }


def test_setting_it_again_replaces_it(shop):
    set_price(shop.pk, "ada", Override("vllm", "house-1", ONE | {("output", 0): Decimal(9)}))
    set_price(shop.pk, "bob", Override("vllm", "house-1", TWO))
    assert usd(shop) == 2
    assert ModelPrice.objects.filter(project_id=shop.pk).count() == 1
    newest = noted()[-1]
    assert newest.details["before"] == [["input", 0, "1"], ["output", 0, "9"]]


def test_a_price_may_move_to_other_days(shop):
    old = Override("vllm", "house-1", ONE)
    set_price(shop.pk, "ada", old)
    set_price(shop.pk, "ada", Override("vllm", "house-1", TWO, valid_from=TODAY), replacing=old)
    assert usd(shop) == 2
    assert usd(shop, day=date(2026, 11, 24)) == Why.UNKNOWN_MODEL


def test_on_no_day_two_prices_hold(shop):
    set_price(shop.pk, "ada", Override("vllm", "house-1", ONE, valid_to=TODAY))
    with pytest.raises(Overlapping, match="from the beginning until 2026-11-25"):
        set_price(shop.pk, "ada", Override("vllm", "house-1", TWO, valid_from=date(2026, 11, 24)))
    set_price(shop.pk, "ada", Override("vllm", "house-1", TWO, valid_from=TODAY))
    set_price(shop.pk, "ada", Override("vllm", "house-1", TWO, service_tier="batch"))
    assert [usd(shop, day=day) for day in (date(2026, 11, 24), TODAY)] == [1, 2]
    assert len(own_prices(shop.pk, 10)) == 3
    assert len(noted()) == 3


def test_without_it_the_price_list_holds_again(shop):
    set_price(shop.pk, "ada", Override("openai", "gpt-4o", ONE))
    assert usd(shop, "gpt-4o", "openai") == 1
    assert remove_price(shop.pk, "ada", Override("openai", "gpt-4o"))
    assert usd(shop, "gpt-4o", "openai") == 2
    assert not remove_price(shop.pk, "ada", Override("openai", "gpt-4o"))
    assert [change.what for change in noted()] == [
        "Set the price of openai/gpt-4o.",
        "Removed the price of openai/gpt-4o.",
    ]


def test_nobody_removes_what_another_project_set(shop, other):
    set_price(shop.pk, "ada", Override("vllm", "house-1", ONE))
    set_alias(shop.pk, "ada", "router", "openai", "gpt-4o")
    assert not remove_price(other.pk, "eve", Override("vllm", "house-1"))
    assert not remove_alias(other.pk, "eve", "router")
    assert (own_prices(other.pk, 10), aliases(other.pk)) == ([], [])
    assert not is_listed(other.pk, "vllm", "house-1")
    assert is_listed(shop.pk, "vllm", "house-1")
    assert (usd(shop), usd(shop, "router")) == (1, 2)


def test_a_name_means_a_model_until_it_does_not(shop, other):
    set_alias(shop.pk, "ada", " Router ", "openai", "gpt-4o")
    assert (usd(shop, "router"), usd(other, "router")) == (2, Why.UNKNOWN_MODEL)
    set_alias(shop.pk, "ada", "router", "openai", "gpt-4.1")
    assert ModelAlias.objects.get().model == "gpt-4.1"
    assert remove_alias(shop.pk, "ada", "router")
    assert usd(shop, "router") == Why.UNKNOWN_MODEL
    assert [change.details["before"] for change in noted()] == [
        [],
        ["openai/gpt-4o"],
        ["openai/gpt-4.1"],
    ]


def test_a_name_may_mean_a_model_that_the_project_has_a_price_of(shop):
    set_price(shop.pk, "ada", Override("vllm", "house-1", ONE))
    set_alias(shop.pk, "ada", "router", "vllm", "house-1")
    assert usd(shop, "router", "litellm") == 1


def test_a_change_of_another_process_is_known_within_seconds(shop, monkeypatch):
    assert usd(shop) == Why.UNKNOWN_MODEL
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into model_price (project_id, provider, model, unit, usd_per_million, source,"
            " tier_from) values (%s, 'vllm', 'house-1', 'input', 1, 'project', 0),"
            " (null, 'vllm', 'house-2', 'input', 3, 'list, 1', 0)",
            [shop.pk],
        )
    assert usd(shop) == Why.UNKNOWN_MODEL
    later = book_module.monotonic() + book_module.STALE_AFTER + 1
    monkeypatch.setattr(book_module, "monotonic", lambda: later)
    assert (usd(shop), usd(shop, "house-2")) == (1, 3)


def test_as_long_as_nothing_changes_the_book_is_kept(shop, monkeypatch):
    before = price_book(shop.pk)
    later = book_module.monotonic() + book_module.STALE_AFTER + 1
    monkeypatch.setattr(book_module, "monotonic", lambda: later)
    assert price_book(shop.pk) is before
    shelf.clear()
    assert price_book(shop.pk) is not before


def test_a_project_has_only_so_many_prices_and_names(shop, other, monkeypatch):
    monkeypatch.setattr(write, "MOST_PRICES", 1)
    monkeypatch.setattr(write, "MOST_NAMES", 1)
    set_price(shop.pk, "ada", Override("", "house-1", ONE))
    set_alias(shop.pk, "ada", "prod", "openai", "gpt-4o")
    with pytest.raises(TooMany):
        set_price(shop.pk, "ada", Override("", "house-2", ONE))
    with pytest.raises(TooMany):
        set_alias(shop.pk, "ada", "test", "openai", "gpt-4o")
    set_price(shop.pk, "ada", Override("", "house-1", TWO))
    set_alias(shop.pk, "ada", "prod", "openai", "gpt-4o-mini")
    set_price(other.pk, "ada", Override("", "house-2", ONE))
