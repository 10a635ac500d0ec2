"""The ledger of a project, read by machine: entries, checkpoints, and whether all of it is as it
was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.audit_bodies import (
    checkpoint_body,
    entry_body,
    entry_event,
    kept_body,
    proof_body,
    standing_body,
)
from agentscope.api.audit_shapes import (
    CheckpointsShape,
    EntriesShape,
    NewVerificationShape,
    OneEntryShape,
    StandingShape,
)
from agentscope.api.costs import csv_answer, too_long
from agentscope.api.erasures import BUSY
from agentscope.api.findings_formats import ALL, is_csv, is_ocsf
from agentscope.api.json_body import check_known, json_body, switch
from agentscope.api.managed import ACCEPTED, ManagedView, changing, created, who
from agentscope.api.ocsf import ocsf_answer
from agentscope.api.project_view import described, json_answer
from agentscope.api.refused import NOT_FOUND, Refused
from agentscope.audit.alone import fault_of
from agentscope.audit.kinds import GROUPS, WIDER
from agentscope.audit.read import (
    Filters,
    Found,
    Looked,
    anchored,
    checkpoints,
    covering,
    entries,
    entry,
    erasers,
)
from agentscope.audit.verifying import WHOLE, verify
from agentscope.costs.bounded import TookTooLong, bounded
from agentscope.jobs.write import TooManyJobs
from agentscope.projects.roles import Right

A_PAGE, AT_ONCE = 50, 500
HEAD = ("position", "at", "kind", "who", "what")
PAGES = [
    OpenApiParameter("cursor", str, description="`next` of the page before"),
    OpenApiParameter("limit", int, description=f"on a page, 1 to {AT_ONCE}, else {A_PAGE}"),
]
ENTRIES = [
    *parameters.PROJECT,
    OpenApiParameter("group", str, enum=[*WIDER, *GROUPS], description="what it is about"),
    OpenApiParameter("kind", str, description="exactly this kind"),
    OpenApiParameter("who", str, description="exactly this person or key"),
    OpenApiParameter("text", str, description="somewhere in what it says, any case"),
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="written at or after"),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="written before"),
    OpenApiParameter(
        "itself", bool, description="also those by which the ledger speaks of itself; else false"
    ),
    *PAGES,
    OpenApiParameter(
        "format",
        str,
        enum=ALL,
        description="csv: all from `cursor` on, streamed; ocsf: events of OCSF's class Entity "
        "Management, one a line, streamed; else json",
    ),
]
CHECKPOINTS = [*parameters.PROJECT, *PAGES]


class AuditView(ManagedView):
    """Of what auditors may see."""

    read_needs = Right.AUDIT
    change_needs = Right.AUDIT
    whose: ClassVar[str] = "this project"

    @property
    def number(self) -> int:
        """Of the project whose ledger is read."""
        return self.project.pk


class EntriesView(AuditView):
    takes = ENTRIES

    @described("list_entries", {200: EntriesShape}, ENTRIES)
    def get(self, request: Request) -> HttpResponseBase:
        """What was done, the newest first; as csv or ocsf all of it from `cursor` on."""
        said, project_id = request.query_params, self.number
        filters, limit = asked_for(said), parameters.number(said, "limit", A_PAGE, 1, AT_ONCE)
        before = parameters.identity(said, "cursor")
        if is_csv(said):
            return csv_answer("ledger", HEAD, cells(every(project_id, filters, before)))
        if is_ocsf(said):
            events = (entry_event(each) for each in every(project_id, filters, before))
            return ocsf_answer("ledger", events)
        try:
            with bounded():
                looked = entries(project_id, filters, before, limit)
        except TookTooLong as error:
            raise too_long(error) from error
        return json_answer(page_body(project_id, looked))


class EntryView(AuditView):
    @described("read_entry", {200: OneEntryShape})
    def get(self, request: Request, position: int) -> HttpResponse:
        """One entry, with what proves it."""
        project_id, place = self.number, min(position, parameters.LARGEST_ID)
        found = entry(project_id, place)
        if found is None:
            raise Refused(NOT_FOUND, f"The ledger of {self.whose} has no position {position}.")
        eraser = erasers(project_id, [place] if found.text is None else []).get(place)
        fault = fault_of(found, entry(project_id, place - 1), eraser)
        told = covering(project_id, place)
        proof = proof_body(found, fault, checkpoint_body(told) if told else None)
        return json_answer({**entry_body(found, eraser), **proof})


class CheckpointsView(AuditView):
    takes = CHECKPOINTS

    @described("list_checkpoints", {200: CheckpointsShape}, CHECKPOINTS)
    def get(self, request: Request) -> HttpResponse:
        """What was signed of how long the ledger was, and where else it is kept."""
        said, project_id = request.query_params, self.number
        limit = parameters.number(said, "limit", A_PAGE, 1, AT_ONCE)
        found = checkpoints(project_id, parameters.identity(said, "cursor"), limit + 1)
        shown = found[:limit]
        kept = anchored(project_id, [each.position for each in shown])
        bodies = [
            {**checkpoint_body(each), "elsewhere": [kept_body(row) for row in kept[each.position]]}
            for each in shown
        ]
        more = str(shown[-1].position) if len(found) > limit else None
        return json_answer({"checkpoints": bodies, "next": more})


class VerifiedView(AuditView):
    @described("read_verification", {200: StandingShape})
    def get(self, request: Request) -> HttpResponse:
        """What is known of whether the ledger is as it was written."""
        return json_answer(standing_body(self.number))


class VerifyView(VerifiedView):
    @changing("verify_ledger", NewVerificationShape, {202: StandingShape})
    def post(self, request: Request) -> HttpResponse:
        """Verify the ledger, from where it was verified before or, with `whole`, all of it. That
        goes on by itself: ask for what it found with GET."""
        said = json_body(request)
        check_known(said, [WHOLE])
        try:
            verify(self.project.pk, who(request), whole=switch(said, WHOLE))
        except TooManyJobs as error:
            raise Refused(BUSY, str(error)) from error
        return created(standing_body(self.project.pk), ACCEPTED)


def asked_for(said: QueryDict) -> Filters:
    """What entries are listed. Raises Refused."""
    return Filters(
        group=parameters.one_of(said, "group", [*WIDER, *GROUPS]),
        kind=parameters.text(said, "kind"),
        who=parameters.text(said, "who"),
        text=parameters.text(said, "text"),
        since=parameters.parsed(said, "since", parameters.moment, parameters.DAY),
        until=parameters.parsed(said, "until", parameters.moment, parameters.DAY),
        itself=parameters.one_of(said, "itself", ("true", "false")) == "true",
    )


def page_body(project_id: int, looked: Looked) -> dict[str, Any]:
    """Some entries as EntriesShape."""
    gone = erasers(project_id, [each.position for each in looked.found if each.text is None])
    return {
        "entries": [entry_body(each, gone.get(each.position)) for each in looked.found],
        "next": None if looked.further is None else str(looked.further),
    }


def every(project_id: int, filters: Filters, before: int | None) -> Iterator[Found]:
    """All entries that are looked for, read page by page."""
    while (looked := entries(project_id, filters, before, AT_ONCE)).further is not None:
        yield from looked.found
        before = looked.further
    yield from looked.found


def cells(found: Iterator[Found]) -> Iterator[tuple[object, ...]]:
    """A line for each entry, as HEAD names its cells."""
    for each in found:
        body = entry_body(each, None)
        yield tuple(body[name] for name in HEAD)
