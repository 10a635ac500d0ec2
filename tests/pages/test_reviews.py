"""Reviews in a browser: from the queue through the evidence to a verdict."""

import re

import pytest
from playwright.sync_api import Page, expect

from agentscope.projects.models import User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member
from agentscope.records.models import Record
from agentscope.reviews.case import Case
from agentscope.reviews.fill import fill_from_runs, fill_new_queue
from agentscope.reviews.models import Item, Queue, Review
from agentscope.reviews.write import comment, review, set_two_persons
from agentscope.traces.ids import span_hex
from agentscope.vocabulary import Content, Kind
from tests.agentscope.reviews.decided import ANN, BOB, LONG_AGO, queue
from tests.kit.costs import agent, call, span, tell, uuid
from tests.pages.test_axe import open_page, violations  # noqa: F401
from tests.pages.test_by_keyboard import press_on, tab_to, write

pytestmark = pytest.mark.browser
PAGE = "/p/shop/audit/reviews/"


def refund(project_id: int, number: int = 1) -> str:
    """A run in which the planner refunds an order; the page of its review."""
    said = Content(arguments={"order": 7}, result="done")
    tell(
        project_id,
        agent(number, 1, "planner"),
        call(number, 2, 1, "1.20"),
        span(
            number,
            3,
            1,
            10**8,
            kind=Kind.TOOL,
            tool="refund_order",
            name="refund_order",
            content=said,
        ),
    )
    found = Record.objects.get(project_id=project_id, trace_id=uuid(number))
    return f"{PAGE}{uuid(number).hex}/{span_hex(found.span_id)}/"


def fill() -> None:
    """Fill the queues, with what was there before them too."""
    Queue.objects.update(since=LONG_AGO)
    while fill_new_queue() or fill_from_runs():
        pass


def test_a_decision_is_reviewed_with_its_evidence_opened(page, shop):
    refund(shop.pk)
    page.goto(PAGE)
    page.get_by_role("link", name="New queue").click()
    page.get_by_label("Name", exact=True).fill("Refunds")
    page.get_by_label("With effect, a tool").fill("*refund*")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Refunds")).to_contain_text("all decisions with *refund*")
    fill()
    page.get_by_role("link", name="Refunds", exact=True).click()
    page.get_by_role("link", name="planner", exact=True).click()
    evidence = page.get_by_role("region", name="Evidence")
    evidence.get_by_role("link", name="refund_order").click()
    expect(page.get_by_role("complementary", name="Selected span")).to_contain_text("refund_order")
    page.go_back()
    expect(evidence.get_by_role("listitem").filter(has_text="refund_order")).to_contain_text(
        "opened"
    )
    page.get_by_label("wrong", exact=True).check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("Say why it is wrong.")
    expect(page.get_by_label("wrong", exact=True)).to_be_checked()
    page.get_by_label("Why", exact=True).fill("order 7 was never paid")
    page.get_by_role("button", name="Save", exact=True).click()
    row = page.get_by_role("row", name="order 7 was never paid")
    expect(row).to_contain_text("wrong")
    expect(row).to_contain_text("1 step opened")
    made = Review.objects.get()
    assert made.evidence == [3]
    assert made.seconds is not None
    page.get_by_role("link", name="Reviews", exact=True).first.click()
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    page.get_by_role("link", name="Rates", exact=True).click()
    expect(page.get_by_role("row", name="planner")).to_contain_text("1 of 1")


def test_it_works_without_javascript(browser, live_server, shop):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page, one = context.new_page(), refund(shop.pk)
    page.goto(one)
    page.get_by_role("link", name="tool refund_order").click()
    page.goto(one)
    page.get_by_label("approved", exact=True).check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("row", name="approved")).to_contain_text("1 step opened")
    context.close()
    assert Review.objects.get().evidence == [3]


