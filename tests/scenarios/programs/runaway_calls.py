"""Calls that are made again, or nearly, although nothing comes of it: L1 to L4."""

from __future__ import annotations

from typing import Any

from tests.scenarios.failures import unreachable
from tests.scenarios.play import Play
from tests.scenarios.programs.healthy import one_step, some_work
from tests.scenarios.scenario import runaway
from tests.scenarios.steps import Failure

NOTHING: tuple[Any, ...] = ({"hits": []}, "No results found.", {"results": [], "total": 0})
FILLERS = (
    *("details", "exactly", "official", "latest", "again", "2026", "full", "summary", "please"),
    *("clause", "document", "page", "current", "text", "precise", "complete"),
)


@runaway(1, "alert", 4, tolerated="same_result similar_repeat")
@runaway(1, "inform", 2, tolerated="same_result similar_repeat")
@runaway(1, "hint", 2, tolerated="same_result similar_repeat", hides="redacted")
def reads_one_thing_again_and_again(play: Play) -> None:
    """It reads a record, forgets what it said, and reads it again."""
    theme, thing = play.theme, play.thing()
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        worker.use(theme.search, {"query": play.rng.choice(theme.topics)}, play.hits("first"))
        for _ in play.rounds(play.times((9, 14), (3, 8)), worker, theme.lookup):
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
        if play.small:
            worker.say(play.sentence())


@runaway(1, "alert", 4, tolerated="same_result similar_repeat")
def searches_for_the_same(play: Play) -> None:
    """The search finds the same each time, and a word of comment goes with each call."""
    theme = play.theme
    query = {"query": play.rng.choice(theme.topics), "limit": 4}
    with (
        play.workflow(),
        play.agent(0, task=play.rng.choice(theme.tasks)) as lead,
        lead.delegate("ask_" + theme.agents[1], 1, "Find it.") as worker,
    ):
        some_work(play, worker)
        for _ in play.rounds(play.between(9, 13), worker, theme.search):
            worker.use(theme.search, query, play.hits("same"), text=play.sentence())


@runaway(1, "alert", 3, tolerated="same_result similar_repeat permanent_retry")
def edits_against_a_stale_copy(play: Play) -> None:
    """The same edit, refused each time as the file has changed since it was read."""
    theme, thing = play.theme, play.thing()
    stale = Failure("StaleVersionError", f"{thing} has changed since it was read")
    edit = {theme.key: thing, "change": play.paragraph(2)}
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for _ in play.rounds(play.between(9, 14), worker, theme.write):
            worker.use(theme.write, edit, failure=stale)


