"""Evidence packs: what would be in one, the button that lets it be made, those that there are."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from agentscope.costs.bounded import TookTooLong, bounded
from agentscope.jobs.write import TooManyJobs
from agentscope.packs.ask import KEPT, NoRoom, NotWhole, ask_pack, may_remove, remove, take
from agentscope.packs.asked import BadPack
from agentscope.packs.read import Standing, file_name, packs
from agentscope.packs.read import pack as read_pack
from agentscope.packs.told_before import told_before
from agentscope.projects.roles import NotAllowed, Right
from ui.access import PageRequest, form_page, page, wants, who
from ui.pack_form import PackForm, back_of

NO_CONTENT, LARGEST = 204, 2**63 - 1
ZIP = "application/zip"


@page(needs=Right.AUDIT)
def all_packs(request: PageRequest) -> HttpResponse:
    """Those that there are, and how far those are that are being made."""
    found = packs(request.project.pk)
    seen = ",".join(f"{each.pack.pk}-{each.state}-{each.percent}" for each in found)
    is_part = wants(request, "packs")
    if is_part and request.GET.get("seen") == seen:
        return HttpResponse(status=NO_CONTENT)
    context = {
        "page": "audit",
        "tab": "packs",
        "found": found,
        "seen": seen,
        "is_live": any(each.is_live for each in found),
        "days": KEPT.days,
        "removable": [
            each.pack.pk for each in found if may_remove(each.pack, who(request), request.role)
        ],
    }
    return render(request, "audit/_packs.html" if is_part else "audit/packs.html", context)


@form_page(needs=Right.AUDIT, to_read=Right.AUDIT)
def new_pack(request: PageRequest) -> HttpResponse:
    """What would be in a pack of what the address says, and the button that lets it be made."""
    form = PackForm(request.POST if request.method == "POST" else request.GET)
    context: dict[str, Any] = {"page": "audit", "tab": "packs", "form": form, "days": KEPT.days}
    try:
        if form.is_asked:
            asked = form.asked(request.project)
            if request.method == "POST":
                ask_pack(asked, who(request))
                return redirect("packs", request.project.name)
            context |= {"asked": asked, "back": back_of(asked)}
            with bounded():
                context["before"] = told_before(asked)
    except (BadPack, NoRoom, TooManyJobs, TookTooLong) as error:
        context["wrong"] = str(error)
    return render(request, "audit/new_pack.html", context)


@require_POST
@form_page(needs=Right.AUDIT)
def take_pack(request: PageRequest, pack: int) -> HttpResponse:
    """The file, which tells that it was taken."""
    found = known(request, pack).pack
    try:
        pieces = take(found, who(request))
    except NotWhole:
        return redirect("packs", request.project.name)
    answer = StreamingHttpResponse(pieces, content_type=ZIP)
    answer["Content-Disposition"] = f'attachment; filename="{file_name(found)}"'
    answer["Content-Length"] = str(found.size)
    answer["Content-Encoding"] = "identity"  # it is compressed already
    return cast(HttpResponse, answer)  # in pieces


@require_POST
@form_page(needs=Right.AUDIT)
def drop_pack(request: PageRequest, pack: int) -> HttpResponse:
    """Let go of one, also of one that is being made."""
    try:
        remove(known(request, pack).pack, who(request), request.role)
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from refused
    return redirect("packs", request.project.name)


def known(request: PageRequest, number: int) -> Standing:
    """One of the project. Raises Http404."""
    found = read_pack(request.project.pk, min(number, LARGEST))
    if found is None:
        raise Http404("no such pack")
    return found
