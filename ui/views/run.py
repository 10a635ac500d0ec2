"""What the views of one run beside its tree have in common: the panel of the selected span, where
it is on the view, and news while the run goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from agentscope.traces.ids import span_hex
from agentscope.traces.models import Trace
from agentscope.traces.tree import Tree
from agentscope.transcript.turns import Turns
from ui.access import PageRequest, wants
from ui.views.trace import NO_CONTENT, PACE, mark, row_of, seen_in, selection

VIEW = "view"  # the id of what news replace
OF_THE_MOMENT = ("span", "seen", "whole")


def is_seen(request: PageRequest, found: Trace) -> bool:
    """Whether htmx asks for news and there are none."""
    return wants(request, VIEW) and request.GET.get("seen") == mark(found)


def nothing_new() -> HttpResponse:
    """The answer then."""
    return HttpResponse(status=NO_CONTENT)


@dataclass(frozen=True)
class RunView:
    """A view of a run, as `name` among the tabs. Its address keeps all parameters when another span
    is selected, but for `drops`."""

    request: PageRequest
    found: Trace
    tree: Tree
    name: str
    drops: Sequence[str] = ()
    turns: Turns | None = None  # of the tree, if they are known already

    @property
    def at(self) -> int | None:
        """The row of the selected span."""
        return row_of(self.tree, self.request.GET.get("span", ""))

    @property
    def selected(self) -> str:
        """The selected span."""
        return "" if self.at is None else span_hex(int(self.tree.span_id[self.at]))

    @property
    def keep(self) -> str:
        """The start of a query that keeps how the view is shown, whatever is selected."""
        query = self.request.GET.copy()
        for name in (*OF_THE_MOMENT, *self.drops):
            query.pop(name, None)
        return f"{query.urlencode()}&" if query else ""

    def panel(self, spots: Sequence[str]) -> dict[str, Any]:
        """What the panel is drawn from; `spots` are the marks that the selected span has on the
        view."""
        request, found = self.request, self.found
        seen = seen_in(request, found.trace_id) if self.at is not None else []
        context = {"trace": found, "keep": self.keep, "view": self.name, "spots": " ".join(spots)}
        return context | selection(request, found, self.tree, seen, self.at, self.turns)

    @property
    def said(self) -> dict[str, Any]:
        """What parts of the page that are drawn by themselves know of it."""
        return {
            "request": self.request,
            "trace": self.found,
            "selected": self.selected,
            "keep": self.keep,
        }

    def answer(
        self,
        template: str,
        context: dict[str, Any],
        spots: Sequence[str],
        aside: str | None = None,
    ) -> HttpResponse:
        """The page, or the part of it that htmx asks for; with `aside`, if it was drawn already."""
        if wants(self.request, "panel"):
            return render(self.request, "trace/_panel.html", self.panel(spots))
        context |= self.said | {
            "page": "traces",
            "view": self.name,
            "seen": mark(self.found),
            "pace": PACE.get(Trace.State(self.found.state), ""),
            "aside": self.aside(spots) if aside is None else aside,
        }
        return render(self.request, template, context)

    def aside(self, spots: Sequence[str]) -> str:
        """The panel as HTML: what it says of its span is no matter of the view. Empty where only
        the view is asked for."""
        if wants(self.request, VIEW):
            return ""
        return render_to_string("trace/_panel.html", self.panel(spots), self.request)
