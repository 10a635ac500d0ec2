"""The views of a run beside its tree grow while somebody reads them."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from agentscope.traces.models import Trace
from agentscope.vocabulary import Content, Kind, Message, Part
from tests.kit.costs import agent, call, span, tell, uuid
from tests.pages.test_tree import comes_to

pytestmark = pytest.mark.browser
SECOND = 10**9
TRACE = f"/p/shop/traces/{uuid(1).hex}/"
WORKERS = 14
SPOKEN = "one\n" * 40


def turn(number, parent, cost, text):
    said = Content(output_messages=[Message("assistant", [Part("text", text=text)])])
    return call(1, number, parent, cost, content=said, name="chat", after=number * SECOND)


def begun(shop):
    """A lead with workers that each call a model, and that may go on."""
    more(shop, agent(1, 1, "lead"), turn(2, 1, "0.1", "I begin."))
    for number in range(WORKERS):
        at = 10 + number * 10
        name = f"worker {chr(97 + number)}"
        at_work = {"kind": Kind.AGENT, "agent": name, "name": name}
        more(shop, span(1, at, 1, at * SECOND, **at_work), turn(at + 1, at, "0.1", SPOKEN))
    return shop


@pytest.fixture
def run(shop):
    return begun(shop)


def more(shop, *spans):
    """News of the run, which is not over."""
    tell(shop.pk, *spans)
    Trace.objects.update(state=Trace.State.RUNNING)


def use(number, parent, tool):
    return span(1, number, parent, number * SECOND, kind=Kind.TOOL, tool=tool, name=tool)


def place(page, what, edge="top"):
    """Where something is on the screen."""
    return page.locator(what).first.evaluate(f"it => it.getBoundingClientRect().{edge}")


def read_on(page, selected):
    """Select something in the middle of a view, on a small screen."""
    page.set_viewport_size({"width": 1280, "height": 420})
    link = page.locator(selected).first
    link.scroll_into_view_if_needed()
    link.click()
    expect(page.locator("#panel h2")).to_be_visible()
    assert page.evaluate("scrollY") > 0


def test_a_graph_grows_and_leaves_what_was_selected_where_it_was(page, run):
    page.set_viewport_size({"width": 1280, "height": 420})
    page.goto(f"{TRACE}graph/")
    page.evaluate("scrollTo(0, 80)")
    read_on(page, "a.node .name >> text=worker g")
    page.locator(".graph-box[data-wide]").evaluate("box => { box.scrollLeft = 40; }")
    corner = place(page, ".node[aria-current]", "left"), place(page, ".node[aria-current]")
    for number in range(3):
        more(run, use(500 + number, 70, "search"), turn(600 + number, 70, "0.25", "Found."))
        cost = Decimal("1.5") + Decimal("0.25") * (number + 1)
        expect(page.locator(".headline")).to_contain_text(f"${cost:.2f}")
    expect(page.locator(".call:visible", has_text="search")).to_have_count(1)
    expect(page.locator(".node[aria-current]:visible .name")).to_have_text("worker g")
    expect(page.locator("#panel h2")).to_contain_text("worker g")
    comes_to(
        page,
        lambda: tuple(place(page, ".node[aria-current]", edge) for edge in ("left", "top")),
        pytest.approx(corner, abs=3),
    )


def test_a_transcript_grows_at_its_end_and_what_was_closed_stays_closed(page, run):
    page.goto(f"{TRACE}transcript/")
    page.locator("details.sub > summary", has_text="worker b").click()
    read_on(page, '.turn[aria-label*="worker h"] > header a')
    top = place(page, ".turn[aria-current]")
    for number in range(3):
        more(run, turn(600 + number, 1, "0.25", f"Late word {number}."))
        expect(page.get_by_text(f"Late word {number}.")).to_be_attached()
        comes_to(page, lambda: place(page, ".turn[aria-current]"), pytest.approx(top, abs=3))
    closed = page.locator("details.sub", has=page.locator("summary", has_text="worker b"))
    assert not closed.evaluate("it => it.open")
    expect(page.locator("details.sub:not([open])")).to_have_count(1)
    expect(page.locator(".turn")).to_have_count(WORKERS + 4)


def test_costs_by_path_grow_under_the_selected_one(page, run):
    page.goto(f"{TRACE}costs/")
    read_on(page, ".table a[data-select] >> text=worker h")
    top = place(page, ".table tr[aria-current]")
    for number in range(3):
        more(run, turn(600 + number, 80, "0.25", "Late."))
        spent = Decimal("0.1") + Decimal("0.25") * (number + 1)
        expect(page.locator(".table tr[aria-current]")).to_contain_text(f"${spent:.4f}")
        comes_to(page, lambda: place(page, ".table tr[aria-current]"), pytest.approx(top, abs=3))
    expect(page.locator("#panel h2")).to_contain_text("worker h")
    expect(page.locator(".box[aria-current]")).to_contain_text("worker h")


@pytest.mark.parametrize("view", ["transcript/", "graph/", "costs/"])
def test_news_for_a_view_are_asked_for_with_what_was_seen(page, run, asked, view):
    page.goto(TRACE + view)
    with page.expect_response(lambda answer: "seen=" in answer.url) as found:
        pass
    assert found.value.status == 204
    more(run, turn(600, 1, "0.25", "Late."))
    expect(page.locator(".headline")).to_contain_text("$1.75")
    assert "seen=" not in page.url
    nodes = page.locator("*").count()
    with page.expect_response(lambda answer: "seen=" in answer.url):
        pass
    assert page.locator("*").count() == nodes
    answers = [each.existing_response for each in asked if "seen=" in each.url]
    assert {answer.status for answer in answers if answer} == {200, 204}
