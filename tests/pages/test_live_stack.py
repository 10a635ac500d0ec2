"""Half an hour of a run, sent within a minute to a real installation, as a reader sees it grow."""

import os
import time
from contextlib import contextmanager
from threading import Event, Thread
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from playwright.sync_api import expect

from tests.kit.chromium import WIDE
from tests.kit.otlp import PROTOBUF, a_span, encode, pair, traces
from tests.kit.sender import post
from tests.kit.stack import wait_until
from tests.pages.conftest import PATIENCE, watch
from tests.pages.test_live import at_the_top
from tests.pages.test_tree import comes_to, ready, until

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
PROJECT = "live"
SECONDS, RUN_SECONDS, UPDATES = 60, 30 * 60, 180
AGENTS, CHECKS = 12, 8
TOTAL = AGENTS + 2 * (UPDATES + 2 * AGENTS)  # spans
GROWN = 2  # different costs that a reader must have seen: on a slow machine no more than these
SLACK = 5_000  # nodes: the last answers. All that came in the minute would be ten times as many.
# How many spans the head of a page tells of, and how many nodes are in the document.
SPANS = """() => {
    const said = document.querySelector("#summary .facts dd, .view > .headline .muted");
    return Number(said.textContent.replaceAll(",", "").match(/[0-9]+/) ?? 0);
}"""
ATTACHED = """() => {
    const all = document.createTreeWalker(document);
    let found = 1;
    while (all.nextNode()) found += 1;
    return found;
}"""


class Run:
    """A lead with agents that each go on thinking and searching; nothing of it has ended yet."""

    def __init__(self, url: str) -> None:
        self.url, self.trace_id = url, os.urandom(16)
        self.began = time.time_ns() - RUN_SECONDS * 10**9
        self.sent = 0
        self.stopped = Event()
        self.address = f"/p/{PROJECT}/traces/{self.trace_id.hex()}/"

    def span(self, number: int, parent: int, name: str, **said: str | int) -> Span:
        """A step, at its time within the half hour."""
        start = self.began + (number % 10_000) * RUN_SECONDS * 10**9 // UPDATES // 10
        attributes = [
            pair(key, int_value=value) if isinstance(value, int) else pair(key, string_value=value)
            for key, value in said.items()
        ]
        return a_span(
            trace_id=self.trace_id,
            span_id=number.to_bytes(8, "big"),
            parent_span_id=parent.to_bytes(8, "big") if parent else b"",
            name=name,
            start_time_unix_nano=start,
            end_time_unix_nano=0 if number <= AGENTS else start + 10**9,
            attributes=attributes,
        )

    def agent(self, number: int) -> Span:
        """One that is at work until the end."""
        name = "lead" if number == 1 else f"agent {chr(95 + number)}"
        said = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name}
        return self.span(number, int(number > 1), name, **said)

    def update(self, number: int) -> list[Span]:
        """What an agent did in ten seconds: a call of a model, and of a tool."""
        owner, first = number % (AGENTS - 1) + 2, 100 + number * 10
        call: dict[str, str | int] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.usage.input_tokens": 2_000,
            "gen_ai.usage.output_tokens": 100 + number,
        }
        tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": f"tool {number % 7}"}
        return [
            self.span(first, owner, f"chat {number}", **call),
            self.span(first + 1, owner, f"step {number}", **tool),
        ]

    def send(self, spans: list[Span]) -> None:
        """Send until it is acknowledged."""
        headers = {"x-agentscope-project": PROJECT}
        while post(self.url, encode(traces(*spans), PROTOBUF), headers) != 200:
            self.stopped.wait(0.2)
        self.sent += len(spans)

    @contextmanager
    def going_on(self):
        """The run goes on beside the test."""
        thread = Thread(target=self.go)
        thread.start()
        yield
        self.stopped.set()
        thread.join()

    def go(self) -> None:
        """All updates, evenly over a minute."""
        for number in range(UPDATES):
            if self.stopped.wait(SECONDS / UPDATES):
                return
            self.send(self.update(number))


def is_there(address: str) -> bool:
    """Whether a page of it can be opened: what was acknowledged is stored a moment later."""
    try:
        with urlopen(address):
            return True
    except HTTPError:
        return False


@pytest.fixture
def run(stack):
    begun = Run(stack.http_url)
    begun.send([begun.agent(number) for number in range(1, AGENTS + 1)])
    for number in range(AGENTS * 2):
        begun.send(begun.update(1_000 + number))
    wait_until(lambda: is_there(begun.url + begun.address), PATIENCE / 1000)
    return begun


@pytest.fixture
def context(browser, stack):
    opened = browser.new_context(base_url=stack.http_url, viewport=WIDE)
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


def row(page, number):
    return page.locator(f"#s-{number:016x}")


def has_spans(page, count):
    """Wait until the head of the page tells of so many spans."""
    until(page, f"() => ({SPANS})() >= {count}")


def left_behind(page):
    """Nodes that are in no document any more and are still held."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    held = session.send("Memory.getDOMCounters")["nodes"]
    return held - page.evaluate(ATTACHED)


def cost(page):
    return page.locator("#summary a[title='Costs by path']").inner_text()


def test_half_an_hour_in_a_minute_grows_under_the_eyes_of_a_reader(context, run, complaints):
    page = context.new_page()
    watch(page, complaints)
    page.goto(run.address)
    ready(page)
    has_spans(page, run.sent)
    assert page.locator("[data-live]").first.get_attribute("hx-trigger") == "every 2s"
    for number, is_open in ((2, False), (9, True)):
        if row(page, number).get_attribute("aria-expanded") != str(is_open).lower():
            row(page, number).locator(".twist").click()
        expect(row(page, number)).to_have_attribute("aria-expanded", str(is_open).lower())
    row(page, 5).locator("a.label").click()
    expect(page.locator("#panel h2")).to_contain_text("agent d")
    page.set_viewport_size({"width": 1280, "height": 420})
    row(page, 9).evaluate("row => row.scrollIntoView({block: 'start'})")
    name, top = at_the_top(page)
    held, costs = left_behind(page), [cost(page)]
    other = context.new_page()
    with run.going_on():
        for check in range(CHECKS):
            has_spans(page, run.sent)
            comes_to(page, lambda: at_the_top(page), [name, pytest.approx(top, abs=3)])
            costs.append(cost(page))
            other.goto(run.address + ("graph/", "transcript/", "costs/")[check % 3])
            has_spans(other, min(run.sent + 1, TOTAL))
        run_on(run)
        has_spans(page, run.sent)
    costs.append(cost(page))
    other.close()
    assert len(set(costs)) >= GROWN
    assert "parent missing" not in page.content()
    expect(row(page, 2)).to_have_attribute("aria-expanded", "false")
    expect(row(page, 9)).to_have_attribute("aria-expanded", "true")
    expect(row(page, 5)).to_have_attribute("aria-selected", "true")
    expect(page.locator("#panel h2")).to_contain_text("agent d")
    assert left_behind(page) <= held + SLACK
    assert complaints == []


def run_on(run):
    """Wait until all of the run was sent."""
    while run.sent < TOTAL:
        time.sleep(0.2)
