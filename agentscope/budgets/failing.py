"""The tools that failed in the last hour, and whether they are called again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from agentscope.alerts.windows import SECOND
from agentscope.budgets.models import ToolHour
from agentscope.budgets.standing import HOUR
from agentscope.findings.circuits import Hour, State, after


@dataclass(frozen=True, slots=True)
class FailingTool:
    """A tool, and the circuit breaker that those have in front of it who ask."""

    tool: str
    calls: int
    failures: int
    permanent: bool  # findings say that trying again cannot help
    state: State

    @property
    def is_given_up(self) -> bool:
        """Whether trying it again cannot help: budgets with `errors` stop calls of it."""
        return self.state is State.OPEN and (self.permanent or self.failures >= self.calls)


def failing_tools(project_id: int, now_ns: int, limit: int) -> list[FailingTool]:
    """The tools of a project that failed in the last hour, those with the most failures first. One
    query."""
    recent = ToolHour.objects.filter(
        project_id=project_id, failures__gt=0, as_of_ns__gte=now_ns - HOUR * SECOND
    )
    now = datetime.fromtimestamp(now_ns / SECOND, UTC)
    return [
        FailingTool(
            each.tool,
            each.calls,
            each.failures,
            each.permanent,
            after(State.CLOSED, Hour(now, each.calls, each.failures)),
        )
        for each in recent.order_by("-failures", "tool")[:limit]
    ]
