"""Price lists in LiteLLM's format: every price with a place in the table, the rest counted."""

import io
import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from agentscope.prices.book import book_of, price_book
from agentscope.prices.litellm import NoPriceList, read_price_list
from agentscope.prices.models import ModelPrice
from agentscope.prices.price import Call, price_call
from agentscope.projects.changes import changes_of
from agentscope.projects.write import create_project
from agentscope.vocabulary import Buckets, Why

TODAY = date(2026, 11, 25)
LIST = {
    "sample_spec": {"litellm_provider": "one of …", "input_cost_per_token": 1.0},
    "gpt-x": {
        "litellm_provider": "openai",
        "input_cost_per_token": 5e-06,
        "output_cost_per_token": 3e-05,
        "cache_read_input_token_cost": 5e-07,
        "output_cost_per_reasoning_token": 4e-05,
        "input_cost_per_audio_token": 1e-05,
        "input_cost_per_token_batches": 2.5e-06,
        "input_cost_per_token_flex": 2e-06,
        "input_cost_per_token_priority": 1.25e-05,
        "input_cost_per_token_above_272k_tokens": 1e-05,
        "input_cost_per_token_above_272k_tokens_priority": 2.5e-05,
        "input_cost_per_image": 0.001,
        "max_input_tokens": 400000,
        "search_context_cost_per_query": {
            "search_context_size_low": 0.01,
            "search_context_size_medium": 0.0125,
        },
    },
    "bedrock/eu.anthropic.claude-y-v1:0": {
        "litellm_provider": "bedrock_converse",
        "input_cost_per_token": 3e-06,
        "output_cost_per_token": None,
        "cache_creation_input_token_cost": 3.75e-06,
        "cache_creation_input_token_cost_above_1hr": 6e-06,
        "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 1.2e-05,
    },
    "openrouter/acme/z": {"litellm_provider": "openrouter", "input_cost_per_token": 0},
    "gemini/g": {"litellm_provider": "gemini", "input_cost_per_token": 1e-06},
    "g": {"litellm_provider": "vertex_ai-language-models", "input_cost_per_token": 2e-06},
    "dall-e": {"litellm_provider": "openai", "output_cost_per_image": 0.04},
    "q": {"litellm_provider": "dashscope", "tiered_pricing": [{"input_cost_per_token": 1e-06}]},
}


def read(found=None):
    return read_price_list(json.dumps(LIST if found is None else found), TODAY)


def test_it_works():
    prices = read()
    assert [row[1:6] for row in prices.rows if row[0] == "openai"] == [
        ("gpt-x", "input", "", 0, Decimal(5)),
        ("gpt-x", "output", "", 0, Decimal(30)),
        ("gpt-x", "cache_read", "", 0, Decimal("0.5")),
        ("gpt-x", "reasoning", "", 0, Decimal(40)),
        ("gpt-x", "audio_input", "", 0, Decimal(10)),
        ("gpt-x", "input", "batch", 0, Decimal("2.5")),
        ("gpt-x", "input", "flex", 0, Decimal(2)),
        ("gpt-x", "input", "priority", 0, Decimal("12.5")),
        ("gpt-x", "input", "", 272_001, Decimal(10)),
        ("gpt-x", "input", "priority", 272_001, Decimal(25)),
        ("gpt-x", "web_search", "", 0, Decimal(12_500)),
    ]
    assert prices.models == 4


def test_what_has_no_place_is_counted():
    assert read().left_out == {
        "input_cost_per_image": 1,
        "output_cost_per_image": 1,
        "no price (null)": 1,
        "another price of the same model": 1,
        "tiered_pricing": 1,
    }


def test_names_and_sellers_are_those_of_our_list():
    named = {row[:2] for row in read().rows}
    assert named == {
        ("openai", "gpt-x"),
        ("aws", "eu.anthropic.claude-y-v1:0"),
        ("openrouter", "acme/z"),
        ("google", "g"),
    }


def test_null_is_unknown_and_only_zero_is_free():
    book = book_of(read().rows)
    used = Buckets(output_text=1)
    unknown = price_call(book, Call("aws", "eu.anthropic.claude-y-v1:0", TODAY, "", used))
    assert (unknown.pico, unknown.why) == (None, Why.NO_RATE)
    free = price_call(book, Call("openrouter", "acme/z", TODAY, "", Buckets(fresh_input=1)))
    assert free.pico == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"m": {"input_cost_per_token": "a lot"}}'])
def test_what_is_no_price_list_is_refused(text):
    with pytest.raises(NoPriceList):
        read_price_list(text, TODAY)


@pytest.mark.parametrize("value", [True, -1e-6, "1", 1e30, [1]])
def test_what_is_no_price_is_left_out(value):
    odd = {"m": {"litellm_provider": "p", "input_cost_per_token": value}}
    assert read(LIST | odd).left_out["not a price"] == 1


@pytest.mark.django_db
def test_the_command_says_what_it_did(tmp_path):
    path = tmp_path / "prices.json"
    path.write_text(json.dumps(LIST))
    said = io.StringIO()
    call_command("import_prices", str(path), stdout=said)
    assert said.getvalue().splitlines() == [
        "4 models: 17 prices added, 0 changed from today on, 0 ended, 0 as before.",
        "5 prices left out: input_cost_per_image 1, no price (null) 1, another price of the same"
        " model 1, output_cost_per_image 1, tiered_pricing 1.",
    ]


@pytest.mark.django_db
def test_a_project_has_a_list_of_its_own(monkeypatch):
    ours, theirs = create_project("ours"), create_project("theirs")
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(LIST)))
    call_command("import_prices", "-", "--project", "ours", stdout=io.StringIO())
    call = Call("openai", "gpt-x", TODAY, "", Buckets(fresh_input=10**5))
    assert price_call(price_book(ours.pk), call).pico == 5 * 10**11
    assert price_call(price_book(theirs.pk), call).why == Why.UNKNOWN_MODEL
    assert set(ModelPrice.objects.filter(model="gpt-x").values_list("project_id", flat=True)) == {
        ours.pk
    }
    (change,) = changes_of(ours.pk, None, 9)
    assert change.what == "Imported the prices of 4 models."
    assert change.details["added"] == 17


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [["nowhere.json"], ["-"], ["-", "--project", "nobody"]])
def test_the_command_refuses_what_it_cannot_do(arguments, monkeypatch):
    text = json.dumps(LIST) if "nobody" in arguments else "no JSON"
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    with pytest.raises(CommandError):
        call_command("import_prices", *arguments)
