"""The detectors of one trace, the most exact first: of what two of them find in the same steps the
first says it. A detector is a module with PATTERN and `detect`, and a line in DETECTORS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from agentscope.findings.detectors import (
    compaction_loop,
    context_growth,
    context_overflow,
    cycle,
    degenerate_output,
    delegation_depth,
    duplicate_side_effect,
    empty_chat,
    exact_repeat,
    handoff_ping_pong,
    injection_lineage,
    limit_ignored,
    lost_state,
    missing_backoff,
    no_convergence,
    permanent_retry,
    personal_data,
    polling,
    read_thrash,
    recursive_delegation,
    replanning,
    rescheduled_work,
    retry_storm,
    same_result,
    secret_in_arguments,
    secret_in_message,
    secret_in_result,
    similar_repeat,
    stale_checkpoint,
    tool_not_allowed,
    unknown_tool,
    validation_retry,
)
from agentscope.findings.found import Found, Pattern
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene


class Detector(Protocol):
    """What a module of a detector offers."""

    PATTERN: Pattern

    def detect(self, scene: Scene, limit: Limit) -> Iterator[Found]:
        """The findings in one trace. Pure, and linear in its spans."""
        ...


DETECTORS: tuple[Detector, ...] = (
    unknown_tool,
    validation_retry,
    permanent_retry,
    missing_backoff,
    duplicate_side_effect,
    lost_state,
    stale_checkpoint,
    context_overflow,
    compaction_loop,
    polling,
    replanning,
    recursive_delegation,
    handoff_ping_pong,
    no_convergence,
    cycle,
    exact_repeat,
    empty_chat,
    same_result,
    read_thrash,
    similar_repeat,
    retry_storm,
    degenerate_output,
    limit_ignored,
    context_growth,
    rescheduled_work,
    secret_in_arguments,
    secret_in_result,
    secret_in_message,
    personal_data,
    tool_not_allowed,
    injection_lineage,
    delegation_depth,
)