def test_by_the_keyboard_alone(page, shop):
    for number in (1, 2):
        refund(shop.pk, number)
    queue(shop.pk)
    fill()
    page.goto(PAGE)
    press_on(page, "link", "planner")
    tab_to(page, page.get_by_label("approved", exact=True))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("questioned", exact=True)).to_be_checked()
    write(page, "Why", "why so much?")
    press_on(page, "button", "Save, and to the next")
    expect(page.get_by_role("heading", name="Review open")).to_be_visible()
    assert [each.verdict for each in Item.objects.order_by("due_at", "pk")] == ["questioned", ""]


def filled(shop) -> list[str]:
    """Pages with something of everything on them."""
    ones = [refund(shop.pk, number) for number in (1, 2, 3)]
    made = queue(shop.pk, name="Refunds", only={"effect": "*refund*"}, share="0.999999")
    queue(shop.pk, name="off", enabled=False)
    set_two_persons(shop.pk, ["refund*"], "ann")
    fill()
    first, second, _ = Item.objects.order_by("pk")
    for item, who in ((first, ANN), (first, BOB), (second, ANN)):
        case = case_of(item)
        review(case, who, "wrong" if item == first else "approved", "order 7 was never paid")
    comment(case_of(second), ANN, "@somebody was it paid?\nI cannot tell.")
    pages = (
        "",
        "?show=reviewed",
        "queues/",
        "queues/new/",
        f"queues/{made.pk}/",
        "two-people/",
        "mentions/",
        "rates/",
    )
    return [*(PAGE + each for each in pages), *ones]


def case_of(item: Item) -> Case:
    return Case(item.project_id, item.trace_id, item.span_id)


def test_axe_finds_nothing(open_page: Page, shop, subtests):  # noqa: F811
    for address in filled(shop):
        with subtests.test(address):
            open_page.goto(address)
            assert violations(open_page) == ""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_fit_a_narrow_screen(page, shop, theme):
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme=theme)
    for address in filled(shop):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_two_people_see_how_far_it_is(browser, live_server, shop, settings):
    settings.AGENTSCOPE_EMBEDDED = False
    one = refund(shop.pk)
    set_two_persons(shop.pk, ["refund*"], "ann")
    for name, words in (("ann", "1 of 2 approved"), ("bob", "2 of 2 approved")):
        user = User.objects.create_user(name, password="correct horse battery")
        add_member(shop, user, Role.OPERATOR)
        context = browser.new_context(base_url=live_server.url)
        page = context.new_page()
        page.goto(one)
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Password", exact=True).fill("correct horse battery")
        page.get_by_role("button", name="Log in").click()
        page.get_by_label("approved", exact=True).check()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("heading", name="Review")).to_contain_text(words)
        context.close()
    assert Item.objects.get().state == "reviewed"


def test_on_its_own_page_a_decision_is_reviewed_and_the_next_one_of_the_queue_follows(page, shop):
    for number in (1, 2):
        refund(shop.pk, number)
    made = queue(shop.pk, name="Refunds", only={"effect": "*refund*"})
    fill()
    first, second = (case_of(each) for each in Item.objects.order_by("due_at", "pk"))
    address = "/p/shop/audit/decisions/{}/{}/?queue={}".format
    page.goto(address(first.trace_id.hex, span_hex(first.span_id), made.pk))
    page.locator("a[href*='/evidence/']", has_text="refund_order").first.click()
    expect(page.get_by_role("complementary", name="Selected span")).to_contain_text("refund_order")
    page.go_back()
    review_part = page.get_by_role("region", name="Review")
    review_part.get_by_label("questioned", exact=True).check()
    review_part.get_by_label("Why", exact=True).fill("who asked for it?")
    review_part.get_by_role("button", name="Save, and to the next").click()
    expect(page).to_have_url(
        re.compile(f"/audit/decisions/{second.trace_id.hex}/.*queue={made.pk}")
    )
    expect(page.get_by_role("heading", name="Review")).to_contain_text("open")
    page.go_back()
    row = page.get_by_role("row", name="who asked for it?")
    expect(row).to_contain_text("1 step opened")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("heading", name="Review")).to_contain_text("open")
    expect(page.get_by_role("row", name="withdrawn")).to_be_visible()
    assert [each.verdict for each in Review.objects.order_by("pk")] == ["questioned", "withdrawn"]
