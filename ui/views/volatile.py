"""Settings: fields that change from call to call, by which a project compares nothing."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from agentscope.projects.roles import Right
from agentscope.projects.volatile import BadFields, set_volatile, volatile_of
from agentscope.signatures.canonical import REASONS, VOLATILE
from agentscope.signatures.masking import TOLD
from ui.access import PageRequest, form_page, who
from ui.settings_forms import AgainForm, VolatileForm


@form_page(needs=Right.MANAGE)
def fields(request: PageRequest) -> HttpResponse:
    """The fields of a project, as one form, beside those that are left out everywhere."""
    posted = request.method == "POST"
    start = {"names": "\n".join(volatile_of(request.project.pk))}
    form = VolatileForm(request.POST if posted else None, initial=start)
    if posted and form.is_valid() and saved(request, form):
        return redirect(f"{reverse('volatile', args=[request.project.name])}?saved=1")
    context = {
        "page": "settings",
        "tab": "detectors",
        "form": form,
        "usual": {
            "Of arguments": sorted(VOLATILE),
            "Of arguments, where they have others": sorted(REASONS),
            "Of results": sorted(TOLD),
        },
        "again": AgainForm(),
        "saved": bool(request.GET.get("saved")),
    }
    return render(request, "settings/volatile.html", context)


def saved(request: PageRequest, form: VolatileForm) -> bool:
    """Store the form; False, with the reason beside the field, if that cannot be."""
    try:
        set_volatile(request.project, form.cleaned_data["names"].splitlines(), who(request))
    except BadFields as error:
        form.add_error("names", str(error))
        return False
    return True
