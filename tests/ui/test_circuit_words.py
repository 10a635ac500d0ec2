"""Circuits in words and as strips."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from agentscope.findings.circuits import FEWEST, HOUR, Circuit, Hour, spells
from tests.kit.costs import NOON_TIME
from ui.circuit_words import HEIGHT, WIDTH, circuit_lines

amounts = st.integers(0, 20)
days = st.lists(
    st.tuples(st.integers(0, 47), amounts, amounts), min_size=1, unique_by=lambda hour: hour[0]
)


def circuit(*told: tuple[int, int, int]) -> Circuit:
    """The calls and failures of some hours after noon."""
    return Circuit(
        "tool", "search", spells(Hour(NOON_TIME + at * HOUR, *each) for at, *each in told)
    )


def test_a_state_lasts_until_the_next_one():
    found = circuit((0, FEWEST, 0), (5, FEWEST, FEWEST), (6, 1, 0))
    (line,) = circuit_lines([found], NOON_TIME, NOON_TIME + 10 * HOUR)
    assert [(part.x, part.width, part.tone) for part in line.stretches] == [
        (0, WIDTH // 2, "good"),
        (WIDTH // 2, WIDTH // 10, "bad"),
        (6 * WIDTH // 10, 4 * WIDTH // 10, "warn"),
    ]
    assert [part.height for part in line.stretches] == [4, HEIGHT, 8]
    assert (line.state, line.tone, line.since) == ("half open", "warn", NOON_TIME + 6 * HOUR)


def test_what_a_strip_says():
    (line,) = circuit_lines([circuit((0, 10, 9))], None, NOON_TIME + 2 * HOUR)
    assert line.words == "open from 2026-11-25 12:00: 9 of 10 calls failed"
    assert line.share == "90%"


def test_several_failures_inside_of_one_call():
    (line,) = circuit_lines([circuit((0, 1, 3))], None, NOON_TIME + HOUR)
    assert line.words.endswith(": 3 failures in 1 call")
    assert line.share == "100%"


def test_a_small_share_is_no_zero():
    (line,) = circuit_lines([circuit((0, 1000, 1))], None, NOON_TIME + HOUR)
    assert line.share == "< 1%"


def test_only_the_newest_spells_are_read_out():
    told = circuit(*((at, FEWEST, FEWEST * (at % 2)) for at in range(10)))
    (line,) = circuit_lines([told], None, NOON_TIME + 10 * HOUR)
    assert line.words.startswith("4 states before, closed from 2026-11-25 16:00")
    assert line.words.count("from") == 6


@given(days, st.integers(-10, 10))
def test_strips_stay_inside_and_in_order(told, shift):
    begin = NOON_TIME + timedelta(hours=shift)
    (line,) = circuit_lines([circuit(*told)], begin, begin + 48 * HOUR)
    assert all(part.x >= 0 and part.x + part.width <= WIDTH for part in line.stretches)
    assert all(part.y + part.height == HEIGHT for part in line.stretches)
    lefts = [part.x for part in line.stretches]
    assert lefts == sorted(lefts)
