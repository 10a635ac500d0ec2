"""Waiting that costs little or sees something move."""

from __future__ import annotations

from tests.scenarios.play import Play
from tests.scenarios.scenario import fine

DAY, HOUR = 86_400, 3600


@fine(5, like=8, near=(16,))
def watches_it_move(play: Play) -> None:
    """The same question, and a number that grows each time."""
    theme, percent = play.theme, 0
    job = {"job_id": f"job-{play.between(100, 999)}"}
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        worker.use(theme.act, {theme.key: play.thing()}, {"started": True, **job})
        while percent < 100:
            percent = min(100, percent + play.between(3, 7))
            state = "done" if percent == 100 else "running"
            worker.use(theme.status, job, {"state": state, "percent": percent}, seconds=0.5)
        worker.say(play.paragraph(2))


@fine(4, like=8, near=(16, 1))
def asks_once_in_a_while(play: Play) -> None:
    """Half a minute and more between two questions, and short prompts."""
    theme = play.theme
    job = {"job_id": f"job-{play.between(100, 999)}"}
    rounds = play.between(12, 18)
    with play.agent(1, task=play.rng.choice(theme.tasks), carries=200) as worker:
        for number in range(rounds):
            state = "done" if number == rounds - 1 else "running"
            worker.use(theme.status, job, {"state": state}, seconds=0.5)
            play.wait(play.between(35, 120))
        worker.say(play.sentence())


@fine(4, near=(16,))
def lets_the_tool_wait(play: Play) -> None:
    """Each call returns only when something has happened."""
    theme = play.theme
    job = {"job_id": f"job-{play.between(100, 999)}", "wait_seconds": 60}
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number in range(play.between(12, 15)):
            event = {"event": number + 1, "text": play.sentence()}
            worker.use("wait_for_event", job, event, seconds=play.between(25, 60))
        worker.say(play.paragraph(2))


@fine(8, like=14, near=(16, 19))
def works_over_days(play: Play) -> None:
    """A look every day or so at something that takes its time, and a step when it has come."""
    theme, thing = play.theme, play.thing()
    with play.workflow("approval over several days"):
        for day in range(play.between(6, 9)):
            with play.agent(1, task=f"Day {day + 1}: see whether {thing} has come.") as worker:
                state = {"state": "waiting", "day": day + 1} if day % 3 else play.record(thing, day)
                worker.use(theme.lookup, {theme.key: thing}, state)
                for other in play.things(3):
                    worker.use(theme.lookup, {theme.key: other}, play.record(other, day))
                worker.say(play.sentence())
            play.wait(play.between(DAY // 2, DAY))


@fine(4, like=16, near=(1, 19))
def answers_health_checks(play: Play) -> None:
    """A probe every few minutes: the same short run, which ends well."""
    for _ in range(play.between(24, 34)):
        play.session = ""
        with play.workflow("health-check"), play.agent("probe", task="ping") as probe:
            probe.use("ping", {}, {"status": "ok"}, seconds=0.05)
            probe.say("pong", seconds=0.3)
        play.wait(300)


@fine(5, like=16, near=(1, 16))
def sends_heartbeats_while_it_works(play: Play) -> None:
    """A heartbeat every minute, beside work that goes on; no model is asked for it."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(16, 22)):
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
            beat = play.call("heartbeat", {"worker": theme.service})
            step = worker.open_tool(beat)
            play.wait(0.02)
            step.end, step.result = play.now, {"ok": True}
            play.wait(58)
        worker.say(play.paragraph(2))
