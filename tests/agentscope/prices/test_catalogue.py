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
from agentscope.prices.write import bring_bundled_prices, bring_catalogue

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
    source = "genai-prices 9, 2026-11-25"
    new_year = date(2026, 1, 1)
    assert list(rows_of(CATALOGUE))[:3] == [
        ("openai", "m", "input", "", 0, Decimal("2.5"), None, new_year, source),
        ("openai", "m", "input", "", 201, Decimal(5), None, new_year, source),
        ("openai", "m", "input", "", 0, Decimal("0.00000001"), new_year, None, source),
    ]


def test_the_file_is_what_the_installed_genai_prices_says():
    installed = installed_catalogue()
    bundled = read_catalogue()
    for what in ("source", "left_out", "models"):
        assert bundled[what] == installed[what], "renew it: manage.py load_prices --write"


def test_every_name_of_a_seller_has_one_price_a_day():
    keys = [(*row[:5], row[6]) for row in rows_of(read_catalogue())]
    assert len(keys) == len(set(keys))


def test_every_unit_that_genai_prices_knows_of_comes_along():
    units = {row[2] for row in rows_of(read_catalogue())}
    assert units == {unit.value for unit in ModelPrice.Unit}


def test_a_search_is_priced_by_the_million_like_everything_else():
    found = [
        row for row in rows_of(read_catalogue()) if row[:3] == ("openai", "gpt-4o", "web_search")
    ]
    assert [row[5] for row in found] == [Decimal(10_000)]  # $10 per thousand


def test_a_catalogue_survives_its_file(tmp_path):
    write_catalogue(CATALOGUE, tmp_path / "prices.json")
    assert read_catalogue(tmp_path / "prices.json") == CATALOGUE


def test_models_without_a_price_of_a_known_unit_are_left_out():
    assert catalogue_of([], "none", date(2026, 1, 1))["models"] == []
    units = {unit.value for unit in ModelPrice.Unit}
    assert all(
        any(units & set(price) for price in model["prices"]) for model in read_catalogue()["models"]
    )


@pytest.mark.django_db
def test_loading_keeps_what_people_entered():
    own = ModelPrice.objects.create(
        provider="home", model="m", unit="input", usd_per_million=1, source="entered by ada"
    )
    before = ModelPrice.objects.count()
    for _ in range(2):
        bring_catalogue(CATALOGUE)
        assert ModelPrice.objects.count() == before + 6
    assert ModelPrice.objects.filter(pk=own.pk).exists()
    sheet = price_book().sheet("openai", "m-alias", date(2025, 1, 1), "")
    assert [rates.by_bucket[0] for rates in sheet] == [250_000_000, 500_000_000]


@pytest.mark.django_db
def test_a_fresh_installation_has_prices():
    assert ModelPrice.objects.filter(provider="openai", model="gpt-4o", unit="input").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("taken_on", "comes"), [("2020-01-01", True), ("2099-01-01", False)])
def test_a_release_brings_its_prices_unless_newer_ones_are_there(taken_on, comes):
    ModelPrice.objects.all().delete()
    bring_catalogue(CATALOGUE | {"taken_on": taken_on})
    bring_bundled_prices()
    assert ModelPrice.objects.filter(model="gpt-4o").exists() is comes


@pytest.mark.django_db
@pytest.mark.parametrize("options", [[], ["--bundled"]])
def test_the_command_loads_them_and_says_what_it_left_out(options):
    ModelPrice.objects.filter(model="gpt-4o").delete()
    said = StringIO()
    call_command("load_prices", *options, stdout=said)
    assert " prices added, 0 changed from today on, 0 ended, " in said.getvalue()
    assert "Left out, for there is no such unit: audio_hours 21, " in said.getvalue()
    assert ModelPrice.objects.filter(provider="openai", model="gpt-4o").exists()


def test_the_command_writes_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(write_catalogue, "__defaults__", (tmp_path / "prices.json",))
    call_command("load_prices", "--write", stdout=StringIO())
    assert catalogue.read_catalogue(tmp_path / "prices.json")["models"]
