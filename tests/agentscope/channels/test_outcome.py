"""When there is another attempt, and when there is none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.channels import outcome
from agentscope.channels.outcome import (
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    PAUSES,
    Came,
    of_status,
    pause,
    retry_after,
)

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "came"),
    [
        (200, "sent"), (204, "sent"), (299, "sent"), (300, "never"), (301, "never"), (304, "never"),
        (400, "never"), (401, "never"), (404, "never"), (410, "never"), (408, "again"),
        (429, "again"), (500, "again"), (503, "again"), (599, "again"),
    ],
)  # fmt: skip
def test_what_a_status_means(status, came):
    assert of_status(status, None).came == came


def test_what_the_receiver_said_is_told_of_a_failure_only():
    assert of_status(500, 3.0, "no room").reason == "answered 500: no room"
    assert of_status(200, None, "ok").reason == "answered 200"
    assert of_status(399, None, "gone").reason == "answered 399; redirects are not followed"
    assert of_status(400, None, "odd").reason == "answered 400: odd"


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_what_a_receiver_asks_to_wait_is_kept_with_its_failure(status):
    assert of_status(status, 3.0).after == 3.0


@given(st.integers(1, MOST_ATTEMPTS - 1), st.floats(0, 1), st.none() | st.floats(0, 1e7))
def test_pauses_grow_within_their_jitter_and_a_receiver_may_ask_for_more(attempts, chance, after):
    own = PAUSES[attempts - 1]
    found = pause(attempts, after, chance)
    asked = min(after or 0, LONGEST_PAUSE)
    assert max(0.8 * own, asked) <= found <= max(1.2 * own + 1e-6, asked)


@pytest.mark.parametrize(("chance", "seconds"), [(0, 8), (0.5, 10), (1, 12)])
def test_chance_moves_a_pause_to_both_sides(chance, seconds, monkeypatch):
    assert pause(1, None, chance) == pause(0, None, chance) == pytest.approx(seconds)
    monkeypatch.setattr(outcome.random, "random", lambda: chance)
    assert pause(1) == pytest.approx(seconds)


def test_the_last_attempt_is_the_last():
    assert pause(MOST_ATTEMPTS) is None
    assert pause(MOST_ATTEMPTS, 5.0) is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120), (" 7 ", 7), ("0", 0), ("9" * 40, LONGEST_PAUSE),
        ("Thu, 26 Nov 2026 12:01:00 GMT", 60), ("Thu, 26 Nov 2026 11:00:00 GMT", 0),
        ("Thu, 26 Nov 2026 12:00:30 -0000", 30), ("", None), ("soon", None), ("-5", None),
        ("٣", 3), ("Thu, 26 Nov 99999999999999999999 12:00:00 GMT", None),
        ("Thu, 26 Nov 2026 12:00:00 +99999999999999", None),
    ],
)  # fmt: skip
def test_what_a_receiver_asks_to_wait(said, seconds):
    assert retry_after(said, NOW) == seconds


def test_words_are_those_of_the_log():
    assert [each.value for each in Came] == ["sent", "again", "never"]
