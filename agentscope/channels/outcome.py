"""What came of an attempt to deliver, and when there is another one."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

PAUSES = (10, 30, 120, 600, 3600, 21_600)  # seconds before each further attempt
MOST_ATTEMPTS = 1 + len(PAUSES)
JITTER = 0.2  # of a pause, so that what failed together is not tried together
LONGEST_PAUSE = 86_400  # seconds, whatever a receiver asks for


class Came(StrEnum):
    """What an attempt came to."""

    SENT = "sent"
    AGAIN = "again"  # another attempt may help
    NEVER = "never"  # no other attempt would help


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt."""

    came: Came
    reason: str  # a sentence, or part of one; the log keeps it without secrets, and cut
    status: int | None = None  # that HTTP or SMTP gave
    after: float | None = None  # seconds that the receiver asks to wait


def pause(attempts: int, after: float | None = None, chance: float | None = None) -> float | None:
    """Seconds until the next attempt after so many; None if that was the last. A receiver that asks
    for more is given more; `chance` from 0 to 1 moves it within the jitter."""
    if attempts >= MOST_ATTEMPTS:
        return None
    moved = random.random() if chance is None else chance  # noqa: S311 (no secret)
    own = PAUSES[max(attempts, 1) - 1] * (1 + JITTER * (2 * moved - 1))
    return max(own, min(after or 0.0, LONGEST_PAUSE))


def retry_after(said: str, now: datetime) -> float | None:
    """Seconds of a header Retry-After, which is a number of them or a date (RFC 9110, 10.2.3); None
    if it is neither."""
    if said.strip().isdecimal():
        return float(min(int(said.strip()[:9]), LONGEST_PAUSE))
    try:
        at = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())


def of_status(status: int, after: float | None, said: str = "") -> Outcome:
    """What an answer of HTTP means for the delivery. A redirect is not followed: it would lead past
    the guard, and a receiver that has moved is named anew by a person."""
    told = f"answered {status}" + (f": {said}" if said else "")
    if 200 <= status < 300:  # noqa: PLR2004 (classes of RFC 9110)
        return Outcome(Came.SENT, f"answered {status}", status)
    if 300 <= status < 400:  # noqa: PLR2004
        return Outcome(Came.NEVER, f"answered {status}; redirects are not followed", status)
    if status >= 500 or status in (408, 429):  # noqa: PLR2004
        return Outcome(Came.AGAIN, told, status, after)
    return Outcome(Came.NEVER, told, status)
