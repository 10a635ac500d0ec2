"""Models whose answers are alike, long or costly for a good reason."""

from __future__ import annotations

import base64

from tests.scenarios.play import Play
from tests.scenarios.scenario import fine


@fine(5, like=13, near=(6, 15))
def chats_for_long(play: Play) -> None:
    """Many turns, a message of the user in each."""
    theme = play.theme
    with play.workflow(), play.agent(0) as agent:
        for _ in range(play.between(14, 22)):
            agent.hear(play.sentence(), wait=play.between(5, 120))
            if play.rng.random() < 0.4:
                thing = play.thing()
                agent.use(theme.lookup, {theme.key: thing}, play.record(thing))
            agent.say(play.paragraph(play.between(1, 4)))


@fine(4, like=13, near=(6, 17))
def is_polite_in_a_chat(play: Play) -> None:
    """Short acknowledgements, as the user sends short ones."""
    replies = ("You're welcome!", "Glad to help.", "Of course.", "Done.", "Sure.")
    with play.agent(0) as agent:
        for number in range(play.between(14, 18)):
            agent.hear(play.rng.choice(("Thanks!", "Great.", "OK.", play.sentence())), wait=9)
            agent.say(play.rng.choice(replies) if number % 3 else play.paragraph(2), seconds=0.7)


@fine(5, like=15, near=(1, 17))
def classifies_one_by_one(play: Play) -> None:
    """The same label nearly each time, for another input each time."""
    labels = ("safe", "safe", "safe", "safe", "needs review")
    with play.workflow("moderation"):
        for number in range(play.between(24, 34)):
            with play.agent("classifier", task=f"Message {number}: {play.paragraph(2)}") as agent:
                agent.say(play.rng.choice(labels), seconds=0.3)


@fine(4, like=15, near=(1, 6, 17))
def guards_every_answer(play: Play) -> None:
    """A guard model before each answer of the agent: short and equal, over other inputs."""
    theme = play.theme
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(12, 16)):
            record = play.record(thing)
            with play.agent(
                "guard", task=f"Is this allowed? {record['note']}", carries=800
            ) as guard:
                guard.say('{"allowed": true}', seconds=0.2)
            worker.use(theme.lookup, {theme.key: thing}, record)
        worker.say(play.paragraph(3))


@fine(4, near=(15,))
def codes_with_a_warm_cache(play: Play) -> None:
    """A long working session: prompts grow and are nearly all cached, and there are results."""
    theme = play.theme
    play.caching = True
    with play.agent(1, task=play.rng.choice(theme.tasks), carries=20_000) as worker:
        for thing in play.things(play.between(18, 24)):
            worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
            change = {theme.key: thing, "change": play.paragraph(2)}
            worker.use(theme.write, change, {"ok": True, "revision": play.between(1, 10**6)})
        worker.say(play.paragraph(6))


@fine(5, near=(13, 15))
def compacts_when_the_window_is_full(play: Play) -> None:
    """Work, one compaction that halves the context and more, work."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks), carries=90_000) as worker:
        for _ in range(play.between(3, 4)):
            for thing in play.things(play.between(6, 8)):
                worker.use(
                    theme.lookup, {theme.key: thing}, play.record(thing, play.between(1, 99))
                )
                change = {theme.key: thing, "change": play.sentence()}
                worker.use(theme.write, change, {"ok": True, "revision": play.between(1, 10**6)})
                worker.carry(6000)
            worker.compact(kept=play.between(15, 35) / 100, summary=play.paragraph(6))
        worker.say(play.paragraph(4))


def table(play: Play) -> str:
    """Rows of figures."""
    theme = play.theme
    rows = [f"| {thing} | {play.between(1, 9)} | 0.00 | open |" for thing in play.things(60)]
    return "\n".join([f"| {theme.key} | count | fee | state |", "|---|---|---|---|", *rows])


def grid(play: Play) -> str:
    """A grid of zeros that was asked for."""
    width = play.between(30, 40)
    return "\n".join(" ".join("0" * width) for _ in range(width))


def listing(play: Play) -> str:
    """Lines of a log."""
    lines = [f"2026-11-25T12:{at:02}:07Z INFO  GET /health 200" for at in range(60)]
    return "\n".join(lines)


def encoded(play: Play) -> str:
    """A file in base64: most of its bytes are equal."""
    return base64.b64encode(bytes(2400) + play.ids.randbytes(300)).decode()


def translations(play: Play) -> str:
    """A list in two languages, with the same opening in each line."""
    return "\n".join(f"- Translation of line {at}: {play.sentence()}" for at in range(1, 50))


def report(play: Play) -> str:
    """A long report that repeats its headings."""
    return "\n\n".join(f"## Findings and advice\n{play.paragraph(6)}" for _ in range(9))


@fine(8, near=(17,))
def writes_what_repeats_itself_by_nature(play: Play) -> None:
    """Tables, logs, grids, base64, lists: asked for, and right."""
    theme = play.theme
    made = play.rng.sample((table, grid, listing, encoded, translations, report), 4)
    with play.agent(3, task=play.rng.choice(theme.tasks)) as writer:
        for thing in play.things(8):
            writer.use(theme.lookup, {theme.key: thing}, play.record(thing))
        for make in made:
            writer.hear(f"Now give me the {make.__name__}.", wait=30)
            writer.say(make(play))


@fine(3, near=(6, 17))
def greets_by_a_template(play: Play) -> None:
    """One letter to many, with the same words around another name."""
    theme = play.theme
    frame = play.paragraph(2)
    with play.workflow("letters"):
        for thing in play.things(play.between(12, 16)):
            with play.agent(3, task=f"Write to the owner of {thing}.") as writer:
                writer.use(theme.lookup, {theme.key: thing}, record := play.record(thing))
                writer.say(f"Dear {record['owner']}, about {thing}: {record['note']} {frame}")


@fine(8, like=18, near=(1, 17))
def is_answered_by_a_cache(play: Play) -> None:
    """Identical questions of many users, answered by a proxy's cache: no model was asked."""
    theme = play.theme
    question, answer = play.sentence(), play.paragraph(3)
    with play.workflow("faq"):
        for number in range(play.between(24, 32)):
            with play.agent(0, task=question) as agent:
                hit = {} if number == 0 else {"litellm.cache_hit": True}
                step = agent.think(text=answer, seconds=0.05, extra=hit)
                if number:
                    step.input_tokens = step.output_tokens = 0
                    step.cached_tokens = 0
        for thing in play.things(10):
            with play.agent(1, task=f"What about {thing}?") as worker:
                worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
                worker.say(play.paragraph(2))
