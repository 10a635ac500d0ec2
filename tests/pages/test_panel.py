"""The panel of a span in a browser: what opens, what comes only by click, what is copied."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import expect

from agentscope.vocabulary import Message, Part
from tests.kit.hostile import CORPUS
from tests.ui.test_media import PNG
from tests.ui.test_values import called, planner, text, tool
from tests.ui.traces import TRACE_ID, save_trace

pytestmark = pytest.mark.browser
PAGE = f"/p/shop/traces/{TRACE_ID.hex}/"
ROWS = [{"id": number, "deep": {"name": f"row {number}"}} for number in range(5_000)]


@pytest.fixture
def run(shop):
    """A planner whose tool gives much back, and whose model is shown an image and Markdown."""
    url = f"data:image/png;base64,{b64encode(PNG).decode()}"
    first = [
        Message("system", [text("Be brief.")]),
        Message("user", [text("a **bold** plan"), Part("media", value={"url": url})]),
    ]
    again = [*first, Message("assistant", [text("fine")]), Message("user", [text("And now?")])]
    save_trace(
        shop,
        planner(),
        tool(2, {"page": 1}, {"rows": ROWS}),
        tool(3, {"page": 2}, {"rows": ROWS}),
        called(4, first, provider="openai"),
        called(5, again, provider="openai"),
    )


def opened(page, number):
    page.goto(f"{PAGE}?span={number:016x}")
    panel = page.locator("#panel")
    expect(panel).to_have_attribute("data-span", f"{number:016x}")
    return panel


def test_a_large_value_opens_part_by_part(page, run):
    panel = opened(page, 2)
    result = panel.locator("details.section", has=page.locator("summary", has_text="Result"))
    rows = result.locator(".json details details")
    seen = rows.count()
    result.get_by_text("Next of").click()
    expect(rows.nth(seen)).to_be_visible()
    rows.nth(seen).locator("summary").first.click()
    expect(rows.nth(seen).locator("details .member", has_text="name")).to_be_attached()


def test_an_image_is_fetched_by_click_and_not_before(page, run, asked):
    panel = opened(page, 4)
    expect(panel.get_by_text("image/png, 69 B, not loaded").first).to_be_visible()
    assert not any("as=data" in each.url for each in asked)
    panel.locator("small.media a").first.click()
    expect(panel.locator("figure img")).to_be_attached()
    assert any("as=data" in each.url for each in asked)
    assert all(each.url.startswith(page.url.split("/p/")[0]) for each in asked)


def test_markdown_by_click_and_back(page, run):
    panel = opened(page, 4)
    expect(panel.get_by_text("a **bold** plan").last).to_be_visible()
    panel.get_by_text("as Markdown").click()
    expect(panel.locator(".markdown strong")).to_have_text("bold")
    panel.get_by_text("as text", exact=True).first.click()
    expect(panel.locator(".markdown")).to_have_count(0)


def test_history_is_one_line_that_leads_to_the_call_before(page, run):
    panel = opened(page, 5)
    expect(panel.get_by_text("3 earlier messages, as in")).to_be_visible()
    panel.get_by_text("Show everything").first.click()
    expect(panel.locator(".message[data-role=system]")).to_have_count(1)


def test_what_changed_opens_in_place(page, run):
    panel = opened(page, 3)
    panel.get_by_text("What changed since the call before").click()
    expect(panel.locator("#changes ins")).to_have_text('  "page": 2')
    expect(panel.locator("#changes del")).to_have_text('  "page": 1')


def test_a_call_is_copied_as_curl(page, run):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel = opened(page, 4)
    panel.get_by_text("Copy as curl, JSON or OTLP").click()
    panel.get_by_label("Copy: curl: the same call once more").click()
    page.wait_for_function("document.querySelector('#copies button').textContent === 'Copied'")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl https://api.openai.com/v1/chat/completions")
    assert "$OPENAI_API_KEY" in copied


def test_a_long_call_is_copied_as_a_command_that_reads_a_file(page, shop):
    said = [Message("user", [text("word " * 20_000)])]
    save_trace(shop, planner(), called(2, said, provider="openai"))
    panel = opened(page, 2)
    panel.get_by_text("Copy as curl, JSON or OTLP").click()
    expect(panel.get_by_text("--data-binary @request.json")).to_be_visible()
    with page.expect_download() as download:
        panel.get_by_role("link", name="request.json").click()
    assert download.value.suggested_filename == "request.json"
    body = json.loads(Path(download.value.path()).read_text())
    assert body["messages"][0]["content"] == "word " * 20_000


def test_an_image_that_a_tool_gives_back_is_fetched_by_click(page, shop):
    result = {"content": [{"type": "image", "data": b64encode(PNG).decode()}]}
    save_trace(shop, planner(), tool(2, {}, result))
    panel = opened(page, 2)
    panel.locator(".json small.media a").click()
    expect(panel.locator("figure img")).to_be_attached()


def test_what_is_not_recorded_is_said(page, shop):
    save_trace(shop, planner(), tool(2, {"q": 1}, None))
    expect(opened(page, 2)).to_contain_text("What it gave back is not recorded.")


def test_without_script_every_part_is_a_page(browser, live_server, run):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    for number, link in [
        (3, "What changed since"),
        (4, "Copy as"),
        (4, "as Markdown"),
        (2, "Next"),
    ]:
        panel = opened(page, number)
        panel.get_by_text(link).first.click()
        expect(page.locator("main h1")).to_be_visible()
        page.locator("main p a", has_text=("search" if number < 4 else "chat")).first.click()
        expect(page.locator("#panel")).to_have_attribute("data-span", f"{number:016x}")
    context.close()


def test_hostile_text_runs_nothing_wherever_it_is_opened(page, shop, asked):
    said = [Message("user", [text(each) for each in CORPUS])]
    values = dict(zip(CORPUS, CORPUS, strict=True))
    save_trace(shop, planner(), called(2, said), called(3, said), tool(4, values, list(CORPUS)))
    panel = opened(page, 2)
    links = panel.get_by_text("as Markdown")
    for left in range(links.count() - 1, -1, -1):
        links.first.click()
        expect(links).to_have_count(left)
    panel.get_by_text("Copy as curl").click()
    expect(panel.locator("#copies .snippet").first).to_be_visible()
    opened(page, 4).get_by_text("Copy as curl").click()
    expect(page.locator("#copies .snippet").first).to_be_visible()
    assert all("evil.example" not in each.url.split("?")[0] for each in asked)


def test_a_narrow_screen_has_room_for_all_of_it(page, run):
    page.set_viewport_size({"width": 390, "height": 844})
    panel = opened(page, 3)
    panel.get_by_text("What changed since the call before").click()
    expect(panel.locator("#changes ins")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_a_clipboard_what_is_to_be_copied_is_selected(page, run):
    page.goto(f"{PAGE}?span={2:016x}")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.locator("#panel .path button").click()
    expect(page.get_by_role("button", name="Selected, copy by hand")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == f"{2:016x}"
