"""The price list by machine: found, paged, of a day, as a table, and never another project's."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest

from agentscope.prices.importing import import_prices
from agentscope.prices.models import ModelPrice
from agentscope.prices.write import Override, set_price
from agentscope.projects.write import create_project

TODAY = date(2026, 11, 25)
URL = "/api/v1/prices"


@pytest.fixture(autouse=True)
def listed(shop):
    """A short price list."""
    ModelPrice.objects.all().delete()
    rows = [
        ("acme", f"m{number}", unit, "", size, Decimal(usd), None, None, "list, 1")
        for number in range(4)
        for unit, size, usd in (("output", 0, 5), ("input", 0, 1), ("input", 200_001, 2))
    ]
    import_prices(rows, TODAY)


def found(client, query=""):
    return client.get(f"{URL}?{query}").json()


def test_it_works(client):
    answer = found(client, "search=ME/M2")
    assert answer == {
        "models": [
            {
                "own": False,
                "provider": "acme",
                "model": "m2",
                "service_tier": "",
                "prices": [
                    price("input", None, "1"),
                    price("input", 200_000, "2"),
                    price("output", None, "5"),
                ],
            }
        ],
        "total": 1,
        "next": None,
        "truncated": False,
    }


def price(unit, above, usd):
    return {
        "unit": unit,
        "above_input_tokens": above,
        "usd_per_million": usd,
        "valid_from": None,
        "valid_to": None,
        "source": "list, 1",
    }


def test_every_page_has_the_next_ones(client):
    names, query = [], "limit=3"
    for _ in range(2):
        answer = found(client, query)
        names += [each["model"] for each in answer["models"]]
        assert answer["total"] == 4
        query = f"limit=3&cursor={answer['next']}"
    assert names == ["m0", "m1", "m2", "m3"]
    assert (answer["next"], answer["truncated"]) == (None, False)


def test_what_the_project_set_comes_first_and_is_nobody_elses(client, shop):
    set_price(shop.pk, "ada", Override("acme", "m3", {("input", 0): Decimal(7)}))
    set_price(create_project("other").pk, "ada", Override("", "x", {("input", 0): Decimal(7)}))
    answer = found(client)
    assert [(each["own"], each["model"]) for each in answer["models"]] == [
        (True, "m3"),
        *((False, f"m{number}") for number in range(4)),
    ]
    assert found(client, "search=x")["models"] == []


def test_prices_of_a_day(client):
    import_prices([("acme", "m0", "input", "", 0, Decimal(3), None, None, "list, 2")], TODAY)
    usd = [
        {
            each["usd_per_million"]
            for each in found(client, f"model=m0&at={day}")["models"][0]["prices"]
            if each["unit"] == "input" and each["above_input_tokens"] is None
        }
        for day in ("2026-11-24", "2026-11-25")
    ]
    assert usd == [{"1"}, {"3"}]


def test_the_table_has_every_price(client):
    text = b"".join(client.get(f"{URL}?format=csv&provider=acme")).decode()
    rows = list(csv.DictReader(StringIO(text)))
    assert len(rows) == 12
    assert rows[1] == {
        "own": "false",
        "provider": "acme",
        "model": "m0",
        "service_tier": "",
        "unit": "input",
        "above_input_tokens": "200000",
        "usd_per_million": "2",
        "valid_from": "",
        "valid_to": "",
        "source": "list, 1",
    }


@pytest.mark.parametrize(
    ("query", "name"),
    [("at=never", "at"), ("cursor=x", "cursor"), ("limit=0", "limit"), ("seach=m", "seach")],
)
def test_what_cannot_be_read_is_named(client, query, name):
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(f"{name}:")
