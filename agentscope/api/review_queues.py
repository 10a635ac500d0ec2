"""Queues of reviews, what takes two people, and what reviews come to, by machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.json_body import bad, check_known, json_body, switch, text
from agentscope.api.managed import (
    GONE,
    NOTHING,
    ManagedView,
    changing,
    created,
    moment_of,
    naming_parts,
)
from agentscope.api.project_view import described, json_answer
from agentscope.api.refused import NOT_FOUND, Refused
from agentscope.api.reviews import speaker
from agentscope.api.reviews_shapes import (
    NewQueueShape,
    QueueShape,
    QueuesShape,
    ReviewRatesShape,
    TwoPersonsShape,
)
from agentscope.projects.roles import Right
from agentscope.reviews.measured import (
    OfAgent,
    OfReviewer,
    Share,
    measured,
    of_agents,
    of_reviewers,
)
from agentscope.reviews.models import Queue
from agentscope.reviews.queues import delete_queue, queue_of, queues, save_queue
from agentscope.reviews.read import Count, counts
from agentscope.reviews.two_persons import tools_of_two
from agentscope.reviews.write import set_two_persons

SAID = ("name", "enabled", "only", "share", "hours", "since")
RATES = [
    *parameters.PROJECT,
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="reviewed at or after"),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="reviewed before"),
    OpenApiParameter("agent", str, description="exactly this agent"),
]


class QueuesView(ManagedView):
    read_needs = Right.AUDIT
    change_needs = Right.MANAGE

    @described("list_review_queues", {200: QueuesShape})
    def get(self, request: Request) -> HttpResponse:
        """The rules by which decisions are drawn for review, with what waits in each."""
        numbers = counts(self.project.pk, timezone.now())
        found = [
            queue_body(each, numbers.get(each.pk, Count())) for each in queues(self.project.pk)
        ]
        return json_answer({"queues": found})

    @changing("add_review_queue", NewQueueShape, {201: QueueShape})
    def post(self, request: Request) -> HttpResponse:
        """Draw decisions for review."""
        said = queue_said(json_body(request))
        with naming_parts():
            made = save_queue(self.project.pk, speaker(request).name, said)
        return created(queue_body(made, Count()))


class QueueView(ManagedView):
    read_needs = Right.AUDIT
    change_needs = Right.MANAGE

    @described("read_review_queue", {200: QueueShape})
    def get(self, request: Request, queue_id: int) -> HttpResponse:
        """One of them."""
        return json_answer(self.body(self.known(queue_id)))

    @changing("change_review_queue", NewQueueShape, {200: QueueShape})
    def put(self, request: Request, queue_id: int) -> HttpResponse:
        """Draw others from now on. What was drawn stays."""
        found, said = self.known(queue_id), queue_said(json_body(request))
        with naming_parts():
            made = save_queue(self.project.pk, speaker(request).name, said, found)
        return json_answer(self.body(made))

    @changing("delete_review_queue", None, NOTHING)
    def delete(self, request: Request, queue_id: int) -> HttpResponse:
        """Draw nothing more. What was drawn is still to be reviewed."""
        delete_queue(self.known(queue_id), speaker(request).name)
        return HttpResponse(status=GONE)

    def known(self, number: int) -> Queue:
        """A queue of the project. Raises Refused."""
        found = queue_of(self.project.pk, min(number, parameters.LARGEST_ID))
        if found is None:
            raise Refused(NOT_FOUND, f"This project has no queue {number}.")
        return found

    def body(self, found: Queue) -> dict[str, Any]:
        """A queue with what waits in it."""
        numbers = counts(self.project.pk, timezone.now())
        return queue_body(found, numbers.get(found.pk, Count()))


class TwoPersonsView(ManagedView):
    read_needs = Right.AUDIT
    change_needs = Right.MANAGE

    @described("read_two_persons", {200: TwoPersonsShape})
    def get(self, request: Request) -> HttpResponse:
        """The tools whose effects take two people."""
        return json_answer({"tools": tools_of_two(self.project.pk)})

    @changing("set_two_persons", TwoPersonsShape, {200: TwoPersonsShape})
    def put(self, request: Request) -> HttpResponse:
        """Say whose effects take two people, also those that wait."""
        said = json_body(request)
        check_known(said, ("tools",))
        found = said.get("tools")
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise bad("tools", found, "a list of names")
        names = [text({"tools": each}, "tools") for each in found]
        with naming_parts():
            return json_answer(
                {"tools": set_two_persons(self.project.pk, names, speaker(request).name)}
            )


class RatesView(ManagedView):
    takes = RATES
    read_needs = Right.AUDIT

    @described("read_review_rates", {200: ReviewRatesShape}, RATES)
    def get(self, request: Request) -> HttpResponse:
        """How often agents were wrong, whether people agree on it, and how well they looked."""
        said = request.query_params
        since, until = (
            parameters.parsed(said, name, parameters.moment, parameters.DAY)
            for name in ("since", "until")
        )
        found = measured(self.project.pk, since, until, parameters.text(said, "agent"))
        return json_answer(
            {
                "agents": [agent_body(each) for each in of_agents(found)],
                "reviewers": [reviewer_body(each) for each in of_reviewers(found)],
            }
        )


def queue_said(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a body says of a queue. Raises Refused."""
    check_known(said, SAID)
    only = said.get("only") or {}
    if not isinstance(only, dict):
        raise bad("only", only, "an object of what is meant")
    return {
        "name": text(said, "name"),
        "enabled": switch(said, "enabled") if "enabled" in said else True,
        "only": only,
        "share": said.get("share"),
        "hours": said.get("hours"),
        "since": moment_of(said, "since"),
    }


def queue_body(found: Queue, numbers: Count) -> dict[str, Any]:
    """A queue as QueueShape."""
    names = ("name", "enabled", "only", "hours", "since", "made_by", "made_at")
    said = {name: getattr(found, name) for name in names}
    counted = {name: getattr(numbers, name) for name in ("waiting", "late", "reviewed")}
    return {"id": found.pk, **said, "share": f"{found.share.normalize():f}", **counted}


def agent_body(found: OfAgent) -> dict[str, Any]:
    """What is thought of an agent as AgentRateShape."""
    shares = {name: share_body(getattr(found, name)) for name in ("approved", "questioned")}
    return {
        "agent": found.agent,
        "decisions": found.decisions,
        **shares,
        "wrong": share_body(found.wrong),
        "pairs": found.pairs,
        "agreement": found.agreement,
        "kappa": found.kappa,
    }


def reviewer_body(found: OfReviewer) -> dict[str, Any]:
    """How somebody reviews as ReviewerRateShape."""
    return {
        "who": found.who,
        "is_person": found.is_person,
        "reviews": found.reviews,
        "approved": share_body(found.approved),
        "seen": found.seen,
        "median_seconds": found.seconds,
        "without_evidence": share_body(found.unread),
        "odd": found.odd,
    }


def share_body(share: Share) -> dict[str, Any]:
    """A share as ShareShape."""
    low, high = share.interval or (None, None)
    return {"found": share.found, "total": share.total, "low": low, "high": high}
