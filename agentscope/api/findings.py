"""Findings, read by machine: grouped by cause, one cause, and those of a trace."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpResponseBase, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.costs import csv_answer
from agentscope.api.fields import words
from agentscope.api.findings_bodies import (
    CAUSE_HEAD,
    FINDING_HEAD,
    cause_cells,
    causes_body,
    finding_cells,
    trace_findings_body,
    whole_cause_body,
)
from agentscope.api.findings_formats import FORMAT, is_csv, is_ocsf
from agentscope.api.findings_shapes import CausesShape, TraceFindingsShape, WholeCauseShape
from agentscope.api.ocsf import cause_event, finding_event, ocsf_answer
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.refused import NOT_FOUND, Refused
from agentscope.api.traces import known_trace_id, no_trace
from agentscope.findings.decisions import STATES
from agentscope.findings.models import Cause, Finding
from agentscope.findings.read import (
    ALL,
    CauseFilters,
    CausePage,
    cause,
    causes,
    decided,
    decisions_of,
    findings_ever,
    findings_of_cause,
)
from agentscope.findings.severity import Severity
from agentscope.traces.ids import parse_trace_id
from agentscope.traces.read import trace

CAUSES_A_PAGE, CAUSES_AT_ONCE = 50, 500
FINDINGS_A_PAGE, FINDINGS_AT_ONCE = 50, 500  # of one cause
OF_TRACE_AT_ONCE = 1000
DECISIONS = 100
LAST_POSITION = 10**9
ALL_SPANS = "all"
SPANS = OpenApiParameter(
    "spans", str, enum=[ALL_SPANS], description="all: every span id, however many there are"
)
FILTERS = [
    *parameters.PROJECT,
    OpenApiParameter(
        "state", str, enum=[*STATES, ALL], description="open holds reopened; else all"
    ),
    OpenApiParameter("severity", str, enum=words(Severity), description="at least"),
    OpenApiParameter("code", str, description="exactly this code"),
    OpenApiParameter("agent", str, description="exactly this agent"),
    OpenApiParameter("text", str, description="contained in sentence, subject or agent"),
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="last happened at or after"),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="last happened before"),
    OpenApiParameter("offset", int, description="position of the first cause, from 0"),
    OpenApiParameter("limit", int, description=f"causes on a page, 1 to {CAUSES_AT_ONCE}, else 50"),
    FORMAT,
]
ONE = [
    *parameters.PROJECT,
    OpenApiParameter("offset", int, description="position of the first finding, from 0"),
    OpenApiParameter(
        "limit", int, description=f"findings on a page, 1 to {FINDINGS_AT_ONCE}, else 50"
    ),
    SPANS,
    FORMAT,
]
OF_TRACE = [
    *parameters.PROJECT,
    OpenApiParameter("offset", int, description="position of the first finding, from 0"),
    OpenApiParameter("limit", int, description=f"findings on a page, 1 to {OF_TRACE_AT_ONCE}"),
    SPANS,
    FORMAT,
]


class CausesView(ProjectView):
    takes = FILTERS

    @described("list_findings", {200: CausesShape}, FILTERS)
    def get(self, request: Request) -> HttpResponseBase:
        """Findings grouped by cause, the worst and newest first; as csv all from `offset` on."""
        said = request.query_params
        offset = parameters.number(said, "offset", 0, 0, LAST_POSITION)
        limit = parameters.number(said, "limit", CAUSES_A_PAGE, 1, CAUSES_AT_ONCE)
        filters = cause_filters(said)
        page = causes(self.project.pk, filters, offset, limit)
        if is_csv(said):
            every = self.from_here(filters, offset, page)
            return csv_answer("findings", CAUSE_HEAD, map(cause_cells, every))
        if is_ocsf(said):
            every = self.from_here(filters, offset, page)
            return ocsf_answer("findings", map(cause_event, every))
        return json_answer(causes_body(page, offset))

    def from_here(self, filters: CauseFilters, offset: int, page: CausePage) -> Iterator[Cause]:
        """The causes of a page, and page after page those that follow."""
        while page.items:
            yield from page.items
            offset += len(page.items)
            page = causes(self.project.pk, filters, offset, CAUSES_AT_ONCE)


class CauseView(ProjectView):
    takes = ONE

    @described("read_finding", {200: WholeCauseShape}, ONE)
    def get(self, request: Request, fingerprint: str) -> HttpResponseBase:
        """One cause with its findings, the newest first, and what people decided; as csv all
        findings from `offset` on."""
        said, project_id = request.query_params, self.project.pk
        offset = parameters.number(said, "offset", 0, 0, LAST_POSITION)
        limit = parameters.number(said, "limit", FINDINGS_A_PAGE, 1, FINDINGS_AT_ONCE)
        whole = wants_all_spans(said)
        found = cause(project_id, known_fingerprint(fingerprint))
        if found is None:
            raise no_cause(fingerprint)
        if is_csv(said):
            known = {found.fingerprint: found}
            rows = (finding_cells(each, known) for each in self.from_here(found, offset))
            return csv_answer(f"finding-{found.fingerprint.hex}", FINDING_HEAD, rows)
        if is_ocsf(said):
            known = {found.fingerprint: found}
            every = self.from_here(found, offset, whole=whole)
            events = (finding_event(each, known) for each in every)
            return ocsf_answer(f"finding-{found.fingerprint.hex}", events)
        findings = findings_of_cause(project_id, found.fingerprint, limit, offset, whole=whole)
        decisions = decisions_of(project_id, found.fingerprint, DECISIONS)
        return json_answer(whole_cause_body(found, findings, offset, decisions))

    def from_here(self, of: Cause, offset: int, *, whole: bool = False) -> Iterator[Finding]:
        """The findings of a cause from a position on, page after page."""
        asked = self.project.pk, of.fingerprint, FINDINGS_AT_ONCE
        while page := findings_of_cause(*asked, offset, whole=whole):
            yield from page
            offset += len(page)


class TraceFindingsView(ProjectView):
    takes = OF_TRACE

    @described("list_trace_findings", {200: TraceFindingsShape}, OF_TRACE)
    def get(self, request: Request, trace_id: str) -> HttpResponseBase:
        """What was found in a trace, the worst first; what was withdrawn since is among it, marked
        so."""
        said, key = request.query_params, known_trace_id(trace_id)
        offset = parameters.number(said, "offset", 0, 0, LAST_POSITION)
        limit = parameters.number(said, "limit", OF_TRACE_AT_ONCE, 1, OF_TRACE_AT_ONCE)
        if trace(self.project.pk, key) is None:
            raise no_trace(trace_id)
        every = (0, None) if is_csv(said) or is_ocsf(said) else (offset, limit)
        page = findings_ever(self.project.pk, key, *every, whole=wants_all_spans(said))
        known = decided(self.project.pk, {finding.fingerprint for finding in page.items})
        if is_csv(said):
            rows = (finding_cells(finding, known) for finding in page.items)
            return csv_answer(f"findings-{key.hex}", FINDING_HEAD, rows)
        if is_ocsf(said):
            events = (finding_event(finding, known) for finding in page.items)
            return ocsf_answer(f"findings-{key.hex}", events)
        return json_answer(trace_findings_body(key, page, known, offset))


def wants_all_spans(said: QueryDict) -> bool:
    """Whether every span of a finding is asked for. Raises Refused."""
    return parameters.one_of(said, "spans", (ALL_SPANS,)) == ALL_SPANS


def cause_filters(said: QueryDict) -> CauseFilters:
    """What is looked for. Raises Refused."""
    severity = parameters.one_of(said, "severity", words(Severity))
    return CauseFilters(
        state=parameters.one_of(said, "state", [*STATES, ALL]) or ALL,
        severity=int(Severity[severity.upper()]) if severity else 0,
        code=parameters.text(said, "code"),
        agent=parameters.text(said, "agent"),
        text=parameters.text(said, "text"),
        since=parameters.parsed(said, "since", parameters.moment, parameters.DAY),
        until=parameters.parsed(said, "until", parameters.moment, parameters.DAY),
    )


def known_fingerprint(text: str) -> UUID:
    """A fingerprint from the address. Raises Refused: what is none cannot be found."""
    try:
        return parse_trace_id(text.replace("-", ""))
    except ValueError as error:
        raise no_cause(text) from error


def no_cause(text: str) -> Refused:
    """Also for causes of other projects, which do not exist for this one."""
    hint = "A fingerprint has 32 hex digits. Is it of another project?"
    return Refused(NOT_FOUND, f"This project has no finding {text[:40]!r}.", hint)
