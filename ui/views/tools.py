"""Which tools agents of a project may call, and which do their work each time."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agentscope.projects.models import AllowedTools
from agentscope.projects.repeated import BadEffects, effects_of, set_effects
from agentscope.projects.roles import Right
from agentscope.projects.tools import BadTools, remove_allowed, set_allowed
from ui.access import PageRequest, form_page, who
from ui.tool_forms import EffectsForm, ToolsForm
from ui.views.mappings import is_number


@form_page(needs=Right.MANAGE)
def tools(request: PageRequest) -> HttpResponse:
    """The lists of a project, and a form that sets one."""
    lists = AllowedTools.objects.filter(project=request.project)
    asked = request.GET.get("agent")
    known = next((each for each in lists if each.agent == asked), None)
    start = {"agent": asked or "", "tools": "\n".join(known.tools) if known else ""}
    form = ToolsForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid() and saved(request, form):
        return back(request)
    return shown(request, form, effects_form(request.project.pk))


def shown(request: PageRequest, form: ToolsForm, effects: EffectsForm) -> HttpResponse:
    """The page with its two forms."""
    context = {
        "page": "settings",
        "tab": "tools",
        "form": form,
        "effects": effects,
        "lists": AllowedTools.objects.filter(project=request.project).order_by("agent"),
        "saved": bool(request.GET.get("saved")),
    }
    return render(request, "settings/tools.html", context)


def saved(request: PageRequest, form: ToolsForm) -> bool:
    """Store the form; False, with the reason beside the field, if that cannot be."""
    try:
        set_allowed(request.project, form.cleaned_data["agent"], form.names, who(request))
    except BadTools as error:
        for name, sentence in error.errors.items():
            form.add_error(name, sentence)
        return False
    return True


def effects_form(project_id: int) -> EffectsForm:
    """The form with what holds now."""
    now = effects_of(project_id)
    said = {"each_time": "\n".join(now.each_time), "once": "\n".join(now.once)}
    return EffectsForm(initial=said)


@require_POST
@form_page(needs=Right.MANAGE)
def tool_effects(request: PageRequest) -> HttpResponse:
    """Set which tools do their work each time, of this project."""
    form = EffectsForm(request.POST)
    if form.is_valid() and effects_saved(request, form):
        return back(request)
    return shown(request, ToolsForm(), form)


def effects_saved(request: PageRequest, form: EffectsForm) -> bool:
    """Save them; what is wrong with them is told beside the fields."""
    lists = {name: said.splitlines() for name, said in form.cleaned_data.items()}
    try:
        set_effects(request.project, lists["each_time"], lists["once"], who(request))
    except BadEffects as error:
        for name, sentence in error.errors.items():
            form.add_error(name, sentence)
        return False
    return True


@require_POST
@form_page(needs=Right.MANAGE)
def drop_tools(request: PageRequest) -> HttpResponse:
    """Remove a list of this project."""
    number = request.POST.get("list", "")
    found = AllowedTools.objects.filter(project=request.project)
    chosen = found.filter(pk=int(number)).first() if is_number(number) else None
    if chosen is None:
        raise Http404("no such list")
    remove_allowed(chosen, who(request))
    return back(request)


def back(request: PageRequest) -> HttpResponse:
    """The page, which says that it is saved."""
    return redirect(f"{reverse('tools', args=[request.project.name])}?saved=1")
