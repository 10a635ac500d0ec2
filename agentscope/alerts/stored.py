"""From when on all is stored that a watch looks at, and whether its window is within that.

What is added up by quarters stays for longer than any window. Runs, sessions, users, findings and
what a filter lets through are known from the traces themselves, which expire.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings

from agentscope.alerts.conditions import FEWEST, TimesUsual
from agentscope.alerts.metrics import OfDurations, OfFindings, OfSilence, OfSums
from agentscope.alerts.watch import BadRule, Watch
from agentscope.alerts.windows import SECOND, Calendar, Rolling, Unit
from agentscope.meter.quarters import QUARTER_NS, closed_before

DAY = 86_400  # seconds
DAY_NS = DAY * SECOND  # a span that began before what is stored may have ended after that
LONGEST = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 31}  # days


def kept_from(watch: Watch, now_ns: int) -> int:
    """From when on all is stored that a watch looks at, in ns since 1970; 0: all there ever was."""
    closed = closed_before(datetime.fromtimestamp(now_ns / SECOND, UTC))
    return closed * QUARTER_NS + DAY_NS if closed and not is_added_up(watch) else 0


def is_added_up(watch: Watch) -> bool:
    """Whether sums of quarters tell what a watch looks at."""
    is_summed = isinstance(watch.metric, OfSums | OfDurations) and not watch.filter
    return is_summed and watch.scope.is_in_quarters


def stored_days(watch: Watch, most: int) -> int:
    """For how many of the last `most` days all is stored that a watch looks at."""
    days: int = settings.AGENTSCOPE_RETENTION_DAYS
    return min(days, most) if days and not is_added_up(watch) else most


def check_stored(watch: Watch) -> None:
    """Raise BadRule for a window of which a part has always expired: its value would fall, and its
    alert be over, though nothing is."""
    days: int = settings.AGENTSCOPE_RETENTION_DAYS
    seconds = looks_back(watch)
    if not days or is_added_up(watch) or seconds <= days * DAY:
        return
    usual = f", with the {FEWEST} windows before that tell what is usual" * is_compared(watch)
    why = (
        f"It has to look at the runs of {-(-seconds // DAY)} days{usual}, and they are stored for "
        f"{days} (AGENTSCOPE_RETENTION_DAYS): look at less time."
    )
    raise BadRule("window", why)


def unseen(watch: Watch, kept_days: int) -> str:
    """What a watch cannot see, as a sentence, where its project keeps runs for so many days alone
    (0: for ever); "" if it sees all. What was used stays when runs go, which ones they were and
    what was found in them does not."""
    seconds, is_of_runs = looks_back(watch), watch.filter or isinstance(watch.metric, OfFindings)
    if not kept_days or not is_of_runs or seconds <= kept_days * DAY:
        return ""
    return (
        f"This project keeps runs for {kept_days} days, and this looks at those of "
        f"{-(-seconds // DAY)} days: what is older than {kept_days} days is not in it. "
        "Look at less time, or keep runs for longer."
    )


def looks_back(watch: Watch) -> int:
    """How many seconds before now have to be stored. On the last day of a month it began 30 days
    before. What is compared leaves out windows that began on the day that is being dropped."""
    span, windows = watch.span, 1 + FEWEST * is_compared(watch)
    spare = DAY * is_compared(watch)
    if isinstance(watch.metric, OfSilence):
        return 0  # whatever its window, it looks for the last there was
    if isinstance(span, Rolling):
        return windows * span.seconds + spare
    if isinstance(span, Calendar):
        return (windows * LONGEST[span.unit] - 1) * DAY + spare
    return 0


def is_compared(watch: Watch) -> bool:
    """Whether it is compared with windows before."""
    return isinstance(watch.condition, TimesUsual)
