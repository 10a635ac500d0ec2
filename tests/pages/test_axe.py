"""Every page by the rules of axe-core, in both themes and widths, with all that folds unfolded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from agentscope.findings import causes
from agentscope.findings.models import Finding
from agentscope.pipeline import add_up_sessions, examine, roll_up_days
from agentscope.traces.ids import span_hex
from agentscope.traces.models import Trace
from tests.kit.corpus import WIRE, Case, replay
from tests.pages.test_tree import enter, press, ready
from tests.ui.test_decision import guarded_run
from tests.ui.traces import TRACE_ID, save_trace

pytestmark = pytest.mark.browser
RUNS = ("semantic-kernel-native-stream-loop", "openai-agents-openinference")
Theme = Literal["light", "dark"]
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
COLOURS = ["color-contrast", "link-in-text-block"]
SIZES = ["target-size", "scrollable-region-focusable", "link-name", "button-name"]
NARROW = {"type": "rule", "values": [*COLOURS, *SIZES]}
# Whatever does not depend on the theme or the width is looked at once: axe takes its time.
STATES: list[tuple[int, Theme, dict[str, Any]]] = [
    (1440, "light", RULES),
    (390, "dark", NARROW),
]
PROJECT = "/p/shop/"
TRACES = f"{PROJECT}traces/"
DECISION = f"{TRACES}{TRACE_ID.hex}/"
OF_PROJECT = (
    *("traces/?facets=1&q=order", "traces/views/", "sessions/", "agents/?range=all"),
    *("costs/?range=all", "costs/?range=all&view=paths", "costs/?range=all&view=calls"),
    *("findings/", "findings/health/", "prices/", "prices/set/", "prices/names/"),
    *("prices/unpriced/", "prices/history/", "problems/", "settings/", "settings/mappings/"),
    *("settings/detectors/", "settings/detectors/fields/", "settings/tools/"),
    *("settings/redaction/", "settings/jobs/", "audit/ledger/", "audit/ledger/2/"),
)
OF_TRACE = ("", "?q=order&show=errors&path=critical", "graph/", "transcript/", "costs/", "compare/")
UNFOLD = "() => document.querySelectorAll('details').forEach(it => { it.open = true; })"
# A box of costs is as wide as its share; the table below it leads to the same places.
RUN = """async (rules) => {
    const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
    const isExempt = (rule, node) => rule.id === "target-size" && node.target[0].includes(".box");
    return found.violations.flatMap((each) => each.nodes
        .filter((node) => !isExempt(each, node)).map((node) => [
        each.id, each.impact, node.target.join(" "), node.failureSummary.replaceAll("\\n", " "),
    ].join(" | ")));
}"""


@pytest.fixture
def open_page(browser: Browser, live_server) -> Iterator[Page]:
    """A page whose policy lets axe try styles on."""
    context = browser.new_context(base_url=live_server.url, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def runs(shop) -> Finding:
    """Two recorded runs, one of which loops, and a decision; the worst finding."""
    for name in RUNS:
        replay(Case(WIRE / name), shop.pk)
    save_trace(shop, *guarded_run())
    examine(shop.pk, TRACE_ID)
    while causes.add_up():
        pass
    add_up_sessions()
    roll_up_days()
    worst = Finding.objects.order_by("-severity", "-repeats").first()
    assert worst
    return worst


def violations(page: Page) -> str:
    """What axe finds, each once, a line each."""
    page.evaluate(UNFOLD)
    page.evaluate(AXE_SCRIPT)
    found: dict[str, None] = {}
    for width, theme, rules in STATES:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        found |= dict.fromkeys(page.evaluate(RUN, rules))
    return "\n".join(found)


def addresses(found: Finding) -> list[str]:
    """Each page once, those of a trace with what makes them full."""
    loop = f"{TRACES}{found.trace_id.hex}/"
    other = Trace.objects.exclude(trace_id__in=[found.trace_id, TRACE_ID]).first()
    assert other
    span = span_hex(found.first_span)
    return [
        *(PROJECT + page for page in OF_PROJECT),
        *(f"{TRACES}{other.trace_id.hex}/{view}" for view in OF_TRACE),
        *(f"{loop}?span={span}", f"{loop}findings/{found.fingerprint.hex}/{span}/"),
        *(f"{loop}retries/", f"{loop}lineage/", f"{loop}compare/?with={other.trace_id.hex}"),
        *(f"{loop}spans/{span}/value/?at=", f"{loop}spans/{span}/copies/"),
        *(f"{PROJECT}findings/{found.fingerprint.hex}/", f"{DECISION}?span={4:016x}"),
        *(f"{PROJECT}sessions/sess-openai-agents-openinference/", TRACES, "/login/"),
    ]


def test_axe_finds_nothing(open_page, runs, subtests):
    for address in addresses(runs):
        with subtests.test(address):
            open_page.goto(address)
            assert open_page.locator("main").count() == 1
            assert violations(open_page) == ""


def test_axe_finds_nothing_in_the_help(open_page, runs):
    open_page.goto(DECISION)
    enter(ready(open_page))
    press(open_page, "?")
    expect(open_page.get_by_role("dialog")).to_be_visible()
    assert violations(open_page) == ""


def test_axe_finds_what_is_wrong(open_page, shop):
    open_page.goto(TRACES)
    open_page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert "button-name | critical" in violations(open_page)
