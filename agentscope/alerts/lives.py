"""How long a run or a session goes on, of which all is looked at.

Nobody says when one ends: it is over when nothing has come of it for a while (machine.REST_NS).
"""

from __future__ import annotations

from agentscope.alerts.conditions import Measured
from agentscope.alerts.question import Question
from agentscope.alerts.watch import Watch
from agentscope.alerts.windows import Whole, Window
from agentscope.meter.read import Asked, lived
from agentscope.meter.readings import MINUTE_NS


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
