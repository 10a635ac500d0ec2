"""A new price list holds from its day on: yesterday keeps its prices."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.prices.book import price_book
from agentscope.prices.history import Period, up_to_date
from agentscope.prices.importing import Imported, import_prices
from agentscope.prices.models import ModelPrice
from agentscope.prices.price import Call, price_call
from agentscope.vocabulary import Buckets

TODAY = date(2026, 11, 25)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
DAYS = [TODAY + timedelta(days=days) for days in range(-5, 6)]


def row(usd, unit="input", tier="", since=None, source="list, 1"):
    return ("p", "m", unit, tier, 0, Decimal(usd), since, None, source)


def usd_on(day, **used):
    """What a million tokens cost on a day."""
    call = Call("p", "m", day, "", Buckets(**used or {"fresh_input": 10**6}))
    pico = price_call(price_book(), call).pico
    return None if pico is None else pico // 10**12


@pytest.mark.django_db
def test_it_works():
    assert import_prices([row(1), row(5, "output")], YESTERDAY) == Imported(2, 0, 0, 0)
    assert import_prices([row(2), row(5, "output")], TODAY) == Imported(0, 1, 0, 1)
    assert [usd_on(day) for day in (YESTERDAY, TODAY, TOMORROW)] == [1, 2, 2]
    found = ModelPrice.objects.filter(model="m", unit="input").order_by("valid_from")
    periods = list(found.values_list("usd_per_million", "valid_from", "valid_to"))
    assert sorted(periods) == [(1, None, TODAY), (2, TODAY, None)]


@pytest.mark.django_db
def test_the_same_list_twice_is_the_list():
    rows = [row(2), row(5, "output")]
    import_prices([row(1)], YESTERDAY)
    import_prices(rows, TODAY)
    before = set(ModelPrice.objects.filter(model="m").values_list("pk", flat=True))
    assert import_prices(rows, TODAY) == Imported(0, 0, 0, 2)
    assert set(ModelPrice.objects.filter(model="m").values_list("pk", flat=True)) == before


@pytest.mark.django_db
def test_a_price_that_will_change_as_it_was_said_before_is_no_news():
    later = TODAY + timedelta(days=30)

    def listed(source, then):
        now = (*row(1, source=source)[:6], None, later, source)
        return [now, row(then, since=later, source=source)]

    import_prices(listed("list, 1", 2), YESTERDAY)
    assert import_prices(listed("list, 2", 2), TODAY) == Imported(0, 0, 0, 1)
    assert import_prices(listed("list, 3", 3), TOMORROW) == Imported(0, 1, 0, 0)
    assert [usd_on(day) for day in (TOMORROW, later)] == [1, 3]


@pytest.mark.django_db
def test_a_model_that_had_no_price_has_one_since_ever():
    import_prices([row(1)], TODAY)
    assert usd_on(date(2020, 1, 1)) == 1


@pytest.mark.django_db
def test_a_unit_that_had_no_price_of_its_own_has_one_from_today():
    import_prices([row(10)], YESTERDAY)
    import_prices([row(10), row(1, "cache_read")], TODAY)
    assert [usd_on(day, cache_read=10**6) for day in (YESTERDAY, TODAY)] == [10, 1]


@pytest.mark.django_db
def test_what_a_list_no_longer_names_of_its_models_ends():
    import_prices([row(10), row(1, "cache_read")], YESTERDAY)
    assert import_prices([row(10, source="list, 2")], TODAY) == Imported(0, 0, 1, 1)
    assert [usd_on(day, cache_read=10**6) for day in (YESTERDAY, TODAY)] == [1, 10]


@pytest.mark.django_db
def test_what_another_list_named_stays():
    import_prices(
        [row(10, tier="batch", source="litellm, 1"), row(1, "request", source="x, 1")], TODAY
    )
    import_prices([row(10)], TODAY)
    assert ModelPrice.objects.filter(model="m", valid_to=None).count() == 3


@pytest.mark.django_db
def test_another_project_has_other_prices():
    import_prices([row(1)], TODAY)
    import_prices([row(2)], TODAY, project_id=7)
    call = Call("p", "m", TODAY, "", Buckets(fresh_input=10**6))
    picos = [price_call(price_book(project), call).pico for project in (None, 7, 8)]
    assert picos == [10**12, 2 * 10**12, 10**12]


def history(changes):
    """Prices from a day to the next change."""
    days = sorted(changes)
    ends = [*days[1:], date.max][: len(days)]
    return [
        Period(since, until, Decimal(changes[since]), "s")
        for since, until in zip(days, ends, strict=True)
    ]


def price_on(periods, day):
    found = [period.usd for period in periods if period.since <= day < period.until]
    assert len(found) <= 1
    return found[0] if found else None


HISTORIES = st.dictionaries(st.sampled_from([date.min, *DAYS]), st.integers(0, 3), max_size=5).map(
    history
)


@given(HISTORIES, HISTORIES, st.sampled_from(DAYS))
def test_an_import_changes_no_day_before_it_and_all_from_it_on(old, new, day):
    found = up_to_date(old, new, day)
    for each in [date.min, *DAYS, date(2100, 1, 1)]:
        assert price_on(found, each) == price_on(old if each < day else new, each)
    assert up_to_date(found, new, day) == found
