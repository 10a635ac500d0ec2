"""How long a run or a session goes on, of which all is looked at, and what of it is still stored.

Nobody says when one ends: it is over when nothing has come of it for a while (machine.REST_NS).
"""

from __future__ import annotations

from datetime import UTC, datetime

from agentscope.alerts.conditions import Measured
from agentscope.alerts.metrics import OfDurations, OfSums
from agentscope.alerts.question import Question
from agentscope.alerts.watch import Watch
from agentscope.alerts.windows import SECOND, Whole, Window
from agentscope.meter.quarters import QUARTER_NS, closed_before
from agentscope.meter.read import Asked, lived
from agentscope.meter.readings import MINUTE_NS

DAY_NS = 86_400 * SECOND  # a span that began before what is stored may have ended after that


def lives(question: Question) -> dict[str, Window]:
    """From when to when anything came, in whole minutes, of each group that is meant as a whole.
    One query; none for windows that are not."""
    watch = question.watch
    if not isinstance(watch.span, Whole):
        return {}
    end = question.now_ns // MINUTE_NS + 1
    asked = Asked(question.project_id, watch.scope, 0, end, question.groups)
    return {
        name: Window(first * MINUTE_NS, (last + 1) * MINUTE_NS)
        for name, (first, last) in lived(asked).items()
    }


def rest_of(watch: Watch, measured: Measured) -> int:
    """For how many ns nothing has come of a whole run or session; 0 for other windows."""
    if not isinstance(watch.span, Whole):
        return 0
    return max(measured.now_ns - (measured.lived.end_ns if measured.lived else 0), 0)


def kept_from(watch: Watch, now_ns: int) -> int:
    """From when on all is stored that a watch looks at, in ns since 1970; 0: all there ever was.
    What is added up by quarters stays."""
    is_summed = isinstance(watch.metric, OfSums | OfDurations) and not watch.filter
    if is_summed and watch.scope.is_in_quarters:
        return 0
    closed = closed_before(datetime.fromtimestamp(now_ns / SECOND, UTC))
    return closed * QUARTER_NS + DAY_NS if closed else 0
