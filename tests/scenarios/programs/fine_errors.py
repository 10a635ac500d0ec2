"""Errors that pass, or that something is learnt from."""

from __future__ import annotations

from typing import Any

from tests.scenarios.agent import Agent
from tests.scenarios.failures import (
    OVERLOADED,
    SERVER,
    TRANSIENT,
    forbidden,
    invalid,
    missing,
    no_such_tool,
)
from tests.scenarios.play import Play
from tests.scenarios.scenario import fine


def uses_with_backoff(play: Play, worker: Agent, tool: str, thing: str) -> None:
    """A client that waits longer after each failure, and gets through in the end."""
    call = worker.call(tool, {play.theme.key: thing})
    worker.think(call)
    for attempt in range(play.between(2, 4)):
        worker.do(call, failure=play.rng.choice(TRANSIENT))
        play.wait(2 ** (attempt + 1) + play.rng.random())
    worker.do(call, play.record(thing))


@fine(5, like=7, near=(1, 8))
def waits_and_gets_through(play: Play) -> None:
    """A tool that is overloaded now and then."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(9, 13)):
            if play.rng.random() < 0.5:
                uses_with_backoff(play, worker, theme.lookup, thing)
            else:
                worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
        worker.say(play.paragraph(2))


@fine(4, like=7, near=(8,))
def is_limited_by_the_provider(play: Play) -> None:
    """The model answers 429 and 5xx; the client backs off; then it works."""
    theme = play.theme
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(10, 14)):
            for attempt in range(play.rng.choice((0, 0, 2, 4))):
                worker.think(failure=play.rng.choice(TRANSIENT), seconds=0.3)
                play.wait(2 ** (attempt + 1) + play.rng.random())
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
        worker.say(play.paragraph(3))


@fine(4, near=(8,))
def asks_for_leave_and_gets_it(play: Play) -> None:
    """The tool refuses until a person agrees, one thing after the other."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(7, 10)):
            act = {theme.key: thing}
            worker.use(theme.act, act, failure=forbidden(theme.act))
            worker.say(f"I need your permission for {thing}.")
            worker.hear("Yes, go ahead.", wait=play.between(15, 240))
            worker.use(theme.act, act, {"ok": True, "receipt": f"rcpt_{play.between(1, 10**9)}"})
        worker.say(play.sentence())


@fine(5, near=(9,))
def repairs_what_the_validator_names(play: Play) -> None:
    """Fewer problems after each repair, and then none; for each of several forms."""
    theme = play.theme
    fields = ["currency", "country", "due_date", "priority"]
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(7, 10)):
            form: dict[str, Any] = {theme.key: thing, "note": play.sentence()}
            for left in range(play.between(1, 2), 0, -1):
                wrong = play.rng.choice(fields)
                failure = invalid(theme.write, left, f"{wrong}: field required")
                worker.use(theme.write, form, failure=failure)
                form = form | {wrong: play.between(1, 9)}
            worker.use(theme.write, form, {"ok": True, "revision": play.between(1, 10**6)})
        worker.say(play.sentence())


@fine(4, near=(10,))
def finds_the_right_tool(play: Play) -> None:
    """It guesses a name, is told the right ones, and goes on with those."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        call = play.call(f"{theme.lookup}_v2", {theme.key: play.thing()})
        worker.think(call)
        worker.do(call, failure=no_such_tool(call.tool, worker.offered), seconds=0.02)
        worker.use("list_tools", {}, {"tools": list(theme.tools)})
        for thing in play.things(play.between(14, 20)):
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
        worker.say(play.paragraph(2))


@fine(4, near=(8, 12))
def has_an_error_here_and_there(play: Play) -> None:
    """A long run in which something is missing now and then, and the work goes on."""
    theme = play.theme
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number, thing in enumerate(play.things(play.between(18, 26))):
            gone = missing(thing) if number % 6 == 4 else None
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing), failure=gone)
            if number % 3 == 2:
                change = {theme.key: thing, "note": play.sentence()}
                worker.use(theme.write, change, {"ok": True, "revision": number})
        worker.say(play.paragraph(3))


@fine(4, near=(8,))
def sits_an_outage_out(play: Play) -> None:
    """For a minute or two nothing works, whatever it tries; then everything does."""
    theme = play.theme
    tools = (theme.lookup, theme.search, theme.listing, theme.check)
    down = play.rng.choice((OVERLOADED, SERVER))
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number, thing in enumerate(play.things(play.between(18, 24))):
            tool = tools[number % len(tools)]
            if 6 <= number < 11:
                worker.use(tool, {theme.key: thing}, failure=down)
                play.wait(2.0 ** (number - 5) + play.rng.random())
            else:
                worker.use(tool, {theme.key: thing}, play.record(thing))
        worker.say(play.paragraph(3))
