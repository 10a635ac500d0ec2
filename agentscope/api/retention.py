"""How long a project keeps what, and which traces nothing may remove."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.json_body import check_known, identity, json_body, text, whole_number
from agentscope.api.managed import GONE, NOTHING, ManagedView, changing, created, who
from agentscope.api.project_view import described, json_answer
from agentscope.api.refused import BAD_REQUEST, NOT_FOUND, Refused
from agentscope.api.retention_shapes import (
    HoldShape,
    HoldsShape,
    NewHoldShape,
    RetentionShape,
    SetRetentionShape,
)
from agentscope.projects.roles import Right
from agentscope.retention.models import Hold, Periods
from agentscope.retention.read import hold_of, holds, kept_of
from agentscope.retention.write import BadHold, BadPeriods, hold, lift, set_periods
from agentscope.traces.read import trace

PERIODS = ("payload_days", "metadata_days")
REASON = OpenApiParameter("reason", str, required=True, description="why; it is in the ledger")


class RetentionView(ManagedView):
    change_needs = Right.MANAGE

    @described("read_retention", {200: RetentionShape})
    def get(self, request: Request) -> HttpResponse:
        """How many days payload and metadata are kept."""
        return json_answer(retention_body(self.project.pk))

    @changing("set_retention", SetRetentionShape, {200: RetentionShape})
    def put(self, request: Request) -> HttpResponse:
        """Keep payload and metadata for so many days. What is older goes within hours."""
        said = json_body(request)
        check_known(said, PERIODS)
        wanted = {name: whole_number(said, name) for name in PERIODS}
        try:
            set_periods(self.project.pk, **wanted, who=who(request))
        except BadPeriods as error:
            name, sentence = next(iter(error.errors.items()))
            raise Refused(BAD_REQUEST, f"{name}: {sentence}") from error
        return json_answer(retention_body(self.project.pk))


class HoldsView(ManagedView):
    change_needs = Right.MANAGE

    @described("list_legal_holds", {200: HoldsShape})
    def get(self, request: Request) -> HttpResponse:
        """The traces that are on legal hold."""
        return json_answer({"holds": [hold_body(each) for each in holds(self.project.pk)]})

    @changing("hold_trace", NewHoldShape, {201: HoldShape})
    def post(self, request: Request) -> HttpResponse:
        """Let nothing remove a trace until the hold is lifted."""
        said = json_body(request)
        check_known(said, ("trace_id", "reason"))
        trace_id = identity(said, "trace_id")
        if trace_id is None or trace(self.project.pk, trace_id) is None:
            raise Refused(NOT_FOUND, "This project has no such trace.")
        try:
            return created(
                hold_body(hold(self.project.pk, trace_id, text(said, "reason"), who(request)))
            )
        except BadHold as error:
            raise Refused(BAD_REQUEST, str(error)) from error


class HoldView(ManagedView):
    takes = [*parameters.PROJECT, REASON]
    change_needs = Right.MANAGE

    @described("read_legal_hold", {200: HoldShape})
    def get(self, request: Request, trace_id: str) -> HttpResponse:
        """The hold on a trace."""
        return json_answer(hold_body(self.known(trace_id)))

    @changing("lift_legal_hold", None, NOTHING)
    def delete(self, request: Request, trace_id: str) -> HttpResponse:
        """Lift a hold, with `?reason=`; then retention and erasures may remove the trace."""
        held = self.known(trace_id)
        try:
            lift(held, text(dict(request.query_params.items()), "reason"), who(request))
        except BadHold as error:
            raise Refused(BAD_REQUEST, f"reason: {error}") from error
        return HttpResponse(status=GONE)

    def known(self, trace_id: str) -> Hold:
        """The hold on a trace of the project. Raises Refused."""
        named = identity({"trace_id": trace_id}, "trace_id")
        found = hold_of(self.project.pk, named) if named else None
        if found is None:
            raise Refused(NOT_FOUND, "This trace is not on legal hold.")
        return found


def retention_body(project_id: int) -> dict[str, Any]:
    """The periods of a project as RetentionShape."""
    said = Periods.objects.filter(project_id=project_id).values(*PERIODS).first()
    kept = kept_of(project_id)
    return (said or dict.fromkeys(PERIODS)) | {
        "keeps_payload_days": kept.payload,
        "keeps_metadata_days": kept.metadata,
        "installation_days": settings.AGENTSCOPE_RETENTION_DAYS,
    }


def hold_body(held: Hold) -> dict[str, Any]:
    """A hold as HoldShape."""
    told = {"trace_id": held.trace_id.hex, "reason": held.reason}
    return told | {"who": held.who, "since": held.since}
