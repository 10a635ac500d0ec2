"""Findings in a browser, with a recorded loop: the inbox, the tree, "expected here" and back."""

import pytest
from django.db.models import F
from playwright.sync_api import expect

from agentscope.findings import causes
from agentscope.findings.models import Cause, Finding
from agentscope.traces.ids import span_hex
from agentscope.traces.models import Trace
from tests.kit.corpus import WIRE, Case, replay
from tests.kit.costs import uuid
from tests.kit.loops import loop, tell_loop
from tests.pages.test_tree import enter, press

pytestmark = pytest.mark.browser
LIST = "/p/shop/findings/"
SETTINGS = "/p/shop/settings/"
LOOP = "semantic-kernel-native-stream-loop"


@pytest.fixture
def found(shop) -> Finding:
    """The worst finding of a recorded run that calls one tool again and again."""
    replay(Case(WIRE / LOOP), shop.pk)
    while causes.add_up():
        pass
    worst = Finding.objects.order_by("-severity", "-repeats").first()
    assert worst
    return worst


def trace(found: Finding) -> str:
    return f"/p/shop/traces/{found.trace_id.hex}/"


def test_from_the_inbox_to_the_loop_on_the_tree(page, found):
    page.goto("/p/shop/traces/")
    page.get_by_role("link", name="Findings", exact=True).click()
    page.get_by_role("link", name=found.sentence).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(found.sentence)
    page.get_by_role("region", name="Where it was found").get_by_role(
        "link", name=found.sentence
    ).click()
    expect(page.get_by_role("region", name="Findings")).to_contain_text(found.sentence)
    expect(page.locator('tr[aria-selected="true"][data-found]')).to_have_count(1)
    expect(page.locator("#panel[data-shown]")).to_be_visible()
    steps = page.locator("tr[data-found]:not([data-fold])")
    expect(steps).to_have_count(len(set(found.span_ids)))


def pill(page, words: str):
    """The row of a loop whose pill says something."""
    return page.locator("tr[data-found]", has=page.locator(".pill", has_text=words))


def test_the_first_and_the_last_repeat_are_marked(page, found):
    page.goto(f"{trace(found)}?span={span_hex(found.first_span)}")
    words = found.code.replace("_", " ")
    first = pill(page, f"{words} {chr(215)} {found.repeats}")
    last = pill(page, f"{words} {found.repeats}, last")
    expect(first).to_have_count(1)
    expect(last).to_have_count(1)
    assert first.get_attribute("id") == f"s-{span_hex(found.first_span)}"
    assert last.get_attribute("id") == f"s-{span_hex(found.last_span)}"


def test_from_repeat_to_repeat(page, found):
    page.goto(f"{trace(found)}?span={span_hex(found.first_span)}")
    steps = page.locator("#panel .steps").first
    expect(steps).to_contain_text(f"step 1 of {len(found.span_ids)}")
    expect(steps.get_by_role("link", name="Step before")).to_have_count(0)
    for number in (2, 3):
        steps.get_by_role("link", name="Next step").click()
        expect(steps).to_contain_text(f"step {number} of {len(found.span_ids)}")
        selected = page.locator('tr[aria-selected="true"]')
        expect(selected).to_have_id(f"s-{span_hex(found.span_ids[number - 1])}")
    steps.get_by_role("link", name="Last").click()
    expect(steps).to_contain_text(f"step {len(found.span_ids)} of {len(found.span_ids)}")
    expect(page.locator('tr[aria-selected="true"]')).to_contain_text(", last")


def test_the_keyboard_goes_from_step_to_step_of_a_loop(page, found):
    page.goto(trace(found))
    enter(page)
    for span in found.span_ids:
        press(page, "n")
        expect(page.locator(f"#s-{span_hex(span)}")).to_be_focused()
    press(page, "N")
    expect(page.locator(f"#s-{span_hex(found.span_ids[-2])}")).to_be_focused()
    press(page, "Enter")
    expect(page.locator("#panel .steps").first).to_contain_text(
        f"step {len(found.span_ids) - 1} of {len(found.span_ids)}"
    )


def test_first_and_last_are_compared_in_place(page, found):
    page.goto(trace(found))
    page.get_by_role("link", name="Compare them").first.click()
    sides = page.locator(".findings .sides").first
    expect(sides).to_contain_text("the same")
    assert page.url.endswith(trace(found))
    sides.get_by_role("heading", name="Last").get_by_role("link").click()
    expect(page.locator('tr[aria-selected="true"]')).to_have_count(1)


def test_news_of_a_running_trace_leave_what_is_compared(page, found):
    traces = Trace.objects.filter(trace_id=found.trace_id)
    traces.update(state="running")
    page.goto(trace(found))
    page.get_by_role("link", name="Compare them").first.click()
    expect(page.locator(".findings .sides").first).to_contain_text("the same")
    traces.update(generation=F("generation") + 1, name="renamed meanwhile")
    expect(page.get_by_role("heading", name="renamed meanwhile")).to_be_visible()
    expect(page.locator(".findings .sides").first).to_contain_text("the same")


