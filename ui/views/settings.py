"""Settings of a project: which cost counts, by what costs are grouped, and when days begin."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agentscope.alerts.write import look_anew
from agentscope.jobs.models import Job
from agentscope.jobs.write import TooManyJobs, ask
from agentscope.projects.changes import note_change
from agentscope.projects.clock import set_clock
from agentscope.projects.costs import BadSetting, set_costs
from agentscope.projects.roles import Right
from ui.access import PageRequest, form_page, who
from ui.settings_forms import GROUPS, AgainForm, ClockForm, CostsForm


@form_page(needs=Right.MANAGE)
def general(request: PageRequest) -> HttpResponse:
    """The cost policy and the attributes to group by. What they change is offered afterwards."""
    said = request.POST if request.method == "POST" else None
    form = CostsForm(said, initial=CostsForm.start_of(request.project))
    if said is not None and form.is_valid() and saved(request, form):
        return redirect(f"{reverse('settings', args=[request.project.name])}?saved=costs")
    return shown(request, form, ClockForm(initial=ClockForm.start_of(request.project)))


def shown(request: PageRequest, form: CostsForm, clock: ClockForm) -> HttpResponse:
    """The page with its forms."""
    context = {
        "page": "settings",
        "tab": "general",
        "form": form,
        "groups": [form[name] for name in GROUPS],
        "clock": clock,
        "zones": ClockForm.zones(),
        "again": AgainForm(),
        "saved": request.GET.get("saved"),
    }
    return render(request, "settings/general.html", context)


@require_POST
@form_page(needs=Right.MANAGE)
def clock(request: PageRequest) -> HttpResponse:
    """Set the time zone and the first day of the week."""
    form = ClockForm(request.POST)
    if form.is_valid() and clock_saved(request, form):
        return redirect(f"{reverse('settings', args=[request.project.name])}?saved=clock")
    return shown(request, CostsForm(initial=CostsForm.start_of(request.project)), form)


def clock_saved(request: PageRequest, form: ClockForm) -> bool:
    """Store the form; False, with the reason beside the field, if that cannot be."""
    try:
        with transaction.atomic():
            if set_clock(request.project, **form.cleaned_data, who=who(request)):
                look_anew(request.project.pk)
    except BadSetting as error:
        for name, sentence in error.errors.items():
            form.add_error(name, sentence)
        return False
    return True


def saved(request: PageRequest, form: CostsForm) -> bool:
    """Store the form; False, with the reason beside the field, if that cannot be."""
    try:
        set_costs(request.project, form.cleaned_data["policy"], form.attributes, who(request))
    except BadSetting as error:
        for name, sentence in error.errors.items():
            form.add_error("policy" if name == "policy" else GROUPS[0], sentence)
        return False
    return True


@require_POST
@form_page(needs=Right.MANAGE)
def understand_again(request: PageRequest) -> HttpResponse:
    """Ask for stored spans to be understood again, and go to the jobs."""
    form = AgainForm(request.POST)
    if not form.is_valid():
        return redirect("settings", request.project.name)
    try:
        job = ask(request.project.pk, Job.Kind.UNDERSTAND, form.since, who(request))
    except TooManyJobs:
        return no_room(request)
    what = f"Asked for {form.words} to be understood again"
    note_change("project", request.project.pk, who(request), what, {"job": job.pk, **form.since})
    return redirect("jobs", request.project.name)


def no_room(request: PageRequest) -> HttpResponse:
    """The list of jobs, which says that no more are taken."""
    return redirect(f"{reverse('jobs', args=[request.project.name])}?full=1")
