"""The query string of a list of traces: what it is saved by, and known by as saved."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from agentscope.search.saved import LONGEST_NAME
from ui import columns
from ui.filters import FilterForm

SHOWN = ("columns", "density", "facets")


class ViewForm(forms.Form):
    """The name of a saved view."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    use_required_attribute = False


def view_query(said: QueryDict) -> str:
    """Filters, columns and density in one order, without what is empty, or as it is anyway; "" for
    the list as it is at first."""
    query = QueryDict(mutable=True)
    for name in (*FilterForm.base_fields, *SHOWN):
        value = said.get(name, "")
        if name == "columns" and value:
            shown = columns.chosen(said)
            value = "" if shown == list(columns.USUAL) else ",".join(shown)
        if value:
            query[name] = value
    return query.urlencode(safe=",")