@runaway(1, "alert", 3, also="cycle", tolerated="same_result similar_repeat")
def reads_the_same_set_side_by_side(play: Play) -> None:
    """Three reads in one message, and then the same three again."""
    theme, things = play.theme, play.things(3)
    uses = [(theme.lookup, {theme.key: thing}, play.record(thing)) for thing in things]
    with play.agent(0, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for _ in play.rounds(play.between(9, 12), worker, theme.lookup):
            worker.use_together(uses)


@runaway(1, "alert", 3, tolerated="same_result similar_repeat")
def repeats_itself_beside_others_that_work(play: Play) -> None:
    """Three workers at once; one of them is stuck, the others are not."""
    theme, thing = play.theme, play.thing()
    tool = f"ask_{theme.agents[1]}"
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        tasks = [f"Part {number}: {play.sentence()}" for number in range(3)]
        calls = [lead.call(tool, {"task": task}) for task in tasks]
        lead.think(*calls)
        stuck = play.between(0, 2)
        with play.side_by_side() as lane:
            for number, call in enumerate(calls):
                with lane(), lead.delegate(tool, 1, tasks[number], asked=call) as worker:
                    if number != stuck:
                        for other in play.things(play.between(7, 10)):
                            one_step(play, worker, other)
                        worker.say(play.sentence())
                        continue
                    for _ in play.rounds(play.between(9, 13), worker, theme.lookup):
                        worker.use(theme.lookup, {theme.key: thing}, play.record(thing))


@runaway(1, "alert", 3, tolerated="same_result similar_repeat cycle")
def asks_for_the_same_several_times_in_one_message(play: Play) -> None:
    """Each message asks for one call four times over, and they are executed in order."""
    theme, thing = play.theme, play.thing()
    use = (theme.lookup, {theme.key: thing}, play.record(thing))
    with play.agent(1, task=play.rng.choice(theme.tasks), carries=9000) as worker:
        some_work(play, worker)
        for _ in play.rounds(play.between(5, 6), worker, theme.lookup):
            worker.use_together([use] * 4, at_once=False)


@runaway(2, "alert", 4, tolerated="exact_repeat same_result")
@runaway(2, "inform", 2, tolerated="exact_repeat same_result")
def reads_overlapping_ranges(play: Play) -> None:
    """It reads lines of one document, always nearly the same ones."""
    theme, thing = play.theme, play.thing()
    lines = [f"{at}: {' '.join(play.sentence().split()[:5])}" for at in range(1, 61)]
    seen: set[tuple[int, int]] = set()
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for _ in play.rounds(play.times((13, 18), (7, 8)), worker, "read_lines"):
            start, end = another_range(play, seen)
            where = {theme.key: thing, "start_line": start, "end_line": end}
            worker.use("read_lines", where, "\n".join(lines[start - 1 : end]))


def another_range(play: Play, seen: set[tuple[int, int]]) -> tuple[int, int]:
    """A range that was not read yet, around the same lines."""
    while True:
        found = (play.between(8, 11), play.between(46, 50))
        if found not in seen:
            seen.add(found)
            return found


@runaway(2, "alert", 4, tolerated="exact_repeat same_result")
@runaway(2, "inform", 1, tolerated="exact_repeat same_result")
@runaway(2, "hint", 1, tolerated="exact_repeat same_result", hides="off")
def searches_in_other_words(play: Play) -> None:
    """The same long question with a word more, and the same hits in another order."""
    theme = play.theme
    fillers = play.rng.sample(FILLERS, len(FILLERS))
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for number in play.rounds(play.times((13, 16), (7, 8)), worker, theme.search):
            query = {"query": f"{theme.question} {fillers[number]}"}
            worker.use(theme.search, query, reordered(play, play.hits("reworded", 6)))


def reordered(play: Play, found: dict[str, Any]) -> dict[str, Any]:
    """The same hits, two neighbours of which have changed places."""
    hits = list(found["hits"])
    at = play.between(0, len(hits) - 2)
    hits[at : at + 2] = hits[at + 1], hits[at]
    return {"hits": hits}


@runaway(3, "alert", 4, tolerated="similar_repeat read_thrash permanent_retry")
@runaway(3, "inform", 2, tolerated="similar_repeat read_thrash permanent_retry")
@runaway(3, "hint", 1, tolerated="similar_repeat read_thrash permanent_retry", hides="off")
def looks_where_nothing_is(play: Play) -> None:
    """It looks in one place after another for something that is nowhere."""
    theme = play.theme
    rounds = play.times((15, 20), (6, 8))
    nothing = play.rng.choice(NOTHING)
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        places = play.things(rounds)
        for number in play.rounds(rounds, worker, theme.search):
            query = {"query": play.rng.choice(theme.topics), "within": places[number]}
            worker.use(theme.search, query, nothing)


@runaway(3, "alert", 4, tolerated="permanent_retry similar_repeat")
def asks_one_dead_host_for_everything(play: Play) -> None:
    """Other addresses each time, and always the same proxy that refuses."""
    theme, rounds = play.theme, play.between(14, 19)
    failure = unreachable(f"proxy-{play.between(2, 9)}.internal:3128")
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for number in play.rounds(rounds, worker, "fetch"):
            address = f"https://archive.example/{theme.service}/{number * 7 + 3}"
            worker.use("fetch", {"url": address}, failure=failure, text=play.sentence())


@runaway(4, "alert", 4, also="exact_repeat", tolerated="same_result read_thrash")
@runaway(4, "inform", 2, also="exact_repeat", tolerated="same_result read_thrash")
def lists_and_reads_in_turns(play: Play) -> None:
    """A list, a record, the same list, the same record."""
    theme, thing = play.theme, play.thing()
    listed = {"items": [thing, *play.things(4)], "more": False}
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for _ in play.rounds(play.times((8, 11), (3, 6)), worker, theme.listing):
            worker.use(theme.listing, {"filter": "open"}, listed)
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))


@runaway(4, "alert", 4, also="exact_repeat", tolerated="same_result read_thrash")
@runaway(4, "hint", 1, also="exact_repeat", tolerated="same_result read_thrash", hides="redacted")
def goes_round_three_tools(play: Play) -> None:
    """Search, read, check, and from the start."""
    theme, thing = play.theme, play.thing()
    with play.workflow(), play.agent(2, task=play.rng.choice(theme.tasks)) as checker:
        some_work(play, checker)
        for _ in play.rounds(play.between(7, 9), checker, theme.check):
            checker.use(theme.search, {"query": theme.topics[0]}, play.hits("cycle"))
            checker.use(theme.lookup, {theme.key: thing}, play.record(thing))
            checker.use(theme.check, {theme.key: thing}, {"passed": False, "reason": "no proof"})


@runaway(4, "alert", 4, also="exact_repeat", tolerated="same_result read_thrash")
def goes_round_many_records(play: Play) -> None:
    """Four to six records in the same order, and again from the first."""
    theme, things = play.theme, play.things(play.between(4, 6))
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for _ in play.rounds(play.between(7, 8), worker, theme.lookup):
            for thing in things:
                worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
