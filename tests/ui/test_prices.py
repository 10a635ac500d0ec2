"""The pages of prices: found, set, removed, named, and history priced again after a preview."""

from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from agentscope.costs.days import claim_day
from agentscope.jobs.models import Job
from agentscope.pipeline import add_up_day, examine
from agentscope.prices.models import ModelAlias, ModelPrice
from agentscope.prices.read import own_prices
from agentscope.prices.write import Override, set_alias, set_price
from agentscope.projects.models import Project
from agentscope.traces.ids import span_hex
from agentscope.traces.models import Span, Trace
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Kind, Meaning, Usage
from tests.kit.changes import the_change
from tests.kit.jobs import end_jobs
from tests.ui.traces import TRACE_ID, span

LIST = "/p/shop/prices/"
SET, NAMES, UNPRICED = f"{LIST}set/", f"{LIST}names/", f"{LIST}unpriced/"
HISTORY = f"{LIST}history/"
PAGES = [LIST, SET, NAMES, UNPRICED, HISTORY]
EMPTY = {"model": "house-1", "provider": "", "service_tier": "", "usd_input": "2"}


@pytest.fixture
def call(project) -> Trace:
    """An examined trace with one call of a model without a price, added up by day."""
    model = Meaning(Kind.LLM, model="house-1", provider="vllm", usage=Usage(600_000, 400_000))
    save_spans(project.pk, [span(1, meaning=model, name="chat house-1")])
    examine(project.pk, TRACE_ID)
    while day := claim_day():
        add_up_day(day)
    return Trace.objects.get(trace_id=TRACE_ID)


