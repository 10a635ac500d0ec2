"""How much is stored of a project, how fast it grows, and what would go by other periods."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.managed import ManagedView
from agentscope.api.project_view import described, json_answer
from agentscope.api.refused import BAD_REQUEST, Refused
from agentscope.api.storage_shapes import GoingShape, StorageShape
from agentscope.retention.read import kept_of
from agentscope.retention.write import BadPeriods
from agentscope.storage.ages import Going
from agentscope.storage.forecast import Forecast, Growth
from agentscope.storage.preview import preview
from agentscope.storage.read import DiskNow, Share, Storage, ahead, all_projects, disk_now, storage

MOST_DAYS = 10**6
PERIODS = [
    *parameters.PROJECT,
    OpenApiParameter("payload_days", int, description="left out: as metadata"),
    OpenApiParameter("metadata_days", int, description="left out: as the installation"),
]


class StorageView(ManagedView):
    @described("read_storage", {200: StorageShape})
    def get(self, request: Request) -> HttpResponse:
        """What the project takes up, as it was measured within the last hour, when the disk is
        full, and what goes next."""
        found, disk = storage(self.project.pk), disk_now()
        return json_answer(
            {
                **stored_body(found),
                "ahead": ahead_bodies(found, self.project.pk) if found else [],
                "disk": disk_body(disk) if disk else None,
                "projects": list(map(share_body, all_projects())) if self.sees_all else None,
            }
        )

    @property
    def sees_all(self) -> bool:
        """Whether who asks runs the installation. A key is of one project."""
        user = self.request._request.user
        return settings.AGENTSCOPE_EMBEDDED or (not self.key and getattr(user, "is_staff", False))


class PreviewView(ManagedView):
    takes = PERIODS

    @described("preview_retention", {200: GoingShape}, PERIODS)
    def get(self, request: Request) -> HttpResponse:
        """What would go within hours if the project kept payload and metadata for so many days."""
        said = request.query_params
        days = {
            name: parameters.number(said, name, 1, 1, MOST_DAYS) if name in said else None
            for name in ("payload_days", "metadata_days")
        }
        try:
            found = preview(self.project.pk, **days)
        except BadPeriods as error:
            name, sentence = next(iter(error.errors.items()))
            raise Refused(BAD_REQUEST, f"{name}: {sentence}") from error
        return json_answer(going_body(found.going, found.size, found.held))


def stored_body(found: Storage | None) -> dict[str, Any]:
    """What was measured of a project."""
    if found is None:
        return {"measured_at": None, "bytes": None, "is_estimated": False, "oldest_day": None} | {
            **{name: [] for name in ("parts", "days", "growths")},
            **dict.fromkeys(("held_traces", "held_spans"), 0),
        }
    return {
        "measured_at": found.at,
        "bytes": found.size,
        "is_estimated": found.is_estimated,
        "parts": [
            {"kind": part.kind, "bytes": part.size, "is_estimated": part.is_estimated}
            for part in found.parts
        ],
        "days": [{"day": day, "bytes": number} for day, number in found.days],
        "growths": [growth_body(each) for each in found.growths],
        "oldest_day": found.oldest,
        "held_traces": found.held.traces,
        "held_spans": found.held.spans,
    }


def ahead_bodies(found: Storage, project_id: int) -> list[dict[str, Any]]:
    """What goes next, as AheadShape."""
    return [
        {"within_days": each.days} | going_body(each.going, each.size, each.held)
        for each in ahead(found, kept_of(project_id))
    ]


def going_body(found: Going, size: int | None, held: int | None) -> dict[str, Any]:
    """What goes, as GoingShape."""
    return {
        "traces": found.whole.traces,
        "spans": found.whole.spans,
        "payload_traces": found.payload.traces,
        "payload_spans": found.payload.spans,
        "bytes": size,
        "held_traces": found.held.traces,
        "held_bytes": held,
    }


def growth_body(found: Growth) -> dict[str, Any]:
    """Likewise for GrowthShape."""
    return {"days": found.window, "bytes_a_day": found.a_day, "because": found.because}


def disk_body(found: DiskNow) -> dict[str, Any]:
    """Likewise for DiskShape."""
    return {
        "at": found.disk.at,
        "database_bytes": found.disk.database,
        "free_bytes": found.disk.free,
        "total_bytes": found.disk.total,
        "limit_bytes": found.limit,
        "forecasts": [forecast_body(each) for each in found.forecasts],
    }


def forecast_body(found: Forecast) -> dict[str, Any]:
    """Likewise for ForecastShape."""
    return {
        "growth": growth_body(found.growth),
        "nothing_taken_from": asdict(found.stop),
        "full_on": asdict(found.full),
    }


def share_body(found: Share) -> dict[str, Any]:
    """Likewise for StoredProjectShape."""
    told = {"project": found.project, "bytes": found.size, "is_estimated": found.is_estimated}
    return told | {"growth": growth_body(found.growth)}
