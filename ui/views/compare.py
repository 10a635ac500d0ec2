"""Two runs beside each other: what each step came to in both, and where they part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from agentscope.compare.lines import ORDERS, ordered
from agentscope.compare.others import others, previous
from agentscope.compare.parting import NONE, Pair
from agentscope.compare.read import Comparison, compare
from agentscope.traces.contents import Said, contents
from agentscope.traces.ids import parse_trace_id, span_hex
from agentscope.traces.models import Trace
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Status
from ui import compare_words
from ui.access import PageRequest, page
from ui.address import Address, address_of
from ui.cuts import pretty
from ui.exports import exports
from ui.first_difference import Passage, passages
from ui.kinds import MARKS
from ui.views.sessions import position
from ui.views.trace import is_live, known_trace

PREVIOUS = "previous"  # in place of the id of the other run
STEPS = 50  # on a page
LAST = 10**7
SHOWN, READ = 600, 200_000  # characters of what a step was given or came to: shown, compared
GIVEN = ("arguments", "input_messages", "input")
MESSAGES = ("input_messages", "output_messages")
CAME = ("result", "output_messages", "output")


@page
def comparison(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """A run beside another one, `?with=` its id or `previous`; without, runs to choose from.
    `?order=` sorts the steps, `?from=` is the first one. The number of queries does not depend on
    the size of the runs."""
    trace, said = known_trace(request, trace_id), request.GET.get("with", "").strip()
    if said == PREVIOUS and (before := previous(request.project.pk, trace)):
        return redirect(address_of(request).with_(**{"with": before.trace_id.hex}))
    try:
        other = known_trace(request, parse_trace_id(said.replace("-", "")))
    except ValueError:
        return chooser(request, trace, said)
    found = compare(request.project.pk, trace_id, other.trace_id)
    if found is None:
        raise Http404("no spans of one of these traces")
    view = Beside(request, trace, other, found)
    context = {
        "page": "traces",
        "trace": trace,
        "other": other,
        "selected": request.GET.get("span", ""),
        **view.head(),
        **view.parts(),
        **view.table(),
    }
    return render(request, "trace/compare.html", context)


def chooser(request: PageRequest, trace: Trace, said: str) -> HttpResponse:
    """Runs that this one may be compared with."""
    here = address_of(request)
    groups = [
        {
            "what": group.what,
            "text": group.text,
            "after": [(each, here.with_(**{"with": each.trace_id.hex})) for each in group.after],
            "before": [(each, here.with_(**{"with": each.trace_id.hex})) for each in group.before],
        }
        for group in others(request.project.pk, trace)
    ]
    context = {
        "page": "traces",
        "trace": trace,
        "selected": request.GET.get("span", ""),
        "groups": [group for group in groups if group["after"] or group["before"]],
        "said": said,
        "is_first": said == PREVIOUS,
    }
    return render(request, "trace/compare_with.html", context)


@dataclass(slots=True, frozen=True)
class Content:
    """What a step was given and came to, in one of the runs."""

    name: str
    address: str
    given: Passage
    came: Passage
    error: str


@dataclass(slots=True, frozen=True)
class Beside:
    """Two runs and what their comparison says, as parts of the page."""

    request: PageRequest
    trace: Trace
    other: Trace
    comparison: Comparison

    @property
    def trees(self) -> tuple[Tree, Tree]:
        return self.comparison.found.left, self.comparison.found.right

    @property
    def live(self) -> tuple[bool, bool]:
        """Whether spans of the runs may still come."""
        return is_live(self.trace), is_live(self.other)

    @property
    def here(self) -> Address:
        return address_of(self.request)

    def head(self) -> dict[str, Any]:
        """What both runs came to."""
        found = self.comparison.found
        works = found.left_total, found.right_total
        name = self.request.project.name
        swapped = reverse("compare", args=[name, self.other.trace_id])
        return {
            "whole": list(compare_words.whole(self.trace, self.other, works)),
            "going_on": compare_words.going_on(*self.live),
            "swapped": f"{swapped}?with={self.trace.trace_id.hex}",
            "choose": self.here.with_(**{"with": None, "from": None, "order": None}),
            "exports": exports(
                reverse("api-compare", args=[self.trace.trace_id.hex]),
                {"project": name, "with": self.other.trace_id.hex},
            ),
        }

    def parts(self) -> dict[str, Any]:
        """Where they part, and what was said there. Eight queries at most."""
        found, told = self.comparison.found.parting, self.comparison.contents
        rows = [(each.left, each.right) for each in (found, told.first) if each]
        said = self.contents(rows)
        context: dict[str, Any] = {"looked_at": compare_words.looked_at(told)}
        if found:
            path = self.path_of(found.left, found.right)
            context |= {
                "parted": compare_words.parted(found, path, *self.trees, live=self.live),
                "parting": found,
                "around": [self.pair(each) for each in found.around],
                "steps_said": self.said(found.left, found.right, said),
            }
        if told.first:
            context |= {
                "content": compare_words.content_words(told.first, self.trees[0]),
                "content_said": self.said(told.first.left, told.first.right, said),
            }
        return context

    def contents(self, rows: list[tuple[int, int]]) -> list[dict[int, Said]]:
        """What some rows of both runs said."""
        project_id, sides = self.request.project.pk, list(zip(*rows, strict=True)) or [(), ()]
        return [
            contents(project_id, trace.trace_id, tree, {row for row in side if row != NONE})
            for trace, tree, side in zip((self.trace, self.other), self.trees, sides, strict=True)
        ]

    def path_of(self, left: int, right: int) -> str:
        """The agents above a step that is in one of the runs."""
        one, other = self.trees
        return (one.row(left) if left != NONE else other.row(right)).text("path")

    def pair(self, pair: Pair) -> dict[str, Any]:
        """Two steps beside each other."""
        return {
            "is_same": pair.is_same,
            "sides": [
                self.step(trace, tree, row)
                for trace, tree, row in zip(
                    (self.trace, self.other), self.trees, (pair.left, pair.right), strict=True
                )
            ],
        }

    def step(self, trace: Trace, tree: Tree, row: int) -> dict[str, Any] | None:
        """A step of one of the runs; None for none."""
        if row == NONE:
            return None
        mark, family = MARKS[tree.row(row).kind]
        return {
            "mark": mark,
            "family": family,
            "name": compare_words.step_name(tree, row),
            "address": self.address(trace, tree, row),
            "failed": tree.row(row).status == Status.ERROR,
        }

    def address(self, trace: Trace, tree: Tree, row: int) -> str:
        """A span on the tree of its run."""
        page = reverse("trace", args=[self.request.project.name, trace.trace_id])
        return f"{page}?span={span_hex(int(tree.span_id[row]))}"

    def said(self, left: int, right: int, said: list[dict[int, Said]]) -> list[Content | None]:
        """What two steps were given and came to, from where that differs; None for one that is not
        there."""
        rows = left, right
        given, came = (
            passages(text_of(said[0], left, names), text_of(said[1], right, names), SHOWN)
            for names in (GIVEN, CAME)
        )
        both = zip((self.trace, self.other), self.trees, rows, said, given, came, strict=True)
        return [
            None
            if row == NONE
            else Content(
                name=compare_words.step_name(tree, row),
                address=self.address(trace, tree, row),
                given=asked,
                came=answer,
                error=told[row].error,
            )
            for trace, tree, row, told, asked, answer in both
        ]

    def table(self) -> dict[str, Any]:
        """A page of the steps."""
        asked = self.request.GET.get("order", "")
        order = asked if asked in ORDERS else next(iter(ORDERS))
        lines = ordered(self.comparison.found.lines, order)
        first = position(self.request, min(len(lines), LAST))
        last = first + STEPS
        found = self.comparison.found
        return {
            "rows": [
                (row, self.link(self.trace, 0, row.left), self.link(self.other, 1, row.right))
                for row in map(compare_words.step_row, lines[first:last])
            ],
            "total": len(lines),
            "shares": compare_words.shares(lines),
            "sums": compare_words.cells(found.left_total, found.right_total),
            "orders": {
                each: (self.here.with_(order=each, **{"from": None}) + "#steps", each == order)
                for each in ORDERS
            },
            "earlier": self.turned(max(first - STEPS, 0)) if first else "",
            "later": self.turned(last) if last < len(lines) else "",
        }

    def link(self, trace: Trace, side: int, row: int) -> str:
        """The first span of a step; empty where there is none."""
        return "" if row == NONE else self.address(trace, self.trees[side], row)

    def turned(self, first: int) -> str:
        """Another page of the steps."""
        return self.here.with_(**{"from": str(first)}) + "#steps"


def text_of(said: dict[int, Said], row: int, names: tuple[str, ...]) -> str:
    """The first of some fields of what a step said that says anything; of messages the last one."""
    content = said[row].content if row != NONE else {}
    for name in names:
        value = content.get(name)
        if value is None or value == []:
            continue
        return pretty(compare_words.last_said(value) if name in MESSAGES else value, READ).shown
    return ""
