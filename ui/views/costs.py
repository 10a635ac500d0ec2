"""Where the money went: over time, by group, by path, down to the single call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from agentscope.costs.read import (
    BadQuery,
    CostQuery,
    CostReport,
    PathReport,
    Show,
    TookTooLong,
    calls,
    chosen_attributes,
    costs,
    period_paths,
)
from ui.access import PageRequest, page, wants
from ui.address import Address
from ui.bars import MOST_SERIES, chart
from ui.cost_form import ORDERS, CostForm, words_of
from ui.cost_rows import (
    CostAddress,
    buckets,
    cost,
    difference,
    label,
    legend,
    lines,
    movers,
    series,
)
from ui.exports import Links, exports
from ui.icicle import MEASURES, boxes, colour, levels, paths_in
from ui.rule_links import of_costs
from ui.what_if import compared

CALLS = 100  # on a page
SHOWS = {
    Show.DEAREST: "dearest first",
    Show.NEWEST: "newest first",
    Show.ALL: "everything, newest first",
}
VIEWS = {"groups": "Groups", "paths": "Paths", "calls": "Calls", "what-if": "What if"}


@page
def costs_page(request: PageRequest) -> HttpResponse:
    """The costs of a period. Each view is an address; htmx swaps the part that changed."""
    form = CostForm(request.GET, chosen_attributes(request.project.pk))
    context: dict[str, Any] = {"page": "costs", "form": form, "problem": ""}
    try:
        context |= shown(request, form)
    except (BadQuery, TookTooLong) as problem:
        context["problem"] = str(problem)
    part = wants(request, "costs")
    return render(request, "costs/_costs.html" if part else "costs/page.html", context)


def shown(request: PageRequest, form: CostForm) -> dict[str, Any]:
    """What a view of the page shows."""
    address = CostAddress(request.path, request.GET)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "groups"
    query = form.query(timezone.now())
    report = costs(request.project.pk, query)
    found = list(lines(report, address))
    return {
        "report": report,
        "figures": figures(report),
        "chips": chips(form, address),
        "tabs": [(words, address.with_(view=name), name == view) for name, words in VIEWS.items()],
        "view": view,
        "lines": found,
        "legend": legend(found),
        "others": MOST_SERIES,
        "dimension": words_of(form.dimension),
        "chart": chart(report.series, report.query.interval),
        "orders": orders(form, address),
        "exports": same_table(request, form, view, query),
        "rule_address": of_costs(request.project.name, form.filters, form.dimension),
        **VIEW[view](request, report, address),
    }


def figures(report: CostReport) -> dict[str, Any]:
    """The figures above everything else."""
    total, outcomes = report.total, report.outcomes
    return {
        "cost": cost(total),
        "exact": total.known_cost.normalize(),
        "change": difference(total, report.previous) if report.previous is not None else "",
        "total": total,
        "buckets": buckets(total),
        "discarded_share": total.discarded_share,
        "outcomes": outcomes,
        "tasks": outcomes.successes + outcomes.failures + outcomes.unknown if outcomes else 0,
        "known_tasks": outcomes.successes + outcomes.failures if outcomes else 0,
    }


def chips(form: CostForm, address: Address) -> list[tuple[str, str, str]]:
    """The filters that are set: what is picked, its value, and the address without it."""
    return [
        (words_of(name), label(name, value), address.without(name))
        for name, value in form.filters.items()
    ]


def orders(form: CostForm, address: Address) -> dict[str, tuple[str, bool]]:
    """For each column that can order the table its address, and whether it does."""
    now = form.cleaned_data.get("order") or "known_cost"
    return {name: (address.with_(order=name), name == now) for name in ORDERS}


def same_table(request: PageRequest, form: CostForm, view: str, query: CostQuery) -> Links:
    """The table that is shown, whole, from the API: the same question."""
    asked = {
        "project": request.project.name,
        "since": query.since.isoformat(),
        "until": query.until.isoformat(),
        **form.filters,
    }
    if view == "calls":
        asked["show"] = shown_calls(request)
    else:
        asked["group_by"] = "path" if view == "paths" else form.dimension
    return exports(reverse("api-calls" if view == "calls" else "api-costs"), asked)


def groups_view(request: PageRequest, report: CostReport, address: CostAddress) -> dict[str, Any]:
    """What changed most, if there was anything before."""
    return {"movers": list(movers(report, address))}


def paths_view(request: PageRequest, report: CostReport, address: CostAddress) -> dict[str, Any]:
    """The costs by path as a picture and as a table."""
    paths = period_paths(request.project.pk, report.query)
    agents = series(report) if report.query.group_by == ("agent",) else None
    return {
        **picture(paths, measure(request), address, agents),
        "nodes": [(node, address.within(node.path)) for node in paths_in(paths.nodes)],
        "is_zoomable": True,
    }


def calls_view(request: PageRequest, report: CostReport, address: CostAddress) -> dict[str, Any]:
    """The single calls, the dearest first unless another list is asked for."""
    show = shown_calls(request)
    after = request.GET.get("after", "")
    found = calls(request.project.pk, report.query, after, CALLS, show)
    return {
        "calls": found,
        "show": show,
        "shows": [(words, address.with_(show=each), each == show) for each, words in SHOWS.items()],
        "next_calls": address.with_(after=found.next) if found.next else "",
    }


def shown_calls(request: PageRequest) -> Show:
    """Which single calls are listed."""
    said = request.GET.get("show", "")
    return Show(said) if said in SHOWS else Show.DEAREST


def what_if_view(request: PageRequest, report: CostReport, address: CostAddress) -> dict[str, Any]:
    """The same calls on another model."""
    chosen = request.GET.get("on", "")[:200]
    found = compared(request.project.pk, report.query, chosen, timezone.now().date())
    kept = [(name, value) for name, value in request.GET.items() if name not in ("on", "after")]
    offers = [(name, address.with_(on=name)) for name in found.get("suggested", ())]
    return {**found, "kept": kept, "suggestions": offers}


VIEW = {
    "groups": groups_view,
    "paths": paths_view,
    "calls": calls_view,
    "what-if": what_if_view,
}


def measure(request: PageRequest) -> str:
    """What boxes are as wide as."""
    said = request.GET.get("measure", "")
    return said if said in MEASURES else "cost"


def picture(
    report: PathReport, by: str, address: Address, series: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """An icicle and its table; each box with its colour, and the address that looks into it."""
    found = boxes(report, by)
    return {
        "paths": report,
        "nodes": [(node, "") for node in paths_in(report.nodes)],
        "boxes": [(box, colour(box, series), address.with_(within=box.path)) for box in found],
        "levels": levels(found),
        "measures": [(name, address.with_(measure=name), name == by) for name in MEASURES],
    }
