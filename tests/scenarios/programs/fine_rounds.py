"""Rounds that get somewhere: tests, retries, polls, reviews and samples."""

from __future__ import annotations

from tests.scenarios.agent import Agent
from tests.scenarios.failures import OVERLOADED, RATE_LIMITED, SERVER
from tests.scenarios.play import Play
from tests.scenarios.scenario import fine


@fine(4, like=6, near=(1, 4, 8))
def fixes_until_the_build_is_green(play: Play) -> None:
    """A change, a build that fails further down, another change."""
    theme = play.theme
    total = play.between(8, 11)
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number in range(total):
            change = {theme.key: play.thing(), "patch": play.paragraph(2)}
            worker.use(theme.write, change, {"ok": True})
            passed = number == total - 1
            output = f"step {number + 3} of {total + 2}: {'ok' if passed else play.sentence()}"
            result = {"exit_code": int(not passed), "stdout": output}
            worker.use("run_shell", {"command": "make build"}, result, seconds=play.between(4, 20))
        worker.say(play.paragraph(2))


@fine(3, like=6, near=(1, 4))
def checks_after_every_correction(play: Play) -> None:
    """An entry is corrected, the account is reconciled, the difference shrinks."""
    theme, left = play.theme, play.between(9000, 40_000)
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(9, 12)):
            left = int(left * 0.6)
            fix = {theme.key: thing, "amount": play.between(100, 9000) / 100}
            worker.use("correct_entry", fix, {"ok": True})
            worker.use("reconcile", {"account": 1200}, {"difference": left / 100})
        worker.say(play.paragraph(2))


@fine(4, like=7, near=(1, 8))
def waits_as_long_as_it_was_told(play: Play) -> None:
    """The other side says how long to wait; it waits that long, and then it works."""
    theme = play.theme
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number, thing in enumerate(play.things(play.between(9, 12))):
            call = worker.call(theme.lookup, {theme.key: thing})
            worker.think(call)
            for _ in range(2 if number % 3 == 1 else 0):
                worker.do(call, failure=RATE_LIMITED, seconds=0.1)
                play.wait(20)
            worker.do(call, play.record(thing))
        worker.say(play.paragraph(2))


@fine(3, like=7, near=(1, 8))
def tries_again_later_by_itself(play: Play) -> None:
    """The model decides to try again, a little later each time, and gets its answer."""
    theme = play.theme
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        for thing in play.things(play.between(5, 7)):
            for attempt in range(play.between(1, 2)):
                lead.use(
                    theme.search, {"query": thing}, failure=play.rng.choice((SERVER, OVERLOADED))
                )
                play.wait(4 * 3**attempt + play.rng.random())
            lead.use(theme.search, {"query": thing}, play.hits(thing, 2))
            lead.use(theme.write, {theme.key: thing, "note": play.sentence()}, {"ok": True})
        lead.say(play.paragraph(2))


@fine(4, like=8, near=(16, 1))
def watches_a_queue_getting_shorter(play: Play) -> None:
    """What remains is fewer each time that it asks."""
    theme, left = play.theme, play.between(900, 1500)
    with play.workflow(), play.agent(3, task=play.rng.choice(theme.tasks)) as helper:
        helper.use(theme.act, {theme.key: play.thing()}, {"started": True})
        while left > 0:
            left = max(0, left - play.between(50, 110))
            helper.use("get_queue", {"name": "imports"}, {"remaining": left, "state": "running"})
        helper.say(play.paragraph(2))


@fine(3, like=8, near=(16,))
def is_told_which_step_it_is(play: Play) -> None:
    """The status is a sentence, and another one each time."""
    theme, total = play.theme, play.between(12, 16)
    job = {"job_id": f"job-{play.between(100, 999)}"}
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number in range(1, total + 1):
            told = f"Step {number} of {total}: {play.sentence()}"
            worker.use(theme.status, job, told, seconds=0.5)
        worker.say(play.paragraph(2))


@fine(4, like=9, near=(7,))
def reviews_with_marks_that_rise(play: Play) -> None:
    """The mark is better each time, until it is good enough."""
    theme, mark = play.theme, play.between(42, 50)
    said = ""
    with play.workflow("draft and marks"):
        while mark < 90:
            with play.agent(3, task=play.rng.choice(theme.tasks)) as author:
                author.hear(said or play.sentence())
                author.say(play.paragraph(6))
            mark = min(93, mark + play.between(6, 9))
            with play.agent(2, task="Mark the draft from 0 to 100.") as critic:
                critic.hear(author.last_answer.text if author.last_answer else "")
                critic.say(said := f"{mark} of 100. {play.paragraph(2)}")


@fine(3, like=9, near=(5, 7))
def bargains_for_six_rounds(play: Play) -> None:
    """Buyer and seller have six rounds, and come closer in each."""
    low, high = play.between(80, 100), play.between(150, 170)
    talk: Agent | None = None
    with play.workflow("bargaining, 6 rounds at most"):
        for number in range(6):
            low, high = low + play.between(3, 6), high - play.between(4, 8)
            for side, price in ((0, low), (3, high)):
                with play.agent(side, after=talk, limit=6) as talk:
                    talk.say(f"Round {number + 1} of 6. {play.paragraph(2)} My offer: {price} EUR.")


@fine(4, like=10, near=(1, 17))
def writes_several_answers_and_keeps_the_best(play: Play) -> None:
    """Eight drafts of one answer side by side, each of them checked, one taken."""
    theme = play.theme
    with play.workflow("best of eight"):
        for _ in range(play.between(2, 3)):
            task = f"{play.rng.choice(theme.tasks)} {play.sentence()}"
            with play.side_by_side() as lane:
                for _ in range(8):
                    with lane(), play.agent(3, task=task) as writer:
                        writer.think(
                            text=play.paragraph(3), extra={"gen_ai.request.temperature": 1.0}
                        )
            with play.agent(2, task="Choose one of the eight.") as judge:
                judge.use(theme.check, {"count": 8}, {"best": play.between(1, 8)})
                judge.say(play.paragraph(1))


@fine(3, like=10, near=(1, 4, 12))
def follows_several_paths_at_once(play: Play) -> None:
    """Beams: each of four paths is extended by a lookup of its own, and the worst is dropped."""
    theme = play.theme
    tool = "extend_path"
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        for depth in range(play.between(3, 4)):
            tasks = [
                f"Extend path {number} at depth {depth}. {play.sentence()}" for number in range(4)
            ]
            calls = [lead.call(tool, {"task": task}) for task in tasks]
            lead.think(*calls)
            with play.side_by_side() as lane:
                for call, task in zip(calls, tasks, strict=True):
                    with lane(), lead.delegate(tool, 1, task, asked=call) as worker:
                        thing = play.thing()
                        worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
                        worker.say(play.paragraph(2))
            lead.say(f"Dropped path {play.between(0, 3)}. {play.sentence()}")
