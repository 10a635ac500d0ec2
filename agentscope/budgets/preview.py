"""What a budget would have done: who used how much in the windows before, beside its limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from agentscope.alerts.measure import minutes
from agentscope.alerts.windows import SECOND, Span, Whole, Window
from agentscope.budgets.keeping import counted
from agentscope.budgets.policy import Terms
from agentscope.costs.bounded import bounded
from agentscope.meter.read import Asked, most, used
from agentscope.meter.readings import Sums
from agentscope.projects.models import Project

WINDOWS = 6  # with the present one
OF_WHOLE = 30 * 86_400  # seconds; which runs and sessions that are meant as a whole are told
TOP = 20  # groups of a window that are told one by one


@dataclass(frozen=True, slots=True)
class Past:
    """What a window came to. Amounts in the unit of the budget, as far as they are known."""

    window: Window
    groups: int  # that used any of it
    most: Decimal  # that one of them used
    over: list[tuple[str, Decimal]]  # groups that reached the limit, most first; TOP at most
    unpriced_calls: int  # of all groups

    @property
    def is_all(self) -> bool:
        """Whether all groups that reached the limit are told."""
        return len(self.over) < TOP or self.groups <= TOP


def past(project: Project, budget: Terms, now_ns: int) -> list[Past]:
    """The present window and those before, the latest first. The number of queries depends on
    WINDOWS alone. Raises TookTooLong."""
    zone = ZoneInfo(project.time_zone)
    with bounded():
        return [came_to(project.pk, budget, each) for each in stretches(budget, now_ns, zone)]


def stretches(budget: Terms, now_ns: int, zone: ZoneInfo) -> Iterator[Window]:
    """The windows that are looked at. Of runs and sessions as a whole it is one."""
    span = budget.watch.span
    if isinstance(span, Whole):
        yield Window(now_ns - OF_WHOLE * SECOND, now_ns)
        return
    window = span.window(now_ns, zone)
    for _ in range(WINDOWS):
        yield window
        window = before(span, window, zone)


def before(span: Span, window: Window, zone: ZoneInfo) -> Window:
    """The window that ends when another begins."""
    found = span.window(window.begin_ns - 1, zone)
    if found.end_ns == window.begin_ns:
        return found
    return Window(2 * window.begin_ns - window.end_ns, window.begin_ns)


def came_to(project_id: int, budget: Terms, window: Window) -> Past:
    """What a window came to."""
    scope = budget.watch.scope
    asked = Asked(project_id, scope, *minutes(window))
    whole = used(replace(asked, scope=replace(scope, each=""))).get("", Sums())
    if scope.each:
        column = "pico" if budget.unit == "usd" else "tokens"
        found, groups = most(asked, column, TOP)
    else:
        found, groups = [("", whole)], 1
    amounts = [(name, counted(budget, sums)) for name, sums in found]
    return Past(
        window,
        groups,
        amounts[0][1] if amounts else Decimal(0),
        [each for each in amounts if each[1] >= budget.limit],
        whole.unpriced_calls,
    )
