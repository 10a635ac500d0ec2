"""The pictures of the documentation, taken of the sample traces that `make demo` loads.

    python -m bench.pictures http://127.0.0.1:4318 [name of a picture …]

Writes all of them, or those that are named, to docs/images, and makes the rules and budgets that
are shown. Look at them before you commit them.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.kit.chromium import ARGUMENTS, WIDE, chromium

PROJECT = "default"  # into which `make demo` loads them
FOLDER = Path(__file__).parent.parent / "docs" / "images"
NARROW: ViewportSize = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Picture:
    """A page of the largest trace of a session; without one, of the project. A row is selected by
    its words, or by the number of a step of its finding."""

    file: str
    session: str = ""
    view: str = ""
    selected: str = ""
    step: int = 0
    is_narrow: bool = False
    rule: str = ""  # whose form is shown, with what it would have done


# What people would say of the sample traces, as the API takes it: where it is said, and what.
DAY, MONTH = {"kind": "rolling", "seconds": 86_400}, {"kind": "calendar", "unit": "month"}
SAID: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "alert-rules",
        {
            "name": "dear run",
            "metric": "cost",
            "each": "trace",
            "window": {"kind": "whole"},
            "condition": {"kind": "at_least", "threshold": "0.008"},
        },
    ),
    (
        "alert-rules",
        {
            "name": "tools that fail",
            "metric": "error_rate",
            "each": "tool",
            "window": DAY,
            "condition": {"kind": "at_least", "threshold": "0.3"},
        },
    ),
    (
        "alert-rules",
        {
            "name": "tokens of an agent",
            "metric": "tokens",
            "each": "agent",
            "window": DAY,
            "condition": {"kind": "at_least", "threshold": "10000"},
        },
    ),
    ("budgets", {"name": "everything", "limit": "0.5", "window": MONTH}),
    ("budgets", {"name": "each session", "limit": "0.008", "each": "session", "window": MONTH}),
    (
        "budgets",
        {"name": "tokens a day", "unit": "tokens", "limit": "400000", "window": DAY},
    ),
    (
        "budgets",
        {"name": "each agent", "limit": "0.02", "each": "agent", "window": MONTH},
    ),
)
PICTURES = (
    Picture("traces", view="traces/"),
    Picture("findings-light", view="findings/"),
    Picture("trace-light", "sess-pydantic-ai-logfire", selected="invoke_agent hotel_agent"),
    Picture("trace-narrow", "sess-pydantic-ai-logfire", is_narrow=True),
    Picture("graph-light", "sess-pydantic-ai-logfire", view="graph/"),
    Picture("loop-light", "sess-pydantic-ai-native-loop", step=3),
    Picture("alerts-light", view="alerts/"),
    Picture("rule-light", view="alerts/rules/", rule="dear run"),
    Picture("budgets-light", view="budgets/"),
)


def ask(address: str, said: dict[str, Any] | None = None) -> Any:
    """What the API answers, to `said` if there is something to say."""
    body = None if said is None else json.dumps(said).encode()
    asked = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


def say(server: str) -> None:
    """Make the rules and budgets that are not there yet."""
    for place, said in SAID:
        address = f"{server}/api/v1/{place}?project={PROJECT}"
        (known,) = (each for each in ask(address).values() if isinstance(each, list))
        if said["name"] not in {each["name"] for each in known}:
            ask(address, said)


def address_of(picture: Picture, server: str) -> str:
    """Where a picture is taken. Raises LookupError if the sample is not there."""
    if not picture.session:
        return f"{server}/p/{PROJECT}/{picture.view}"
    asked = urlencode({"project": PROJECT, "session": picture.session})
    found = ask(f"{server}/api/v1/traces?{asked}")["traces"]
    if not found:
        raise LookupError(f"no trace of {picture.session}: run `make demo` first")
    largest = max(found, key=lambda trace: trace["spans"])
    return f"{server}/p/{PROJECT}/traces/{largest['trace_id']}/{picture.view}"


def take(page: Page, picture: Picture, server: str) -> None:
    """Open, select, and write a picture."""
    page.set_viewport_size(NARROW if picture.is_narrow else WIDE)
    page.goto(address_of(picture, server))
    if picture.selected:
        page.locator("a.label", has_text=picture.selected).last.click()
        page.locator("#panel[data-shown]").wait_for()
    if picture.step:
        page.locator('tbody tr[tabindex="0"]').focus()
        for _ in range(picture.step):
            page.keyboard.press("n")
        page.get_by_text(f"step {picture.step} of").wait_for()
    if picture.rule:
        page.get_by_role("link", name=picture.rule, exact=True).click()
        page.locator("#preview svg").wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{picture.file}.png")


def main(server: str, *named: str) -> None:
    """Take all of them, or those that are named."""
    say(server)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page(color_scheme="light")
        for picture in (each for each in PICTURES if not named or each.file in named):
            take(page, picture, server)
            print(FOLDER / f"{picture.file}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), *sys.argv[2:])
