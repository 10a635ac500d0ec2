"""All rows of a trace in one page: what the product does not do, as a reference."""

from __future__ import annotations

import time
from uuid import UUID

import numpy as np
from django.template.loader import get_template

from agentscope.outline.entries import outline
from agentscope.traces.read import trace_tree
from bench.big_spans import PROJECT
from ui.reading import Reading, Window
from ui.rows import View

HEAD = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>In full</title>
<link rel="stylesheet" href="{}/static/css/app.css"></head><body><main class="trace-page">
<table class="tree" role="treegrid" aria-label="Spans"><tbody>"""
TAIL = "</tbody></table></main></body></html>"


def full_page(trace_id: UUID, address: str, seconds: float) -> str | None:
    """The page; None if it is not done after some seconds."""
    end = time.monotonic() + seconds
    tree = trace_tree(PROJECT, trace_id)
    assert tree is not None
    seen = outline(tree, np.zeros(len(tree), np.bool_))
    every = np.arange(len(seen))
    window = Window(Reading(), seen, np.ones(len(seen), np.bool_), every, 0, len(seen))
    row, parts = get_template("trace/_row.html"), [HEAD.format(address)]
    for line in View(window, live=False).lines():
        parts.append(row.render({**line.said, "keep": "", "selected": ""}))
        if time.monotonic() > end:
            return None
    return "".join([*parts, TAIL])
