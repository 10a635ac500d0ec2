"""The pictures of the documentation, taken of the sample traces that `make demo` loads.

    python -m bench.pictures http://127.0.0.1:4318

Writes them to docs/images. Look at them before you commit them.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.kit.chromium import ARGUMENTS, WIDE, chromium

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


PICTURES = (
    Picture("traces", view="traces/"),
    Picture("findings-light", view="findings/"),
    Picture("trace-light", "sess-pydantic-ai-logfire", selected="invoke_agent hotel_agent"),
    Picture("trace-narrow", "sess-pydantic-ai-logfire", is_narrow=True),
    Picture("graph-light", "sess-pydantic-ai-logfire", view="graph/"),
    Picture("loop-light", "sess-pydantic-ai-native-loop", step=3),
)


def address_of(picture: Picture, server: str) -> str:
    """Where a picture is taken. Raises LookupError if the sample is not there."""
    if not picture.session:
        return f"{server}/p/default/{picture.view}"
    asked = urlencode({"project": "default", "session": picture.session})
    with urllib.request.urlopen(f"{server}/api/v1/traces?{asked}") as answer:
        found = json.load(answer)["traces"]
    if not found:
        raise LookupError(f"no trace of {picture.session}: run `make demo` first")
    largest = max(found, key=lambda trace: trace["spans"])
    return f"{server}/p/default/traces/{largest['trace_id']}/{picture.view}"


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
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{picture.file}.png")


def main(server: str) -> None:
    """Take all of them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page(color_scheme="light")
        for picture in PICTURES:
            take(page, picture, server)
            print(FOLDER / f"{picture.file}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
