from datetime import UTC, datetime, timedelta
from time import time_ns

import pytest
from playwright.sync_api import Page, expect

from agentscope.alerts.evaluate import evaluate
from agentscope.budgets.deciding import decide
from agentscope.budgets.keeping import keep_spent
from agentscope.budgets.models import Answer, Budget, Lift, ToolHour
from agentscope.budgets.question import Question
from agentscope.budgets.write import end_lift, end_stop, lift_budget, save_budget, stop
from agentscope.pipeline import examine
from tests.agentscope.budgets.told import HOURLY
from tests.kit.costs import agent, call, store, uuid
from tests.kit.spans import NOON
from tests.pages.test_axe import open_page, violations  # noqa: F401

pytestmark = pytest.mark.browser
PAGE = "/p/shop/budgets/"


def spend(shop, usd: str) -> None:
    """A run of the planner a few seconds ago."""
    after = time_ns() - 5 * 10**9 - NOON
    store(shop.pk, agent(1, 1, "planner", after=after), call(1, 2, 1, usd, after=after))
    examine(shop.pk, uuid(1))
    evaluate(shop.pk, time_ns(), keep_spent)


def ask(shop) -> str:
    return decide(shop, Question(agent="planner", trace=uuid(1)), time_ns()).verdict.decision.word


def choose_window(page) -> None:
    """The last day: one of the calendar may have begun just now."""
    page.get_by_label("In", exact=True).select_option("the last …")
    page.get_by_label("How many", exact=True).fill("24")


def test_a_budget_is_made_stops_and_is_lifted(page, shop):
    spend(shop, "6")
    page.goto(PAGE)
    page.get_by_role("link", name="New budget").first.click()
    page.get_by_label("Name", exact=True).fill("planners")
    page.get_by_label("Limit", exact=True).fill("5")
    page.get_by_label("Of", exact=True).select_option("each agent")
    choose_window(page)
    page.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("region", name="What it would have done")
    expect(preview.get_by_role("row").nth(1)).to_contain_text("planner $6.00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="planners")).to_be_visible()
    evaluate(shop.pk, time_ns(), keep_spent)
    assert ask(shop) == "stop"
    page.get_by_role("link", name="Budgets", exact=True).first.click()
    gauge = page.get_by_role("img", name="$6.00 spent, soft level at $4.00, limit $5.00")
    expect(gauge).to_be_visible()
    expect(page.get_by_text("at the limit", exact=True)).to_be_visible()
    page.get_by_role("link", name="planners").click()
    expect(page.get_by_role("row", name="$6.00 of $5.00 are spent")).to_contain_text("stop")
    page.get_by_role("link", name="Let it go on planner").click()
    page.get_by_label("Why").fill("the fair ends tonight")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Let go on")).to_contain_text("the fair ends tonight")
    assert ask(shop) == "warn"


def test_somebody_is_stopped_by_hand(page, shop):
    page.goto(PAGE)
    page.get_by_role("link", name="Stopped", exact=True).click()
    page.get_by_label("Stop the").select_option("agent")
    page.get_by_label("named").fill("planner")
    page.get_by_label("Why").fill("it writes to everybody")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("row", name="planner")).to_contain_text("it writes to everybody")
    assert ask(shop) == "stop"
    page.get_by_role("button", name="Let go on agent planner").click()
    expect(page.get_by_text("Nobody is stopped by hand.")).to_be_visible()
    assert ask(shop) == "allow"


def test_the_preview_follows_what_is_typed(page, shop):
    spend(shop, "6")
    page.goto(f"{PAGE}new/")
    choose_window(page)
    preview = page.get_by_role("region", name="What it would have done")
    page.get_by_label("Limit", exact=True).press_sequentially("5")
    expect(preview.get_by_role("row").nth(1)).to_contain_text("everybody $6.00")
    expect(page.get_by_label("Limit", exact=True)).to_be_focused()
    page.get_by_label("Limit", exact=True).press_sequentially("0")
    expect(preview.get_by_role("row").nth(1)).to_contain_text("nobody")
    page.get_by_label("Limit", exact=True).fill("much")
    expect(preview.get_by_role("alert")).to_contain_text("is no number")
    assert not Budget.objects.exists()


def test_axe_finds_nothing(open_page: Page, shop, subtests):  # noqa: F811
    said = {"name": "planners", "limit": 5, "each": "agent", "window": HOURLY}
    kept = save_budget(shop, "ada", said)
    stop(shop.pk, "agent", "writer", "ada", "it writes to everybody")
    spend(shop, "6")
    assert ask(shop) == "stop"
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for name in ("planner", "writer"):
        lift_budget(kept, name, tomorrow, "ada", "the fair ends tonight")
    end_lift(Lift.objects.get(group="writer"), "ada")
    end_stop(stop(shop.pk, "session", "s-1", "ada", "it hangs"), "ada")
    one = f"{PAGE}{kept.pk}/"
    answer, run = Answer.objects.get().pk, f"/p/shop/traces/{uuid(1).hex}/"
    ToolHour.objects.create(
        project_id=shop.pk, tool="x", calls=7, failures=7, permanent=True, as_of_ns=time_ns()
    )
    of_budget = (one, f"{one}edit/", f"{one}lift/?group=planner")
    by_hand = ("stops/", "stops/ended/", "lifts/", "lifts/ended/")
    others = (
        "new/",
        *by_hand,
        "answers/",
        f"answers/{answer}/",
        "answers/?agent=nobody",
        "otherwise/",
    )
    of_run = (run, f"{run}go-on/")
    for address in (PAGE, *of_budget, *(PAGE + each for each in others), *of_run):
        with subtests.test(address):
            open_page.goto(address)
            assert violations(open_page) == ""
    open_page.goto(f"{one}edit/")
    open_page.get_by_role("button", name="Preview").click()
    preview = open_page.get_by_role("region", name="What it would have done")
    expect(preview).to_contain_text("$6.00")
    assert violations(open_page) == ""
