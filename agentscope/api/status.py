"""How the installation is doing."""

from __future__ import annotations

import sys

import django
from django.db import connection
from django.db.models import Count, Min
from django.http import HttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

import agentscope
from agentscope.api.fields import Shape, count
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.inbox.read import backlog
from agentscope.retention.disk import ROOM, disk
from agentscope.traces.examined import waiting_at_leisure
from agentscope.traces.models import Trace


class StatusShape(Shape):
    inbox_rows = count("requests accepted but not yet stored")
    oldest_inbox_seconds = serializers.FloatField(allow_null=True, help_text="null: none waits")
    dead_letters = count("requests that could not be stored")
    traces_due = count("traces that wait for examination")
    oldest_due_seconds = serializers.FloatField(allow_null=True, help_text="null: none waits")
    traces_again = count("traces that an earlier version examined, to be examined again")
    free_bytes = serializers.IntegerField(
        allow_null=True, help_text="on the disk; null: the database is elsewhere"
    )
    not_taken = serializers.CharField(
        allow_blank=True, help_text="why nothing more is taken; empty: it is"
    )
    versions = serializers.DictField(
        child=serializers.CharField(), help_text="agentscope, python, django, postgres"
    )


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
                "free_bytes": found.free if (found := disk()) else None,
                "not_taken": ROOM.full(),
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
