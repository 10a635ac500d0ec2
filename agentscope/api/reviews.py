"""Reviews of decisions, comments on them, and what is to be reviewed, by machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.alerts_tables import cell
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.json_body import bad, check_known, json_body, text
from agentscope.api.managed import ManagedView, changing, created, naming_parts, who
from agentscope.api.project_view import described, json_answer
from agentscope.api.refused import BAD_REQUEST, Refused
from agentscope.api.reviews_shapes import (
    ITEM_STATES,
    AssignmentShape,
    NewRemarkShape,
    NewReviewShape,
    RemarkShape,
    RemarksShape,
    ReviewItemShape,
    ReviewItemsShape,
    ReviewShape,
    ReviewsShape,
)
from agentscope.projects.roles import Right
from agentscope.reviews.case import SOMEBODY, Case, Who
from agentscope.reviews.models import SAYINGS, Comment, Item, Review
from agentscope.reviews.read import (
    WAITING,
    ItemFilters,
    ReviewFilters,
    comments,
    items,
    reviews,
)
from agentscope.reviews.write import assign, comment, review
from agentscope.traces.ids import parse_span_id, parse_trace_id, span_hex

A_PAGE, AT_ONCE, LAST_POSITION = 50, 500, 10**9
TRACE, SPAN = "0" * 32, "0" * 16  # how they are written
OF_DECISION = [
    OpenApiParameter("trace", str, description="32 hex digits"),
    OpenApiParameter("span", str, description="16 hex digits"),
]
PAGES = [
    OpenApiParameter("offset", int, description="position of the first, from 0"),
    OpenApiParameter("limit", int, description=f"on a page, 1 to {AT_ONCE}, else {A_PAGE}"),
    FORMAT,
]
REVIEWS = [
    *parameters.PROJECT,
    *OF_DECISION,
    OpenApiParameter("who", str, description="exactly this person or key"),
    OpenApiParameter("agent", str, description="exactly this agent"),
    OpenApiParameter("verdict", str, enum=SAYINGS),
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="said at or after"),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="said before"),
    *PAGES,
]
COMMENTS = [*parameters.PROJECT, *OF_DECISION, *PAGES]
ITEMS = [
    *parameters.PROJECT,
    OpenApiParameter("state", str, enum=[*ITEM_STATES, WAITING], description="waiting: no verdict"),
    OpenApiParameter("queue", int, description="id of one that drew it"),
    OpenApiParameter("assigned_to", str, description="exactly this member"),
    OpenApiParameter("agent", str, description="exactly this agent"),
    *PAGES,
]


class ReviewsView(ManagedView):
    takes = REVIEWS
    read_needs = Right.AUDIT

    @described("list_reviews", {200: ReviewsShape}, REVIEWS)
    def get(self, request: Request) -> HttpResponseBase:
        """What people think of decisions, the newest first; as csv all of it."""
        found = reviews(self.project.pk, review_filters(request.query_params))
        return listed(request, "reviews", found, review_body)

    @changing("review_decision", NewReviewShape, {201: ReviewShape})
    def post(self, request: Request) -> HttpResponse:
        """Say what you think of a decision, in place of what you thought before, or withdraw that.
        What a key says is none of the two people that some effects take."""
        said = json_body(request)
        check_known(said, ("trace", "span", "verdict", "why"))
        verdict, why = text(said, "verdict"), text(said, "why")
        with naming_parts():
            made = review(case_of(self.project.pk, said), speaker(request), verdict, why)
        return created(review_body(made))


class CommentsView(ManagedView):
    takes = COMMENTS
    read_needs = Right.AUDIT

    @described("list_review_comments", {200: RemarksShape}, COMMENTS)
    def get(self, request: Request) -> HttpResponseBase:
        """What people remarked, the newest first; as csv all of it."""
        asked = decision(request.query_params)
        return listed(request, "comments", comments(self.project.pk, *asked), comment_body)

    @changing("comment_on_decision", NewRemarkShape, {201: RemarkShape})
    def post(self, request: Request) -> HttpResponse:
        """Remark something on a decision."""
        said = json_body(request)
        check_known(said, ("trace", "span", "text"))
        words = text(said, "text")
        with naming_parts():
            made = comment(case_of(self.project.pk, said), speaker(request), words)
        return created(comment_body(made))


class ItemsView(ManagedView):
    takes = ITEMS
    read_needs = Right.AUDIT

    @described("list_review_items", {200: ReviewItemsShape}, ITEMS)
    def get(self, request: Request) -> HttpResponseBase:
        """What is to be reviewed, what is due first; as csv all of it."""
        said = request.query_params
        filters = ItemFilters(
            state=parameters.one_of(said, "state", [*ITEM_STATES, WAITING]),
            queue=parameters.identity(said, "queue"),
            assigned_to=parameters.text(said, "assigned_to"),
            agent=parameters.text(said, "agent"),
        )
        return listed(request, "items", items(self.project.pk, filters), item_body)

    @changing("assign_review", AssignmentShape, {200: ReviewItemShape})
    def post(self, request: Request) -> HttpResponse:
        """Ask a member to review a decision, or nobody any more."""
        said = json_body(request)
        check_known(said, ("trace", "span", "to"))
        to = text(said, "to")
        with naming_parts():
            found = assign(case_of(self.project.pk, said), speaker(request), to)
        return json_answer(item_body(found))


def listed(request: Request, name: str, found: QuerySet[Any], body: Any) -> HttpResponseBase:
    """A page of a list, or all of it as csv. Raises Refused."""
    said = request.query_params
    if is_csv(said):
        rows = (list(map(cell, body(each).values())) for each in found.iterator(AT_ONCE))
        return csv_answer(name, HEADS[name], rows)
    first = parameters.number(said, "offset", 0, 0, LAST_POSITION)
    limit = parameters.number(said, "limit", A_PAGE, 1, AT_ONCE)
    page = [body(each) for each in found[first : first + limit]]
    return json_answer({name: page, "total": found.count(), "offset": first})


def review_filters(said: QueryDict) -> ReviewFilters:
    """Which reviews are listed. Raises Refused."""
    trace, span = decision(said)
    return ReviewFilters(
        trace=trace,
        span=span,
        who=parameters.text(said, "who"),
        agent=parameters.text(said, "agent"),
        verdict=parameters.one_of(said, "verdict", SAYINGS),
        since=parameters.parsed(said, "since", parameters.moment, parameters.DAY),
        until=parameters.parsed(said, "until", parameters.moment, parameters.DAY),
    )


def decision(said: QueryDict) -> tuple[Any, int | None]:
    """The trace and the span that are asked about, as far as they are. Raises Refused."""
    trace = parameters.parsed(said, "trace", parse_trace_id, TRACE)
    return trace, parameters.parsed(said, "span", parse_span_id, SPAN)


def case_of(project_id: int, said: Mapping[str, Any]) -> Case:
    """The decision that a body names. Raises Refused."""
    names = [text(said, name) for name in ("trace", "span")]
    for name, found in zip(("trace", "span"), names, strict=True):
        if not found:
            raise Refused(BAD_REQUEST, f"{name}: it is missing.")
    try:
        trace_id = parse_trace_id(names[0])
    except ValueError as error:
        raise bad("trace", names[0], "32 hex digits") from error
    try:
        return Case(project_id, trace_id, parse_span_id(names[1]))
    except ValueError as error:
        raise bad("span", names[1], "16 hex digits") from error


def speaker(request: Request) -> Who:
    """Who says it. Where nobody logs in it is the same somebody as on the pages: one person."""
    is_key = request.auth.key is not None
    if settings.AGENTSCOPE_EMBEDDED and not is_key:
        return Who(SOMEBODY)
    return Who(who(request), is_person=not is_key)


def review_body(found: Review) -> dict[str, Any]:
    """A review as ReviewShape."""
    evidence = found.evidence
    return {
        "id": found.pk,
        **place(found),
        "agent": found.agent,
        "at": found.at,
        "who": found.who,
        "is_person": found.is_person,
        "verdict": found.verdict,
        "why": found.text,
        "why_digest": bytes(found.digest).hex(),
        "record": bytes(found.record).hex(),
        "opened_at": found.opened_at,
        "seconds": found.seconds,
        "evidence": None if evidence is None else [span_hex(each) for each in evidence],
    }


def comment_body(found: Comment) -> dict[str, Any]:
    """A comment as RemarkShape."""
    named = sorted(each.who for each in found.mentions.all())
    said = {"at": found.at, "who": found.who, "text": found.text, "mentions": named}
    return {"id": found.pk, **place(found), **said}


def item_body(found: Item) -> dict[str, Any]:
    """An item as ReviewItemShape."""
    names = ("decided_at", "state", "queues", "came_at", "due_at", "assigned_to")
    more = ("needs", "approvals", "verdict", "reviewed_at")
    said = {name: getattr(found, name) for name in (*names, *more)}
    return place(found) | {"agent": found.agent} | said


def place(found: Review | Comment | Item) -> dict[str, str]:
    """Which decision is meant."""
    return {"trace": found.trace_id.hex, "span": span_hex(found.span_id)}


HEADS = {
    "reviews": (
        *("id", "trace", "span", "agent", "at", "who", "is_person", "verdict", "why"),
        *("why_digest", "record", "opened_at", "seconds", "evidence"),
    ),
    "comments": ("id", "trace", "span", "at", "who", "text", "mentions"),
    "items": (
        *("trace", "span", "agent", "decided_at", "state", "queues", "came_at", "due_at"),
        *("assigned_to", "needs", "approvals", "verdict", "reviewed_at"),
    ),
}
