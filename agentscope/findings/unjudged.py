"""What an examination cannot judge: steps whose signatures another version wrote, until they are
understood again.

Nothing is known of them, so nothing can be found by them; that is no reason to withdraw what was
found when they were known, nor to forget what they left for traces after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from agentscope.agents.models import AgentRun
from agentscope.agents.runs import Done
from agentscope.signatures.stored import of_another_version
from agentscope.traces.spans import Spans
from agentscope.traces.tree import Tree

Ids = frozenset[int]


def unjudged(tree: Tree, spans: Spans) -> Ids:
    """The ids of these steps. The spans are in the order of the tree."""
    return frozenset(int(tree.span_id[row]) for row in of_another_version(spans.signature))


def stands(known: dict[str, Any], found: dict[str, Any] | None, unknown: Ids) -> bool:
    """Whether a stored finding stays as it is: some of its steps cannot be judged, and what is
    found now in its place does not cover it."""
    if known["withdrawn_at"] or unknown.isdisjoint(known["span_ids"]):
        return False
    covers = found is not None and set(known["span_ids"]) <= set(found["span_ids"])
    return not covers or known["severity"] > (found or known)["severity"]


def keep_hosts(
    project_id: int, trace_id: UUID, found: Sequence[Done], unknown: Ids
) -> Sequence[Done]:
    """The same runs of agents with the hosts that were known before, if some steps cannot be
    judged: what is not known is not gone."""
    if not unknown:
        return found
    rows = AgentRun.objects.filter(project_id=project_id, trace_id=trace_id)
    known = dict(rows.values_list("agent", "hosts"))
    return [
        replace(each, hosts=list(dict.fromkeys((*known.get(each.agent, ()), *each.hosts))))
        for each in found
    ]
