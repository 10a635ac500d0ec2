"""Agents that talk, plan and review without end: L5, L6, L7, L11, L13, L14 and L17."""

from __future__ import annotations

from tests.scenarios.agent import Agent
from tests.scenarios.play import Play
from tests.scenarios.programs.healthy import some_work
from tests.scenarios.scenario import runaway

TALK = "empty_chat degenerate_output exact_repeat"
REVIEWS = "handoff_ping_pong cycle similar_repeat exact_repeat same_result"


@runaway(5, "alert", 4, tolerated=TALK)
def escalates_and_is_sent_back(play: Play) -> None:
    """First level says that this is for the second, second level that it is for the first."""
    low, high = play.theme.agents[3], play.theme.agents[0]
    thing = play.thing()
    up = f"{thing} needs somebody with more rights than I have."
    down = f"{thing} is a routine matter, first level handles those."
    talk: Agent | None = None
    with play.workflow():
        for _ in play.rounds(play.between(6, 9), low, f"transfer_to_{high}"):
            for name, other, reason in ((low, high, up), (high, low, down)):
                with play.agent(name, after=talk) as agent:
                    if talk is None:
                        agent.hear(play.rng.choice(play.theme.tasks))
                    agent.hand_off(other, f"{reason} {play.rng.choice(('Please.', 'Thanks.'))}")
                talk = agent


@runaway(6, "alert", 4, tolerated="handoff_ping_pong degenerate_output cycle no_convergence")
@runaway(6, "inform", 2, tolerated="handoff_ping_pong degenerate_output cycle no_convergence")
def waits_for_the_others_to_begin(play: Play) -> None:
    """Everybody is ready as soon as somebody else is."""
    names = play.rng.sample(play.theme.agents, 3)
    words = (
        *("Ready when you are.", "Standing by.", "Waiting for your input.", "I am ready."),
        *("Let me know when to start.", "Standing by for the next step."),
    )
    talk: Agent | None = None
    with play.workflow("group chat"):
        with play.agent(names[0], task=play.rng.choice(play.theme.tasks)) as talk:
            talk.say(play.paragraph(2))
        for number in play.rounds(play.times((14, 19), (5, 8)), names[1]):
            with play.agent(names[(number + 1) % 3], after=talk) as talk:
                talk.say(play.rng.choice(words), seconds=0.7)


@runaway(7, "alert", 4, tolerated=REVIEWS)
def is_asked_for_the_same_again(play: Play) -> None:
    """The critic says the same of every draft, and every draft is new in all but that."""
    theme = play.theme
    objections = [play.sentence(), play.sentence(), play.sentence()]
    verdict = "Not approved. Open issues: 3\n" + "\n".join(f"- {each}" for each in objections)
    last = ""
    with play.workflow("draft and review"):
        for _ in play.rounds(play.between(8, 10), theme.agents[3]):
            with play.agent(3, task=play.rng.choice(theme.tasks)) as author:
                if last:
                    author.hear(last)
                author.say(play.paragraph(6))
            with play.agent(2, task="Review the draft.") as critic:
                critic.hear(author.last_answer.text if author.last_answer else "")
                critic.say(last := verdict)


@runaway(7, "alert", 4, also="cycle", tolerated=REVIEWS)
@runaway(7, "inform", 2, also="cycle", tolerated=REVIEWS)
def turns_one_setting_up_and_down(play: Play) -> None:
    """Four gigabytes are too few for the one check, and eight are too many for the other."""
    theme, thing = play.theme, play.thing()
    sizes = ("4Gi", "8Gi")
    answers = (
        {"passed": False, "check": "memory", "reason": "out of memory at 4Gi, raise the limit"},
        {"passed": False, "check": "quota", "reason": "8Gi is above the quota, lower the limit"},
    )
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for number in play.rounds(play.times((10, 12), (4, 6)), worker, "apply_config"):
            size, answer = sizes[number % 2], answers[number % 2]
            change = {theme.key: thing, "memory": size}
            worker.use("apply_config", change, {"applied": True, "memory": size}, seconds=0.5)
            worker.use(theme.check, {theme.key: thing}, answer, seconds=0.5)


