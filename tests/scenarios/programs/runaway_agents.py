"""Agents that keep each other busy: L5, L6, L7 and L14."""

from __future__ import annotations

from tests.scenarios.agent import Agent
from tests.scenarios.play import Play
from tests.scenarios.programs.healthy import some_work
from tests.scenarios.scenario import runaway

TALK = "empty_chat degenerate_output exact_repeat"


@runaway(5, "alert", 5, tolerated=TALK)
@runaway(5, "inform", 2, tolerated=TALK)
def passes_the_user_to_and_fro(play: Play) -> None:
    """Each of two agents is sure that the other is in charge."""
    first, second = play.rng.sample(play.theme.agents, 2)
    reasons = {first: "This is about a payment.", second: "This is not about a payment."}
    speaker: Agent | None = None
    with play.workflow():
        for _ in play.rounds(play.times((7, 9), (3, 3)), first, f"transfer_to_{second}"):
            for name, other in ((first, second), (second, first)):
                speaker = passes_on(play, name, other, reasons[name], speaker)


def passes_on(play: Play, name: str, other: str, reason: str, before: Agent | None) -> Agent:
    """An agent that does nothing but hand over."""
    with play.agent(name, after=before) as agent:
        if before is None:
            agent.hear(play.rng.choice(play.theme.tasks))
        agent.hand_off(other, reason)
    return agent


@runaway(5, "alert", 3, tolerated=TALK)
def goes_round_three_agents(play: Play) -> None:
    """Three agents, each of which passes on to the next."""
    names = play.rng.sample(play.theme.agents, 3)
    speaker: Agent | None = None
    with play.workflow():
        for _ in play.rounds(play.between(5, 7), names[0], f"transfer_to_{names[1]}"):
            for at, name in enumerate(names):
                following = names[(at + 1) % 3]
                reason = f"{following} knows more about this."
                speaker = passes_on(play, name, following, reason, speaker)


@runaway(5, "alert", 3, also="exact_repeat", tolerated=f"{TALK} similar_repeat same_result")
def sends_the_worker_out_again(play: Play) -> None:
    """A supervisor gives the same task to a worker, who gives it back."""
    theme = play.theme
    task = f"Find out about {play.rng.choice(theme.topics)}."
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        some_work(play, lead)
        tool = f"ask_{theme.agents[1]}"
        for _ in play.rounds(play.between(7, 9), lead, tool):
            with lead.delegate(tool, 1, task) as worker:
                worker.say("I need more context, please ask the supervisor.")


@runaway(6, "alert", 4, tolerated="handoff_ping_pong degenerate_output cycle no_convergence")
@runaway(6, "inform", 2, tolerated="handoff_ping_pong degenerate_output cycle no_convergence")
def thanks_for_the_thanks(play: Play) -> None:
    """The work is done, and two agents are polite about it."""
    words = ("Thank you!", "You're welcome!", "Thanks again.", "Glad to help.", "Great, thanks!")
    first, second = play.rng.sample(play.theme.agents, 2)
    talk: Agent | None = None
    with play.workflow():
        with play.agent(first, task=play.rng.choice(play.theme.tasks)) as talk:
            talk.say(f"{play.paragraph(3)} TERMINATE.")
        for number in play.rounds(play.times((14, 20), (5, 9)), second):
            name = (second, first)[number % 2]
            with play.agent(name, after=talk) as talk:
                talk.say(play.rng.choice(words), seconds=0.6)


@runaway(6, "alert", 3, tolerated="handoff_ping_pong degenerate_output cycle no_convergence")
def answers_with_nothing(play: Play) -> None:
    """The automatic reply is blank, and a blank one comes back."""
    names = play.rng.sample(play.theme.agents, 3)
    talk: Agent | None = None
    with play.workflow():
        with play.agent(names[0], task=play.rng.choice(play.theme.tasks)) as talk:
            talk.say(play.paragraph(2))
        finish = play.rng.choice(("stop", "content_filter"))
        for number in play.rounds(play.between(14, 18), names[1]):
            with play.agent(names[(number + 1) % 3], after=talk) as talk:
                talk.say("", seconds=0.5, output=1, finish=finish)


