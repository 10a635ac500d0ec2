"""A page in Chromium: when it can be used, and what it takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Error, Page, sync_playwright

from tests.kit.chromium import ARGUMENTS, WIDE, chromium

__all__ = ["Seen", "chromium", "open_page", "open_text"]

PATIENCE = 120.0  # seconds
# What a reader can use: rows that take keys; of a page without keys, rows that are drawn.
KEYS = "() => document.querySelector('[role=treegrid] [tabindex=\"0\"]')"
DRAWN = "() => document.readyState === 'complete'"
PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
NOW = "() => performance.now()"
OPEN = """async () => {
  const rows = () => document.querySelector('[role=treegrid]')?.ariaRowCount;
  const before = rows(), link = document.querySelector('tr[aria-expanded=false] .twist');
  if (!link) return null;
  const start = performance.now();
  link.click();
  while (rows() === before && performance.now() - start < 30000)
    await new Promise(done => requestAnimationFrame(done));
  return performance.now() - start;
}"""


@dataclass(frozen=True)
class Seen:
    """What a page came to."""

    usable_ms: float  # from the navigation on
    nodes: int  # of the DOM
    heap: int  # bytes of JavaScript's, after a collection
    opened_ms: float | None = None  # one row; None: none was closed


def open_page(address: str) -> Seen:
    """A page of the product."""
    with page() as shown:
        shown.goto(address, wait_until="commit")
        seen = measured(shown, KEYS)
        return Seen(seen.usable_ms, seen.nodes, seen.heap, shown.evaluate(OPEN))


def open_text(html: str, seconds: float) -> Seen | None:
    """A page by itself; None if it cannot be used within a time."""
    with TemporaryDirectory() as folder, page(seconds) as shown:
        file = Path(folder, "page.html")
        file.write_text(html)
        try:
            shown.goto(file.as_uri(), wait_until="commit")
            return measured(shown, DRAWN)
        except Error:  # too slow, or the tab crashed
            return None


@contextmanager
def page(seconds: float = PATIENCE) -> Iterator[Page]:
    """A page of a browser of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        shown = browser.new_context(viewport=WIDE).new_page()
        shown.set_default_timeout(seconds * 1e3)
        yield shown
        browser.close()


def measured(shown: Page, usable: str) -> Seen:
    """When a page can be used, and what it takes."""
    shown.wait_for_function(usable, polling="raf")
    shown.evaluate(PAINTED)
    usable_ms = shown.evaluate(NOW)
    session = shown.context.new_cdp_session(shown)
    session.send("Performance.enable")
    session.send("HeapProfiler.collectGarbage")
    found = {
        each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]
    }
    return Seen(usable_ms, int(found["Nodes"]), int(found["JSHeapUsedSize"]))
