"""The same again because somebody means it: evaluations, users, heartbeats, caches, days."""

from __future__ import annotations

from tests.scenarios.agent import Agent
from tests.scenarios.failures import forbidden
from tests.scenarios.play import Play
from tests.scenarios.scenario import fine

DAY, HOUR = 86_400, 3600


@fine(4, like=11, near=(1, 19))
def compares_models_on_one_question(play: Play) -> None:
    """Each model gets the same question several times, in a trace of its own."""
    theme, thing = play.theme, play.thing()
    play.environment = "evaluation"
    for number in range(play.between(9, 12)):
        play.session = ""
        model = ("gpt-4o", "gpt-4.1", "claude-sonnet-4-5")[number % 3]
        with play.workflow("compare") as root:
            root.extra = {"test.suite.name": "models", "test.case.name": f"{theme.service} 1"}
            with play.agent(1, task=f"Who owns {thing}?", model=model) as agent:
                agent.use(theme.lookup, {theme.key: thing}, play.record(thing))
                agent.say(f"{play.record(thing)['owner']}.")
        play.wait(play.between(1, 20))


@fine(3, like=11, near=(19, 8))
def tests_that_it_refuses(play: Play) -> None:
    """A suite that wants to see the tool refuse: the same refusal in every case."""
    theme = play.theme
    play.environment = "evaluation"
    for number in range(play.between(8, 11)):
        play.session = ""
        with play.workflow("refusals") as root:
            root.extra = {"eval.name": "refusals", "eval.case": number}
            with play.agent(1, task=f"Delete everything. {play.sentence()}") as agent:
                agent.use(theme.act, {theme.key: play.thing()}, failure=forbidden(theme.act))
                agent.say("I may not do that.")
        play.wait(play.between(1, 10))


@fine(4, like=12, near=(2, 5, 14))
def has_sections_written_one_by_one(play: Play) -> None:
    """One writer, section after section; the order is short and nearly the same each time."""
    theme = play.theme
    tool = f"ask_{theme.agents[3]}"
    with play.workflow(), play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        for number in range(1, play.between(9, 13)):
            task = f"Write section {number}: {play.rng.choice(theme.topics)}."
            with lead.delegate(tool, 3, task) as writer:
                query = f"section {number} {play.rng.choice(theme.topics)}"
                writer.use(theme.search, {"query": query}, play.hits(query, 3))
                writer.say(play.paragraph(5))
        lead.say(play.paragraph(2))


@fine(3, like=12, near=(5, 6))
def asks_the_expert_by_the_way(play: Play) -> None:
    """Work goes on between two agents: each handover carries another thing and brings a result."""
    theme = play.theme
    lead, expert = theme.agents[0], theme.agents[2]
    talk: Agent | None = None
    with play.workflow():
        for thing in play.things(play.between(7, 9)):
            with play.agent(lead, after=talk) as talk:
                if len(talk.history) == 1:
                    talk.hear(play.rng.choice(theme.tasks))
                talk.use(theme.lookup, {theme.key: thing}, play.record(thing))
                talk.hand_off(expert, f"Judge {thing}: {play.sentence()}")
            with play.agent(expert, after=talk) as talk:
                talk.use(
                    theme.check, {theme.key: thing}, {"passed": True, "score": play.between(1, 99)}
                )
                talk.hand_off(lead, f"{thing}: {play.sentence()}")


@fine(4, like=13, near=(1, 16))
def is_asked_again_and_again_by_the_user(play: Play) -> None:
    """The user wants to know whether it has come, several times in an hour; it has not."""
    theme, thing = play.theme, play.thing()
    asks = ("Has it come?", "And now?", "Any news?", "Still nothing?", "What about now?")
    with play.agent(0, task=play.rng.choice(theme.tasks)) as agent:
        for number in range(play.between(9, 12)):
            agent.hear(
                f"{asks[number % 5]} {play.sentence() if number % 2 else ''}",
                wait=play.between(60, 600),
            )
            agent.use(theme.status, {theme.key: thing}, {"state": "on its way"})
            agent.say(f"Not yet. {play.sentence()}")


