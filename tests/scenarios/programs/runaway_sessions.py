"""What is seen over several traces only, and limits that nobody holds: L18 to L20."""

from __future__ import annotations

from typing import Any

from tests.scenarios.failures import SERVER, missing
from tests.scenarios.play import Play
from tests.scenarios.scenario import runaway

HOUR = 3600


@runaway(18, "alert", 5, tolerated="exact_repeat rescheduled_work")
def does_it_again_after_a_crash(play: Play) -> None:
    """The process died after it had acted, and the next one acts again."""
    theme, thing = play.theme, play.thing()
    act = {theme.key: thing, "amount": play.between(20, 400)}
    task = play.rng.choice(theme.tasks)
    for number in play.rounds(2, theme.agents[1], theme.act):
        with play.workflow():
            failure = None if number else SERVER
            with play.agent(1, task=task, failure=failure, carries=12_000) as worker:
                worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
                worker.use(theme.act, act, done(play))
                if number:
                    worker.say(f"Done. {play.sentence()}")
        play.wait(play.between(60, 900))


@runaway(18, "alert", 3, tolerated="exact_repeat cycle rescheduled_work")
def replays_what_was_finished(play: Play) -> None:
    """A resume that starts over: every step that changes something is done a second time."""
    theme = play.theme
    steps = [(tool, play.thing()) for tool in (theme.write, theme.act, "send_email")]
    for number in play.rounds(3, theme.agents[1], theme.act):
        with play.agent(1, task=play.rng.choice(theme.tasks), carries=7000) as worker:
            for tool, thing in steps:
                worker.use(tool, {theme.key: thing}, done(play))
            if number == 2:
                worker.say(play.sentence())
        play.wait(play.between(120, HOUR))


def done(play: Play) -> dict[str, Any]:
    """The receipt of something that was done: another one each time."""
    return {"ok": True, "receipt": f"rcpt_{play.ids.getrandbits(48):012x}"}


AGAIN = "permanent_retry same_result exact_repeat duplicate_side_effect"


@runaway(19, "alert", 4, tolerated=AGAIN)
@runaway(19, "inform", 2, tolerated=AGAIN)
def picks_the_same_record_every_run(play: Play) -> None:
    """The scheduler picks what failed the last time, and it fails the same way."""
    theme, thing = play.theme, play.thing()
    for _ in play.rounds(play.times((7, 9), (3, 4)), theme.agents[1], theme.lookup):
        play.session = ""
        with (
            play.workflow("nightly-import"),
            play.agent(1, task=f"Process {thing}.", failure=missing(thing)) as worker,
        ):
            worker.use(theme.status, {theme.key: thing}, {"state": "open"})
            worker.use(theme.lookup, {theme.key: thing}, failure=missing(thing))
        play.wait(play.between(HOUR, 2 * HOUR))


@runaway(19, "alert", 3, tolerated=AGAIN)
def comes_back_without_having_done_it(play: Play) -> None:
    """Each run ends well and says that there was nothing it could do."""
    theme, thing = play.theme, play.thing()
    for _ in play.rounds(play.between(8, 11), theme.agents[1], theme.lookup):
        play.session = f"run-{play.ids.getrandbits(32):08x}"
        with play.agent(1, task=f"Work on the oldest open item, {thing}.") as worker:
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
            worker.use(theme.check, {theme.key: thing}, {"passed": False, "reason": "locked"})
            worker.say("The item is locked, so nothing was changed.")
        play.wait(play.between(HOUR // 2, HOUR))


@runaway(20, "alert", 4, tolerated="read_thrash", is_limited=True)
@runaway(20, "inform", 2, tolerated="read_thrash", is_limited=True)
def goes_on_beyond_its_limit(play: Play) -> None:
    """The limit is declared, and nobody counts."""
    theme = play.theme
    allowed = play.between(8, 10)
    rounds = play.times((2 * allowed + 2, 3 * allowed), (allowed + 1, allowed + 2))
    things = play.things(rounds)
    with play.agent(1, task=play.rng.choice(theme.tasks), limit=allowed) as worker:
        for number in range(rounds):
            if number == allowed:
                play.region.agent, play.region.repetitions = worker.name, rounds - allowed
                play.region.first, play.region.begin_ns = len(play.steps), play.now
            thing = things[number]
            note = {theme.key: thing, "note": play.sentence()}
            reading = (theme.lookup, {theme.key: thing}, play.record(thing))
            worker.use_together([reading, (theme.write, note, {"ok": True})])
            if number >= allowed:
                play.ends_a_round(play.region)


@runaway(20, "alert", 3, tolerated="read_thrash")
def works_on_after_the_end(play: Play) -> None:
    """The run has ended, the user has gone, and a task in the background spends on."""
    theme, rounds = play.theme, play.between(18, 24)
    things = play.things(rounds)
    with play.workflow() as root, play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        lead.say(play.sentence())
        root.end = ended = play.now
        for number in play.rounds(rounds, lead, theme.lookup):
            play.wait(play.between(40, 90))
            thing = things[number]
            lead.use(theme.lookup, {theme.key: thing}, play.record(thing))
            lead.use(theme.write, {theme.key: thing, "note": play.sentence()}, {"ok": True})
    root.end = ended
