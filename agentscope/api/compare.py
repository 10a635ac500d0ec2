"""Two traces laid beside each other, read by machine."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.bodies import usd
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.fields import Shape, count, text, texts, words
from agentscope.api.fields import usd as amount
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.traces import known_trace_id, no_trace
from agentscope.compare.contents import WHAT
from agentscope.compare.lines import WHERE, Line
from agentscope.compare.parting import NONE, Parting
from agentscope.compare.read import Comparison, compare
from agentscope.compare.sums import Work
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Tree
from agentscope.vocabulary import PICO, Kind

TAKES = [
    *parameters.PROJECT,
    OpenApiParameter("with", str, required=True, description="id of the other trace: the right"),
    FORMAT,
]
SIDE = "times cost_usd unpriced_calls input_tokens output_tokens errors own_time_ns".split()
HEAD = (
    *("path", "within_tool", "kind", "name", "where"),
    *(f"{side}_{name}" for side in ("left", "right") for name in SIDE),
    "difference_usd",
)


class StepWorkShape(Shape):
    """What the spans of a step came to in one of the traces, each without what is beneath it."""

    times = count("spans")
    cost_usd = amount("as far as it is known")
    unpriced_calls = count("of unknown cost")
    input_tokens = count("that count towards the bill")
    output_tokens = count("likewise")
    errors = count("each where it began")  # type: ignore[assignment]
    own_time_ns = serializers.CharField(help_text="in the spans themselves, not in those below")
    models = texts("that were asked")
    first_span_id = serializers.CharField(allow_null=True, help_text="16 hex digits; null: none")


class StepShape(Shape):
    """A step of one of the traces or of both."""

    path = text("names of the agents, joined by /")
    within_tool = text("the nearest tool above")
    kind = serializers.ChoiceField(words(Kind))
    name = text("without the name of the model")
    where = serializers.ChoiceField(WHERE)
    left = StepWorkShape()
    right = StepWorkShape()
    difference_usd = amount("left less right, of what is known; null: some is unknown", null=True)


class PartingShape(Shape):
    """The first step that is another one, or is missing in one of the traces."""

    path = text("of the agent")
    same_steps = count("of this agent before it")
    left_span_id = serializers.CharField(allow_null=True, help_text="null: this agent was done")
    right_span_id = serializers.CharField(allow_null=True)
    agents = count("paths of agents that part somewhere")


class OtherContentShape(Shape):
    """The first step that is the same and was asked or answered something else."""

    what = serializers.ChoiceField(WHAT)
    left_span_id = serializers.CharField()
    right_span_id = serializers.CharField()


class ComparisonShape(Shape):
    left_trace_id = serializers.CharField(help_text="32 hex digits")
    right_trace_id = serializers.CharField()
    left = StepWorkShape(help_text="the whole trace")
    right = StepWorkShape()
    steps = StepShape(many=True, help_text="those first whose costs differ most; they add up")
    parting = PartingShape(allow_null=True, help_text="null: all agents took the same steps")
    other_content = OtherContentShape(allow_null=True, help_text="null: none is known")
    contents_compared = count("steps that are the same")
    contents_unknown = count("of these: steps that say nothing of theirs in one trace")
    contents_left_out = count("steps that are the same and were not looked at")


class CompareView(ProjectView):
    takes = TAKES

    @described("compare_traces", {200: ComparisonShape}, TAKES)
    def get(self, request: Request, trace_id: str) -> HttpResponseBase:
        """What each step came to in two traces, and where these part. As CSV the steps."""
        said = request.query_params
        left, right = known_trace_id(trace_id), known_trace_id(parameters.text(said, "with"))
        found = compare(self.project.pk, left, right)
        if found is None:
            raise no_trace(f"{left.hex} or {right.hex}")
        if is_csv(said):
            name = f"compare-{left.hex}-{right.hex}"
            return csv_answer(name, HEAD, map(cells, found.found.lines))
        body = {"left_trace_id": left.hex, "right_trace_id": right.hex, **comparison_body(found)}
        return json_answer(body)


def comparison_body(comparison: Comparison) -> dict[str, Any]:
    """A comparison as ComparisonShape."""
    found, told = comparison.found, comparison.contents
    first = told.first
    return {
        "left": work_body(found.left_total, found.left),
        "right": work_body(found.right_total, found.right),
        "steps": [step_body(line, found.left, found.right) for line in found.lines],
        "parting": parting_body(found.parting, found.left, found.right) if found.parting else None,
        "other_content": {
            "what": first.what,
            "left_span_id": span_of(found.left, first.left),
            "right_span_id": span_of(found.right, first.right),
        }
        if first
        else None,
        "contents_compared": told.looked_at,
        "contents_unknown": told.unknown,
        "contents_left_out": told.left_out,
    }


def step_body(line: Line, left: Tree, right: Tree) -> dict[str, Any]:
    """A step as StepShape."""
    return {
        **line.step._asdict(),
        "kind": line.step.kind.word,
        "where": line.where,
        "left": work_body(line.left, left),
        "right": work_body(line.right, right),
        "difference_usd": difference(line),
    }


def difference(line: Line) -> str | None:
    """How much more the left one cost; None if anything of it is unknown."""
    is_known = not line.left.unpriced and not line.right.unpriced
    return usd(line.more("pico") * PICO) if is_known else None


def work_body(work: Work, tree: Tree) -> dict[str, Any]:
    """What something came to, as StepWorkShape."""
    amounts = dict(zip(SIDE, work_cells(work), strict=True))
    return {**amounts, "models": work.models, "first_span_id": span_of(tree, work.first)}


def parting_body(found: Parting, left: Tree, right: Tree) -> dict[str, Any]:
    """Where two traces part, as PartingShape."""
    row = left.row(found.left) if found.left != NONE else right.row(found.right)
    return {
        "path": row.text("path"),
        "same_steps": found.same,
        "left_span_id": span_of(left, found.left),
        "right_span_id": span_of(right, found.right),
        "agents": found.agents,
    }


def span_of(tree: Tree, row: int) -> str | None:
    """The span of a row; None for none."""
    return None if row == NONE else span_hex(int(tree.span_id[row]))


def work_cells(work: Work) -> tuple[object, ...]:
    """What something came to as the cells that SIDE names."""
    tokens = work.input, work.output
    return work.times, usd(work.cost), work.unpriced, *tokens, work.errors, str(work.time_ns)


def cells(line: Line) -> tuple[object, ...]:
    """A step as the cells that HEAD names."""
    step = line.step
    named = step.path, step.within_tool, step.kind.word, step.name, line.where
    return *named, *work_cells(line.left), *work_cells(line.right), difference(line) or ""
