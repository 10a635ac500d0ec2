"""Times in Unix ns: as Postgres can hold them, and which of them no clock can have told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agentscope.vocabulary import Flag

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_NS = (1 << 63) - 1  # of a bigint: the year 2262. OTLP's unsigned times reach 2554
EARLIEST_NS = 946_684_800 * 10**9  # 2000: an earlier clock was never set
LATEST_NS = 4_102_444_800 * 10**9  # 2100: a later one is not telling the time
NOT_ENDED, CLOCK_SUSPECT = int(Flag.NOT_ENDED), int(Flag.CLOCK_SUSPECT)


def clock_flags(start_ns: int, end_ns: int) -> int:
    """What is odd about the times of a span, as bits of Flag.

    Judged without a clock of ours, so that a resend is judged the same.
    """
    if EARLIEST_NS <= start_ns <= end_ns < LATEST_NS:
        return 0
    if end_ns <= 0:
        return NOT_ENDED | (0 if EARLIEST_NS <= start_ns < LATEST_NS else CLOCK_SUSPECT)
    return CLOCK_SUSPECT


def moment(microseconds: int) -> datetime:
    """A time since 1970."""
    return EPOCH + timedelta(microseconds=microseconds)