def test_expected_here_and_taking_it_back(page, found):
    page.goto(trace(found))
    region = page.get_by_role("region", name="Findings")
    others = region.locator("li").count() - 1
    region.get_by_text("Expected here …").first.click()
    region.get_by_label("Why it is expected here").first.fill("it waits for a person")
    region.get_by_role("button", name="Expected here").first.click()
    expect(region.get_by_text("1 expected here")).to_be_visible()
    expect(region.get_by_text(found.sentence)).to_be_hidden()
    region.get_by_text("1 expected here").click()
    expect(region.get_by_text(found.sentence)).to_be_visible()
    expect(region.get_by_text("expected here, said somebody")).to_contain_text(
        "it waits for a person"
    )
    page.goto(f"{LIST}?state=expected")
    page.get_by_role("link", name=found.sentence).click()
    expect(page.get_by_role("cell", name="it waits for a person")).to_be_visible()
    page.get_by_label("Note").fill("not any more")
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_role("cell", name="not any more")).to_be_visible()
    page.goto(trace(found))
    expect(region.get_by_text(found.sentence)).to_be_visible()
    expect(region.get_by_text("1 expected here")).to_have_count(0)
    assert region.locator("li").count() == others + 1


def test_expected_here_by_keyboard_alone(page, found):
    page.goto(trace(found))
    region = page.get_by_role("region", name="Findings")
    region.locator("summary", has_text="Expected here …").first.focus()
    press(page, "Enter Tab")
    page.keyboard.type("agreed")
    press(page, "Enter")
    expect(region.get_by_text("1 expected here")).to_be_visible()
    assert Cause.objects.get(decision="expected").note == "agreed"


def test_expected_here_holds_for_later_runs_and_is_taken_back_there(page, shop):
    region = page.get_by_role("region", name="Findings")
    tell_loop(shop.pk, *loop(1))
    page.goto(f"/p/shop/traces/{uuid(1).hex}/")
    region.get_by_text("Expected here …").click()
    region.get_by_role("button", name="Expected here").click()
    expect(region.get_by_text("1 expected here")).to_be_visible()
    tell_loop(shop.pk, *loop(2))
    page.goto(LIST)
    expect(page.get_by_role("heading", name="Nothing was found that is open")).to_be_visible()
    page.goto(f"/p/shop/traces/{uuid(2).hex}/")
    expect(page.locator("tr[data-fold][data-found]")).to_have_count(1)
    alarm = page.locator("tr[data-found] .pill").and_(
        page.locator('[data-tone="warn"], [data-tone="bad"]')
    )
    expect(alarm).to_have_count(0)
    region.get_by_text("1 expected here").click()
    region.get_by_role("button", name="Open again").click()
    expect(region.get_by_role("link", name="search was called")).to_be_visible()
    page.goto(LIST)
    row = page.get_by_role("row").filter(has_text="search was called")
    expect(row.get_by_role("cell").nth(1)).to_have_text("2")


def test_the_inbox_by_keyboard_alone(page, shop):
    tell_loop(shop.pk, *loop(1))
    page.goto(LIST)
    page.locator("#state-open").focus()
    press(page, "Tab Enter")
    expect(page.get_by_role("heading", name="Nothing came back")).to_be_visible()
    expect(page.locator("#state-reopened")).to_be_focused()
    press(page, "Shift+Tab Enter")
    finding = page.get_by_role("link", name="search was called")
    expect(finding).to_be_visible()
    expect(page.locator("#state-open")).to_be_focused()
    finding.focus()
    press(page, "Enter")
    page.get_by_label("Note").focus()
    page.keyboard.type("mended")
    press(page, "Tab Enter")
    expect(page.get_by_role("cell", name="mended")).to_be_visible()
    assert Cause.objects.get().decision == "resolved"


def test_back_leads_to_the_tab_and_the_filters_that_were_left(page, shop):
    tell_loop(shop.pk, *loop(1), *loop(2, tool="fetch", name="judge"))
    page.goto(LIST)
    page.get_by_label("What").select_option("exact repeat")
    page.get_by_label("Agent", exact=True).fill("judge")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("navigation", name="States").get_by_role("link", name="All").click()
    expect(page.locator('#states a[aria-current="page"]')).to_contain_text("All")
    expect(page.get_by_role("link", name="search was called")).to_have_count(0)
    page.get_by_role("link", name="fetch was called").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("fetch was called")
    page.go_back()
    expect(page.get_by_label("Agent", exact=True)).to_have_value("judge")
    expect(page.locator('#states a[aria-current="page"]')).to_contain_text("All")
    expect(page.get_by_role("link", name="search was called")).to_have_count(0)


