"""The prices that come with AgentScope, and how they get into the table."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from agentscope.prices import catalogue
from agentscope.prices.book import price_book
from agentscope.prices.catalogue import catalogue_of, read_catalogue, rows_of, write_catalogue
from agentscope.prices.management.commands.load_prices import installed_catalogue
from agentscope.prices.models import ModelPrice
from agentscope.prices.write import bring_bundled_prices, replace_prices

CATALOGUE = {
    "source": "genai-prices 9",
    "taken_on": "2026-11-25",
    "models": [
        {
            "provider": "openai",
            "names": ["m", "m-alias"],
            "prices": [
                {"from": None, "to": "2026-01-01", "input": {"0": "2.5", "201": "5"}},
                {"from": "2026-01-01", "to": None, "input": {"0": "0.00000001"}},
            ],
        }
    ],
}


def test_it_works():
    assert list(rows_of(CATALOGUE))[:3] == [
        *(
            (
                "openai",
                "m",
                "input",
                tier,
                usd,
                None,
                date(2026, 1, 1),
                "genai-prices 9, 2026-11-25",
            )
            for tier, usd in ((0, Decimal("2.5")), (201, Decimal(5)))
        ),
        (
            *("openai", "m", "input", 0, Decimal("0.00000001")),
            *(date(2026, 1, 1), None, "genai-prices 9, 2026-11-25"),
        ),
    ]


def test_the_file_is_what_the_installed_genai_prices_says():
    installed = installed_catalogue()
    bundled = read_catalogue()
    assert bundled["source"] == installed["source"]
    assert bundled["models"] == installed["models"], "renew it: manage.py load_prices --write"


def test_every_name_of_a_seller_has_one_price_a_day():
    keys = [(*row[:4], row[5]) for row in rows_of(read_catalogue())]
    assert len(keys) == len(set(keys))


def test_a_catalogue_survives_its_file(tmp_path):
    write_catalogue(CATALOGUE, tmp_path / "prices.json")
    assert read_catalogue(tmp_path / "prices.json") == CATALOGUE


def test_models_without_a_price_for_text_are_left_out():
    assert catalogue_of([], "none", date(2026, 1, 1))["models"] == []
    assert all(
        any("input" in price for price in model["prices"]) for model in read_catalogue()["models"]
    )


@pytest.mark.django_db
def test_loading_replaces_the_catalogue_and_keeps_what_people_entered():
    own = ModelPrice.objects.create(
        provider="home", model="m", unit="input", usd_per_million=1, source="entered by ada"
    )
    for _ in range(2):
        assert replace_prices(CATALOGUE) == 6
    assert ModelPrice.objects.count() == 7
    assert ModelPrice.objects.filter(pk=own.pk).exists()
    assert price_book().rates("openai", "m-alias", date(2025, 1, 1), 201).input == 500_000_000


@pytest.mark.django_db
def test_a_fresh_installation_has_prices():
    assert ModelPrice.objects.filter(provider="openai", model="gpt-4o", unit="input").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("taken_on", "stays"), [("2020-01-01", False), ("2099-01-01", True)])
def test_a_release_brings_its_prices_unless_newer_ones_are_there(taken_on, stays):
    replace_prices(CATALOGUE | {"taken_on": taken_on})
    bring_bundled_prices()
    assert ModelPrice.objects.filter(model="m-alias").exists() is stays


@pytest.mark.django_db
@pytest.mark.parametrize("options", [[], ["--bundled"]])
def test_the_command_loads_them(options):
    said = StringIO()
    call_command("load_prices", *options, stdout=said)
    assert said.getvalue().startswith("Loaded ")
    assert ModelPrice.objects.filter(provider="openai", model="gpt-4o").exists()


def test_the_command_writes_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(write_catalogue, "__defaults__", (tmp_path / "prices.json",))
    call_command("load_prices", "--write", stdout=StringIO())
    assert catalogue.read_catalogue(tmp_path / "prices.json")["models"]
