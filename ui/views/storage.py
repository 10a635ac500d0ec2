"""How much is stored of a project, and how long it is kept."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from agentscope.projects.roles import Right
from agentscope.retention.models import Hold
from agentscope.retention.read import Kept, kept_of
from agentscope.retention.write import BadPeriods, set_periods
from agentscope.storage.preview import Preview, preview
from agentscope.storage.read import ahead, all_projects, disk_now
from agentscope.storage.read import storage as read_storage
from ui.access import PageRequest, form_page, sees_installation, who
from ui.retention_forms import PeriodsForm
from ui.storage_words import day_bars


@form_page(needs=Right.MANAGE)
def storage(request: PageRequest) -> HttpResponse:
    """What was measured, and the periods as a form. They are saved once it was shown what would
    go."""
    said = request.POST if request.method == "POST" else None
    form = PeriodsForm(said, initial=PeriodsForm.start_of(request.project.pk))
    seen = previewed(request, form) if said is not None and form.is_valid() else None
    if seen and form.was_seen:
        set_periods(request.project.pk, **form.periods, who=who(request))
        return redirect(f"{reverse('storage', args=[request.project.name])}?saved=1")
    kept = kept_of(request.project.pk)
    context = {
        "page": "settings",
        "tab": "storage",
        "form": form,
        "seen": seen,
        "kept": kept,
        "installation": settings.AGENTSCOPE_RETENTION_DAYS,
        "holds": Hold.objects.filter(project_id=request.project.pk).count(),
        "saved": bool(request.GET.get("saved")),
        **measured(request, kept),
    }
    return render(request, "settings/storage.html", context)


def previewed(request: PageRequest, form: PeriodsForm) -> Preview | None:
    """What the periods of the form would remove; None, with the reason beside the field, if they
    cannot be."""
    try:
        return preview(request.project.pk, **form.periods)
    except BadPeriods as error:
        for name, sentence in error.errors.items():
            form.add_error(name, sentence)
        return None


def measured(request: PageRequest, kept: Kept) -> dict[str, Any]:
    """What the last measuring found: of the project, and of all of them for those who run the
    installation."""
    found = read_storage(request.project.pk)
    return {
        "found": found,
        "bars": day_bars(found.days) if found else [],
        "ahead": ahead(found, kept) if found else [],
        "disk": disk_now(),
        "shares": all_projects() if sees_installation(request) else [],
    }
