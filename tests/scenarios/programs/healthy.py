"""Work in which nothing is wrong: what goes before a loop, and whole runs without one."""

from __future__ import annotations

from tests.scenarios.agent import Agent
from tests.scenarios.failures import TRANSIENT, missing
from tests.scenarios.play import Play


def some_work(play: Play, agent: Agent) -> None:
    """A few steps that get somewhere; none in a run that is to stay small."""
    if not play.small:
        for thing in play.things(play.between(0, 5)):
            one_step(play, agent, thing)


def one_step(play: Play, agent: Agent, thing: str) -> None:
    """Something that an agent does all day, with a thing that it has not had before."""
    theme, chance = play.theme, play.rng.random()
    if chance < 0.45:
        agent.use(theme.lookup, {theme.key: thing}, play.record(thing))
    elif chance < 0.65:
        query = f"{play.rng.choice(theme.topics)} {thing}"
        agent.use(theme.search, {"query": query}, play.hits(query, 3))
    elif chance < 0.85:
        change = {theme.key: thing, "note": play.sentence()}
        agent.use(theme.write, change, {"ok": True, "revision": play.between(1, 10**6)})
    elif chance < 0.95:
        agent.use(theme.check, {theme.key: thing}, {"passed": True, "seen": play.between(3, 90)})
    else:
        failure = play.rng.choice((*TRANSIENT, missing(thing)))
        agent.use(theme.lookup, {theme.key: thing}, failure=failure)
