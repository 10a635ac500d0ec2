"""Erasing what is stored of a user or a session: asked for, counted, confirmed, done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.json_body import check_known, json_body, switch, text
from agentscope.api.managed import ACCEPTED, GONE, NOTHING, ManagedView, changing, created, who
from agentscope.api.project_view import described, json_answer
from agentscope.api.refused import BAD_REQUEST, NOT_FOUND, Refused
from agentscope.api.retention_shapes import ErasureShape, ErasuresShape, NewErasureShape
from agentscope.erasure.read import Standing, erasure, erasures
from agentscope.erasure.write import BadErasure, CannotErase, ask_erasure, confirm, withdraw
from agentscope.jobs.write import TooManyJobs
from agentscope.projects.roles import Right

A_PAGE, AT_ONCE, LAST_POSITION = 50, 500, 10**9
TAKEN = [
    *parameters.PROJECT,
    OpenApiParameter("offset", int, description="position of the first, from 0"),
    OpenApiParameter("limit", int, description=f"on a page, 1 to {AT_ONCE}, else {A_PAGE}"),
]
CONFLICT, BUSY = 409, 503


class ErasuresView(ManagedView):
    takes = TAKEN
    read_needs, change_needs = Right.AUDIT, Right.MANAGE

    @described("list_erasures", {200: ErasuresShape}, TAKEN)
    def get(self, request: Request) -> HttpResponse:
        """What was asked for, the newest first."""
        said = request.query_params
        first = parameters.number(said, "offset", 0, 0, LAST_POSITION)
        found = erasures(
            self.project.pk, first, parameters.number(said, "limit", A_PAGE, 1, AT_ONCE)
        )
        return json_answer({"erasures": [erasure_body(each) for each in found], "offset": first})

    @changing("ask_erasure", NewErasureShape, {202: ErasureShape})
    def post(self, request: Request) -> HttpResponse:
        """Ask what erasing a user or a session would remove. Nothing is removed before it is
        confirmed."""
        said = json_body(request)
        check_known(said, ("of", "name", "reason", "mentions"))
        of, name, reason = (text(said, each) for each in ("of", "name", "reason"))
        mentions = switch({"mentions": True} | said, "mentions")
        with refusing():
            made = ask_erasure(self.project, of, name, reason, who(request), mentions=mentions)
        return created(erasure_body(known(self.project.pk, made.pk)), ACCEPTED)


class ErasureView(ManagedView):
    read_needs, change_needs = Right.AUDIT, Right.MANAGE

    @described("read_erasure", {200: ErasureShape})
    def get(self, request: Request, erasure_id: int) -> HttpResponse:
        """How far one is, and what would go or went."""
        return json_answer(erasure_body(known(self.project.pk, erasure_id)))

    @changing("withdraw_erasure", None, NOTHING)
    def delete(self, request: Request, erasure_id: int) -> HttpResponse:
        """Let one go that was not confirmed: the name is forgotten, nothing is erased."""
        with refusing():
            withdraw(known(self.project.pk, erasure_id).erasure)
        return HttpResponse(status=GONE)


class ConfirmView(ManagedView):
    change_needs = Right.MANAGE

    @changing("confirm_erasure", None, {202: ErasureShape})
    def post(self, request: Request, erasure_id: int) -> HttpResponse:
        """Erase what was counted, for good."""
        with refusing():
            confirm(known(self.project.pk, erasure_id).erasure, who(request))
        return created(erasure_body(known(self.project.pk, erasure_id)), ACCEPTED)


@contextmanager
def refusing() -> Iterator[None]:
    """What cannot be done is told with its reason. Raises Refused."""
    try:
        yield
    except BadErasure as error:
        name, sentence = next(iter(error.errors.items()))
        raise Refused(BAD_REQUEST, f"{name.replace('said', 'name')}: {sentence}") from error
    except CannotErase as error:
        raise Refused(CONFLICT, str(error)) from error
    except TooManyJobs as error:
        raise Refused(BUSY, str(error)) from error


def known(project_id: int, number: int) -> Standing:
    """One of the project. Raises Refused."""
    found = erasure(project_id, min(number, parameters.LARGEST_ID))
    if found is None:
        raise Refused(NOT_FOUND, f"This project has no erasure {number}.")
    return found


def erasure_body(found: Standing) -> dict[str, Any]:
    """One as ErasureShape."""
    row, job = found.erasure, found.job
    names = ("of", "digest", "reason", "mentions", "asked_by", "asked_at")
    return {
        "id": row.pk,
        **{name: getattr(row, name) for name in names},
        "state": found.state,
        "percent": found.percent,
        "message": job.message if job else "",
        "counts": found.counts,
        "confirmed_by": row.confirmed_by,
        "confirmed_at": row.confirmed_at,
    }
