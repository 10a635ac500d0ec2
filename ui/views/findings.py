"""Findings: the inbox, one cause with what people decide about it, and evidence side by side."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from agentscope.budgets.of_trace import policies, stops_runs
from agentscope.findings.catalogue import Entry, catalogue
from agentscope.findings.decisions import EXPECTED, decide, state
from agentscope.findings.models import Cause, Finding
from agentscope.findings.read import (
    CauseFilters,
    CausePage,
    Counts,
    Recent,
    causes,
    codes_of,
    counts,
    decisions_of,
    finding,
    findings_of_cause,
    recent,
)
from agentscope.findings.read import cause as read_cause
from agentscope.traces.ids import parse_span_id
from agentscope.traces.read import span_detail, trace_tree
from agentscope.traces.tree import Tree
from ui import amounts
from ui.access import PageRequest, form_page, page, wants, who
from ui.address import address_of
from ui.cuts import SHOWN
from ui.evidence import (
    asked_by,
    asks_for,
    earlier_traces,
    first_and_last,
    last_answer,
    pairs,
    repeated,
    said,
)
from ui.exports import Links, exports
from ui.finding_forms import TABS, DecisionForm, FindingForm
from ui.finding_words import sighted
from ui.panel import Panel, panel_of
from ui.rule_links import of_cause
from ui.trends import trend
from ui.views.sessions import position

PAGE = 50  # causes, or findings of one
DECISIONS = 50  # of one cause
DAYS = 14  # of the small bars
MONTH = 30
LAST_CAUSE = 10**6
NO_CONTENT = 204
API = "/api/v1/findings"
OCSF = {"format": "ocsf"}


@page
def findings(request: PageRequest) -> HttpResponse:
    """The inbox: causes, the worst and newest first; `?state=` is the tab. htmx asks whether it
    changed: 204 if not."""
    project_id = request.project.pk
    form, first = FindingForm(request.GET, codes_of(project_id)), position(request, LAST_CAUSE)
    filters = form.filters(timezone.now())
    found, counted = causes(project_id, filters, first, PAGE), counts(project_id, filters)
    is_part, seen = wants(request, "causes"), mark(found.items, counted)
    if is_part and request.GET.get("seen") == seen:
        return HttpResponse(status=NO_CONTENT)
    context = {
        "page": "findings",
        "form": form,
        "tabs": tabs(request, form, counted),
        "lines": lines(project_id, found.items, DAYS),
        "count": count(found, first),
        "counted": counted,
        "days": DAYS,
        "watched": None if found.items else list(detectors(request).values()),
        "seen": seen,
        "address": address_of(request).without("seen"),
        **pages(request, first, len(found.items), found.total),
        "exports": same_list(request, filters),
    }
    return render(request, "findings/_news.html" if is_part else "findings/page.html", context)


def mark(shown: list[Cause], counted: Counts) -> str:
    """Changes whenever the list would: what htmx has seen."""
    told = [(each.fingerprint, each.severity, each.findings, state(each)) for each in shown]
    dated = [each.last_at for each in shown]
    return blake2b(repr((told, dated, counted)).encode(), digest_size=8).hexdigest()


def tabs(request: PageRequest, form: FindingForm, counted: Counts) -> list[dict[str, Any]]:
    """The states as tabs, each with how many causes it has."""
    here = address_of(request)
    return [
        {
            "name": name,
            "words": words,
            "count": counted.states[name],
            "address": here.with_(**{"state": name, "from": None, "seen": None}),
            "is_open": name == form.state_asked,
        }
        for name, words in TABS.items()
    ]


def lines(project_id: int, found: list[Cause], days: int) -> list[dict[str, Any]]:
    """Causes with their states and their last days."""
    if not found:
        return []
    now, nothing = timezone.now(), Recent()
    since = now - timedelta(days=days)
    days_of = recent(project_id, [each.fingerprint for each in found], since)
    return [
        {
            "cause": each,
            "state": state(each),
            "recent": (of := days_of.get(each.fingerprint, nothing)),
            "trend": trend(of.times, now.date(), days),
        }
        for each in found
    ]


def count(found: CausePage, first: int) -> str:
    """How many there are, and how many of them are here."""
    total = amounts.count(found.total, "cause")
    shown = f": {first + 1:,} to {first + len(found.items):,}" if found.total > PAGE else ""
    return f"{total}{shown}, the worst and newest first"


def pages(request: PageRequest, first: int, shown: int, total: int) -> dict[str, str]:
    """Where the rest of a list is."""
    here, last = address_of(request), first + shown
    return {
        "earlier": here.with_(**{"from": str(max(first - PAGE, 0)), "seen": None}) if first else "",
        "later": here.with_(**{"from": str(last), "seen": None}) if last < total else "",
    }


def same_list(request: PageRequest, filters: CauseFilters) -> Links:
    """The inbox for machines, with the filters of this page."""
    said = {name: request.GET.get(name, "") for name in ("code", "severity", "agent")}
    said |= {"state": filters.state, "text": filters.text}
    if filters.since:
        said["since"] = filters.since.isoformat(timespec="seconds")
    asked = {name: text for name, text in said.items() if text}
    return with_events(API, {"project": request.project.name, **asked})


def with_events(address: str, asked: dict[str, str]) -> Links:
    """Findings for machines, also as events for security systems (OCSF)."""
    return [*exports(address, asked), ("OCSF", f"{address}?{urlencode(asked | OCSF)}")]


@form_page
def cause(request: PageRequest, fingerprint: UUID) -> HttpResponse:
    """One cause: its findings, and what people decided. A decision is posted here."""
    found = read_cause(request.project.pk, fingerprint)
    if found is None:
        raise Http404("no such cause in this project")
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        decided_by = who(request)
        decide(request.project.pk, fingerprint, form.decided, decided_by, form.cleaned_data["note"])
        return redirect(way_back(request, form, fingerprint))
    first = position(request, LAST_CAUSE)
    shown = findings_of_cause(request.project.pk, fingerprint, PAGE, first)
    context = {
        "page": "findings",
        "form": form,
        **lines(request.project.pk, [found], MONTH)[0],
        "is_stopping": state(found) != EXPECTED and stops_runs(policies(request.project.pk), found),
        "sightings": sighted(shown, {fingerprint: found}, detectors(request)),
        "decisions": decisions_of(request.project.pk, fingerprint, DECISIONS),
        **pages(request, first, len(shown), found.findings - found.more_places),
        "rule_address": of_cause(request.project.name, found),
        "exports": with_events(f"{API}/{fingerprint.hex}", {"project": request.project.name}),
    }
    return render(request, "findings/cause.html", context)


def detectors(request: PageRequest) -> dict[str, Entry]:
    """All that is looked for, by code."""
    return {each.code: each for each in catalogue(request.project.pk)}


def way_back(request: PageRequest, form: DecisionForm, fingerprint: UUID) -> str:
    """The page on which it was decided: that of a trace, else that of the cause."""
    if trace := form.cleaned_data["trace"]:
        return f"{reverse('trace', args=[request.project.name, trace])}#findings"
    return reverse("cause", args=[request.project.name, fingerprint])


@page
def evidence(request: PageRequest, trace_id: UUID, fingerprint: UUID, span_id: str) -> HttpResponse:
    """The first and the last repeat of one finding side by side."""
    found = known_finding(request, trace_id, fingerprint, span_id)
    tree = trace_tree(request.project.pk, trace_id)
    rows = first_and_last(tree, found) if tree else None
    if tree is None or rows is None:
        raise Http404("no such span in this trace")
    first, last = (telling(request, tree, trace_id, row) for row in rows)
    before = repeated(found)
    made_before = panel_at(request, *before) if before else None
    if made_before:
        first, last = made_before, first
    context = {
        "first_trace": before[0] if before and made_before else trace_id,
        "last_word": "Again" if made_before else "Last",
        "earlier": earlier_traces(found),
        "page": "findings",
        "finding": found,
        "first": first,
        "last": last,
        "pairs": pairs(first, last) if first and last else [],
    }
    is_part = request.htmx and not request.htmx.history_restore_request
    template = "findings/_evidence.html" if is_part else "findings/evidence.html"
    return render(request, template, context)


def known_finding(request: PageRequest, trace_id: UUID, fingerprint: UUID, span_id: str) -> Finding:
    """The finding, if this project has it. Raises Http404."""
    try:
        found = finding(request.project.pk, trace_id, fingerprint, parse_span_id(span_id))
    except ValueError as error:
        raise Http404("no such span") from error
    if found is None:
        raise Http404("no such finding in this project")
    return found


def telling(request: PageRequest, tree: Tree, trace_id: UUID, row: int) -> Panel | None:
    """What one step was given and came to. An agent that says neither is told by the last answer of
    its models, a tool by the model call that asked for it."""
    found = panel(request, tree, trace_id, row)
    if found is None or said(found):
        return found
    tool = tree.row(row).text("tool")
    model = asked_by(tree, row) if tool else last_answer(tree, row)
    answer = None if model is None else panel(request, tree, trace_id, model)
    is_told = answer is not None and (asks_for(answer, tool) if tool else said(answer))
    return answer if is_told else found


def panel_at(request: PageRequest, trace_id: UUID, span_id: int) -> Panel | None:
    """A span of any trace of the project; None if it has expired."""
    tree = trace_tree(request.project.pk, trace_id)
    row = tree.find(span_id) if tree else None
    return panel(request, tree, trace_id, row) if tree and row is not None else None


def panel(request: PageRequest, tree: Tree, trace_id: UUID, row: int) -> Panel | None:
    """A span with its payload; None if retention was quicker."""
    detail = span_detail(request.project.pk, trace_id, int(tree.span_id[row]))
    return panel_of(tree.row(row), detail, SHOWN) if detail else None
