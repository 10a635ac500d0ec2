"""Where somebody is named in comments, and whether they are mailed then."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render

from agentscope.projects.models import User
from agentscope.projects.roles import Right
from agentscope.reviews.letters import PATIENCE, PAUSE, want_letters, wants_letters
from agentscope.reviews.read import mentions
from ui import amounts
from ui.access import PageRequest, form_page, who
from ui.address import address_of
from ui.views.sessions import position

PAGE = 50  # mentions


@form_page(needs=Right.AUDIT, to_read=Right.AUDIT)
def all_mentions(request: PageRequest) -> HttpResponse:
    """Comments that name whoever looks, the newest first; what is posted is whether they want
    letters."""
    if request.method == "POST":
        wanted = request.POST.get("letters") == "on"
        want_letters(request.project.pk, who(request), wanted=wanted)
        return redirect("review-mentions", request.project.name)
    found = mentions(request.project.pk, who(request))
    total, here = found.count(), address_of(request)
    first = position(request, total)
    last = min(first + PAGE, total)
    context = {
        "page": "audit",
        "count": amounts.count(total, "comment"),
        "mentions": found[first:last],
        "earlier": here.with_(**{"from": str(max(first - PAGE, 0))}) if first else "",
        "later": here.with_(**{"from": str(last)}) if last < total else "",
        "mail": mail_of(request),
        "wants_letters": wants_letters(request.project.pk, who(request)),
        "patience": PATIENCE.seconds // 60,
        "pause": PAUSE.seconds // 60,
    }
    return render(request, "audit/mentions.html", context)


def mail_of(request: PageRequest) -> str:
    """Where letters to whoever looks go; "" if nowhere."""
    if not settings.EMAIL_HOST or settings.AGENTSCOPE_EMBEDDED:
        return ""
    return request.user.email if isinstance(request.user, User) else ""
