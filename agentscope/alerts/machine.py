"""What an alert does when its value was looked at: a state machine. Pure.

    ok ──over──▶ pending ──over for long enough──▶ firing ──under──▶ resolved ──over──▶ pending …
    firing ──nothing comes of it any more──▶ resolved, of what has no window that ends
    any ──no data──▶ no_data ──any──▶ resolved, where the rule wants to know of it

Between the threshold and the lower value at which an alert ends, it stays what it is. What people
are to hear of is a notice. A calendar window does not move, so that what adds up in it falls only
by late news: of a window one correction is told, and if it fires again it does so until the window
is over. What else may fall, a share, a quantile, a pace or a forecast, is over when it does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from agentscope.alerts.windows import SECOND


class State(StrEnum):
    """What an alert is in."""

    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    RESOLVED = "resolved"  # it fired, and it is over; else as `ok`
    NO_DATA = "no_data"


REST_NS = 86_400 * SECOND  # without anything new, after which a run or a session is over
OPEN = (State.PENDING, State.FIRING, State.NO_DATA)


class Seen(StrEnum):
    """What a look came to."""

    OVER = "over"  # the threshold is reached
    BETWEEN = "between"  # not any more, but not by enough to call it over
    UNDER = "under"
    NOTHING = "nothing"  # there is nothing to compare


class Silence(StrEnum):
    """What it means that there is nothing to compare."""

    KEEP = "keep"  # the alert stays what it is
    OK = "ok"  # nothing is well
    TELL = "tell"  # people are to hear of it


class Notice(StrEnum):
    """What people are told."""

    FIRED = "fired"
    REMINDED = "reminded"
    RESOLVED = "resolved"
    CORRECTED = "corrected"  # what it fired for is not so, as came out later
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Policy:
    """When an alert changes. Times in seconds."""

    hold: int = 0  # over for so long before it fires
    remind: int | None = None  # again after so long; None: once is enough
    silence: Silence = Silence.KEEP


@dataclass(frozen=True, slots=True)
class Alert:
    """Where an alert is. Times in ns since 1970."""

    state: State = State.OK
    since_ns: int = 0  # it is in this state
    told_ns: int = 0  # people were told last that it fires; 0: never
    window: int | None = None  # the window that it fired in last
    was_corrected: bool = False  # and that was taken back once


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a value. `window` is the begin of a window that does not move; None: it rolls."""

    seen: Seen
    at_ns: int
    window: int | None = None
    rest_ns: int = 0  # nothing has come for so long, of what has no window that ends
    may_fall: bool = False  # below its threshold, though nothing came late


def step(alert: Alert, look: Look, policy: Policy) -> tuple[Alert, Notice | None]:
    """The alert after a look, and what people are told of it. A look that is not later than the
    state is one that somebody else has taken: nothing changes."""
    if look.at_ns < alert.since_ns:
        return alert, None
    if is_at_rest(alert, look):
        return rest(alert, look)
    if look.seen == Seen.NOTHING:
        return silent(alert, look, policy)
    if look.seen == Seen.OVER:
        return over(alert, look, policy)
    if alert.state == State.FIRING:
        return (under if look.seen == Seen.UNDER else remind)(alert, look, policy)
    if alert.state == State.NO_DATA:
        return changed(alert, State.RESOLVED, look.at_ns), Notice.RESOLVED
    return calm(alert, look), None


def over(alert: Alert, look: Look, policy: Policy) -> tuple[Alert, Notice | None]:
    """The threshold is reached: it is held for a while, then the alert fires. A calendar window
    that begins over its threshold is one more to be told of."""
    if alert.state == State.FIRING:
        return remind(alert, look, policy) if look.window == alert.window else fire(alert, look)
    since = alert.since_ns if alert.state == State.PENDING else look.at_ns
    if look.at_ns - since < policy.hold * SECOND:
        return changed(alert, State.PENDING, since), None
    return fire(alert, look)


def fire(alert: Alert, look: Look) -> tuple[Alert, Notice | None]:
    """People are told."""
    is_again = look.window is not None and look.window == alert.window
    fired = replace(changed(alert, State.FIRING, look.at_ns), told_ns=look.at_ns)
    was_corrected = is_again and alert.was_corrected
    return replace(fired, window=look.window, was_corrected=was_corrected), Notice.FIRED


def under(alert: Alert, look: Look, policy: Policy) -> tuple[Alert, Notice | None]:
    """It is over. In the window that it fired in, that is a correction, of which there is one, but
    for what may fall by itself."""
    if look.window is None or look.window != alert.window or look.may_fall:
        return changed(alert, State.RESOLVED, look.at_ns), Notice.RESOLVED
    if alert.was_corrected:
        return remind(alert, look, policy)
    corrected = replace(alert, was_corrected=True)
    return changed(corrected, State.RESOLVED, look.at_ns), Notice.CORRECTED


def is_at_rest(alert: Alert, look: Look) -> bool:
    """Whether nothing comes any more, and people had as long to see that it fires. What ended so
    stays over until something comes."""
    if alert.state == State.FIRING:
        return min(look.rest_ns, look.at_ns - alert.since_ns) >= REST_NS
    is_over = alert.state == State.RESOLVED and alert.window is None
    return is_over and look.rest_ns >= REST_NS


def rest(alert: Alert, look: Look) -> tuple[Alert, Notice | None]:
    """It is over, whatever it came to: that falls no more. If it goes on, it may fire anew."""
    if alert.state == State.RESOLVED:
        return alert, None
    over = replace(alert, window=None, was_corrected=False)
    return changed(over, State.RESOLVED, look.at_ns), Notice.RESOLVED


def silent(alert: Alert, look: Look, policy: Policy) -> tuple[Alert, Notice | None]:
    """There is nothing to compare."""
    if policy.silence == Silence.TELL and alert.state != State.NO_DATA:
        return changed(alert, State.NO_DATA, look.at_ns), Notice.NO_DATA
    if policy.silence == Silence.OK:
        return step(alert, replace(look, seen=Seen.UNDER), policy)
    return remind(alert, look, policy) if alert.state == State.FIRING else (alert, None)


def remind(alert: Alert, look: Look, policy: Policy) -> tuple[Alert, Notice | None]:
    """It goes on; people hear of it again if they want to."""
    if policy.remind is None or look.at_ns - alert.told_ns < policy.remind * SECOND:
        return alert, None
    return replace(alert, told_ns=look.at_ns), Notice.REMINDED


def calm(alert: Alert, look: Look) -> Alert:
    """The threshold is not reached, and the alert does not fire."""
    if alert.state in (State.OK, State.RESOLVED):
        return alert
    return changed(alert, State.OK, look.at_ns)


def changed(alert: Alert, state: State, since_ns: int) -> Alert:
    """The same in another state."""
    return alert if alert.state == state else replace(alert, state=state, since_ns=since_ns)
