"""A prompt of a schedule is the same in each run, but what it is about is not left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.signatures.signature import signature
from agentscope.signatures.stored import unpack
from agentscope.signatures.timeless import LONGEST, key_of_work, timeless
from agentscope.vocabulary import Content, Flag, Kind, Meaning, Message, Part

SAME = [
    (
        "Settle all. Current time: 2026-11-26 05:30:00 UTC",
        "Settle all. Current time: 2026-11-26 06:30:00 UTC",
    ),
    (
        "Today is Thursday, November 26, 2026. Check it.",
        "Today is Friday, November 27, 2026. Check it.",
    ),
    ("Now: 2026-11-26T05:30:00.123Z. Next record.", "Now: 2026-11-26T06:31:07.9Z. Next record."),
    ("[run_id=8f14e45f] Next record", "[run_id=c9f0f895] Next record"),
    ("Run #341: pick the next record", "Run #342: pick the next record"),
    ("Today's date: 11/26/2026. Do it", "Today's date: 11/27/2026. Do it"),
    ("timestamp=1764135000 do it", "timestamp=1764138600 do it"),
    (
        "The current date and time is 26 November 2026, 10:30 AM. Go",
        "The current date and time is 27 November 2026, 9:30 AM. Go",
    ),
    ("As of 2026-11-26, which are stale?", "As of 2026-11-27, which are stale?"),
    ("Execution ID: 01JDKZ8Q9V3. Go", "Execution ID: 01JDKZ9AB77. Go"),
    ("It is now 14:05. Check mail", "It is now 15:05. Check mail"),
    (
        "Request id: 550e8400-e29b-41d4-a716-446655440000. Sync",
        "Request id: 650e8400-e29b-41d4-a716-446655440001. Sync",
    ),
    ("current_date: 2026-11-26\ngo", "current_date: 2026-11-27\ngo"),
    ("Fired at 05:30:01 UTC, sync CRM", "Fired at 06:30:02 UTC, sync CRM"),
    ("Scheduled for Thu Nov 26 05:30:00 2026: go", "Scheduled for Fri Nov 27 06:30:00 2026: go"),
]
OTHER = [
    ("Settle order 17", "Settle order 18"),
    ("Figures of 2026-11-01", "Figures of 2026-11-02"),
    ("Read 550e8400-e29b-41d4-a716-446655440000", "Read 650e8400-e29b-41d4-a716-446655440000"),
    ("Summarise Q3 2025", "Summarise Q4 2025"),
    ("Book the 10:30 train", "Book the 11:30 train"),
    ("Ticket 4711: reply", "Ticket 4712: reply"),
    ("Run 3 tests", "Run 4 tests"),
    ("Meeting on November 3", "Meeting on November 4"),
    ("Process job 77", "Process job 78"),
    ("Reply to thread 17", "Reply to thread 18"),
    ("Session 4 of the course", "Session 5 of the course"),
    ("Time series of sensor 12", "Time series of sensor 13"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_when_and_which_run_it_is_says_nothing(one: str, other: str) -> None:
    assert timeless(one) == timeless(other)
    assert key_of_work(one) == key_of_work(other) != 0


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_what_it_is_about_stays(one: str, other: str) -> None:
    assert timeless(one) != timeless(other)
    assert key_of_work(one) == key_of_work(other) == 0


@given(st.text("ab 1:-/.,TZ#=rundateow", max_size=300))
def test_it_is_settled_after_once(text: str) -> None:
    assert timeless(text) == timeless(" ".join(text.split()))
    assert len(timeless(text)) <= len(text)


def test_what_is_far_behind_counts_as_it_is() -> None:
    long = "word " * (LONGEST // 5)
    assert timeless(f"{long}now: 10:30:00") != timeless(f"{long}now: 10:31:00")


def of(text: str, kind: Kind = Kind.LLM, **said: object) -> Meaning:
    content = Content(input_messages=[Message("user", [Part("text", text)])])
    return Meaning(kind=kind, content=content, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [Kind.LLM, Kind.AGENT])
def test_it_is_a_part_of_the_signature(kind: Kind) -> None:
    one, other, plain, hidden = unpack(
        [
            signature(of("Now: 10:30:00. Go", kind)),
            signature(of("Now: 11:30:00. Go", kind)),
            signature(of("Go", kind)),
            signature(of("Now: 10:30:00. Go", kind, flags=Flag.REDACTED)),
        ]
    )
    assert one["work"] == other["work"] != 0
    assert one["call"] != 0
    assert plain["work"] == hidden["work"] == 0


@pytest.mark.parametrize("kind", [Kind.LLM, Kind.AGENT, Kind.TOOL])
def test_the_message_of_a_failure_is_kept_without_what_varies(kind: Kind) -> None:
    failed = [
        of("Go", kind, error_class="server", error_message=message)
        for message in ("Down since 10:30:00", "Down since 11:30:00", "Gone")
    ]
    one, other, third = unpack([signature(each) for each in failed])
    assert one["fault"] == other["fault"] != 0
    assert third["fault"] not in (0, one["fault"])
