"""Facets: what the listed traces have, with counts, as links that filter by it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from agentscope.findings.standing import codes_in
from agentscope.traces.facets import NEWEST
from agentscope.traces.read import Counted, TraceFilters, counted
from ui.address import address_of
from ui.finding_words import code_words
from ui.states import state_word

SHOWN = 8  # of a group; the others are counted
STATUS_WORDS = {"error": "with errors", "ok": "without errors"}


@dataclass(slots=True, frozen=True)
class Facet:
    """One value; `address` filters by it, or not any more if it is chosen."""

    words: str
    traces: int
    address: str
    is_chosen: bool


@dataclass(slots=True, frozen=True)
class FacetGroup:
    """The most frequent values of one filter."""

    title: str
    facets: list[Facet]
    left: int


@dataclass(slots=True, frozen=True)
class Facets:
    """All groups, and of what they count."""

    groups: list[FacetGroup]
    of: str


def facets_of(request: HttpRequest, project_id: int, filters: TraceFilters) -> Facets:
    """The facets of the traces that some filters find. Two queries."""
    found = counted(project_id, filters)
    return links(request, project_id, found, counted_of(found))


def facets_among(request: HttpRequest, project_id: int, trace_ids: list[UUID]) -> Facets:
    """The facets of the traces of a page. Two queries."""
    found = counted(project_id, TraceFilters(also=Q(trace_id__in=trace_ids)))
    return links(request, project_id, found, "Counts are of the traces on this page.")


def links(request: HttpRequest, project_id: int, found: Counted, of: str) -> Facets:
    """What was counted, as links. One query, of the findings."""
    codes = codes_in(project_id, found.traces) if found.traces else []
    groups = [
        group(request, "Outcome", "status", found.status),
        group(request, "State", "state", found.state),
        group(request, "Agents", "agent", found.agent),
        group(request, "Models", "model", found.model),
        group(request, "Tools", "tool", found.tool),
        group(request, "Sent with key", "key", found.key),
        group(request, "Findings", "finding", codes),
    ]
    return Facets([each for each in groups if each.facets], of)


def counted_of(found: Counted) -> str:
    """Of which traces the counts are."""
    if found.truncated:
        return f"Counts are of the newest {NEWEST:,} traces that match."
    return "Counts are of all traces that match."


def group(request: HttpRequest, title: str, name: str, values: list[tuple[str, int]]) -> FacetGroup:
    """The values of one filter as links."""
    now, address = request.GET.get(name, ""), address_of(request)
    facets = [
        Facet(
            words_of(name, value),
            traces,
            address.with_(**{name: None if value == now else value, "seen": None}),
            value == now,
        )
        for value, traces in values[:SHOWN]
    ]
    return FacetGroup(title, facets, max(0, len(values) - SHOWN))


def words_of(name: str, value: str) -> str:
    """A value as people say it."""
    if name == "status":
        return STATUS_WORDS[value]
    if name == "state":
        return state_word(value)
    return code_words(value) if name == "finding" else value
