"""The graph of a run in a browser, on wide and narrow screens."""

import pytest
from playwright.sync_api import expect

from agentscope.vocabulary import ErrorClass, Kind, Status
from tests.kit.costs import agent, call, span, tell, uuid
from ui.letters import width

pytestmark = pytest.mark.browser
SECOND = 10**9
GRAPH = f"/p/shop/traces/{uuid(1).hex}/graph/"
FAILED = {"status": Status.ERROR, "error_class": ErrorClass.TIMEOUT}
NAMES = (
    "WWWWWWWWWWWWWWWWWWWWWWWWWW",
    "illicit_filler",
    "a_common_name",
    "Reviewer MMM",
    "漢字漢字漢字",
)
LETTERS = "".join(map(chr, range(32, 127)))

TOO_LONG = """svg => [...svg.querySelectorAll('text')].filter(text => {
  const box = text.closest('.box')?.querySelector('.frame') ?? svg;
  const at = text.getBoundingClientRect();
  const around = box.getBoundingClientRect();
  return at.width && (at.left < around.left || at.right > around.right);
}).map(text => text.textContent)"""
COVERED = """svg => {
  const rects = query => [...svg.querySelectorAll(query)].map(it => it.getBoundingClientRect());
  const labels = rects('.way text').filter(it => it.width), all = [...rects('.frame'), ...labels];
  return labels.filter(one => all.some(other => other !== one && one.left < other.right
    && one.right > other.left && one.top + 2 < other.bottom && one.bottom - 2 > other.top)).length;
}"""
WIDTHS = """([texts, font]) => {
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = font + getComputedStyle(document.body).fontFamily;
  return texts.map(text => pen.measureText(text).width);
}"""


@pytest.fixture
def run(shop):
    """A lead with many that work for it, some twice, and their tools, of which some fail."""
    spans = [agent(1, 1, "lead")]
    for at in range(30):
        number, name = 100 + at * 10, f"{NAMES[at % len(NAMES)]} {at % 25}"
        spans += [acting(number, 1, name), call(1, number + 1, number, "0.25")]
        spans += [use(number + 2 + tool, number, tool, tool == at % 4) for tool in range(at % 6)]
    tell(shop.pk, *spans)
    return shop


def acting(number, parent, name):
    said = {"kind": Kind.AGENT, "agent": name, "name": name}
    return span(1, number, parent, number * SECOND, **said)


def use(number, parent, tool, is_failed):
    said = {"kind": Kind.TOOL, "tool": f"tool_{tool}", "name": "x"} | (FAILED if is_failed else {})
    return span(1, number, parent, number * SECOND, **said)


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
@pytest.mark.parametrize("asked", ["", "?most=384"])
def test_text_has_room_and_nothing_covers_a_label(page, run, size, asked):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(GRAPH + asked)
    drawn = page.locator("svg.graph:visible")
    expect(drawn).to_have_count(1)
    assert drawn.evaluate(TOO_LONG) == []
    assert drawn.evaluate(COVERED) == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_letters_are_not_wider_than_they_count(page, run):
    page.goto(GRAPH)
    texts = [*LETTERS, *NAMES, "3 × $0.1715", "↻ 4,998 ×", "…"]
    for font, is_bold in (("13px ", False), ("600 13px ", True)):
        real = page.evaluate(WIDTHS, [texts, font])
        for text, wide in zip(texts, real, strict=True):
            assert wide <= width(text, 13, is_bold=is_bold) + 0.5, text


def test_the_first_picture_needs_no_scrolling(page, run):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(GRAPH)
    box = page.locator(".graph-box:visible")
    assert box.evaluate(
        "it => it.scrollWidth <= it.clientWidth && it.scrollHeight <= it.clientHeight"
    )
    page.set_viewport_size({"width": 390, "height": 844})
    assert box.evaluate("it => it.scrollWidth <= it.clientWidth")
    expect(page.locator("a.node:visible").first).to_contain_text("lead")


def test_a_narrow_screen_selects_by_touch(browser, live_server, run):
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, has_touch=True
    )
    page = context.new_page()
    page.goto(GRAPH)
    page.locator("a.node:visible").nth(1).tap()
    expect(page.locator("#panel h2")).to_be_visible()
    expect(page.locator(".node[aria-current]:visible")).to_have_count(1)
    context.close()


def test_a_label_without_room_is_there_when_one_asks_for_it(page, shop):
    turns = [(one, other) for one in range(12) for other in range(12)] * 2
    names = [f"member {each}" for turn in turns for each in turn]
    tell(shop.pk, *(acting(at, 0, name) for at, name in enumerate(names, start=1)))
    page.goto(GRAPH)
    way = page.locator(".graph-box[data-wide] .way:has([data-hidden])").first
    expect(way.locator("text")).to_be_hidden()
    way.focus()
    expect(way.locator("text")).to_be_visible()
