"""What people hear of an alert, whatever held it back meanwhile."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentscope.alerts.heard import BEGINS, ENDS, Ear, HeldBack, Told, tell
from agentscope.alerts.machine import OPEN, Alert, Look, Notice, Policy, Seen, Silence, State, step

FIRED = Ear(Notice.FIRED)
SNOOZED, FLAPPING = HeldBack.SNOOZED, HeldBack.FLAPPING


def test_what_nobody_holds_back_is_told() -> None:
    assert tell(Ear(), State.FIRING, Notice.FIRED, None) == Told(FIRED, Notice.FIRED)
    assert tell(FIRED, State.FIRING, Notice.REMINDED, None) == Told(FIRED, Notice.REMINDED)
    assert tell(FIRED, State.RESOLVED, Notice.RESOLVED, None) == Told(Ear(), Notice.RESOLVED)


def test_what_still_stands_is_told_when_it_is_not_held_back_any_more() -> None:
    held = tell(Ear(), State.FIRING, Notice.FIRED, SNOOZED)
    assert (held.notice, held.why) == (Notice.FIRED, SNOOZED)
    assert tell(held.ear, State.FIRING, None, SNOOZED) == Told(held.ear)
    late = tell(held.ear, State.FIRING, None, None)
    assert late == Told(FIRED, Notice.FIRED, is_late=True)


def test_nobody_hears_the_end_of_what_nobody_heard() -> None:
    held = tell(Ear(), State.FIRING, Notice.FIRED, SNOOZED)
    assert tell(held.ear, State.RESOLVED, Notice.RESOLVED, None).why == HeldBack.UNHEARD


def test_an_end_that_was_held_back_is_told_later() -> None:
    held = tell(FIRED, State.RESOLVED, Notice.RESOLVED, FLAPPING)
    assert held.why == FLAPPING
    assert tell(held.ear, State.RESOLVED, None, None) == Told(Ear(), Notice.RESOLVED, is_late=True)


def test_who_believes_that_it_fires_is_not_told_so_again_later() -> None:
    ended = tell(FIRED, State.RESOLVED, Notice.RESOLVED, FLAPPING)
    fired = tell(ended.ear, State.FIRING, Notice.FIRED, FLAPPING)
    assert tell(fired.ear, State.FIRING, None, None) == Told(FIRED)


def test_reminders_are_held_back_and_owed_to_nobody() -> None:
    held = tell(FIRED, State.FIRING, Notice.REMINDED, HeldBack.ACKNOWLEDGED)
    assert held == Told(FIRED, Notice.REMINDED, HeldBack.ACKNOWLEDGED)


LOOKS = st.lists(st.tuples(st.sampled_from(Seen), st.sampled_from([None, SNOOZED])), max_size=40)
POLICIES = st.builds(
    Policy, st.sampled_from([0, 3]), st.sampled_from([None, 2]), st.sampled_from(Silence)
)


@given(LOOKS, POLICIES, st.sampled_from([None, 100]))
def test_in_the_end_people_know_how_it_stands(
    looks: list[tuple[Seen, HeldBack | None]], policy: Policy, window: int | None
) -> None:
    """After a look that nothing holds back they have heard of an alert that fires and of no other
    but those that they heard the end of; and no end without a begin."""
    alert, ear, open_for_people = Alert(), Ear(), False
    for at, (seen, hush) in enumerate([*looks, (Seen.BETWEEN, None)]):
        alert, notice = step(alert, Look(seen, at * 10**9, window), policy)
        told = tell(ear, alert.state, notice, hush)
        ear = told.ear
        if told.notice and not told.why:
            if told.notice in BEGINS:
                open_for_people = True
            elif told.notice in ENDS:
                assert open_for_people
                open_for_people = False
    if alert.state == State.FIRING:
        assert open_for_people
    assert ear.owed is None
    assert (ear.heard is not None) <= (alert.state in OPEN)


def test_a_reminder_that_is_held_back_is_no_silence_though_something_is_owed():
    ear = Ear(owed=Notice.FIRED)
    told = tell(ear, State.FIRING, Notice.REMINDED, HeldBack.MUTED)
    assert (told.ear, told.notice, told.why) == (ear, Notice.REMINDED, HeldBack.MUTED)
