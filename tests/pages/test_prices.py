import pytest
from playwright.sync_api import expect

from agentscope.costs.days import claim_day
from agentscope.pipeline import add_up_day, examine
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Kind, Meaning, Usage
from tests.kit.jobs import end_jobs
from tests.ui.traces import TRACE_ID, span

pytestmark = pytest.mark.browser
TRACE = f"/p/shop/traces/{TRACE_ID.hex}/"


@pytest.fixture
def call(shop):
    """A call of a model that no price list knows."""
    model = Meaning(Kind.LLM, model="house-1", provider="vllm", usage=Usage(600_000, 400_000))
    save_spans(shop.pk, [span(1, meaning=model, name="chat house-1")])
    examine(shop.pk, TRACE_ID)
    while day := claim_day():
        add_up_day(day)


def test_a_price_is_set_and_history_is_priced_again(page, shop, call):
    page.goto(TRACE)
    expect(page.get_by_text("unknown").first).to_be_visible()
    page.get_by_role("link", name="Prices", exact=True).click()
    page.get_by_role("link", name="Models without a price").click()
    expect(page.get_by_text("No price for model house-1.")).to_be_visible()
    page.get_by_role("link", name="Set a price for house-1").click()
    expect(page.get_by_label("Model")).to_have_value("house-1")
    page.get_by_label("Input", exact=True).first.fill("2")
    page.get_by_label("Output", exact=True).first.fill("5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Waiting for a worker.")).to_be_visible()
    page.evaluate("window.sameDocument = true")
    end_jobs()
    expect(page.get_by_text("1 call in 1 trace would change.")).to_be_visible()
    assert page.evaluate("window.sameDocument")
    expect(page.get_by_role("row", name="house-1 1 unknown $3.20 +$3.20")).to_be_visible()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Waiting for a worker.")).to_be_visible()
    end_jobs()
    expect(page.get_by_text("1 call in 1 trace changed.")).to_be_visible()
    expect(page.get_by_role("link", name="See the costs by model")).to_be_visible()
    page.goto(TRACE)
    expect(page.get_by_text("$3.20").first).to_be_visible()


def test_the_panel_of_a_call_leads_to_a_price_for_its_model(page, shop, call):
    page.goto(TRACE)
    page.get_by_role("treegrid").get_by_role("link", name="chat house-1").click()
    page.get_by_role("link", name="Set a price for this model").click()
    expect(page.get_by_label("Model")).to_have_value("house-1")
    expect(page.get_by_label("Provider")).to_have_value("vllm")


def test_a_name_is_said_to_mean_a_model(page, shop, call):
    page.goto("/p/shop/prices/unpriced/")
    page.get_by_role("link", name="Is the same as …").click()
    page.get_by_label("is this model of the price list").fill("openai/gpt-4o")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="Price list", exact=True).click()
    expect(page.get_by_role("cell", name="openai/gpt-4o", exact=True)).to_be_visible()
    remove = page.get_by_role("button", name="Remove the name house-1")
    remove.click()
    expect(remove).to_have_count(0)
    page.get_by_role("link", name="Price list", exact=True).click()
    expect(page.get_by_text("Nothing yet")).to_be_visible()