def test_news_of_a_running_trace_leave_what_is_typed(page, found):
    traces = Trace.objects.filter(trace_id=found.trace_id)
    traces.update(state="running")
    page.goto(trace(found))
    page.get_by_text("Expected here …").first.click()
    page.get_by_label("Why it is expected here").first.fill("it wai")
    traces.update(generation=F("generation") + 1, name="renamed meanwhile")
    expect(page.get_by_role("heading", name="renamed meanwhile")).to_be_visible()
    expect(page.get_by_label("Why it is expected here").first).to_have_value("it wai")


def test_what_was_resolved_and_happens_again_is_reopened(page, shop):
    tell_loop(shop.pk, *loop(1))
    page.goto(LIST)
    page.get_by_role("link", name="search was called").click()
    page.get_by_label("Note").fill("mended")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("cell", name="mended")).to_be_visible()
    page.goto(LIST)
    expect(page.get_by_role("link", name="search was called")).to_have_count(0)
    tell_loop(shop.pk, *loop(2))
    row = page.get_by_role("row").filter(has_text="search was called")  # comes by itself
    expect(row.get_by_text("reopened", exact=True)).to_be_visible()
    page.get_by_role("navigation", name="States").get_by_role("link", name="Reopened").click()
    page.get_by_role("link", name="search was called").click()
    expect(page.locator(".headline")).to_contain_text("resolved by somebody")
    page.goto(f"/p/shop/traces/{uuid(2).hex}/")
    findings = page.get_by_role("region", name="Findings")
    expect(findings.get_by_text("reopened", exact=True)).to_be_visible()
    expect(findings).to_contain_text("mended")


def test_words_are_looked_for_and_stay_in_the_address(page, shop):
    tell_loop(shop.pk, *loop(1), *loop(2, tool="fetch", name="judge"))
    page.goto(LIST)
    page.get_by_label("Finding contains").fill("FETCH was")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("link", name="fetch was called")).to_be_visible()
    expect(page.get_by_role("link", name="search was called")).to_have_count(0)
    assert "q=FETCH" in page.url
    page.get_by_role("link", name="Clear the filters").click()
    expect(page.get_by_role("link", name="search was called")).to_be_visible()


def test_tabs_swap_the_inbox_only(page, found):
    page.goto(LIST)
    page.evaluate("document.querySelector('.masthead').same = true")
    page.get_by_role("navigation", name="States").get_by_role("link", name="Resolved").click()
    expect(page.get_by_role("heading", name="Nothing is resolved")).to_be_visible()
    assert "state=resolved" in page.url
    assert page.evaluate("document.querySelector('.masthead').same")


def test_the_inbox_fills_while_it_is_looked_at(page, shop):
    page.goto(LIST)
    expect(page.get_by_text("appear here seconds after they begin")).to_be_visible()
    replay(Case(WIRE / LOOP), shop.pk)
    while causes.add_up():
        pass
    expect(page.get_by_role("link", name="Orders-get_order was called")).to_be_visible()
    expect(page.get_by_role("navigation", name="States")).to_contain_text("Open 1")


def test_all_of_it_works_without_script(browser, live_server, found):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(LIST)
    page.get_by_label("Severity").select_option("Warnings and alerts")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name=found.sentence).first.click()
    page.get_by_role("link", name="Compare").first.click()
    expect(page.locator(".sides")).to_contain_text("the same")
    page.goto(trace(found))
    page.get_by_text("Expected here …").first.click()
    page.get_by_label("Why it is expected here").first.fill("agreed")
    page.get_by_role("button", name="Expected here").first.click()
    expect(page.locator("summary", has_text="1 expected here")).to_be_visible()
    context.close()


def test_a_threshold_is_set(page, shop):
    page.goto("/p/shop/settings/")
    page.get_by_role("link", name="Detectors").click()
    page.get_by_label("cycle alerts from").fill("9")
    page.get_by_label("polling is on").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("cycle alerts from")).to_have_value("9")
    expect(page.get_by_label("polling is on")).not_to_be_checked()


def test_from_a_finding_to_its_threshold_which_then_holds(page, shop):
    tell_loop(shop.pk, *loop(1))
    page.goto(LIST)
    page.get_by_role("link", name="search was called").click()
    page.get_by_role("link", name="Thresholds").click()
    row = page.locator("tr#exact_repeat")
    expect(row).to_be_in_viewport()
    row.get_by_label("informs from").fill("50")
    row.get_by_label("alerts from").fill("90")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    tell_loop(shop.pk, *loop(2, 8))
    assert not Finding.objects.filter(trace_id=uuid(2), code="exact_repeat").exists()


def test_nothing_runs_out_of_a_narrow_screen(page, found):
    cause = f"{LIST}{found.fingerprint.hex}/"
    evidence = (
        f"{trace(found)}findings/{found.fingerprint.hex}/{found.first_span & (2**64 - 1):016x}/"
    )
    for width in (390, 720):
        page.set_viewport_size({"width": width, "height": 844})
        for address in (
            *(LIST, cause, trace(found), evidence, f"{LIST}health/", f"{trace(found)}retries/"),
            *(f"{trace(found)}lineage/", f"{SETTINGS}detectors/", f"{SETTINGS}redaction/"),
        ):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
