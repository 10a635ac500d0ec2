"""Runs that look like nothing in particular: most of what a project sends."""

from __future__ import annotations

from tests.scenarios.play import Play
from tests.scenarios.programs.healthy import one_step
from tests.scenarios.scenario import fine


@fine(8)
def works_through_a_task(play: Play) -> None:
    """One agent, many tools, an answer."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(10, 26)):
            one_step(play, worker, thing)
        worker.say(play.paragraph(4))


@fine(8)
def works_as_a_team(play: Play) -> None:
    """A lead, two workers and a reviewer; some of it side by side."""
    theme = play.theme
    with play.workflow(), play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        for number in range(play.between(3, 5)):
            task = f"Part {number + 1}: {play.sentence()}"
            with lead.delegate(f"ask_{theme.agents[1]}", 1, task) as worker:
                for thing in play.things(play.between(2, 5)):
                    one_step(play, worker, thing)
                worker.say(play.paragraph(2))
        draft = play.paragraph(5)
        with lead.delegate(f"ask_{theme.agents[2]}", 2, draft) as reviewer:
            reviewer.use(theme.check, {theme.key: play.thing()}, {"passed": True})
            reviewer.say(f"Approved. {play.sentence()}")
        lead.say(draft)


@fine(8)
def serves_a_user_over_several_traces(play: Play) -> None:
    """One session, a trace for each question, a few steps in each."""
    for _ in range(play.between(4, 7)):
        with play.workflow(), play.agent(0, task=play.sentence()) as agent:
            for thing in play.things(play.between(2, 6)):
                one_step(play, agent, thing)
            agent.say(play.paragraph(3))
        play.wait(play.between(30, 1800))
