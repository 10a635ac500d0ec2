"""Agents that talk a lot with each other, and get somewhere."""

from __future__ import annotations

from tests.scenarios.agent import Agent
from tests.scenarios.play import Play
from tests.scenarios.scenario import fine


@fine(5, like=9, near=(7,))
def reviews_until_nothing_is_left(play: Play) -> None:
    """Each round of review finds less than the one before."""
    theme = play.theme
    verdict = ""
    with play.workflow():
        for left in range(play.between(7, 9), -1, -1):
            with play.agent(1, task=play.rng.choice(theme.tasks)) as author:
                author.hear(verdict or play.sentence())
                author.use(theme.lookup, {theme.key: (thing := play.thing())}, play.record(thing))
                author.say(play.paragraph(5))
            with play.agent(2, task="Review this draft.") as critic:
                critic.hear(author.last_answer.text if author.last_answer else "")
                verdict = f"Issues found: {left}\n" + "\n".join(
                    play.sentence() for _ in range(left)
                )
                critic.say(verdict if left else "Issues found: 0. Approved.")


@fine(4, like=9, near=(5, 7))
def debates_for_a_fixed_number_of_rounds(play: Play) -> None:
    """Two sides and a declared number of rounds; each speech brings something new."""
    rounds = play.between(6, 8)
    talk: Agent | None = None
    with play.workflow(f"debate of {rounds} rounds"):
        for number in range(rounds):
            for side in (0, 1):
                with play.agent(side, after=talk, limit=rounds) as talk:
                    talk.hear(f"Round {number + 1} of {rounds}. Your turn.")
                    talk.say(play.paragraph(5))


@fine(4, near=(7,))
def adds_what_was_wrong_before(play: Play) -> None:
    """Every round finds and fixes one defect that was there from the start; then the next."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks)) as author:
        for number in range(play.between(6, 8), 0, -1):
            thing = play.thing()
            with author.delegate("review", 2, f"Review {thing}, revision {number}.") as critic:
                critic.use(theme.lookup, {theme.key: thing}, play.record(thing))
                critic.say(f"Reproduced: {play.sentence()} Open: {number - 1}.")
            change = {theme.key: thing, "change": play.sentence()}
            author.use(theme.write, change, {"ok": True, "revision": play.between(1, 10**6)})
        author.say(play.paragraph(2))


@fine(5, like=12, near=(5, 14))
def gives_one_worker_many_tasks(play: Play) -> None:
    """The same worker again, with another task each time, and another result."""
    theme = play.theme
    tool = f"ask_{theme.agents[1]}"
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        for thing in play.things(play.between(8, 12)):
            with lead.delegate(tool, 1, f"{play.sentence()} What does {thing} say?") as worker:
                worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
                worker.say(play.paragraph(2))
        lead.say(play.paragraph(4))


@fine(5, like=12, near=(5,))
def routes_every_question(play: Play) -> None:
    """A router hands over to a specialist, who answers and hands back; then the user asks on."""
    theme = play.theme
    router, first, second = theme.agents[0], theme.agents[1], theme.agents[3]
    talk: Agent | None = None
    with play.workflow():
        for number in range(play.between(7, 10)):
            expert, thing = (first, second)[number % 2], play.thing()
            with play.agent(router, after=talk) as talk:
                talk.hear(f"{play.sentence()} What about {thing}?", wait=play.between(8, 90))
                talk.hand_off(expert, f"A question about {thing}.")
            with play.agent(expert, after=talk) as talk:
                talk.use(theme.lookup, {theme.key: thing}, play.record(thing))
                talk.say(play.paragraph(2))
                talk.hand_off(router)


@fine(4, near=(5, 6))
def interviews(play: Play) -> None:
    """Question and answer between two agents, each of them new."""
    rounds = play.between(10, 13)
    talk: Agent | None = None
    with play.workflow(f"interview of {rounds} questions"):
        for number in range(rounds):
            with play.agent(0, after=talk) as talk:
                talk.say(f"Question {number + 1} of {rounds}: {play.sentence()} Why?")
            with play.agent(1, after=talk) as talk:
                talk.say(play.paragraph(4))


@fine(5, near=(14,))
def divides_and_conquers(play: Play) -> None:
    """The agent calls itself on smaller and smaller parts, three levels deep."""
    things = play.things(16)
    name = play.theme.agents[1]
    with play.agent(name, task=f"Summarize these {len(things)}: {', '.join(things)}") as agent:
        conquer(play, agent, name, things)


def conquer(play: Play, agent: Agent, name: str, things: list[str]) -> None:
    """Split until two are left, and read those."""
    theme = play.theme
    if len(things) <= 2:
        for thing in things:
            agent.use(theme.lookup, {theme.key: thing}, play.record(thing))
    else:
        half = len(things) // 2
        for part in (things[:half], things[half:]):
            task = f"Summarize these {len(part)}: {', '.join(part)}"
            with agent.delegate("summarize_part", name, task) as inner:
                conquer(play, inner, name, part)
    agent.say(play.paragraph(2))


@fine(4, like=10, near=(1, 17))
def samples_and_votes(play: Play) -> None:
    """The same prompt many times at once, at a temperature; the answers mostly agree."""
    theme = play.theme
    answers = [play.sentence() for _ in range(3)]
    with play.workflow("self-consistency"):
        for _ in range(play.between(2, 3)):
            task = f"{play.rng.choice(theme.tasks)} {play.sentence()}"
            with play.side_by_side() as lane:
                for _ in range(play.between(8, 12)):
                    with lane(), play.agent(1, task=task) as sampler:
                        why = play.sentence()
                        answer = play.rng.choice(answers)
                        sampler.think(
                            text=f"{why} {answer}", extra={"gen_ai.request.temperature": 0.9}
                        )
            with play.agent(2, task="Count the votes.") as judge:
                judge.say(play.rng.choice(answers))


@fine(4, like=10, near=(1, 12, 14))
def searches_a_tree(play: Play) -> None:
    """Nodes are opened level by level, several proposals each; the best is followed."""
    theme = play.theme
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        for _ in range(play.between(3, 4)):
            state = play.sentence()
            tasks = [f"Propose a next step. State: {state}" for _ in range(4)]
            calls = [lead.call("propose", {"task": task}) for task in tasks]
            lead.think(*calls)
            with play.side_by_side() as lane:
                for call, task in zip(calls, tasks, strict=True):
                    with lane(), lead.delegate("propose", 1, task, asked=call) as proposer:
                        proposer.say(play.paragraph(2))
            scores = {"scores": [play.between(10, 99) / 100 for _ in range(4)]}
            lead.use("score_states", {"state": state}, scores)
        lead.say(play.paragraph(2))


@fine(5, near=(1, 4))
def workers_read_the_same_at_once(play: Play) -> None:
    """Five workers side by side, each of which reads the same three things for its own part."""
    theme, shared = play.theme, play.things(3)
    tool = f"ask_{theme.agents[1]}"
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        tasks = [f"Part {number}: {play.sentence()}" for number in range(play.between(5, 7))]
        calls = [lead.call(tool, {"task": task}) for task in tasks]
        lead.think(*calls)
        with play.side_by_side() as lane:
            for call, task in zip(calls, tasks, strict=True):
                with lane(), lead.delegate(tool, 1, task, asked=call) as worker:
                    for thing in (*shared, play.thing()):
                        worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
                    worker.say(play.paragraph(2))
        lead.say(play.paragraph(4))