@runaway(7, "alert", 3, tolerated=REVIEWS)
def reviews_everything_anew(play: Play) -> None:
    """Full reviews one after the other: the number of findings goes up and down, and most of them
    were there two rounds ago."""
    theme = play.theme
    known = [f"{play.sentence()}" for _ in range(7)]
    with play.agent(1, task=play.rng.choice(theme.tasks)) as author:
        some_work(play, author)
        for number in play.rounds(play.between(8, 10), author, "review"):
            change = {theme.key: play.thing(), "change": play.sentence()}
            author.use(theme.write, change, {"ok": True, "revision": number})
            with author.delegate("review", 2, f"Review revision {number} in full.") as critic:
                found = play.rng.sample(known, (4, 5, 4, 6, 5)[number % 5])
                listed = "\n".join(f"{at}. {each}" for at, each in enumerate(found, 1))
                critic.say(f"Issues found: {len(found)}\n{listed}")


PLANNING = "similar_repeat exact_repeat degenerate_output same_result read_thrash"


@runaway(11, "alert", 4, tolerated=PLANNING)
def keeps_a_list_of_what_to_do(play: Play) -> None:
    """The list is written down, looked at, and written down again; nothing on it is begun."""
    theme = play.theme
    todo = [{"content": step, "status": "pending"} for step in theme.plan]
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for number in play.rounds(play.between(8, 11), worker, "write_todos"):
            word = ("first", "soon", "then", "finally")[number % 4]
            todos = [*todo[1:], todo[0] | {"content": f"{theme.plan[0]} {word}"}]
            worker.use("write_todos", {"todos": todos}, f"Todos saved ({number + 1}).")
            query = {"query": f"{theme.topics[number % 5]} {number}"}
            worker.use(theme.search, query, play.hits(f"todo {number}", 2))


@runaway(13, "alert", 4, tolerated="replanning read_thrash degenerate_output same_result")
def compacts_after_every_step(play: Play) -> None:
    """What it reads fills the window at once, and the summary keeps nearly all of it."""
    theme = play.theme
    with (
        play.workflow(),
        play.agent(1, task=play.rng.choice(theme.tasks), carries=120_000) as worker,
    ):
        for number in play.rounds(play.between(5, 7), worker):
            thing = play.thing()
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing, number))
            worker.carry(4000)
            worker.compact(kept=play.between(88, 97) / 100, summary=play.paragraph(5))


@runaway(14, "alert", 4, tolerated="handoff_ping_pong exact_repeat")
def plans_by_asking_for_a_plan(play: Play) -> None:
    """The one who plans asks the one who does, who asks for a plan: of the whole task each time."""
    planner, doer = play.theme.agents[0], play.theme.agents[1]
    task = f"{play.rng.choice(play.theme.tasks)} {play.paragraph(2)}"
    with play.workflow(), play.agent(planner, task=task) as outer:
        asks_in_turn(play, outer, (doer, planner), task, play.between(7, 9))


def asks_in_turn(
    play: Play, outer: Agent, names: tuple[str, str], task: str, levels: int, level: int = 0
) -> None:
    """The next of two agents is asked for the same, down so many levels."""
    region = play.region
    if level == 1:
        region.agent, region.repetitions = names[0], levels
        region.first, region.begin_ns = len(play.steps), play.now
    if level:
        play.ends_a_round(region)
    if level < levels:
        outer.carry(2500)
        name = names[level % 2]
        with outer.delegate(f"ask_{name}", name, task) as inner:
            asks_in_turn(play, inner, names, task, levels, level + 1)
    outer.say("No result yet.")
    region.end, region.end_ns = len(play.steps), play.now


@runaway(17, "alert", 4, tolerated="empty_chat no_convergence exact_repeat replanning")
def answers_every_nudge_alike(play: Play) -> None:
    """A program says "go on", and the same paragraph comes back with another word in it."""
    answer = play.paragraph(7)
    with play.workflow(), play.agent(3, task=play.rng.choice(play.theme.tasks)) as writer:
        some_work(play, writer)
        for number in play.rounds(play.between(9, 12), writer):
            writer.say(f"{answer} {('Indeed.', 'As said.', 'So far.')[number % 3]}")
            writer.history.append(writer.history[1])  # the program's own prompt, once more
