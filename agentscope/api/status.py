"""How the installation is doing."""

from __future__ import annotations

import sys

import django
from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

import agentscope
from agentscope.api.shapes import StatusShape
from agentscope.api.traces import ERRORS, ProjectView
from agentscope.inbox.read import backlog
from agentscope.traces.models import Trace


class StatusView(ProjectView):
    @extend_schema(responses={200: StatusShape, **ERRORS})
    def get(self, request: Request) -> Response:
        """What waits to be stored and examined, over all projects, and the versions that run."""
        waiting, now = backlog(), timezone.now()
        due = Trace.objects.filter(examine_after__lte=now).aggregate(
            traces=Count("trace_id"), oldest=Min("examine_after")
        )
        oldest = due["oldest"]
        return Response(
            {
                "inbox_rows": waiting.rows,
                "oldest_inbox_seconds": waiting.oldest_seconds,
                "dead_letters": waiting.dead_letters,
                "traces_due": due["traces"],
                "oldest_due_seconds": (now - oldest).total_seconds() if oldest else None,
                "versions": versions(),
            }
        )


def versions() -> dict[str, str]:
    """What runs."""
    return {
        "agentscope": agentscope.__version__,
        "python": sys.version.split()[0],
        "django": django.get_version(),
        "postgres": str(connection.cursor().connection.info.server_version),
    }
