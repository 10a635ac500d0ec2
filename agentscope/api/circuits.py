"""Circuits of tools and providers, read by machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.circuits_shapes import CircuitsShape
from agentscope.api.costs import csv_answer, too_long
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.costs.read import TookTooLong
from agentscope.findings.circuits import Circuit, CircuitPage, circuits

CIRCUITS, CIRCUITS_AT_ONCE = 50, 500
DAYS = 7  # that are asked about unless a period is named
HEAD = ("of", "name", "state", "since", "until", "calls", "errors")
PERIOD = [
    *parameters.PROJECT,
    OpenApiParameter(
        "since", OpenApiTypes.DATETIME, description=f"from this hour on; else {DAYS} days ago"
    ),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="hours before; else now"),
    OpenApiParameter("agent", str, description="exactly this agent's own calls"),
    OpenApiParameter("limit", int, description=f"circuits, 1 to {CIRCUITS_AT_ONCE}, else 50"),
    FORMAT,
]


class CircuitsView(ProjectView):
    takes = PERIOD

    @described("read_circuits", {200: CircuitsShape}, PERIOD)
    def get(self, request: Request) -> HttpResponseBase:
        """What a circuit breaker in front of each tool and provider would have done, by the
        failures of each hour; as csv one line for each spell."""
        said, now = request.query_params, timezone.now()
        since = parameters.parsed(said, "since", parameters.moment, parameters.DAY)
        until = parameters.parsed(said, "until", parameters.moment, parameters.DAY)
        limit = parameters.number(said, "limit", CIRCUITS, 1, CIRCUITS_AT_ONCE)
        agent, period = parameters.text(said, "agent"), timedelta(days=DAYS)
        try:
            page = circuits(self.project.pk, since or now - period, until or now, limit, agent)
        except TookTooLong as error:
            raise too_long(error) from error
        if is_csv(said):
            return csv_answer("circuits", HEAD, cells(page))
        return json_answer(circuits_body(page))


def circuits_body(page: CircuitPage) -> dict[str, Any]:
    """A page as CircuitsShape."""
    return {
        "circuits": [circuit_body(each) for each in page.items],
        "total": page.total,
        "truncated": page.total > len(page.items),
    }


def circuit_body(circuit: Circuit) -> dict[str, Any]:
    """A circuit as CircuitShape."""
    return {
        "of": circuit.kind,
        **{name: getattr(circuit, name) for name in ("name", "calls", "errors", "opened")},
        "state": circuit.state.value,
        "spells": [
            {
                "state": spell.state.value,
                "since": spell.since.isoformat(),
                "until": spell.until.isoformat(),
                "calls": spell.calls,
                "errors": spell.errors,
            }
            for spell in circuit.spells
        ],
    }


def cells(page: CircuitPage) -> Iterator[tuple[object, ...]]:
    """A line for each spell, as HEAD names its cells."""
    for each in page.items:
        for spell in each.spells:
            times = spell.since.isoformat(), spell.until.isoformat()
            yield each.kind, each.name, spell.state.value, *times, spell.calls, spell.errors