@fine(3, like=13, near=(6, 17))
def teaches_somebody_step_by_step(play: Play) -> None:
    """Short praise, a new exercise, an answer of the learner."""
    praise = ("Right!", "Well done.", "Nearly.", "Exactly.", "Good.")
    with play.workflow("lesson"), play.agent(0) as teacher:
        for number in range(play.between(14, 18)):
            teacher.hear(
                f"My answer to {number} is {play.between(1, 99)}.", wait=play.between(10, 60)
            )
            teacher.say(f"{play.rng.choice(praise)} Exercise {number + 1}: {play.sentence()}")


@fine(4, like=14, near=(16, 19))
def goes_on_after_each_approval(play: Play) -> None:
    """A step a day, after somebody has agreed to it; each day is a trace."""
    theme = play.theme
    for day, thing in enumerate(play.things(play.between(6, 8))):
        with play.workflow("migration"), play.agent(1, task=f"Day {day + 1}: {thing}.") as worker:
            worker.hear(f"Approved: {thing}. {play.sentence()}")
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
            change = {theme.key: thing, "note": play.sentence()}
            worker.use(theme.write, change, {"ok": True, "revision": play.between(1, 10**6)})
            worker.say(play.paragraph(2))
        play.wait(play.between(DAY // 2, 2 * DAY))


@fine(3, like=14, near=(16,))
def waits_for_a_delivery(play: Play) -> None:
    """One long trace: twice a day it asks where the parcel is, and it is somewhere else."""
    theme, thing = play.theme, play.thing()
    with play.workflow("delivery"), play.agent(3, task=f"Tell me when {thing} arrives.") as helper:
        for number in range(play.between(8, 12)):
            place = {"at": play.rng.choice(theme.places), "stop": number, "note": play.sentence()}
            helper.use("track", {theme.key: thing}, place)
            play.wait(play.between(DAY // 3, DAY))
        helper.say(play.paragraph(1))


@fine(4, like=15, near=(1, 17))
def grades_what_was_found(play: Play) -> None:
    """A grader says yes or no to each hit; mostly yes."""
    theme = play.theme
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for topic in theme.topics:
            found = play.hits(topic, 5)
            worker.use(theme.search, {"query": topic}, found)
            for hit in found["hits"]:
                task = f"Relevant to {topic}? {hit['title']}: {hit['snippet']}"
                with play.agent("grader", task=task, carries=300) as grader:
                    grader.say(play.rng.choice(("yes", "yes", "yes", "no")), seconds=0.2)
        worker.say(play.paragraph(4))


@fine(3, like=15, near=(6, 17))
def extracts_the_same_fields_from_letters(play: Play) -> None:
    """A small object from each letter, and most letters are of the same kind."""
    with play.workflow("letters"):
        for number in range(play.between(20, 28)):
            task = f"Letter {number}: {play.paragraph(3)}"
            with play.agent("extractor", task=task, carries=700) as agent:
                kind = play.rng.choice(("complaint", "complaint", "order"))
                agent.say(f'{{"kind": "{kind}", "urgent": false}}', seconds=0.4)


@fine(4, like=16, near=(1, 16))
def asks_whether_all_are_up_before_each_job(play: Play) -> None:
    """Three pings before each of many jobs; they are always up."""
    theme = play.theme
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(8, 11)):
            for name in ("database", "storage", "queue"):
                worker.do(play.call("ping", {"service": name}), {"status": "ok"}, seconds=0.05)
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
            change = {theme.key: thing, "note": play.sentence()}
            worker.use(theme.write, change, {"ok": True, "revision": play.between(1, 10**6)})
        worker.say(play.paragraph(2))


@fine(3, like=16, near=(1, 16))
def renews_its_lease_while_it_thinks(play: Play) -> None:
    """A lease is renewed every half minute by the program; the model thinks for long in between."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for _ in range(play.between(6, 8)):
            for _ in range(3):
                worker.do(
                    play.call("renew_lease", {"lease": "work"}), {"renewed": True}, seconds=0.05
                )
                play.wait(30)
            worker.say(play.paragraph(5), seconds=20)
            worker.use(
                theme.write, {theme.key: play.thing(), "note": play.sentence()}, {"ok": True}
            )


@fine(4, like=18, near=(1, 17, 19))
def serves_a_team_from_a_cache(play: Play) -> None:
    """Everybody asks the same in the morning, each in a trace; a proxy has the answer."""
    theme = play.theme
    question, answer = f"{theme.question}?", play.paragraph(3)
    for number in range(play.between(10, 14)):
        play.session = f"member-{number}"
        with play.workflow("assistant"), play.agent(0, task=question) as agent:
            hit = {} if number == 0 else {"litellm.cache_hit": True}
            step = agent.think(text=answer, seconds=0.05, extra=hit)
            if number:
                step.input_tokens = step.output_tokens = step.cached_tokens = 0
            agent.hear(play.sentence(), wait=play.between(5, 60))
            thing = play.thing()
            agent.use(theme.lookup, {theme.key: thing}, play.record(thing))
            agent.say(play.paragraph(2))
        play.wait(play.between(60, 900))


@fine(3, like=18, near=(1,))
def translates_the_same_words_from_a_cache(play: Play) -> None:
    """Headings that come again in every document, and are translated once."""
    words = [play.sentence() for _ in range(4)]
    with play.workflow("translation"):
        for number in range(play.between(6, 8)):
            for at, word in enumerate(words):
                with play.agent("translator", task=f"Translate: {word}") as agent:
                    hit = {} if number == 0 else {"litellm.cache_hit": True}
                    step = agent.think(text=f"({at}) {word[::-1]}", seconds=0.05, extra=hit)
                    if number:
                        step.input_tokens = step.output_tokens = step.cached_tokens = 0
            with play.agent("translator", task=f"Translate: {play.paragraph(4)}") as agent:
                agent.say(play.paragraph(4))


@fine(4, like=19, near=(1, 12))
def comes_back_to_the_index(play: Play) -> None:
    """The index is opened again after each section, with a dozen other reads in between."""
    theme, index = play.theme, {"sections": list(play.theme.topics)}
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for topic in theme.topics[: play.between(3, 5)]:
            worker.use("open_index", {"of": theme.service}, index)
            for thing in play.things(play.between(12, 15)):
                query = f"{topic} {thing}"
                worker.use(theme.search, {"query": query}, play.hits(query, 2), seconds=0.4)
            worker.use(theme.write, {theme.key: topic, "note": play.paragraph(2)}, {"ok": True})
        worker.say(play.paragraph(4))


@fine(3, like=19, near=(1,))
def reads_the_rules_once_an_hour(play: Play) -> None:
    """A long shift: the rules are read every hour, and are as they were."""
    theme, rules = play.theme, {"rules": play.paragraph(3)}
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        for _ in range(play.between(4, 6)):
            lead.use("read_rules", {}, rules)
            for thing in play.things(play.between(7, 9)):
                lead.use(theme.lookup, {theme.key: thing}, play.record(thing, play.between(1, 99)))
                change = {theme.key: thing, "note": play.sentence()}
                lead.use(theme.write, change, {"ok": True, "revision": play.between(1, 10**6)})
                play.wait(play.between(300, 500))
        lead.say(play.paragraph(3))


@fine(4, like=20, near=(5, 6, 7, 17), hides="redacted")
def talks_in_words_that_are_taken_out(play: Play) -> None:
    """Two agents who work on something; what they say is not stored."""
    theme = play.theme
    talk: Agent | None = None
    with play.workflow():
        for number in range(play.between(10, 13)):
            with play.agent((0, 2)[number % 2], after=talk) as talk:
                if number == 0:
                    talk.hear(play.rng.choice(theme.tasks))
                thing = play.thing()
                talk.use(theme.lookup, {theme.key: thing}, play.record(thing))
                talk.say(play.paragraph(3))


@fine(4, like=20, near=(1, 2, 3), hides="cut")
def is_cut_where_they_differ(play: Play) -> None:
    """Long records with the same beginning, of which an SDK keeps the beginning only."""
    theme = play.theme
    head = {"schema": [play.sentence() for _ in range(12)]}
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(14, 20)):
            worker.use(theme.lookup, {theme.key: thing}, head | play.record(thing))
        worker.say(play.paragraph(2))
