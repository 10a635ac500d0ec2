"""Cheaper models in a browser: by the rules of axe-core, and from the costs to a call and back."""

import random
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.kit.routing import history, run
from tests.kit.world import World
from tests.pages.test_axe import open_page, violations

__all__ = ["open_page"]
pytestmark = pytest.mark.browser


@pytest.fixture
def costs(live_server, settings):
    """The address of the costs of a project with both kinds of advice."""
    settings.AGENTSCOPE_EMBEDDED = True
    world = World()
    critics = [
        run(3 + each, "gpt-5", 20, agent="critic", **{"gen_ai.usage.output_tokens": 9})
        for each in range(3)
    ]
    world.tell([*history(), *(span for critic in critics for span in critic)], random.Random(1))
    return f"/p/{quote(world.project.name)}/costs/"


def test_axe_finds_nothing(open_page, costs):
    open_page.goto(f"{costs}cheaper/")
    assert open_page.locator("article").count() == 2
    assert violations(open_page) == ""
    assert open_page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_from_the_costs_to_a_call(open_page, costs):
    open_page.goto(costs)
    open_page.get_by_role("link", name="Cheaper models").click()
    expect(open_page.get_by_role("heading", name="Cheaper models")).to_be_visible()
    open_page.get_by_role("link", name="gpt-4o-mini, call 1").click()
    expect(open_page.get_by_role("row", selected=True)).to_contain_text("step 2")
