"""Looking for what is not there, and looking again at what is: L1 to L4 in shells, tables and
ledgers."""

from __future__ import annotations

from typing import Any

from tests.scenarios.failures import missing
from tests.scenarios.play import Play
from tests.scenarios.programs.healthy import some_work
from tests.scenarios.scenario import runaway

NOT_A_LINE: tuple[Any, ...] = (
    {"exit_code": 1, "stdout": "", "stderr": ""},
    "(no matches)",
    {"matches": []},
)
WORDS = (
    *("rounding", "voucher_fee", "retry_after", "session_ttl", "tax_rate", "late_fee", "grid_fee"),
    *("net_total", "max_rows", "pool_size", "due_date", "cost_centre", "price_index", "seat_class"),
    *("valid_from", "row_hash", "batch_no", "load_date", "approved_by", "carrier_id", "fx_rate"),
)


@runaway(1, "alert", 4, tolerated="same_result similar_repeat polling permanent_retry")
def runs_the_same_command_again(play: Play) -> None:
    """One command with one output, and nothing is changed in between."""
    theme = play.theme
    command = {"command": f"make check TARGET={play.thing()}", "timeout": 120}
    output = {"exit_code": 1, "stdout": play.paragraph(2), "stderr": play.sentence()}
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for _ in play.rounds(play.between(9, 12), worker, "run_shell"):
            worker.use("run_shell", command, output, seconds=play.between(2, 9))


@runaway(1, "alert", 3, tolerated="same_result similar_repeat")
@runaway(1, "inform", 2, tolerated="same_result similar_repeat")
def asks_for_one_rate_for_each_line(play: Play) -> None:
    """It has the rate, and asks for it again before every line that it thinks about."""
    theme = play.theme
    pair = {"from": "SEK", "to": "EUR", "date": "2025-10-31"}
    rate = {"pair": "SEK/EUR", "rate": play.between(80_000, 95_000) / 10**6, "source": "ecb"}
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        some_work(play, lead)
        for _ in play.rounds(play.times((10, 14), (4, 7)), lead, "get_rate"):
            lead.use("get_rate", pair, rate, text=play.sentence())


@runaway(2, "alert", 4, also="same_result", tolerated="exact_repeat read_thrash")
def queries_with_another_limit(play: Play) -> None:
    """One query with a limit that goes up and down; the rows are the same, as there are few."""
    theme, table = play.theme, play.thing()
    rows = [play.record(thing) for thing in play.things(5)]
    limits = play.rng.sample(range(100, 1000, 10), 16)
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for number in play.rounds(play.between(13, 16), worker, "run_query"):
            query = (
                f"select * from entries where source = '{table}' and state <> 'closed'"
                f" order by amount desc limit {limits[number]}"
            )
            worker.use("run_query", {"sql": query}, {"rows": rows, "count": 5})


@runaway(2, "alert", 4, also="same_result", tolerated="exact_repeat read_thrash")
@runaway(2, "inform", 2, also="same_result", tolerated="exact_repeat read_thrash")
def lists_a_folder_with_other_options(play: Play) -> None:
    """One folder, and a limit that is another one each time; the listing is the same."""
    theme, thing = play.theme, play.thing()
    listing = "\n".join(f"{play.between(1, 900)}M  {each}" for each in play.things(9))
    rounds = play.times((13, 16), (7, 8))
    limits = play.rng.sample(range(10, 60), rounds)
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for number in play.rounds(rounds, worker, "run_shell"):
            command = (
                f"find /srv/exports/{thing} -maxdepth 3 -type f -name '*.parquet'"
                f" -not -path '*/tmp/*' -size +{limits[number]}k -printf '%s %p\\n'"
            )
            worker.use("run_shell", {"command": command}, listing, seconds=0.4)


