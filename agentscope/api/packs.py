"""Evidence packs: asked for, made by a job, downloaded, removed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.erasures import A_PAGE, AT_ONCE, BUSY, CONFLICT, LAST_POSITION, TAKEN
from agentscope.api.json_body import check_known, json_body, text
from agentscope.api.managed import (
    ACCEPTED,
    GONE,
    NOTHING,
    ManagedView,
    changing,
    created,
    moment_of,
    who,
)
from agentscope.api.packs_shapes import NewPackShape, PackShape, PacksShape
from agentscope.api.project_view import described, json_answer
from agentscope.api.refused import BAD_REQUEST, NOT_FOUND, Refused
from agentscope.jobs.write import TooManyJobs
from agentscope.packs.ask import NoRoom, NotWhole, ask_pack, remove, take
from agentscope.packs.asked import Asked, BadPack
from agentscope.packs.read import Standing, file_name, pack, packs, was_there
from agentscope.projects.roles import NotAllowed, Right

ZIP = "application/zip"
NO_MORE = 410


class PackView(ManagedView):
    """Of what auditors may make and take."""

    read_needs = Right.AUDIT
    change_needs = Right.AUDIT


class PacksView(PackView):
    takes = TAKEN

    @described("list_packs", {200: PacksShape}, TAKEN)
    def get(self, request: Request) -> HttpResponse:
        """The evidence packs that are there or are being made, the newest first."""
        said = request.query_params
        first = parameters.number(said, "offset", 0, 0, LAST_POSITION)
        limit = parameters.number(said, "limit", A_PAGE, 1, AT_ONCE)
        found = packs(self.project.pk, first, limit)
        return json_answer({"packs": [pack_body(each) for each in found], "offset": first})

    @changing("make_pack", NewPackShape, {202: PackShape})
    def post(self, request: Request) -> HttpResponse:
        """Let a pack be made of a period, a session, a trace, or one decision of a trace. Ask for
        how far it is with GET."""
        said = json_body(request)
        check_known(said, ("since", "until", "session", "trace", "decision"))
        named: dict[str, Any] = {name: moment_of(said, name) for name in ("since", "until")}
        named |= {name: text(said, name) for name in ("session", "trace", "decision")}
        try:
            made = ask_pack(Asked.of(self.project, named), who(request))
        except BadPack as error:
            raise Refused(BAD_REQUEST, str(error)) from error
        except (TooManyJobs, NoRoom) as error:
            raise Refused(BUSY, str(error)) from error
        return created(pack_body(known(self.project.pk, made.pk)), ACCEPTED)


class OnePackView(PackView):
    @described("read_pack", {200: PackShape})
    def get(self, request: Request, pack_id: int) -> HttpResponse:
        """How far a pack is, and what is in it."""
        return json_answer(pack_body(known(self.project.pk, pack_id)))

    @changing("remove_pack", None, NOTHING)
    def delete(self, request: Request, pack_id: int) -> HttpResponse:
        """Let go of a pack, also of one that is being made: of one's own, or of any of a project
        that one manages."""
        try:
            remove(known(self.project.pk, pack_id).pack, who(request), self.role)
        except NotAllowed as error:
            raise Refused(HTTPStatus.FORBIDDEN, str(error)) from error
        return HttpResponse(status=GONE)


class ContentView(PackView):
    @described("download_pack", {(200, ZIP): OpenApiTypes.BINARY})
    def get(self, request: Request, pack_id: int) -> StreamingHttpResponse:
        """The ZIP file of a pack. That somebody took it is told in the ledger."""
        found = known(self.project.pk, pack_id).pack
        try:
            answer = StreamingHttpResponse(take(found, who(request)), content_type=ZIP)
        except NotWhole as error:
            raise Refused(CONFLICT, str(error)) from error
        answer["Content-Disposition"] = f'attachment; filename="{file_name(found)}"'
        answer["Content-Length"] = str(found.size)
        return answer


def known(project_id: int, number: int) -> Standing:
    """One of the project. Raises Refused."""
    number = min(number, parameters.LARGEST_ID)
    found = pack(project_id, number)
    if found is None and was_there(project_id, number):
        raise Refused(NO_MORE, f"The evidence pack {number} was removed: make it again.")
    if found is None:
        raise Refused(NOT_FOUND, f"This project has no evidence pack {number}.")
    return found


def pack_body(found: Standing) -> dict[str, Any]:
    """One as PackShape."""
    row = found.pack
    return {
        "id": row.pk,
        "of": {name: value for name, value in row.asked.items() if name != "project"},
        "words": row.words,
        "state": found.state,
        "percent": found.percent,
        "message": found.message,
        "asked_by": row.asked_by,
        "asked_at": row.asked_at,
        "made_at": row.made_at,
        "expires_at": row.expires_at,
        "bytes": row.size,
        "sha256": row.digest,
        "manifest_sha256": row.manifest,
        "counts": row.counts,
        "left_out": row.left_out,
    }
