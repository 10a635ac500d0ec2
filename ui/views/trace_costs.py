"""The costs of one trace by path, and which path the selected span is of."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

import numpy as np
from django.http import Http404, HttpResponse
from django.urls import reverse

from agentscope.costs.read import PathReport, trace_paths
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Tree
from ui.access import PageRequest, page, wants
from ui.address import address_of
from ui.cost_rows import buckets, cost
from ui.exports import exports
from ui.icicle import paths_in, spot
from ui.views.costs import measure, picture
from ui.views.run import RunView, is_seen, nothing_new
from ui.views.trace import known_trace, known_tree


@page
def trace_costs(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The costs of a trace by path; `?span=` is the selected span, whose path is marked. A path
    selects the span that it begins with."""
    trace = known_trace(request, trace_id)
    if is_seen(request, trace):
        return nothing_new()
    report = trace_paths(request.project.pk, trace_id)
    if report is None:
        raise Http404("no such trace")
    run = RunView(request, trace, known_tree(request, trace_id), "costs")
    spots = [] if run.at is None else spots_of(report, run.tree.row(run.at).text("path"))
    if wants(request, "panel"):
        return run.answer("", {}, spots)
    return run.answer("costs/trace.html", shown(request, report, run, spots), spots)


def spots_of(report: PathReport, path: str) -> list[str]:
    """The mark of a path, or of the path around it if it is not listed by itself."""
    around = [
        node.path
        for node in paths_in(report.nodes)
        if path == node.path or path.startswith(f"{node.path}/")
    ]
    if around:
        return [spot(max(around, key=len))]
    return [spot("")] if report.unattributed else []


def shown(
    request: PageRequest, report: PathReport, run: RunView, spots: list[str]
) -> dict[str, Any]:
    """The picture, the table, and the figures above them."""
    begins = firsts(run.tree, run.keep)
    context = picture(report, measure(request), address_of(request))
    address = reverse("api-paths", args=[run.found.trace_id.hex])
    return context | {
        "boxes": [(box, look, begins.get(box.path, "")) for box, look, _ in context["boxes"]],
        "nodes": [(node, begins.get(node.path, "")) for node, _ in context["nodes"]],
        "is_zoomable": True,
        "is_of_run": True,
        "spots": spots,
        "figures": {"cost": cost(report.total), "buckets": buckets(report.total)}
        | asdict(report.total),
        "exports": exports(address, {"project": request.project.name}),
    }


def firsts(tree: Tree, keep: str) -> dict[str, str]:
    """For each path the address that selects its first span."""
    paths, rows = np.unique(tree.path, return_index=True)
    return {
        tree.texts[path]: f"?{keep}span={span_hex(int(tree.span_id[row]))}"
        for path, row in zip(paths.tolist(), rows.tolist(), strict=True)
    }
