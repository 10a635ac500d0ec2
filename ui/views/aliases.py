"""What the names mean that a project's senders use: deployments, routes of a gateway."""

from __future__ import annotations

from difflib import get_close_matches

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from agentscope.costs.unpriced import names_written
from agentscope.prices.book import price_book
from agentscope.prices.names import MAKERS
from agentscope.prices.write import TooMany, remove_alias, set_alias
from agentscope.projects.roles import Right
from ui.access import PageRequest, form_page, who
from ui.price_forms import AliasForm
from ui.views.prices import ask_for_history

SUGGESTED = 12
LEAST_ALIKE = 0.5  # 1: the same; nobody has to take a suggestion


@form_page(needs=Right.MANAGE, to_read=Right.MANAGE)
def edit_alias(request: PageRequest) -> HttpResponse:
    """A form for what a name means."""
    name = request.GET.get("name", "")
    said = request.POST if request.method == "POST" else None
    form = AliasForm(request.project.pk, said, initial={"name": name})
    if said is not None and form.is_valid():
        sent = form.cleaned_data["name"]
        provider, model = form.cleaned_data["target"]
        try:
            set_alias(request.project.pk, who(request), sent, provider, model)
        except TooMany as error:
            form.add_error("name", str(error))
        else:
            return redirect(ask_for_history(request, names_written(request.project.pk, sent)))
    context = {"page": "prices", "form": form, "suggested": suggested(request.project.pk, name)}
    return render(request, "prices/alias.html", context)


@require_POST
@form_page(needs=Right.MANAGE)
def drop_alias(request: PageRequest) -> HttpResponse:
    """Let a name stand for itself again."""
    name = request.POST.get("name", "").replace("\0", "")
    if not remove_alias(request.project.pk, who(request), name):
        raise Http404("no such name")
    return redirect(ask_for_history(request, names_written(request.project.pk, name)))


def suggested(project_id: int, name: str) -> list[str]:
    """Models of the makers whose names look like it. People choose; nothing is ever taken alone."""
    book = price_book(project_id)
    models = {model: f"{maker}/{model}" for maker, model in book.prices if maker in MAKERS}
    alike = get_close_matches(name.lower(), models, SUGGESTED, LEAST_ALIKE) if name else []
    return [models[model] for model in alike]
