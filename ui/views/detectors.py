"""Settings: from when on each detector speaks in a project."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from agentscope.findings.catalogue import catalogue
from agentscope.findings.thresholds import set_limits
from agentscope.projects.roles import Right
from ui.access import PageRequest, form_page, who
from ui.detector_forms import DetectorsForm


@form_page(needs=Right.MANAGE)
def detectors(request: PageRequest) -> HttpResponse:
    """Every detector with its thresholds, as one form."""
    entries = catalogue(request.project.pk)
    form = DetectorsForm(request.POST if request.method == "POST" else None, entries)
    if form.is_valid():
        set_limits(request.project.pk, who(request), entries, form.limits)
        return redirect(f"{reverse('detectors', args=[request.project.name])}?saved=1")
    context = {
        "page": "settings",
        "tab": "detectors",
        "form": form,
        "saved": bool(request.GET.get("saved")),
    }
    return render(request, "settings/detectors.html", context)
