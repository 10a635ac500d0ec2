"""Reading, growing and waiting without an end: L12, L15 and L16."""

from __future__ import annotations

from tests.scenarios.failures import step_limit
from tests.scenarios.play import Play
from tests.scenarios.programs.healthy import some_work
from tests.scenarios.scenario import runaway

THRASH = "cycle similar_repeat same_result"


@runaway(12, "alert", 4, also="exact_repeat", tolerated=THRASH)
def wanders_through_one_folder(play: Play) -> None:
    """A folder, a file, a search, another file, the folder: six files for an hour of reading."""
    theme, things = play.theme, play.things(6)
    rounds = play.between(64, 72)
    limit = step_limit(2 * rounds)
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks), failure=limit) as worker:
        for _ in play.rounds(rounds, worker, theme.lookup):
            chance, thing = play.rng.random(), play.rng.choice(things)
            if chance < 0.2:
                worker.use(theme.listing, {"filter": "all"}, {"items": things}, seconds=0.2)
            elif chance < 0.35:
                topic = play.rng.choice(theme.topics[:2])
                worker.use(theme.search, {"query": topic}, play.hits(topic, 2), seconds=0.2)
            else:
                worker.use(theme.lookup, {theme.key: thing}, play.record(thing), seconds=0.2)


@runaway(12, "alert", 4, also="exact_repeat", tolerated=THRASH)
@runaway(12, "either", 3, also="exact_repeat", tolerated=THRASH)
def compares_a_few_accounts_without_end(play: Play) -> None:
    """Two of eight at a time, again and again, and never a word about what it has seen."""
    theme, things = play.theme, play.things(8)
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        for _ in play.rounds(play.times((34, 38), (22, 25)), lead, theme.lookup):
            for thing in play.rng.sample(things, 2):
                found = {"id": thing, "state": play.record(thing)["state"]}
                lead.use(theme.lookup, {theme.key: thing}, found, seconds=0.2)


@runaway(15, "alert", 4, tolerated="read_thrash similar_repeat same_result")
def keeps_every_page_that_it_reads(play: Play) -> None:
    """Whole pages go into the prompt, none ever leaves it, and there is no answer."""
    theme, rounds = play.theme, play.between(36, 42)
    things = play.things(rounds)
    with (
        play.workflow(),
        play.agent(
            1, task=play.rng.choice(theme.tasks), carries=250_000, model="gpt-4o", remembers=True
        ) as worker,
    ):
        for number in play.rounds(rounds, worker, theme.lookup):
            worker.carry(play.between(7000, 11_000))
            thing = things[number]
            page = play.record(thing) | {"text": play.paragraph(8)}
            worker.use(theme.lookup, {theme.key: thing}, page, seconds=0.3)


@runaway(15, "inform", 4, tolerated="read_thrash")
def remembers_all_that_it_was_told(play: Play) -> None:
    """Small answers, all of which are sent again each time; no end is near."""
    theme, rounds = play.theme, play.between(50, 56)
    things = play.things(rounds)
    with (
        play.workflow(),
        play.agent(
            2, task=play.rng.choice(theme.tasks), model="gpt-4o-mini", remembers=True
        ) as checker,
    ):
        for number in play.rounds(rounds, checker, theme.check):
            seen = {"passed": True, "seen": play.between(3, 9999)}
            checker.use(theme.check, {theme.key: things[number]}, seen, seconds=0.2)


POLLING = "exact_repeat same_result read_thrash"


@runaway(16, "alert", 4, tolerated=POLLING)
@runaway(16, "inform", 2, tolerated=POLLING)
def looks_at_the_same_run_state(play: Play) -> None:
    """The run is in the queue, and stays there; every few seconds a model asks."""
    theme = play.theme
    run = {"run_id": f"run-{play.between(10_000, 99_999)}"}
    state = {"status": "queued", "position": play.between(2, 40), **run}
    with play.workflow(), play.agent(3, task=play.rng.choice(theme.tasks)) as helper:
        some_work(play, helper)
        for _ in play.rounds(play.times((36, 44), (11, 14)), helper, "get_run_status"):
            helper.use("get_run_status", run, state, seconds=0.5)
