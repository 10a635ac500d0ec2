"""The ledger of the installation, read by machine: what belongs to no project, as logins do. Its
addresses are those of a project's ledger, to read, for those who run the installation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from agentscope.api import audit, parameters
from agentscope.api.access import InstallationAuthentication
from agentscope.api.audit_shapes import (
    CheckpointsShape,
    EntriesShape,
    OneEntryShape,
    StandingShape,
)
from agentscope.api.project_view import described
from agentscope.projects.changes import INSTALLATION

ENTRIES, CHECKPOINTS = (
    [each for each in takes if each not in parameters.PROJECT]
    for takes in (audit.ENTRIES, audit.CHECKPOINTS)
)


class OfInstallation(audit.AuditView):
    """A view of the ledger of no project."""

    authentication_classes = (InstallationAuthentication,)
    takes: ClassVar[Sequence[OpenApiParameter]] = ()
    whose = "the installation"

    @property
    def number(self) -> int:
        """In place of a project."""
        return INSTALLATION


class EntriesView(OfInstallation, audit.EntriesView):
    takes = ENTRIES

    @described("list_installation_entries", {200: EntriesShape}, ENTRIES)
    def get(self, request: Request) -> HttpResponseBase:
        """What was done in the installation, the newest first; as csv or ocsf all of it from
        `cursor` on."""
        return super().get(request)


class EntryView(OfInstallation, audit.EntryView):
    @described("read_installation_entry", {200: OneEntryShape}, ())
    def get(self, request: Request, position: int) -> HttpResponse:
        """One entry of the installation's ledger, with what proves it."""
        return super().get(request, position)


class CheckpointsView(OfInstallation, audit.CheckpointsView):
    takes = CHECKPOINTS

    @described("list_installation_checkpoints", {200: CheckpointsShape}, CHECKPOINTS)
    def get(self, request: Request) -> HttpResponse:
        """What was signed of how long the installation's ledger was, and where else it is kept."""
        return super().get(request)


class VerifiedView(OfInstallation, audit.VerifiedView):
    @described("read_installation_verification", {200: StandingShape}, ())
    def get(self, request: Request) -> HttpResponse:
        """What is known of whether the installation's ledger is as it was written."""
        return super().get(request)
