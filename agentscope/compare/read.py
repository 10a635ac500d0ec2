"""Two traces of a project, compared."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from agentscope.compare.contents import Contents, Keys, beside, contents
from agentscope.compare.courses import Numbers, course
from agentscope.compare.lines import Line, lines
from agentscope.compare.parting import Along, Parting, Reading, along, parting
from agentscope.compare.steps import Steps, steps_of
from agentscope.compare.sums import Work, added, works
from agentscope.signatures.stored import fields_of
from agentscope.traces.index import trace_tree
from agentscope.traces.models import Span
from agentscope.traces.tree import Ints, Tree

__all__ = ["Compared", "Comparison", "compare", "compared"]


@dataclass(slots=True, frozen=True)
class Compared:
    """What two trees say when they are laid beside each other."""

    left: Tree
    right: Tree
    lines: list[Line]  # those first whose costs differ most
    left_total: Work
    right_total: Work
    along: Along
    parting: Parting | None


@dataclass(slots=True, frozen=True)
class Comparison:
    """The same with what was asked and answered."""

    found: Compared
    contents: Contents


def compared(left: Tree, right: Tree) -> Compared:
    """Compare two trees. Pure, and linear but for sorting."""
    steps = [steps_of(left), steps_of(right)]
    lefts, rights = works(left, steps[0]), works(right, steps[1])
    found = read_along((left, right), steps)
    return Compared(
        left,
        right,
        lines(steps[0], lefts, steps[1], rights),
        added(lefts),
        added(rights),
        found,
        parting(found),
    )


def read_along(trees: tuple[Tree, Tree], steps: list[Steps]) -> Along:
    """Both trees read along."""
    numbers = Numbers.of(*steps)
    paths = len(numbers.paths)
    left, right = (
        Reading.of(tree, course(tree, each, numbers), paths)
        for tree, each in zip(trees, steps, strict=True)
    )
    return along(left, right)


def compare(project_id: int, left_id: UUID, right_id: UUID) -> Comparison | None:
    """Compare two traces; None if one of them has no spans in this project. Four queries, whatever
    their size."""
    left, right = trace_tree(project_id, left_id), trace_tree(project_id, right_id)
    if not left or not right:
        return None
    found = compared(left, right)
    pairs = beside(found.along)
    keys = (
        keys_of(project_id, left_id, left, pairs.left),
        keys_of(project_id, right_id, right, pairs.right),
    )
    return Comparison(found, contents(found.along, pairs, *keys))


def keys_of(project_id: int, trace_id: UUID, tree: Tree, rows: Ints) -> dict[int, Keys]:
    """What some rows asked for and what came back, as far as it is known. One query."""
    at = dict(zip(tree.span_id[rows].tolist(), rows.tolist(), strict=True))
    found = Span.objects.filter(
        trace_id=trace_id, project_id=project_id, span_id__in=list(at), signature__isnull=False
    ).order_by("version")
    keys: dict[int, Keys] = {}
    for span_id, signature in found.values_list("span_id", "signature"):
        said = fields_of(bytes(signature or b"")) or {}
        keys[at[span_id]] = (said.get("call", 0), said.get("result", 0))
    return keys
