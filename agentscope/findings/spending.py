"""What some rows cost by themselves, without what else happened meanwhile. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from agentscope.findings.found import Spent
from agentscope.findings.scene import Scene
from agentscope.traces.tree import UNKNOWN


def spent_on(scene: Scene, rows: Sequence[int]) -> Spent:
    """The tokens and the cost of these rows, and the time from the first to the end of the last."""
    tree, several = scene.tree, list(rows)
    cost = tree.cost[several]
    return Spent(
        tokens=int(tree.billed_input[several].sum() + tree.billed_output[several].sum()),
        pico=int(cost[cost != UNKNOWN].sum()),
        unpriced=int((cost == UNKNOWN).sum()),
        nanoseconds=max(int(tree.end_ns[several].max() - tree.start_ns[several].min()), 0),
    )
