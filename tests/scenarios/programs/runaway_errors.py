"""Errors that nothing can cure, tried again: L8 to L10."""

from __future__ import annotations

from tests.scenarios.failures import (
    BAD_REQUEST,
    CANCELLED,
    NO_CREDIT,
    UNAUTHORIZED,
    forbidden,
    invalid,
    missing,
    no_such_tool,
)
from tests.scenarios.play import Play
from tests.scenarios.programs.healthy import some_work
from tests.scenarios.scenario import runaway

RETRIES = "exact_repeat similar_repeat same_result cycle"


@runaway(8, "alert", 4, tolerated=RETRIES)
@runaway(8, "inform", 2, tolerated=RETRIES)
def tries_what_is_forbidden(play: Play) -> None:
    """A policy blocks the tool, and it tries other arguments."""
    theme = play.theme
    rounds = play.times((9, 16), (3, 7))
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        worker.use(theme.lookup, {theme.key: play.thing()}, play.record("before"))
        things = play.things(rounds)
        for number in play.rounds(rounds, worker, theme.act):
            call = {theme.key: things[number], "note": play.sentence()}
            worker.use(theme.act, call, failure=forbidden(theme.act))


@runaway(8, "alert", 4, tolerated=RETRIES)
def calls_a_model_that_refuses(play: Play) -> None:
    """The provider refuses the request itself, each time after a pause."""
    failure = play.rng.choice((BAD_REQUEST, UNAUTHORIZED, NO_CREDIT))
    with play.workflow(), play.agent(0, task=play.rng.choice(play.theme.tasks)) as lead:
        some_work(play, lead)
        lead.use(play.theme.search, {"query": play.theme.topics[0]}, play.hits("before"))
        for _ in play.rounds(play.between(9, 14), lead):
            lead.think(failure=failure, seconds=play.between(4, 9))
            play.wait(play.between(50, 70))


@runaway(8, "alert", 3, tolerated=RETRIES)
def finds_that_everything_fails(play: Play) -> None:
    """One tool after the other, and none works: the workspace is locked."""
    theme = play.theme
    tools = (theme.lookup, theme.search, theme.listing, theme.write, theme.act)
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number in play.rounds(play.between(10, 15), worker):
            tool = tools[number % len(tools)]
            worker.use(tool, {theme.key: play.thing()}, failure=forbidden(tool))


@runaway(8, "alert", 3, also="exact_repeat same_result", tolerated="similar_repeat")
def does_not_hear_the_refusal(play: Play) -> None:
    """The tool says that it may not, in a result that looks like any other."""
    theme, thing = play.theme, play.thing()
    refusal = {"ok": False, "error": f"permission denied: {theme.write} needs the role editor"}
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for _ in play.rounds(play.between(9, 13), worker, theme.write):
            worker.use(theme.write, {theme.key: thing, "state": theme.states[0]}, refusal)


@runaway(9, "alert", 4, tolerated=f"permanent_retry {RETRIES}")
@runaway(9, "inform", 2, tolerated=f"permanent_retry {RETRIES}")
def fills_a_form_in_wrongly(play: Play) -> None:
    """The validator says the same of every attempt."""
    theme = play.theme
    field = play.rng.choice(("currency", "due_date", "country", "priority"))
    failure = invalid(theme.write, 1, f"{field}: field required")
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for _ in play.rounds(play.times((9, 13), (3, 7)), worker, theme.write):
            form = {theme.key: play.thing(), "state": theme.states[1], "note": play.sentence()}
            worker.use(theme.write, form, failure=failure)


@runaway(9, "alert", 4, tolerated=f"permanent_retry {RETRIES}")
def answers_shorter_and_shorter(play: Play) -> None:
    """A structured answer is refused until nothing is left of it."""
    failure = invalid("Report", 2, "sections.0.source: input should be a valid URL")
    rounds = play.between(9, 12)
    with play.workflow(), play.agent(3, task=play.rng.choice(play.theme.tasks)) as writer:
        some_work(play, writer)
        for number in play.rounds(rounds, writer, "final_answer"):
            sections = [{"text": play.sentence()} for _ in range(max(1, rounds - number - 4))]
            answer = {"title": play.theme.topics[0], "sections": sections}
            writer.use("final_answer", answer, failure=failure)


@runaway(10, "alert", 4, tolerated=f"permanent_retry validation_retry {RETRIES}")
@runaway(10, "inform", 2, tolerated=f"permanent_retry validation_retry {RETRIES}")
def calls_a_tool_that_is_not_there(play: Play) -> None:
    """The tool was in the example of the prompt, but nobody registered it."""
    theme = play.theme
    ghost = play.rng.choice(("run_shell", "ask_expert", "open_browser", "send_sms"))
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        failure = no_such_tool(ghost, worker.offered)
        for _ in play.rounds(play.times((9, 13), (2, 7)), worker, ghost):
            call = play.call(ghost, {"input": play.sentence()})
            worker.think(call)
            worker.do(call, failure=failure, seconds=0.02)


@runaway(10, "alert", 3, tolerated=f"permanent_retry {RETRIES}")
def is_cut_off_each_time(play: Play) -> None:
    """Something cancels the tool before it can answer."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for _ in play.rounds(play.between(9, 12), worker, theme.search):
            query = {"query": play.rng.choice(theme.topics), "limit": play.between(3, 40)}
            worker.use(theme.search, query, failure=CANCELLED, seconds=play.between(5, 20))


@runaway(8, "alert", 2, also="same_result", tolerated="similar_repeat exact_repeat read_thrash")
def asks_for_one_thing_that_is_gone(play: Play) -> None:
    """The same record, which does not exist, under the same id."""
    theme, thing = play.theme, play.thing()
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for _ in play.rounds(play.between(9, 13), worker, theme.lookup):
            worker.use(theme.lookup, {theme.key: thing}, failure=missing(thing))


@runaway(8, "alert", 3, tolerated=RETRIES)
def is_refused_beside_others_that_work(play: Play) -> None:
    """Two workers at once: one gets on, the other is refused each time."""
    theme = play.theme
    tool = f"ask_{theme.agents[1]}"
    with play.workflow(), play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        tasks = [play.sentence(), play.sentence()]
        calls = [lead.call(tool, {"task": task}) for task in tasks]
        lead.think(*calls)
        with play.side_by_side() as lane:
            with lane(), lead.delegate(tool, 1, tasks[0], asked=calls[0]) as worker:
                for thing in play.things(play.between(8, 11)):
                    worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
                worker.say(play.sentence())
            with lane(), lead.delegate(tool, 1, tasks[1], asked=calls[1]) as worker:
                for _ in play.rounds(play.between(9, 12), worker, theme.act):
                    act = {theme.key: play.thing(), "note": play.sentence()}
                    worker.use(theme.act, act, failure=forbidden(theme.act))
