"""The pages of an audit on paper: without what is pressed, with nothing cut."""

from __future__ import annotations

import pytest

from agentscope.audit.verifying import verify
from agentscope.ledger.write import checkpoint
from agentscope.projects.changes import note_change
from tests.kit.jobs import end_jobs
from tests.pages.test_long_names import LONG
from tests.pages.test_records import CUT, lightness
from tests.test_every_route import parts_of_packs
from tests.ui.records import LIST, PAGE, refunded

pytestmark = pytest.mark.browser
AUDIT = "/p/shop/audit/"
PAPER = {"width": 720, "height": 1000}
PRESSED = ".masthead, nav, button, input, select, .skip, .actions"
VISIBLE = f"""() => [...document.querySelectorAll("{PRESSED}")]
    .filter((each) => each.checkVisibility() && each.getClientRects().length)
    .map((each) => each.outerHTML.slice(0, 100))"""


@pytest.fixture
def told(shop):
    """A decision, a pack, and a change with long words."""
    refunded(shop)
    parts_of_packs(shop)
    limit = {"before": {"limit": "10"}, "after": {"limit": LONG}}
    note_change("budget", shop.pk, LONG[:100], f"Budget “{LONG}” was changed.", limit)
    checkpoint(shop.pk)


@pytest.mark.parametrize(
    "address",
    [
        LIST,
        PAGE,
        f"{AUDIT}packs/",
        f"{AUDIT}ledger/",
        f"{AUDIT}ledger/2/",
        f"{AUDIT}ledger/checkpoints/",
    ],
)
def test_on_paper_nothing_is_pressed_and_nothing_cut(page, told, address):
    page.set_viewport_size(PAPER)
    page.goto(address)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(VISIBLE) == []
    title = page.get_by_role("heading", level=1).bounding_box()
    assert title
    assert title["height"] > 10
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (
        lightness(page.evaluate("getComputedStyle(document.documentElement).backgroundColor")) > 0.9
    )
    assert page.pdf(format="A4").startswith(b"%PDF")


LAID_OUT = "it => getComputedStyle(it, '::after').display"


def test_on_paper_an_exact_time_is_a_part_of_its_sentence(page, told, shop):
    verify(shop.pk, "ada", whole=True)
    end_jobs()
    page.goto(f"{AUDIT}ledger/")
    page.emulate_media(media="print")
    assert page.locator("#verified time").evaluate(LAID_OUT) == "inline"
    assert page.locator("td.when time").first.evaluate(LAID_OUT) == "block"


LINES = """() => [...document.querySelectorAll("td.about")].map((cell) => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return new Set([...range.getClientRects()].map((each) => each.top)).size;
})"""


def test_on_paper_what_an_entry_is_about_is_not_broken_within_a_word(page, told):
    page.set_viewport_size(PAPER)
    page.goto(f"{AUDIT}ledger/")
    page.emulate_media(media="print")
    assert set(page.evaluate(LINES)) == {1}
