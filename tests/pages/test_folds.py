"""A row for what is folded, in a browser."""

import pytest

from agentscope.vocabulary import Content, Kind, Meaning
from tests.ui.traces import TRACE_ID, save_trace, span

pytestmark = pytest.mark.browser
PAGE = f"/p/shop/traces/{TRACE_ID.hex}/"
BOX = "it => it.getBoundingClientRect().toJSON()"
POLL = Meaning(
    Kind.TOOL, tool="poll_a_status", content=Content(arguments={"job": 9}, result="running")
)


def test_what_is_folded_is_read_beside_the_panel_too(page, shop):
    chat = Meaning(Kind.LLM, model="gpt-4o")
    rounds = [
        span(2 + at, 1, name="chat gpt-4o" if at % 2 == 0 else "poll", meaning=[chat, POLL][at % 2])
        for at in range(12)
    ]
    save_trace(shop, span(1, name="run", meaning=Meaning(Kind.AGENT, agent="run")), *rounds)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(PAGE)
    fold = page.locator("tr[data-fold]").first
    assert "1 argument" in fold.inner_text()
    page.goto(f"{PAGE}?span={1:016x}")
    label = fold.locator("a.label")
    assert "chat gpt-4o → poll_a_status × 6" in label.inner_text()
    assert label.evaluate("label => label.scrollWidth <= label.clientWidth")
    words = fold.locator(".label ~ *")
    assert words.count() > 1
    row = fold.locator(".name").evaluate(BOX)
    for word in words.all():
        box = word.evaluate(BOX)
        assert box["top"] >= row["bottom"] or box["right"] <= row["right"], "whole or not there"
        assert word.evaluate("word => word.scrollWidth <= word.clientWidth + 1")
