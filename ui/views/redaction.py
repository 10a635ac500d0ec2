"""What a project has replaced before it is stored, and a trial on stored spans."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agentscope.jobs.write import TooManyJobs
from agentscope.projects.roles import Right
from agentscope.redaction.models import OwnRule
from agentscope.redaction.preview import Shown, preview
from agentscope.redaction.read import policy_of, replaced_since
from agentscope.redaction.write import (
    BadRule,
    NothingToRedact,
    add_rule,
    redact_stored,
    remove_rule,
    set_actions,
)
from agentscope.traces.newest import newest_spans, records_of
from ui.access import PageRequest, form_page, wants, who
from ui.redaction_forms import CATEGORIES, ROWS, WORDS, ActionsForm, OwnRuleForm
from ui.views.mappings import is_number
from ui.views.settings import no_room

TRIED = 50  # of the newest spans
MOST_SHOWN = 100  # values that a trial shows
DAYS = 30


@form_page(needs=Right.MANAGE)
def redaction(request: PageRequest) -> HttpResponse:
    """The actions of all rules, the project's own rules, and what they would find."""
    said = request.POST if request.method == "POST" else None
    policy = policy_of(request.project.pk)
    form = ActionsForm(said, initial=ActionsForm.start_of(policy))
    if said is not None and form.is_valid():
        set_actions(request.project, form.actions, who(request))
        return back(request)
    if wants(request, "found"):
        return render(request, "settings/_redacted.html", trial(request))
    return show(request, form, OwnRuleForm())


@require_POST
@form_page(needs=Right.MANAGE)
def add_own_rule(request: PageRequest) -> HttpResponse:
    """Add a pattern or a name, or say what is wrong with it."""
    form = OwnRuleForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data
        try:
            add_rule(request.project, **wanted, who=who(request))
        except BadRule as error:
            for name, sentence in error.errors.items():
                form.add_error(name, sentence)
        else:
            return back(request)
    policy = policy_of(request.project.pk)
    return show(request, ActionsForm(initial=ActionsForm.start_of(policy)), form)


@require_POST
@form_page(needs=Right.MANAGE)
def drop_own_rule(request: PageRequest) -> HttpResponse:
    """Remove a rule of this project."""
    number = request.POST.get("rule", "")
    found = OwnRule.objects.filter(project=request.project)
    rule = found.filter(pk=int(number)).first() if is_number(number) else None
    if rule is None:
        raise Http404("no such rule")
    remove_rule(rule, who(request))
    return back(request)


@form_page(needs=Right.MANAGE, to_read=Right.MANAGE)
def redact_all(request: PageRequest) -> HttpResponse:
    """Ask for what is stored to be redacted, or for how much that would replace; and go to the
    jobs. As it cannot be undone, a page asks first whether one is sure."""
    is_preview = bool(request.POST.get("preview"))
    if not is_preview and not request.POST.get("sure"):
        return render(request, "settings/redact_all.html", {"page": "settings", "tab": "redaction"})
    try:
        redact_stored(request.project, who(request), is_preview=is_preview)
    except NothingToRedact:
        return redirect(f"{reverse('redaction', args=[request.project.name])}?nothing=1#stored")
    except TooManyJobs:
        return no_room(request)
    return redirect("jobs", request.project.name)


def back(request: PageRequest) -> HttpResponse:
    """The page, which says that it is saved."""
    return redirect(f"{reverse('redaction', args=[request.project.name])}?saved=1")


def show(request: PageRequest, form: ActionsForm, own_form: OwnRuleForm) -> HttpResponse:
    """The page with its forms."""
    replaced = replaced_since(request.project.pk, DAYS)
    own = list(OwnRule.objects.filter(project=request.project).order_by("pk"))
    context = {
        "page": "settings",
        "tab": "redaction",
        "form": form,
        "categories": [form[category] for category in CATEGORIES],
        "rows": [(code, about, form[code], replaced.get(code, 0)) for code, about, _ in ROWS],
        "own": [(rule, replaced.get(rule.code, 0)) for rule in own],
        "own_form": own_form,
        "days": DAYS,
        "saved": bool(request.GET.get("saved")),
        "nothing": bool(request.GET.get("nothing")),
        **trial(request),
    }
    return render(request, "settings/redaction.html", context)


def trial(request: PageRequest) -> dict[str, Any]:
    """What the rules find in the newest spans, if that is asked for."""
    if not request.GET.get("try"):
        return {}
    records = records_of(request.project.pk, newest_spans(request.project.pk, TRIED))
    named = ((each.name or "(unnamed)", record) for each, record in records)
    found = preview(named, policy_of(request.project.pk))
    shown = list(islice(found, MOST_SHOWN))
    left = sum(1 for _ in found)
    return {"tried": len(records), "shown": [in_words(each) for each in shown], "left": left}


def in_words(shown: Shown) -> dict[str, Any]:
    """A value as the page tells of it."""
    return {"shown": shown, "words": WORDS[shown.action]}
