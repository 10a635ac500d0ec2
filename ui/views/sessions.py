"""Sessions: the list, and one with its traces in the order in which they began."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agentscope.agents.read import agents_of_traces
from agentscope.agents.sums import Agent
from agentscope.findings.read import decided, findings_of_session
from agentscope.findings.standing import Standing, in_sessions
from agentscope.sessions.models import Session
from agentscope.sessions.read import BadCursor, Cursor, SessionPage, Whole, whole
from agentscope.sessions.read import sessions as read_sessions
from agentscope.traces.clocks import moment
from ui import amounts
from ui.access import PageRequest, page
from ui.address import address_of
from ui.exports import Links, exports
from ui.finding_words import sighted
from ui.listing_forms import SessionForm
from ui.session_course import Line, lanes

PAGE = 50  # sessions
TRACES = 100  # of one session on a page
FINDINGS = 25  # of one session, the worst
API = "/api/v1/sessions"


@page
def sessions(request: PageRequest) -> HttpResponse:
    """One page of the list, the session that was active last first."""
    form, after = SessionForm(request.GET), cursor(request)
    found = read_sessions(request.project.pk, form.filters(timezone.now()), after, PAGE)
    context = {
        "page": "sessions",
        "form": form,
        "found": found,
        "rows": rows(request, found),
        "count": count(found, is_filtered=form.is_active),
        "newest": address_of(request).without("after") if after else "",
        "older": address_of(request).with_(after=str(found.next)) if found.next else "",
        "exports": same_table(request, API),
    }
    return render(request, "sessions/page.html", context)


def rows(request: PageRequest, found: SessionPage) -> list[tuple[Session, Standing | None]]:
    """The sessions of a page, each with what was found in it and still stands."""
    names = [session.session for session in found.items]
    stands = in_sessions(request.project.pk, names) if names else {}
    return [(session, stands.get(session.session)) for session in found.items]


@page
def session(request: PageRequest, session: str) -> HttpResponse:
    """One session; `?from=` is the position of the first trace that is listed."""
    found = whole(request.project.pk, session)
    if found is None:
        raise Http404("no such session in this project")
    first = position(request, len(found.traces))
    line = Line(found.course)
    context = {
        "page": "sessions",
        "session": found.session,
        "course": found.course,
        "waiting_since": since(found),
        "between_ns": between(found),
        "line": line.bars,
        "lanes": lanes(found.traces[first : first + TRACES], line, first + 1),
        "agents": [(agent, None) for agent in agents_of(request, found)],  # marked above them
        **found_in(request, session),
        **pages(request, first, len(found.traces)),
        "exports": same_table(request, f"{API}/{quote(session, safe='')}"),
    }
    return render(request, "sessions/session.html", context)


def agents_of(request: PageRequest, found: Whole) -> list[Agent]:
    """What agents did in the traces of a session."""
    return agents_of_traces(request.project.pk, [each.trace_id for each in found.traces])


def found_in(request: PageRequest, session: str) -> dict[str, Any]:
    """What was found in the traces of a session, the worst first, and how many there are."""
    found, total = findings_of_session(request.project.pk, session, FINDINGS)
    causes = {each.fingerprint for each in found}
    states = decided(request.project.pk, causes) if causes else {}
    return {"sightings": sighted(found, states), "sightings_total": total}


def cursor(request: PageRequest) -> Cursor | None:
    """Where the page starts; one that is not ours is the first page."""
    try:
        return Cursor.parse(request.GET.get("after", ""))
    except BadCursor:
        return None


def count(found: SessionPage, *, is_filtered: bool) -> str:
    """How many there are, and how many of them are here."""
    total = amounts.count(found.total, "session")
    words = f"{'More than ' if found.truncated else ''}{total}{' match' if is_filtered else ''}"
    shown = f": {len(found.items)} shown" if found.total > len(found.items) else ""
    return f"{words}{shown}, last active first"


def since(found: Whole) -> Any:
    """Since when a person has to answer."""
    at = found.course.waiting_since
    return moment(at // 1000) if at else None


def between(found: Whole) -> int:
    """The time between its first and its last moment in which it neither worked nor waited."""
    start = min(trace.start_ns for trace in found.traces)
    end = max(trace.end_ns for trace in found.traces)
    return max(end - start - found.course.working_ns - found.course.waiting_ns, 0)


def position(request: PageRequest, total: int, name: str = "from") -> int:
    """The position where a page begins; nonsense is the first page."""
    said = request.GET.get(name, "")
    asked = int(said) if said.isascii() and said.isdigit() and len(said) < len("1000000") else 0
    return asked if asked < total else 0


def pages(request: PageRequest, first: int, total: int) -> dict[str, str]:
    """What is listed of the traces, and where the rest is."""
    last = min(first + TRACES, total)
    shown = f"{first + 1:,} to {last:,} of {total:,}" if total > TRACES else ""
    return {
        "shown": shown,
        "earlier": f"?from={max(first - TRACES, 0)}" if first else "",
        "later": f"?from={last}" if last < total else "",
    }


# How the filters of a page are called where machines read.
SAID = {"q": "name", "user": "user", "state": "state", "environment": "environment"}
SAID |= {"agent": "agent", "service": "service"}


def same_table(request: PageRequest, path: str, **more: str) -> Links:
    """The table of this page for machines, with the filters of this page."""
    said = {name: request.GET[key] for key, name in SAID.items() if request.GET.get(key)}
    return exports(path, {"project": request.project.name, **said, **more})