@pytest.mark.parametrize("address", PAGES)
def test_it_works(client, embedded, project, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert 'aria-current="page">Prices' in answer.text


@pytest.mark.parametrize("address", PAGES)
def test_only_members_see_it(client, production, charlie, project, address):
    assert client.get(address)["Location"].startswith("/login/")
    client.force_login(charlie)
    assert client.get(address).status_code == 404
    assert client.post(address, EMPTY).status_code in {404, 405}
    assert not ModelPrice.objects.filter(project_id=project.pk).exists()


def test_forms_are_safe_from_other_sites(embedded, project):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post(SET, EMPTY).status_code == 403


def test_the_price_list_is_searched_and_paged(client, embedded, project):
    first = client.get(LIST, {"q": "openai/GPT-4o"}).text
    assert "gpt-4o-mini" in first
    assert "claude" not in first
    assert "$2.5" in first
    everything = client.get(LIST).text
    assert "models: 50 shown" in " ".join(everything.split())
    following = everything.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(following).status_code == 200
    assert "No model" in client.get(LIST, {"q": "nothing is called so"}).text


def test_the_price_list_of_another_day(client, embedded, project):
    for day, usd in (("2025-06-01", "$10"), ("2025-06-10", "$2")):
        text = " ".join(client.get(LIST, {"q": "openai/o3", "at": day}).text.split())
        assert f"The price list on {day}" in text
        assert f'<strong>o3</strong> <small>openai</small> </td> <td class="number">{usd}<' in text
    assert "The price list today" in " ".join(client.get(LIST, {"at": "then"}).text.split())


@pytest.mark.parametrize("address", [f"{LIST}?q=gpt-4o", UNPRICED])
def test_every_table_can_be_had_whole(client, embedded, project, call, address):
    part = client.get(address).text.split('class="exports"')[1].split("</")[0]
    link = part.split('href="')[1].split('"')[0].replace("&amp;", "&")
    rows = b"".join(client.get(link, headers={"host": "localhost"})).decode().splitlines()
    assert len(rows) > 1


def test_a_price_in_plain_words(client, embedded, project):
    text = " ".join(client.get(LIST, {"q": "anthropic/claude-sonnet-4-5"}).text.split())
    assert "calls with more than 200,000 input tokens: input $6" in text
    assert "1,000 web searches $10" in text


def test_the_page_makes_as_many_queries_whatever_is_on_it(
    client, embedded, project, django_assert_num_queries
):
    for number in range(20):
        price = Override("acme", f"m{number}", {("input", 0): Decimal(1)})
        set_price(project.pk, "ada", price)
        set_alias(project.pk, "ada", f"n{number}", "openai", "gpt-4o")
    client.get(LIST)
    with django_assert_num_queries(7):
        client.get(LIST)


def test_setting_a_price_leads_to_history(client, embedded, project, call):
    answer = client.post(
        SET, EMPTY | {"usd_web_search": "10", "size": "200000", "large_input": "4"}
    )
    assert urlsplit(answer["Location"]).path == HISTORY
    assert parse_qs(urlsplit(answer["Location"]).query) == {"changed": ["1"], "model": ["house-1"]}
    (found,) = own_prices(project.pk, 10)
    assert [(p.unit, p.tier_from, p.usd_per_million) for p in found.prices] == [
        ("input", 0, 2),
        ("input", 200_001, 4),
        ("web_search", 0, 10_000),
    ]
    change = the_change()
    assert (change.who, change.what) == ("somebody", "Set the price of house-1.")
    assert "house-1" in client.get(answer["Location"]).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"model": ""}, "This field is required."),
        ({"usd_input": ""}, "Say what it costs; 0 is free."),
        ({"usd_input": "-1"}, "greater than or equal to 0"),
        ({"usd_input": "cheap"}, "Enter a number."),
        ({"valid_from": "2026-11-02", "valid_to": "2026-11-01"}, "not after the first day"),
        ({"large_output": "3"}, "Say how large a call must be"),
        ({"service_tier": "slow"}, "Select a valid choice"),
        ({"model": "m\0"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(client, embedded, project, wrong, said):
    answer = client.post(SET, EMPTY | wrong)
    assert answer.status_code == 200
    assert said in answer.text
    assert not ModelPrice.objects.filter(project_id=project.pk).exists()


def test_two_prices_never_hold_on_one_day(client, embedded, project):
    client.post(SET, EMPTY | {"valid_to": "2026-12-01"})
    answer = client.post(SET, EMPTY | {"valid_from": "2026-11-30"})
    assert "Another price of this model holds from the beginning until 2026-12-01." in answer.text
    assert client.post(SET, EMPTY | {"valid_from": "2026-12-01"}).status_code == 302


def test_a_price_is_changed_and_removed(client, embedded, project):
    client.post(SET, EMPTY)
    edit = client.get(LIST).text.split('<a href="/p/shop/prices/set/')[1].split('"')[0]
    edit = SET + edit.replace("&amp;", "&")
    assert 'value="2"' in client.get(edit).text
    client.post(edit, EMPTY | {"usd_input": "3", "valid_from": "2026-11-01"})
    (found,) = own_prices(project.pk, 10)
    assert (found.prices[0].usd_per_million, found.prices[0].valid_from) == (3, date(2026, 11, 1))
    names = {"provider": "", "model": "house-1", "tier": "", "from": "2026-11-01"}
    assert client.post(f"{LIST}remove/", names).status_code == 302
    assert own_prices(project.pk, 10) == []
    assert client.post(f"{LIST}remove/", names).status_code == 404
    assert client.post(f"{LIST}remove/", names | {"from": "never"}).status_code == 404


def test_the_form_starts_with_what_the_list_says(client, embedded, project):
    text = client.get(SET, {"provider": "openai", "model": "gpt-4o"}).text
    assert 'value="2.5"' in text
    assert 'value="gpt-4o"' in text


def test_a_name_means_a_model_of_the_list(client, embedded, project, call):
    assert "openai/gpt-4o" in client.get(NAMES, {"name": "gpt-4o-prod"}).text
    wrong = client.post(NAMES, {"name": "house-1", "target": "openai/nothing"})
    assert "The price list has no such model" in wrong.text
    answer = client.post(NAMES, {"name": "House-1", "target": "openai/gpt-4o"})
    assert parse_qs(urlsplit(answer["Location"]).query)["model"] == ["house-1"]
    alias = ModelAlias.objects.get()
    assert (alias.name, alias.provider, alias.model) == ("house-1", "openai", "gpt-4o")
    assert client.post(f"{NAMES}remove/", {"name": "house-1"}).status_code == 302
    assert client.post(f"{NAMES}remove/", {"name": "house-1"}).status_code == 404


def test_a_name_may_mean_a_model_of_the_project_or_of_a_reseller(client, embedded, project):
    set_price(project.pk, "ada", Override("", "house-2", {("input", 0): Decimal(1)}))
    for target, found in (
        ("house-2", ("", "house-2")),
        ("openrouter/anthropic/claude-sonnet-4.5", ("openrouter", "anthropic/claude-sonnet-4.5")),
    ):
        client.post(NAMES, {"name": "router", "target": target})
        alias = ModelAlias.objects.get()
        assert (alias.provider, alias.model) == found


def test_thresholds_without_room_in_the_form_are_said(client, embedded, project):
    usd = {("input", size): Decimal(1) for size in (0, 32_001, 128_001)}
    set_price(project.pk, "ada", Override("p", "m", usd, valid_from=date(2026, 11, 1)))
    address = {"provider": "p", "model": "m", "from": "2026-11-01", "own": "1"}
    text = client.get(SET, address).text
    assert "further thresholds (128000 input tokens)" in text
    assert 'value="2026-11-01"' in text


def test_models_without_a_price_say_why_and_what_can_be_done(client, embedded, project, call):
    text = " ".join(client.get(UNPRICED).text.split())
    assert "1 model, 1 charge, 1,000,000 tokens" in text
    assert "No price for model house-1." in text
    assert f"{SET}?provider=vllm&amp;model=house-1" in text
    assert f"{NAMES}?name=house-1" in text
    set_price(project.pk, "ada", Override("", "house-1", {("input", 0): Decimal(1)}))
    assert "It has a price now." in client.get(UNPRICED).text


def test_where_no_price_would_help_none_is_offered(client, embedded, project):
    save_spans(project.pk, [span(1, meaning=Meaning(Kind.LLM, model="gpt-4o"), name="chat")])
    examine(project.pk, TRACE_ID)
    while day := claim_day():
        add_up_day(day)
    text = client.get(UNPRICED).text
    assert "No tokens were reported." in text
    assert "Is the same as" not in text


def test_another_projects_models_are_not_there(client, embedded, project, call):
    Project.objects.create(name="other")
    assert "Everything has a price" in client.get(UNPRICED.replace("shop", "other")).text


def test_tokens_that_nobody_reported_are_not_none(client, embedded, project):
    silent = Meaning(Kind.LLM, model="house-1", provider="vllm")
    save_spans(project.pk, [span(1, meaning=silent, name="chat house-1")])
    examine(project.pk, TRACE_ID)
    while day := claim_day():
        add_up_day(day)
    text = " ".join(client.get(UNPRICED).text.split())
    assert "1 model, 1 charge, an unknown number of tokens." in text


def test_a_span_says_that_its_history_was_not_priced_again(client, embedded, project, call):
    address = f"/p/shop/traces/{call.trace_id.hex}/?span={span_hex(Span.objects.get().span_id)}"
    assert "Set a price for this model" in client.get(address).text
    client.post(SET, EMPTY | {"usd_output": "5"})
    text = " ".join(client.get(address).text.split())
    assert "It was billed with its cost unknown; today&#x27;s give $3.2." in text
    assert f'href="{HISTORY}?model=house-1">Price this model' in text
    assert "Set a price for this model" not in text
    examine(project.pk, call.trace_id)
    text = " ".join(client.get(address).text.split())
    assert "house-1, since ever, set by this project instead of the list" in text
    assert "Prices today" not in text


def test_history_is_priced_again_after_a_preview(client, embedded, project, call):
    client.post(SET, EMPTY | {"usd_output": "5"})
    preview = client.post(f"{HISTORY}?model=house-1", {"since": "2026-01-01"})["Location"]
    job = Job.objects.get()
    assert job.parameters == {
        "since": "2026-01-01T00:00:00+00:00",
        "until": None,
        "models": ["house-1"],
    }
    assert "Waiting for a worker." in client.get(preview).text
    end_jobs()
    text = " ".join(client.get(preview).text.split())
    assert "1 call in 1 trace would change." in text
    assert "+$3.20" in text
    call.refresh_from_db()
    assert call.unpriced_calls == 1
    applied = client.post(preview)["Location"]
    end_jobs()
    assert "1 call in 1 trace changed." in " ".join(client.get(applied).text.split())
    call.refresh_from_db()
    assert (call.known_cost, call.unpriced_calls) == (Decimal("3.2"), 0)


def test_a_job_is_asked_about_only_while_it_runs(client, embedded, project, call):
    address = client.post(HISTORY, {})["Location"]
    headers = {"HX-Request": "true", "HX-Target": "job"}
    part = client.get(address, headers=headers).text
    assert "hx-trigger" in part
    seen = part.split('"seen": "')[1].split('"')[0]
    assert client.get(address, {"seen": seen}, headers=headers).status_code == 204
    end_jobs()
    done = client.get(address, {"seen": seen}, headers=headers).text
    assert "hx-trigger" not in done
    assert "nothing would change" in done


def test_a_job_is_stopped(client, embedded, project):
    address = client.post(HISTORY, {})["Location"]
    client.post(address, {"stop": "1"})
    assert "Stopped after 0 traces" in client.get(address).text
    assert "Stopped the job" in the_change().what
    client.post(address)
    assert Job.objects.count() == 1


def test_a_job_of_another_project_is_not_there(client, embedded, project):
    Project.objects.create(name="other")
    address = client.post(HISTORY, {})["Location"].replace("shop", "other")
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
