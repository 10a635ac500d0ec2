"""The same run again on purpose, and limits that are kept."""

from __future__ import annotations

from tests.scenarios.failures import invalid
from tests.scenarios.play import Play
from tests.scenarios.scenario import fine

HOUR = 3600


@fine(5, like=11, near=(19, 1))
def evaluates_one_input_many_times(play: Play) -> None:
    """An experiment: the same input in many traces, some of which fail in the same way."""
    theme, thing = play.theme, play.thing()
    play.environment = "evaluation"
    failure = invalid("Answer", 1, "total: input should be a number")
    for number in range(play.between(9, 13)):
        play.session = ""
        with play.workflow("experiment") as root:
            root.extra = {"experiment.name": f"{theme.service}-baseline", "experiment.run": number}
            failed = failure if number % 3 == 0 else None
            with play.agent(1, task=f"How much is {thing}?", failure=failed) as agent:
                agent.use(theme.lookup, {theme.key: thing}, play.record(thing))
                agent.say(f"{play.record(thing)['amount']} EUR")
        play.wait(play.between(2, 30))


@fine(4, like=11, near=(19,))
def runs_a_regression_suite(play: Play) -> None:
    """Ten questions, the same every night, and the same answers."""
    theme = play.theme
    play.environment = "evaluation"
    things = play.things(5)
    for _ in range(play.between(5, 6)):
        play.session = ""
        with play.workflow("nightly-eval") as root:
            root.extra = {"eval.suite": "nightly"}
            for thing in things:
                with play.agent(1, task=f"What is the state of {thing}?") as agent:
                    agent.use(theme.lookup, {theme.key: thing}, play.record(thing))
                    agent.say(play.record(thing)["state"])
        play.wait(4 * HOUR)


@fine(5, near=(19,))
def reports_by_the_clock(play: Play) -> None:
    """The same prompt every hour, another result each time."""
    theme = play.theme
    for _ in range(play.between(8, 11)):
        play.session = f"run-{play.ids.getrandbits(32):08x}"
        with play.workflow("hourly-report"), play.agent(1, task="Report what is new.") as agent:
            news = {"new": [play.sentence() for _ in range(3)]}
            agent.use(theme.listing, {"filter": "new"}, news)
            agent.use(theme.write, {theme.key: play.thing(), "note": play.sentence()}, {"ok": True})
            agent.say(play.paragraph(3))
        play.wait(HOUR)


@fine(4, near=(20,))
def cleans_up_after_the_end(play: Play) -> None:
    """The root ends, and within seconds what was opened is closed."""
    theme = play.theme
    with play.workflow() as root, play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(14, 20)):
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
        worker.say(play.paragraph(3))
        ended = play.now
        for name in ("close_browser", "delete_temporary_files", "release_lock"):
            worker.do(play.call(name, {}), {"ok": True}, seconds=0.1)
    root.end = ended


@fine(4, near=(20,))
def keeps_its_limit(play: Play) -> None:
    """A limit is declared, and the run ends below it."""
    theme, allowed = play.theme, play.between(24, 30)
    with play.agent(1, task=play.rng.choice(theme.tasks), limit=allowed) as worker:
        for thing in play.things(allowed - 3):
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
        worker.say(play.paragraph(3))


@fine(4, near=(18, 20))
def works_in_the_background_as_declared(play: Play) -> None:
    """A request starts a background job in a trace of its own, which works for long."""
    theme = play.theme
    with play.workflow("request"), play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        lead.use("start_background_job", {"name": "reindex"}, {"job_id": play.between(1, 9999)})
        lead.say("It is running in the background.")
    with play.workflow("background-job reindex") as job:
        job.extra = {"job.background": True}
        with play.agent(1, task="Index everything anew.") as worker:
            for thing in play.things(play.between(16, 22)):
                worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
                worker.use(theme.write, {theme.key: thing, "indexed": True}, {"ok": True})
            worker.say(play.sentence())


@fine(4, like=20, near=(1, 3, 16), hides="redacted")
def is_redacted(play: Play) -> None:
    """Everything hashes alike, as nothing of it is there."""
    various(play)


@fine(4, like=20, near=(1, 3, 16), hides="off")
def is_recorded_without_content(play: Play) -> None:
    """The same with content capture off."""
    various(play)


def various(play: Play) -> None:
    """A healthy run of many calls of few tools."""
    theme = play.theme
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(16, 22)):
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
            if play.rng.random() < 0.5:
                change = {theme.key: thing, "note": play.sentence()}
                worker.use(theme.write, change, {"ok": True, "revision": play.between(1, 10**6)})
        worker.say(play.paragraph(3))


@fine(3, near=(18,))
def is_told_twice(play: Play) -> None:
    """Only the telemetry was copied: the same act, with the same receipt and the same call's id."""
    theme, thing = play.theme, play.thing()
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for other in play.things(8):
            worker.use(theme.lookup, {theme.key: other}, play.record(other))
        call = worker.call(theme.act, {theme.key: thing, "amount": 40})
        step = worker.think(call)
        receipt = {"ok": True, "receipt": f"rcpt_{play.ids.getrandbits(40):010x}"}
        worker.do(call, receipt)
        worker.say(play.sentence())
    play.wait(2)
    with (
        play.workflow("replayed by an importer"),
        play.agent(1, task=play.rng.choice(theme.tasks)) as copy,
    ):
        again = copy.think(call)
        again.response_id = step.response_id
        copy.do(call, receipt)
        copy.say(play.sentence())
