"""How long a project keeps what."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from agentscope.projects.roles import Right
from agentscope.retention.models import Hold
from agentscope.retention.read import kept_of
from agentscope.retention.write import BadPeriods, set_periods
from ui.access import PageRequest, form_page, who
from ui.retention_forms import PeriodsForm


@form_page(needs=Right.MANAGE)
def storage(request: PageRequest) -> HttpResponse:
    """The periods of the project, in words and as a form."""
    said = request.POST if request.method == "POST" else None
    form = PeriodsForm(said, initial=PeriodsForm.start_of(request.project.pk))
    if said is not None and form.is_valid() and saved(request, form):
        return redirect(f"{reverse('storage', args=[request.project.name])}?saved=1")
    context = {
        "page": "settings",
        "tab": "storage",
        "form": form,
        "kept": kept_of(request.project.pk),
        "installation": settings.AGENTSCOPE_RETENTION_DAYS,
        "held": Hold.objects.filter(project_id=request.project.pk).count(),
        "saved": bool(request.GET.get("saved")),
    }
    return render(request, "settings/storage.html", context)


def saved(request: PageRequest, form: PeriodsForm) -> bool:
    """Store the form; False, with the reason beside the field, if that cannot be."""
    try:
        set_periods(request.project.pk, **form.cleaned_data, who=who(request))
    except BadPeriods as error:
        for name, sentence in error.errors.items():
            form.add_error(name, sentence)
        return False
    return True
