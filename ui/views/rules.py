"""Rules of alerts: the list, and the editor with its preview."""

from __future__ import annotations

from time import time_ns
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agentscope.alerts.evidence import names_of
from agentscope.alerts.matching import offered
from agentscope.alerts.models import Rule
from agentscope.alerts.preview import Preview, preview
from agentscope.alerts.read import rule as read_rule
from agentscope.alerts.read import rules, unseen_by
from agentscope.alerts.watch import BadRule
from agentscope.alerts.write import Gone, delete_rule, save_rule
from agentscope.channels.read import channels_of
from agentscope.meter.known import known_names
from agentscope.projects.roles import Right
from agentscope.retention.read import kept_of
from agentscope.search.saved import saved_views
from ui.access import PageRequest, form_page, page, wants, who
from ui.alert_words import called, run_of
from ui.exports import exports
from ui.preview_picture import fired, group_words, picture
from ui.rule_fields import OF_METRIC
from ui.rule_form import RuleForm
from ui.rule_start import asked, start_of
from ui.rule_words import rule_line


@page
def alert_rules(request: PageRequest) -> HttpResponse:
    """All rules by name."""
    found, kept = rules(request.project.pk), kept_of(request.project.pk)
    context = {
        "page": "alerts",
        "tab": "rules",
        "lines": [rule_line(each, request.project.week_start, kept) for each in found],
        "exports": exports(reverse("api-alert-rules"), {"project": request.project.name}),
        "saved": bool(request.GET.get("saved")),
    }
    return render(request, "alerts/rules.html", context)


@form_page(to_read=Right.OPERATE)
def new_rule(request: PageRequest) -> HttpResponse:
    """A new rule."""
    return edited(request, None)


@form_page
def one_rule(request: PageRequest, rule: int) -> HttpResponse:
    """Change a rule. Those of a budget are shown only: the budget keeps them."""
    return edited(request, known_rule(request, rule))


@require_POST
@form_page
def drop_rule(request: PageRequest, rule: int) -> HttpResponse:
    """Delete a rule with its alerts."""
    found = known_rule(request, rule)
    try:
        delete_rule(found, who(request))
    except BadRule as problem:
        return show(request, found, form_of(request, found), {"problem": str(problem)})
    return back(request)


def known_rule(request: PageRequest, pk: int) -> Rule:
    """A rule of the project. Raises Http404."""
    found = read_rule(request.project.pk, pk)
    if found is None:
        raise Http404("no such rule in this project")
    return found


def edited(request: PageRequest, found: Rule | None) -> HttpResponse:
    """The form of a rule; what it says is saved, or looked at beforehand if that is asked for."""
    form = form_of(request, found)
    if request.method != "POST":
        return show(request, found, form, {})
    is_part = wants(request, "preview")
    said = checked(form)
    if said is not None and not is_part and "preview" not in request.POST:
        try:
            save_rule(request.project, said, who(request), found)
        except BadRule as problem:
            form.blame(problem)
        except Gone as gone:
            raise Http404(str(gone)) from gone
        else:
            return back(request)
    told = {} if said is None or form.errors else previewed(request, form, said)
    return show(request, found, form, told, "_preview" if is_part else "rule")


def previewed(request: PageRequest, form: RuleForm, said: dict[str, Any]) -> dict[str, Any]:
    """What the rule would have done; what is wrong with it the form says itself."""
    try:
        found = preview(request.project, said, time_ns())
    except BadRule as problem:
        form.blame(problem)
        return {}
    known = called_groups(request.project.pk, said["each"], found)
    groups = [(known[name], times) for name, times in found.groups]
    return {
        "preview": found,
        "of": known[found.group],
        "fired": fired(found),
        "groups": group_words(groups, found.more),
        "picture": picture(found, ZoneInfo(request.project.time_zone)),
    }


def called_groups(project_id: int, each: str, found: Preview) -> dict[str, str]:
    """The groups of a preview as people know them. One query."""
    groups = [found.group, *(name for name, _ in found.groups)]
    runs = [run for name in groups if (run := run_of(each, name))]
    names = names_of(project_id, runs)
    return {name: called(each, name, names) for name in groups}


def form_of(request: PageRequest, found: Rule | None) -> RuleForm:
    """The form with what was sent, or what the rule says, or what most begin with."""
    channels = channels_of(request.project.pk)
    if request.method == "POST" and "metric" in request.POST:
        return RuleForm(request.POST, channels)
    start = start_of(found) if found else asked(request.GET.dict())
    return RuleForm(None, channels, initial=start)


def checked(form: RuleForm) -> dict[str, Any] | None:
    """What the form says; None if something is wrong with it, which it then says itself."""
    if not form.is_valid():
        return None
    try:
        return form.said
    except BadRule as problem:
        form.blame(problem)
        return None


def show(
    request: PageRequest,
    found: Rule | None,
    form: RuleForm,
    context: dict[str, Any],
    template: str = "rule",
) -> HttpResponse:
    """The editor, or its preview alone."""
    context |= {"page": "alerts", "tab": "rules", "rule": found, "form": form, "units": OF_METRIC}
    # Complete as it is: what it would have done is shown without a change.
    context["is_ready"] = found is not None or "threshold" in request.GET
    if template == "rule":
        project_id = request.project.pk
        views = {each.name: each.query for each in saved_views(project_id)}
        context["unseen"] = unseen_by(request.project, found, kept_of(project_id)) if found else ""
        context |= {"known": known_names(project_id), "views": offered(project_id, views)}
    return render(request, f"alerts/{template}.html", context)


def back(request: PageRequest) -> HttpResponse:
    """The list, which says that it is saved."""
    return redirect(f"{reverse('alert-rules', args=[request.project.name])}?saved=1")
