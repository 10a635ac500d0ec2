"""Work that goes on without getting anywhere: L11, L12, L13, L15 and L16."""

from __future__ import annotations

from tests.scenarios.failures import missing, step_limit
from tests.scenarios.play import Play
from tests.scenarios.programs.healthy import some_work
from tests.scenarios.scenario import runaway

PLANNING = "similar_repeat exact_repeat degenerate_output same_result"


@runaway(11, "alert", 4, tolerated=PLANNING)
@runaway(11, "inform", 2, tolerated=PLANNING)
def plans_and_plans(play: Play) -> None:
    """The plan is written down again, in nearly the same words, and nothing is done."""
    theme = play.theme
    steps = list(theme.plan)
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        some_work(play, lead)
        for _ in play.rounds(play.times((9, 12), (4, 5)), lead, "update_plan"):
            word = play.rng.choice(("first", "carefully", "now", "in full", "once more"))
            plan = [*steps[:-1], f"{steps[-1]} {word}"]
            todo = [{"step": step, "status": "pending"} for step in plan]
            lead.use("update_plan", {"plan": todo}, "Plan updated.", text="Let me plan this.")


@runaway(11, "alert", 4, tolerated=PLANNING)
def announces_what_it_will_do(play: Play) -> None:
    """It says what it is about to do, looks for a tool to do it with, and says it again."""
    theme = play.theme
    plan = "\n".join(f"{at}. {step}" for at, step in enumerate(theme.plan, 1))
    openings = ("I will now", "Next I will", "I am going to", "Now I will")
    with play.workflow(), play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        some_work(play, lead)
        for _ in play.rounds(play.between(9, 12), lead):
            lead.say(f"{play.rng.choice(openings)} start. Plan:\n{plan}")
            query = {"query": f"tool to {play.rng.choice(theme.plan).lower()}"}
            lead.use("search_tools", query, {"tools": play.rng.sample(theme.tools, 3)})


@runaway(11, "alert", 3, tolerated=f"{PLANNING} compaction_loop")
def plans_compacts_and_plans_again(play: Play) -> None:
    """A plan, a compaction that loses it, the same plan; nothing of it is ever begun."""
    theme = play.theme
    plan = "Plan:\n" + "\n".join(f"{at}. {step}" for at, step in enumerate(theme.plan, 1))
    with play.agent(0, task=play.rng.choice(theme.tasks), carries=6000) as lead:
        some_work(play, lead)
        for _ in play.rounds(play.between(9, 11), lead):
            lead.say(f"{plan}\nI will {play.rng.choice(('start', 'begin'))} with the first.")
            lead.use(theme.search, {"query": play.rng.choice(theme.topics)}, play.hits("plan"))
            lead.carry(9000)
            lead.compact(kept=0.35, summary=play.paragraph(3))


@runaway(12, "alert", 3, also="exact_repeat", tolerated="cycle similar_repeat same_result")
def reads_until_the_limit(play: Play) -> None:
    """It wanders among a few documents until the framework stops it."""
    theme, things = play.theme, play.things(7)
    rounds = play.between(64, 74)
    with play.agent(1, task=play.rng.choice(theme.tasks), failure=step_limit(rounds * 2)) as worker:
        for _ in play.rounds(rounds, worker, theme.lookup):
            thing = play.rng.choice(things)
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))


@runaway(12, "alert", 2, also="exact_repeat", tolerated="cycle similar_repeat same_result")
@runaway(12, "either", 2, also="exact_repeat", tolerated="cycle similar_repeat same_result")
def reads_and_searches_in_circles(play: Play) -> None:
    """Reads and searches of the same few things; no answer, no change."""
    theme, things = play.theme, play.things(5)
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for _ in play.rounds(play.times((66, 72), (33, 36)), worker, theme.lookup):
            thing, topic = play.rng.choice(things), play.rng.choice(theme.topics[:3])
            if play.rng.random() < 0.6:
                found = play.record(thing)["state"] if play.small else play.record(thing)
                worker.use(theme.lookup, {theme.key: thing}, found, seconds=0.2)
            else:
                titles = [hit["title"] for hit in play.hits(topic, 2)["hits"]]
                worker.use(theme.search, {"query": topic}, {"hits": titles}, seconds=0.2)


