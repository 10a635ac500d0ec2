"""The state machine of an alert, case by case, by its laws, and against a model that is plain."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.alerts.machine import Alert, Look, Notice, Policy, Seen, Silence, State, step
from agentscope.alerts.windows import SECOND

OVER, BETWEEN, UNDER, NOTHING = Seen
DAY = 86_400
ONCE = Policy()
POLICIES = st.builds(
    Policy, st.integers(0, 90), st.none() | st.integers(30, 200), st.sampled_from(Silence)
)
SEEN = st.lists(st.tuples(st.sampled_from(Seen), st.integers(1, 60)), max_size=40)


def looks(seen, *, day=None):
    """Looks one after the other, each some seconds after the one before; in days of so many
    seconds, or rolling."""
    at, found = 1_000, []
    for each, later in seen:
        at += later
        found.append(Look(each, at * SECOND, at // day * day * SECOND if day else None))
    return found


def told(looks, policy=ONCE):
    """What the looks come to: the alert at the end, and the notices."""
    alert, notices = Alert(), []
    for look in looks:
        alert, notice = step(alert, look, policy)
        notices += [notice] if notice else []
    return alert, notices


def every_minute(*seen, day=None):
    return looks([(each, 60) for each in seen], day=day)


def test_it_fires_and_ends():
    alert, notices = told(every_minute(UNDER, OVER, OVER, UNDER, UNDER))
    assert (alert.state, notices) == (State.RESOLVED, [Notice.FIRED, Notice.RESOLVED])


def test_it_stays_what_it_is_between_the_two_thresholds():
    alert, notices = told(every_minute(BETWEEN, OVER, BETWEEN, BETWEEN))
    assert (alert.state, notices) == (State.FIRING, [Notice.FIRED])
    assert told(every_minute(BETWEEN, BETWEEN)) == (Alert(), [])


def test_what_is_to_be_held_is_pending_until_then():
    policy = Policy(hold=120)
    assert told(every_minute(OVER, OVER), policy)[0].state == State.PENDING
    assert told(every_minute(OVER, OVER, OVER), policy)[1] == [Notice.FIRED]
    assert told(every_minute(OVER, OVER, BETWEEN, OVER, OVER), policy)[1] == []


@pytest.mark.parametrize(("remind", "times"), [(None, 0), (120, 2), (300, 1), (600, 0)])
def test_people_hear_of_it_again_only_if_they_want_to(remind, times):
    _, notices = told(every_minute(*[OVER] * 6), Policy(remind=remind))
    assert notices == [Notice.FIRED, *[Notice.REMINDED] * times]


@pytest.mark.parametrize("seen", [BETWEEN, NOTHING])
def test_people_hear_of_it_again_though_it_is_not_over_its_threshold(seen):
    _, notices = told(every_minute(OVER, seen, seen), Policy(remind=120))
    assert notices == [Notice.FIRED, Notice.REMINDED]


def test_a_calendar_window_is_corrected_once():
    seen = every_minute(OVER, UNDER, OVER, UNDER, OVER, UNDER, day=DAY)
    alert, notices = told(seen)
    assert notices == [Notice.FIRED, Notice.CORRECTED, Notice.FIRED]
    assert alert.state == State.FIRING
    tomorrow = Look(UNDER, DAY * SECOND, DAY * SECOND)
    assert step(alert, tomorrow, Policy())[1] == Notice.RESOLVED


def test_what_may_fall_in_it_is_over_each_time():
    seen = every_minute(OVER, UNDER, OVER, BETWEEN, UNDER, OVER, day=DAY)
    alert, notices = told([replace(look, may_fall=True) for look in seen])
    assert notices == [Notice.FIRED, Notice.RESOLVED] * 2 + [Notice.FIRED]
    assert (alert.state, alert.was_corrected) == (State.FIRING, False)


def test_a_day_that_begins_over_its_threshold_is_told_too():
    seen = looks([(OVER, DAY), (OVER, 60), (OVER, DAY)], day=DAY)
    alert, notices = told(seen)
    assert notices == [Notice.FIRED, Notice.FIRED]
    assert (alert.since_ns, alert.told_ns) == (seen[0].at_ns, seen[-1].at_ns)


def of_session(seen, hours, *, rest):
    """A look at a session, so many hours after the first; nothing has come of it for some."""
    return Look(seen, (1 + hours * 3600) * SECOND, 0, rest * 3600 * SECOND)


@pytest.mark.parametrize("seen", Seen)
def test_what_has_no_end_is_over_when_it_has_rested_and_fired_for_a_day(seen):
    alert, _ = told([of_session(OVER, 0, rest=30)])
    assert step(alert, of_session(OVER, 23, rest=53), ONCE) == (alert, None)
    assert step(alert, of_session(OVER, 30, rest=23), ONCE) == (alert, None)
    over, notice = step(alert, of_session(seen, 24, rest=24), ONCE)
    assert (over.state, notice) == (State.RESOLVED, Notice.RESOLVED)


def test_it_stays_over_until_it_goes_on():
    seen = [of_session(OVER, 0, rest=0), *(of_session(OVER, at, rest=at) for at in (24, 25, 80))]
    over, notices = told(seen)
    assert notices == [Notice.FIRED, Notice.RESOLVED]
    alert, notice = step(over, of_session(OVER, 90, rest=0), ONCE)
    assert (alert.state, notice) == (State.FIRING, Notice.FIRED)


def test_what_was_taken_back_fires_again_though_it_rests():
    seen = [of_session(OVER, 0, rest=0), of_session(UNDER, 1, rest=1)]
    alert, notice = step(told(seen)[0], of_session(OVER, 30, rest=30), ONCE)
    assert (alert.state, notice) == (State.FIRING, Notice.FIRED)
    later = of_session(OVER, 60, rest=60)
    over, _ = step(alert, later, ONCE)
    assert (over.window, over.was_corrected) == (None, False)


@pytest.mark.parametrize(
    ("silence", "state", "notices"),
    [
        (Silence.KEEP, State.FIRING, [Notice.FIRED]),
        (Silence.OK, State.RESOLVED, [Notice.FIRED, Notice.RESOLVED]),
        (Silence.TELL, State.NO_DATA, [Notice.FIRED, Notice.NO_DATA]),
    ],
)
def test_no_data_means_what_the_rule_says(silence, state, notices):
    alert, heard = told(every_minute(OVER, NOTHING, NOTHING), Policy(silence=silence))
    assert (alert.state, heard) == (state, notices)


@given(SEEN, POLICIES, st.none() | st.just(500))
def test_a_look_that_is_taken_twice_is_told_once(seen, policy, day):
    alert = Alert()
    for look in looks(seen, day=day):
        alert, _ = step(alert, look, policy)
        assert step(alert, look, policy) == (alert, None)


@given(SEEN, POLICIES)
def test_a_look_from_before_changes_nothing(seen, policy):
    alert, _ = told(looks(seen), policy)
    before = Look(OVER, alert.since_ns - 1)
    assert step(alert, before, policy) == (alert, None)


@given(SEEN, POLICIES)
def test_what_fires_ends_before_it_fires_again(seen, policy):
    _, notices = told(looks(seen), policy)
    heard = [each for each in notices if each != Notice.REMINDED]
    assert (Notice.FIRED, Notice.FIRED) not in pairwise(heard)
    assert Notice.CORRECTED not in heard


@given(SEEN, st.builds(Policy, st.just(0), st.none(), st.just(Silence.KEEP)))
def test_of_a_calendar_window_at_most_two_alarms_and_a_correction_are_told(seen, policy):
    alert, notices = Alert(), {}
    for look in looks(seen, day=200):
        alert, notice = step(alert, look, policy)
        notices.setdefault(look.window, []).append(notice)
        if look.seen == OVER:
            assert alert.state == State.FIRING
            assert Notice.FIRED in notices[look.window]
    for heard in notices.values():
        assert heard.count(Notice.FIRED) <= 2
        assert heard.count(Notice.CORRECTED) <= 1


def is_firing(looks, hold):
    """The model: over for `hold` seconds on end, and not under since."""
    since = fires = None
    for look in looks:
        if look.seen == OVER:
            since = look.at_ns if since is None else since
            fires = fires or look.at_ns - since >= hold * SECOND
        elif look.seen != NOTHING:
            since = None
            fires = fires and look.seen != UNDER
    return bool(fires)


@given(SEEN, POLICIES)
def test_it_fires_when_the_model_does(seen, policy):
    policy = replace(policy, silence=Silence.KEEP)
    alert, notices = told(looks(seen), policy)
    assert (alert.state == State.FIRING) == is_firing(looks(seen), policy.hold)
    last = [each for each in notices if each != Notice.REMINDED][-1:]
    assert (last == [Notice.FIRED]) == is_firing(looks(seen), policy.hold)