@runaway(7, "alert", 4, tolerated="handoff_ping_pong cycle similar_repeat")
@runaway(7, "inform", 2, tolerated="handoff_ping_pong cycle similar_repeat")
def fixes_one_thing_and_breaks_another(play: Play) -> None:
    """Each round of review finds as much as the one before, and what was fixed comes back."""
    theme = play.theme
    problems = [f"{at}. {play.sentence()}" for at in range(1, 6)]
    writer, critic = theme.agents[1], theme.agents[2]
    verdict = ""
    with play.workflow():
        for _ in play.rounds(play.times((8, 10), (4, 5)), writer):
            with play.agent(writer, task=play.rng.choice(theme.tasks)) as author:
                if verdict:
                    author.hear(verdict)
                author.say(play.paragraph(5))
            with play.agent(critic, task="Review this draft.") as reviewer:
                reviewer.hear(author.last_answer.text if author.last_answer else "")
                found = play.rng.sample(problems, play.between(3, 4))
                verdict = f"Issues found: {len(found)}\n" + "\n".join(found)
                reviewer.say(verdict)


@runaway(7, "alert", 4, also="cycle", tolerated="exact_repeat handoff_ping_pong similar_repeat")
def goes_back_and_forth_between_two_drafts(play: Play) -> None:
    """The reviewer asks for the one draft when it sees the other."""
    theme, thing = play.theme, play.thing()
    drafts = (play.paragraph(4), play.paragraph(4))
    wishes = ("Too long, open with the result.", "Too short, open with the reasons.")
    with play.agent(1, task=play.rng.choice(theme.tasks)) as author:
        some_work(play, author)
        for number in play.rounds(play.between(8, 10), author, "save_draft"):
            author.use(
                "save_draft", {theme.key: thing, "text": drafts[number % 2]}, {"saved": True}
            )
            with author.delegate("review", 2, drafts[number % 2]) as reviewer:
                reviewer.say(f"Not approved, 2 issues. {wishes[number % 2]}")


@runaway(14, "alert", 4, tolerated="handoff_ping_pong exact_repeat")
@runaway(14, "inform", 2, tolerated="handoff_ping_pong exact_repeat")
def gives_the_task_to_itself(play: Play) -> None:
    """The agent has itself among its tools, and passes the task on word by word."""
    name = play.theme.agents[1]
    task = f"{play.rng.choice(play.theme.tasks)} {play.paragraph(2)}"
    depth = play.times((7, 9), (3, 3))
    with play.workflow(), play.agent(name, task=task) as outer:
        goes_deeper(play, outer, [name], task, depth, 0)


@runaway(14, "alert", 3, tolerated="handoff_ping_pong exact_repeat")
def spawns_itself_twice_at_each_level(play: Play) -> None:
    """Two of itself for the same task, each of which does so again."""
    name = play.theme.agents[1]
    task = f"{play.rng.choice(play.theme.tasks)} {play.paragraph(1)}"
    with play.agent(name, task=task) as outer:
        spawns(play, outer, task, 4)
    agents = [at for at, step in enumerate(play.steps) if step.kind == "agent"]
    region = play.region
    region.agent, region.repetitions = name, 5
    region.first, region.begin_ns = agents[1], play.steps[agents[1]].start
    play.ends_a_round(region)


def spawns(play: Play, outer: Agent, task: str, levels: int) -> None:
    """Two agents of the same name below this one, side by side, down so many levels."""
    if levels:
        calls = [outer.call("spawn", {"task": task}) for _ in range(2)]
        outer.think(*calls)
        with play.side_by_side() as lane:
            for call in calls:
                with lane(), outer.delegate("spawn", outer.name, task, asked=call) as inner:
                    spawns(play, inner, task, levels - 1)
    outer.say("I could not find out.")


@runaway(14, "alert", 3, tolerated="handoff_ping_pong exact_repeat")
def two_agents_delegate_to_each_other(play: Play) -> None:
    """Neither of two agents does it: each has the other do it."""
    names = play.rng.sample(play.theme.agents, 2)
    task = f"{play.rng.choice(play.theme.tasks)} {play.paragraph(1)}"
    with play.agent(names[0], task=task) as outer:
        goes_deeper(play, outer, names, task, play.between(8, 10), 0)


def goes_deeper(
    play: Play, outer: Agent, names: list[str], task: str, depth: int, level: int
) -> None:
    """Delegate the same task, down to a depth. From the second level on it is a repeat."""
    region = play.region
    if level == 1:
        region.agent, region.repetitions = names[0], depth
        region.first, region.begin_ns = len(play.steps), play.now
    if level:
        play.ends_a_round(region)
    if level == depth:
        outer.say("I could not find out.")
        return
    name = names[(level + 1) % len(names)]
    outer.carry(3000 if not play.small else 0)
    with outer.delegate(f"run_{name}", name, task) as inner:
        goes_deeper(play, inner, names, task, depth, level + 1)
    outer.say("I could not find out.")
    region.end, region.end_ns = len(play.steps), play.now