@runaway(3, "alert", 4, tolerated="similar_repeat read_thrash permanent_retry exact_repeat")
@runaway(3, "inform", 2, tolerated="similar_repeat read_thrash permanent_retry exact_repeat")
def greps_for_what_is_not_there(play: Play) -> None:
    """A name after another is looked for in the whole tree, and no line ever matches."""
    theme, rounds = play.theme, play.times((14, 19), (6, 8))
    words = play.rng.sample(WORDS, rounds)
    empty: Any = play.rng.choice(NOT_A_LINE)
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        some_work(play, worker)
        for number in play.rounds(rounds, worker, "grep"):
            worker.use("grep", {"pattern": words[number], "path": "."}, empty, seconds=0.3)


@runaway(3, "alert", 4, tolerated="similar_repeat read_thrash exact_repeat")
def asks_an_empty_table_in_many_ways(play: Play) -> None:
    """The table was never loaded; each query is another one, and each gives no rows."""
    theme, rounds = play.theme, play.between(14, 18)
    columns = play.rng.sample(WORDS, rounds)
    table = play.thing()
    with play.workflow(), play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        some_work(play, lead)
        for number in play.rounds(rounds, lead, "run_query"):
            query = f'select {columns[number]}, count(*) from "{table}" group by {number % 3 + 1}'
            lead.use("run_query", {"sql": query}, {"columns": [], "rows": [], "row_count": 0})


@runaway(3, "alert", 3, also="permanent_retry", tolerated="similar_repeat read_thrash exact_repeat")
def looks_for_one_file_in_every_folder(play: Play) -> None:
    """One name in one folder after the other. It was deleted long ago."""
    rounds = play.between(14, 18)
    name = f"{play.rng.choice(WORDS)}.toml"
    folders = [f"{thing}/{name}" for thing in play.things(rounds)]
    with play.agent(1, task=f"Read {name} and tell me what it says.") as worker:
        some_work(play, worker)
        for number in play.rounds(rounds, worker, "read_file"):
            worker.use("read_file", {"path": folders[number]}, failure=missing(name))


@runaway(3, "alert", 3, tolerated="similar_repeat read_thrash exact_repeat")
def searches_the_mailbox_for_a_reply(play: Play) -> None:
    """Other senders, other days, other words: no message is ever found."""
    theme, rounds = play.theme, play.between(14, 18)
    things = play.things(rounds)
    with play.agent(3, task=play.rng.choice(theme.tasks)) as helper:
        some_work(play, helper)
        for number in play.rounds(rounds, helper, "search_mail"):
            query = {"from": f"desk{number}@partner.example", "subject": things[number]}
            helper.use("search_mail", query, "0 messages")


@runaway(4, "alert", 4, also="exact_repeat", tolerated="same_result read_thrash validation_retry")
def validates_and_inspects_in_turns(play: Play) -> None:
    """It has the schema checked, looks at the data, and has it checked again; both as before."""
    theme, thing = play.theme, play.thing()
    report = {"valid": False, "problems": [play.sentence(), play.sentence()]}
    with play.agent(2, task=play.rng.choice(theme.tasks)) as checker:
        some_work(play, checker)
        for _ in play.rounds(play.between(7, 10), checker, theme.check):
            checker.use(theme.check, {theme.key: thing}, report)
            checker.use(theme.lookup, {theme.key: thing}, play.record(thing))


@runaway(4, "alert", 3, also="exact_repeat", tolerated="same_result read_thrash polling")
def goes_round_four_systems(play: Play) -> None:
    """Order, payment, parcel, account, and again the order: nothing has changed anywhere."""
    theme, thing = play.theme, play.thing()
    systems = ("get_order", "get_payment", "get_parcel", "get_account")
    answers = [play.record(f"{thing} {system}") for system in systems]
    with play.workflow(), play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        some_work(play, lead)
        for _ in play.rounds(play.between(6, 8), lead, systems[0]):
            for system, answer in zip(systems, answers, strict=True):
                lead.use(system, {"reference": thing}, answer)
