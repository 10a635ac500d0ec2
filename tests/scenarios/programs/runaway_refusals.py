"""A no that is not taken for an answer: L8 to L10 with payments, schemas and made-up tools."""

from __future__ import annotations

from agentscope.vocabulary import ErrorClass
from tests.scenarios.failures import forbidden, invalid, no_such_tool
from tests.scenarios.play import Play
from tests.scenarios.programs.healthy import some_work
from tests.scenarios.scenario import runaway
from tests.scenarios.steps import Failure

RETRIES = "exact_repeat similar_repeat same_result cycle"
NO_FUNDS = Failure(
    "PaymentError", "Error code: 402 - insufficient funds on the account", 402, ErrorClass.QUOTA
)


@runaway(8, "alert", 4, tolerated=RETRIES)
def pays_from_an_empty_account(play: Play) -> None:
    """Invoice after invoice, and each payment is refused for the same reason."""
    rounds = play.between(9, 14)
    things = play.things(rounds)
    with play.workflow(), play.agent(3, task=play.rng.choice(play.theme.tasks)) as payer:
        some_work(play, payer)
        for number in play.rounds(rounds, payer, "send_payment"):
            payment = {"reference": things[number], "amount": play.between(1000, 90_000) / 100}
            payer.use("send_payment", payment, failure=NO_FUNDS)


@runaway(8, "alert", 3, tolerated=f"{RETRIES} replanning")
def argues_with_the_policy(play: Play) -> None:
    """It explains at length why it should be allowed to, and tries once more."""
    theme, thing = play.theme, play.thing()
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for _ in play.rounds(play.between(9, 12), worker, theme.act):
            call = {theme.key: thing, "reason": play.paragraph(2)}
            worker.use(theme.act, call, text=play.paragraph(1), failure=forbidden(theme.act))


@runaway(9, "alert", 4, tolerated=f"permanent_retry {RETRIES}")
@runaway(9, "inform", 2, tolerated=f"permanent_retry {RETRIES}")
def writes_a_query_that_does_not_parse(play: Play) -> None:
    """Other columns each time, and the same mistake in the last line."""
    theme = play.theme
    failure = invalid("run_query", 1, "sql: syntax error at or near 'qualify'")
    things = play.things(14)
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for number in play.rounds(play.times((9, 13), (3, 7)), worker, "run_query"):
            query = f'select owner, max(amount) from "{things[number]}" qualify 1 = {number}'
            worker.use("run_query", {"sql": query}, failure=failure, seconds=0.2)


@runaway(9, "alert", 3, tolerated=f"permanent_retry {RETRIES}")
def never_names_the_cost_centre(play: Play) -> None:
    """The ledger wants a cost centre in each entry, and says so each time."""
    theme = play.theme
    failure = invalid("Entry", 1, "cost_centre: value is not a valid enumeration member")
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for number in play.rounds(play.between(9, 13), worker, "post_entry"):
            entry = {
                "text": play.sentence(),
                "amount": play.between(100, 9000),
                "cost_centre": f"CC-{number * 7 + 11}",
            }
            worker.use("post_entry", entry, failure=failure)


@runaway(10, "alert", 4, tolerated=f"permanent_retry validation_retry {RETRIES}")
@runaway(10, "inform", 2, tolerated=f"permanent_retry validation_retry {RETRIES}")
def calls_an_agent_as_if_it_were_a_tool(play: Play) -> None:
    """The colleague that the prompt speaks of is no tool, and is called as one."""
    theme = play.theme
    ghost = f"ask_{theme.agents[3]}"
    with play.workflow(), play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        some_work(play, lead)
        failure = no_such_tool(ghost, lead.offered)
        for _ in play.rounds(play.times((9, 12), (2, 6)), lead, ghost):
            call = play.call(ghost, {"task": play.sentence(), "thing": play.thing()})
            lead.think(call, text=play.sentence())
            lead.do(call, failure=failure, seconds=0.02)
