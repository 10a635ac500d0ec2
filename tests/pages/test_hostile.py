"""Hostile runs in a browser: on no page does anything of them run, lead or fetch."""

from __future__ import annotations

import pytest

from tests.kit.hostile import CORPUS
from tests.ui.hostile import addresses, hostile_runs

pytestmark = pytest.mark.browser
# What the texts would have made, had they been read as anything but text.
MADE = """() => [...document.querySelectorAll(
    "iframe, object, embed, math, base, [onload], [onerror], [onfocus], [onmouseover], [srcdoc]," +
    "meta[http-equiv], main style, main script, main link, img[src=x], form[action*='evil']," +
    "[href^='javascript:' i], [href^='data:' i], [src^='data:' i], [src*='evil']," +
    "[hx-get^='/logout']"
)].map((made) => made.outerHTML.slice(0, 200))"""
LED = """() => [...document.querySelectorAll("a[href]")]
    .map((link) => new URL(link.getAttribute("href"), location))
    .filter((to) => to.origin !== location.origin).map((to) => to.href)"""


def test_nothing_of_a_hostile_run_runs_leads_or_fetches(page, shop, asked):
    """The page complains of dialogs and of refused content by itself; its policy would have to
    refuse none."""
    hostile_runs(shop)
    for address in addresses(range(0, len(CORPUS), 10)):
        assert page.goto(f"/p/shop/{address}").status == 200
        assert page.evaluate(MADE) == []
        assert page.evaluate(LED) == []
    here = page.url.split("/p/")[0]
    assert [each.url for each in asked if not each.url.startswith(here)] == []
