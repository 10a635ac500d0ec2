"""Where the money went: over time, by group, by path, down to the single call."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from agentscope.costs.read import (
    BadQuery,
    CostQuery,
    CostReport,
    PathReport,
    TookTooLong,
    calls,
    chosen_attributes,
    costs,
    period_paths,
    trace_paths,
)
from agentscope.traces.read import trace as read_trace
from ui.access import PageRequest, page, wants
from ui.bars import MOST_SERIES, chart
from ui.cost_form import ORDERS, CostForm, words_of
from ui.cost_rows import Address, buckets, cost, difference, label, legend, lines
from ui.icicle import MEASURES, boxes, levels, paths_in
from ui.what_if import compared

Links = list[tuple[str, str]]  # words and address
CALLS = 100  # on a page
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
    address = Address(request.path, request.GET)
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
        "chart": chart(report),
        "orders": orders(form, address),
        "exports": exports(request, form, view, query),
        **VIEW[view](request, form, address),
    }


def figures(report: CostReport) -> dict[str, Any]:
    """The figures above everything else."""
    total, outcomes = report.total, report.outcomes
    known = outcomes.known if outcomes else None
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
        "is_bound": bool(known and known.unpriced_calls),
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


def exports(request: PageRequest, form: CostForm, view: str, query: CostQuery) -> Links:
    """The table that is shown, whole, from the API: the same question."""
    asked = {
        "project": request.project.name,
        "since": query.since.isoformat(),
        "until": query.until.isoformat(),
        **form.filters,
    }
    if view != "calls":
        asked["group_by"] = "path" if view == "paths" else form.dimension
    return downloads(reverse("api-calls" if view == "calls" else "api-costs"), asked)


def downloads(address: str, asked: dict[str, str]) -> Links:
    """One answer as CSV and as JSON."""
    return [
        ("CSV", f"{address}?{urlencode(asked | {'format': 'csv'})}"),
        ("JSON", f"{address}?{urlencode(asked)}"),
    ]


def groups_view(request: PageRequest, form: CostForm, address: Address) -> dict[str, Any]:
    """Nothing more: the groups are there for the chart."""
    return {}


def paths_view(request: PageRequest, form: CostForm, address: Address) -> dict[str, Any]:
    """The costs by path as a picture and as a table."""
    report = period_paths(request.project.pk, form.query(timezone.now()))
    return picture(report, measure(request), address, is_zoomable=True)


def calls_view(request: PageRequest, form: CostForm, address: Address) -> dict[str, Any]:
    """The single calls, the latest first."""
    query = form.query(timezone.now())
    found = calls(request.project.pk, query, request.GET.get("after", ""), CALLS)
    return {"calls": found, "older": address.with_(after=found.next) if found.next else ""}


def what_if_view(request: PageRequest, form: CostForm, address: Address) -> dict[str, Any]:
    """The same calls on another model."""
    now = timezone.now()
    chosen = request.GET.get("on", "")[:200]
    found = compared(request.project.pk, form.query(now), chosen, now.date())
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
    report: PathReport, by: str, address: Address, *, is_zoomable: bool = False
) -> dict[str, Any]:
    """An icicle and its table; each box with the address that looks into it, where there is one."""
    found = boxes(report, by)
    return {
        "paths": report,
        "nodes": list(paths_in(report.nodes)),
        "boxes": [
            (box, address.with_(within=box.path) if is_zoomable and box.path else "")
            for box in found
        ],
        "levels": levels(found),
        "measures": [(name, address.with_(measure=name), name == by) for name in MEASURES],
    }


@page
def trace_costs(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The costs of one trace by path."""
    trace = read_trace(request.project.pk, trace_id)
    report = trace_paths(request.project.pk, trace_id)
    if trace is None or report is None:
        raise Http404("no such trace")
    context = picture(report, measure(request), Address(request.path, request.GET))
    total = {"cost": cost(report.total), "buckets": buckets(report.total)}
    context |= {"page": "traces", "trace": trace, "figures": total | asdict(report.total)}
    address = reverse("api-paths", args=[trace_id.hex])
    context["exports"] = downloads(address, {"project": request.project.name})
    return render(request, "costs/trace.html", context)
