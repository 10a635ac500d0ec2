"""Saved views of the trace list: named addresses, which people make, rename and delete."""

from __future__ import annotations

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from agentscope.projects.roles import Right
from agentscope.search.models import SavedView
from agentscope.search.saved import BadView, delete_view, rename_view, save_view, saved_view
from ui.access import PageRequest, form_page, page, who
from ui.view_query import ViewForm, view_query


@page
def go(request: PageRequest, view: str) -> HttpResponse:
    """The list with the filters that were saved under a name."""
    return redirect(list_of(request, known(request, view).query))


@form_page(to_read=Right.OPERATE)
def save(request: PageRequest) -> HttpResponse:
    """A form for the name under which filters are saved; they come in its address."""
    query = view_query(request.GET)
    form = ViewForm(request.POST or None)
    if form.is_valid():
        try:
            save_view(request.project.pk, form.cleaned_data["name"], query, who(request))
            return redirect(list_of(request, query))
        except BadView as error:
            form.add_error("name", str(error))
    return shown(request, form, query)


@form_page(to_read=Right.OPERATE)
def edit(request: PageRequest, view: str) -> HttpResponse:
    """A form for another name, and a button that deletes."""
    found = known(request, view)
    form = ViewForm(request.POST or None, initial={"name": view})
    if form.is_valid():
        try:
            rename_view(found, form.cleaned_data["name"], who(request))
            return redirect(list_of(request, found.query))
        except BadView as error:
            form.add_error("name", str(error))
    return shown(request, form, found.query, view)


@require_POST
@form_page
def remove(request: PageRequest, view: str) -> HttpResponse:
    """Delete a view."""
    delete_view(known(request, view), who(request))
    return redirect(list_of(request, ""))


def shown(request: PageRequest, form: ViewForm, query: str, name: str = "") -> HttpResponse:
    """The page of a form."""
    said = [(key, value) for key, value in QueryDict(query).items() if value]
    context = {"page": "traces", "form": form, "said": said, "name": name}
    return render(request, "traces/view.html", context | {"back": list_of(request, query)})


def known(request: PageRequest, name: str) -> SavedView:
    """The view with this name. Raises Http404."""
    found = saved_view(request.project.pk, name) if "\0" not in name else None
    if found is None:
        raise Http404("no such view")
    return found


def list_of(request: PageRequest, query: str) -> str:
    """The address of the list with a query."""
    address = reverse("traces", args=[request.project.name])
    return f"{address}?{query}" if query else address
