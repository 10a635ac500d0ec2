"""Answers that say nothing: L17."""

from __future__ import annotations

from tests.scenarios.play import Play
from tests.scenarios.scenario import runaway


@runaway(17, "alert", 3, tolerated="empty_chat no_convergence")
@runaway(17, "inform", 2)
def repeats_one_clause_to_the_end(play: Play) -> None:
    """The answer falls into one clause and ends only at the limit of tokens."""
    theme = play.theme
    clause = f"{play.sentence()[:-1]}, and "
    with play.agent(3, task=play.rng.choice(theme.tasks)) as writer:
        if play.small:
            writer.use(theme.search, {"query": theme.topics[0]}, play.hits("before"))
        for _ in play.rounds(play.times((4, 5), (1, 1)), writer):
            length = 12_000 if play.small else 30_000
            writer.say(play.paragraph(2) + clause * (length // len(clause)), finish="length")


@runaway(17, "alert", 3, tolerated="empty_chat no_convergence exact_repeat replanning")
def says_the_same_paragraph_each_time(play: Play) -> None:
    """The program lets it go on as long as it does not say that it is done."""
    answer = play.paragraph(8)
    with play.agent(3, task=play.rng.choice(play.theme.tasks)) as writer:
        for _ in play.rounds(play.between(8, 11), writer):
            writer.say(answer)
            writer.carry(600)


@runaway(17, "alert", 3, tolerated="empty_chat no_convergence")
def thinks_until_nothing_is_left_to_say(play: Play) -> None:
    """The whole budget of the answer goes into reasoning; no answer is visible."""
    with play.workflow():
        for number in play.rounds(play.between(4, 5), play.theme.agents[1]):
            with play.agent(1, task=f"Part {number + 1}: {play.sentence()}") as worker:
                worker.think(reasoning=16_000, output=1, finish="length", seconds=70)
