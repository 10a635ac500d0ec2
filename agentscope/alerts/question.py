"""What is asked of a watch, and what it is answered with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from agentscope.alerts.watch import Watch

Values = dict[str, Decimal | None]  # by group; None: not known


@dataclass(frozen=True, slots=True)
class Question:
    """How a watch of a project stands at a time. `groups` are those that are asked for; None is
    all there are, and those that are `known`, whether anything came of them or not."""

    project_id: int
    watch: Watch
    zone: ZoneInfo
    now_ns: int
    groups: Sequence[str] | None = None
    known: Sequence[str] = ()
