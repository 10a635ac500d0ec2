"""How the installation is doing."""

from __future__ import annotations

import sys

import django
from django.db import connection
from django.db.models import Count, Min
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

import agentscope
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.shapes import StatusShape
from agentscope.inbox.read import backlog
from agentscope.traces.examined import waiting_at_leisure
from agentscope.traces.models import Trace


class StatusView(ProjectView):
    @described("read_status", {200: StatusShape})
    def get(self, request: Request) -> HttpResponse:
        """What waits to be stored and examined, over all projects, and the versions that run."""
        waiting, now = backlog(), timezone.now()
        due = Trace.objects.filter(examine_after__lte=now).aggregate(
            traces=Count("trace_id"), oldest=Min("examine_after")
        )
        oldest = due["oldest"]
        return json_answer(
            {
                "inbox_rows": waiting.rows,
                "oldest_inbox_seconds": waiting.oldest_seconds,
                "dead_letters": waiting.dead_letters,
                "traces_due": due["traces"],
                "oldest_due_seconds": (now - oldest).total_seconds() if oldest else None,
                "traces_again": waiting_at_leisure(),
                "versions": versions(),
            }
        )


def versions() -> dict[str, str]:
    """What runs."""
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        postgres: str = cursor.fetchone()[0]
    return {
        "agentscope": agentscope.__version__,
        "python": sys.version.split()[0],
        "django": django.get_version(),
        "postgres": postgres,
    }