@runaway(13, "alert", 4, tolerated="replanning read_thrash exact_repeat degenerate_output")
def compacts_without_gain(play: Play) -> None:
    """The summary is as long as what it sums up, so the next step has to sum up again."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks), carries=150_000) as worker:
        for number in play.rounds(play.between(4, 6), worker):
            worker.compact(kept=play.between(90, 99) / 100, summary=play.paragraph(4))
            thing = play.thing()
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing, number))


@runaway(13, "alert", 2, tolerated="replanning degenerate_output")
def compacts_while_idle(play: Play) -> None:
    """Nobody asks for anything, and the session sums itself up every minute."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks), carries=190_000) as worker:
        worker.use(theme.search, {"query": theme.topics[0]}, play.hits("once"))
        worker.say(play.paragraph(2))
        for _ in play.rounds(5, worker):
            worker.compact(kept=0.97, summary=play.paragraph(4))
            play.wait(55)


@runaway(13, "inform", 2, tolerated="replanning degenerate_output")
def compacts_twice_in_a_small_window(play: Play) -> None:
    """The same with a small model, twice only."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks), carries=2000) as worker:
        for _ in play.rounds(2, worker):
            worker.compact(kept=0.92, summary=play.paragraph(2))
        worker.say(play.paragraph(2))


@runaway(15, "alert", 4, also="same_result read_thrash", tolerated="permanent_retry exact_repeat")
def sends_half_a_million_tokens_a_step(play: Play) -> None:
    """Each step sends everything again, most steps find nothing, and none answers."""
    theme, rounds = play.theme, play.between(60, 70)
    things, lost = play.things(rounds), play.thing()
    with play.agent(
        1, task=play.rng.choice(theme.tasks), carries=380_000, model="gpt-4o"
    ) as worker:
        for number in play.rounds(rounds, worker, theme.search):
            worker.carry(play.between(1500, 2500))
            if number % 4:
                query = {"query": lost, "within": things[number]}
                worker.use(theme.search, query, {"hits": []})
            else:
                gone = missing(things[number])
                worker.use(theme.lookup, {theme.key: things[number]}, failure=gone)


@runaway(15, "inform", 4, tolerated="read_thrash")
def grows_with_every_step(play: Play) -> None:
    """New things are read all the time, each is kept, and no answer comes."""
    theme, rounds = play.theme, play.between(52, 58)
    things = play.things(rounds)
    with play.agent(
        1, task=play.rng.choice(theme.tasks), model="gpt-4o-mini", remembers=True
    ) as worker:
        for number in play.rounds(rounds, worker, theme.lookup):
            state = {theme.key: things[number], "state": play.rng.choice(theme.states)}
            worker.use(theme.lookup, {theme.key: things[number]}, state, seconds=0.2)


POLLING = "exact_repeat same_result"


@runaway(16, "alert", 3, tolerated=POLLING)
@runaway(16, "inform", 2, tolerated=POLLING)
def asks_whether_it_is_done(play: Play) -> None:
    """A status that does not change, every few seconds, by a call of the model each time."""
    theme = play.theme
    job = {"job_id": f"job-{play.between(100, 999)}"}
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        worker.use(theme.act, {theme.key: play.thing()}, {"started": True, **job})
        for _ in play.rounds(play.times((36, 46), (12, 15)), worker, theme.status):
            worker.use(theme.status, job, {"status": "running"}, seconds=0.4)


@runaway(16, "alert", 3, tolerated=POLLING)
def asks_often_for_few_changes(play: Play) -> None:
    """Forty calls and more for three changes of state."""
    theme = play.theme
    job = {"job_id": f"job-{play.between(100, 999)}"}
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for number in play.rounds(play.between(42, 50), worker, theme.status):
            state = ("queued", "preparing", "running")[min(2, number // 15)]
            worker.use(theme.status, job, {"state": state, **job}, seconds=0.4)


@runaway(16, "alert", 2, also=POLLING)
def sleeps_by_asking_the_model(play: Play) -> None:
    """Waiting is done by a shell that says ok."""
    command = {"command": play.rng.choice(("echo ok", "sleep 5 && echo ok", "date > /dev/null"))}
    with play.agent(1, task=play.rng.choice(play.theme.tasks)) as worker:
        some_work(play, worker)
        for _ in play.rounds(play.between(36, 44), worker, "run_shell"):
            worker.use("run_shell", command, "ok", seconds=2)
