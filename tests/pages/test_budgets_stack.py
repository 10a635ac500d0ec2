"""A budget, from the form to the answer, in a real installation: spans that are sent, workers that
add up, callers that ask."""

import json
import os
import time
from contextlib import contextmanager
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.kit.chromium import WIDE
from tests.kit.otlp import PROTOBUF, a_span, encode, pair, traces
from tests.kit.sender import post
from tests.pages.conftest import PATIENCE, watch

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
PROJECT, AGENT = "budgeted", "planner"
TOKENS = 700  # of a call


@contextmanager
def opened(browser, stack):
    """A page of the installation, which complains of nothing."""
    complaints: list[str] = []
    context = browser.new_context(base_url=stack.http_url, viewport=WIDE)
    page = context.new_page()
    watch(page, complaints)
    yield page
    context.close()
    assert complaints == []


def call(stack) -> None:
    """A run of one call of a model, which has just ended."""
    trace_id, now = os.urandom(16), time.time_ns()
    said = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
    said |= {"gen_ai.provider.name": "openai", "gen_ai.agent.name": AGENT}
    used = [pair("gen_ai.usage.input_tokens", int_value=TOKENS - 100)]
    used += [pair("gen_ai.usage.output_tokens", int_value=100)]
    span = a_span(
        trace_id=trace_id,
        span_id=os.urandom(8),
        name="chat gpt-4o",
        start_time_unix_nano=now - 10**9,
        end_time_unix_nano=now,
        attributes=[*(pair(name, string_value=text) for name, text in said.items()), *used],
    )
    headers = {"x-agentscope-project": PROJECT}
    assert post(stack.http_url, encode(traces(span), PROTOBUF), headers) == 200


def ask(stack) -> str:
    """What a caller is told."""
    headers = {"x-agentscope-project": PROJECT, "content-type": "application/json"}
    body = json.dumps({"agent": AGENT}).encode()
    with urlopen(Request(f"{stack.http_url}/api/v1/decide", body, headers)) as answer:
        return str(json.load(answer)["decision"])


def make_budget(page: Page) -> None:
    """1,000 tokens a day for each agent: the last, for one of the calendar may begin meanwhile."""
    page.goto(f"/p/{PROJECT}/budgets/new/")
    page.get_by_label("Name", exact=True).fill("planners")
    page.get_by_label("Limit", exact=True).fill("1000")
    page.get_by_label("Counted in").select_option("tokens")
    page.get_by_label("Of", exact=True).select_option("each agent")
    page.get_by_label("In", exact=True).select_option("the last …")
    page.get_by_label("How many", exact=True).fill("24")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="planners")).to_be_visible()


def gauge_says(page: Page, words: str) -> None:
    """The gauge of the list says so before long."""
    until = time.monotonic() + PATIENCE / 1000
    gauge = page.get_by_role("img", name=words)
    while not gauge.count() and time.monotonic() < until:
        page.goto(f"/p/{PROJECT}/budgets/")
    expect(gauge).to_be_visible()


def test_a_budget_from_its_form_to_its_answer(browser, stack):
    call(stack)
    with opened(browser, stack) as page:
        make_budget(page)
        gauge_says(page, "700 tokens spent, soft level at 800 tokens, limit 1,000 tokens")
        assert ask(stack) == "allow"
        call(stack)
        gauge_says(page, "1,400 tokens spent")
        assert ask(stack) == "stop"
        page.get_by_role("link", name="What was answered").click()
        stopped = page.get_by_role("row", name="1,400 tokens of 1,000 tokens are spent")
        expect(stopped).to_contain_text("stop")
        stopped.get_by_role("link").first.click()
        page.get_by_role("link", name="Let it go on").click()
        page.get_by_label("Why").fill("the fair ends tonight")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("region", name="Let go on")).to_contain_text("the fair ends")
        assert ask(stack) == "warn"
        page.goto(f"/p/{PROJECT}/budgets/stops/")
        page.get_by_label("Stop the").select_option("agent")
        page.get_by_label("named").fill(AGENT)
        page.get_by_label("Why").fill("it writes to everybody")
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.get_by_role("row", name=AGENT)).to_contain_text("it writes to everybody")
        assert ask(stack) == "stop"
        page.get_by_role("button", name=f"Let go on agent {AGENT}").click()
        expect(page.get_by_text("Nobody is stopped by hand.")).to_be_visible()
        assert ask(stack) == "warn"
