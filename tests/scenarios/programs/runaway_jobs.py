"""Runs that begin again: payments that go out twice, jobs that come back, limits that do not hold.
L18 to L20."""

from __future__ import annotations

from tests.scenarios.failures import SERVER, TIMEOUT, invalid, step_limit
from tests.scenarios.play import Play
from tests.scenarios.programs.runaway_sessions import AGAIN, done
from tests.scenarios.scenario import runaway

MINUTE, HOUR = 60, 3600


@runaway(18, "alert", 4, tolerated="exact_repeat rescheduled_work same_result")
def pays_again_after_a_restart(play: Play) -> None:
    """The worker is killed after the payment went out; its successor pays as well."""
    theme, thing = play.theme, play.thing()
    payment = {"reference": thing, "amount": play.between(50, 9000), "currency": "EUR"}
    task = f"Pay {thing} and file the receipt."
    for number in play.rounds(2, theme.agents[3], "send_payment"):
        with play.agent(3, task=task, failure=None if number else TIMEOUT, carries=14_000) as payer:
            payer.use(theme.lookup, {theme.key: thing}, play.record(thing))
            payer.use(theme.check, {theme.key: thing}, {"passed": True})
            payer.use("send_payment", payment, done(play))
            if number:
                payer.say(f"Paid. {play.sentence()}")
        play.wait(play.between(2 * MINUTE, 20 * MINUTE))


@runaway(18, "alert", 3, tolerated="exact_repeat rescheduled_work cycle")
def mails_all_of_them_again(play: Play) -> None:
    """Half of the letters were out when the run broke; the next run begins with the first one."""
    theme = play.theme
    letters = [(f"owner{at}@customer.example", play.sentence()) for at in range(6)]
    task = f"Write to the owners of {theme.topics[0]}."
    for number in play.rounds(2, theme.agents[3], "send_email"):
        with play.workflow():
            failure = None if number else SERVER
            with play.agent(3, task=task, failure=failure, carries=5000) as writer:
                for address, text in letters[: 6 if number else 4]:
                    writer.use("send_email", {"to": address, "body": text}, done(play))
                if number:
                    writer.say("All of them have been written to.")
        play.wait(play.between(MINUTE, HOUR))


@runaway(19, "alert", 4, tolerated=AGAIN)
@runaway(19, "inform", 2, tolerated=AGAIN)
def takes_up_the_same_ticket_each_time(play: Play) -> None:
    """The ticket is never closed, as the run ends at its limit each time."""
    theme, thing = play.theme, play.thing()
    limit = step_limit(12)
    for number in play.rounds(play.times((7, 9), (3, 4)), theme.agents[1], theme.lookup):
        play.session = f"job-{play.ids.getrandbits(32):08x}"
        with play.workflow("ticket-worker"):
            task = f"Work on ticket {thing} until it is done."
            with play.agent(1, task=task, failure=limit) as worker:
                worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
                for at in range(3):
                    query = f"{theme.topics[at]} {number}"
                    worker.use(theme.search, {"query": query}, play.hits(f"{query}", 2))
        play.wait(play.between(15 * MINUTE, 30 * MINUTE))


@runaway(19, "alert", 3, tolerated=f"{AGAIN} validation_retry")
def loads_the_same_broken_file(play: Play) -> None:
    """A file that does not fit its schema is the first in the queue, every time."""
    theme, thing = play.theme, play.thing()
    broken = invalid("Row", 3, "line 88: amount: input should be a number")
    for _ in play.rounds(play.between(7, 9), theme.agents[1], theme.check):
        play.session = ""
        with (
            play.workflow("load-next-file"),
            play.agent(1, task=f"Load {thing}.", failure=broken) as worker,
        ):
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
            worker.use(theme.check, {theme.key: thing}, failure=broken)
        play.wait(play.between(HOUR // 2, HOUR))


@runaway(20, "alert", 4, tolerated="read_thrash", is_limited=True)
def lets_a_helper_go_on(play: Play) -> None:
    """The helper may take so many turns and takes twice as many; who called it waits."""
    theme, allowed = play.theme, play.between(6, 9)
    rounds = 2 * allowed + play.between(1, 4)
    things = play.things(rounds)
    with play.workflow(), play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        tool = f"ask_{theme.agents[1]}"
        with lead.delegate(tool, 1, play.sentence(), limit=allowed) as worker:
            for number, thing in enumerate(things):
                if number == allowed:
                    play.region.agent, play.region.repetitions = worker.name, rounds - allowed
                    play.region.first, play.region.begin_ns = len(play.steps), play.now
                worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
                if number >= allowed:
                    play.ends_a_round(play.region)
            worker.say(play.paragraph(2))
        lead.say(play.paragraph(2))


@runaway(20, "alert", 3, tolerated="read_thrash")
def spends_after_the_answer(play: Play) -> None:
    """The answer is out and the request over; whoever wrote it reads and notes on for half an
    hour."""
    theme, rounds = play.theme, play.between(14, 18)
    things = play.things(rounds)
    with play.workflow("request") as root:
        with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
            lead.use(theme.search, {"query": theme.topics[1]}, play.hits("asked"))
            lead.say(play.paragraph(3))
        root.end = ended = play.now
        with play.agent(1, task=play.sentence()) as worker:
            for number in play.rounds(rounds, worker, theme.lookup):
                play.wait(play.between(50, 110))
                thing = things[number]
                worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
                note = {theme.key: thing, "note": play.sentence()}
                worker.use(theme.write, note, {"ok": True, "revision": number})
    root.end = ended
