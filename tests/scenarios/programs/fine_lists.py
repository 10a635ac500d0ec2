"""Lists, pages, ranges and probes as shells, mailboxes and ledgers have them."""

from __future__ import annotations

from tests.scenarios.failures import missing
from tests.scenarios.play import Play
from tests.scenarios.scenario import fine

DONE = {"ok": True}


@fine(4, like=1, near=(1, 3, 12))
def asks_every_region_at_once(play: Play) -> None:
    """One question to many regions, side by side, in rounds; most answer that all is well."""
    theme = play.theme
    regions = [f"{side}-{number}" for side in ("north", "south", "west") for number in range(6)]
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number in range(play.between(3, 4)):
            what = theme.topics[number]
            answers = [{"state": play.rng.choice(("fine", "fine", "late"))} for _ in regions]
            worker.use_together(
                [
                    ("ask_region", {"region": region, "about": what}, answer)
                    for region, answer in zip(regions, answers, strict=True)
                ]
            )
            worker.say(play.paragraph(2))


@fine(3, like=1, near=(1, 2))
def counts_in_all_tables(play: Play) -> None:
    """The same query over many tables at once, then one over what came out."""
    theme = play.theme
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        for day in range(play.between(2, 4)):
            lead.use_together(
                [
                    (
                        "run_query",
                        {"sql": f'select count(*) from "{thing}" where day = {day}'},
                        {"rows": [[play.between(0, 9000)]]},
                    )
                    for thing in play.things(play.between(10, 16))
                ]
            )
            lead.use(
                "run_query", {"sql": f"select * from counts where day = {day}"}, play.hits(f"{day}")
            )
        lead.say(play.paragraph(3))


@fine(4, like=2, near=(1, 3, 4))
def asks_three_systems_in_each_message(play: Play) -> None:
    """The record, the search and the check of a thing in one message; then of the next thing."""
    theme = play.theme
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(9, 13)):
            worker.use_together(
                [
                    (theme.lookup, {theme.key: thing}, play.record(thing)),
                    (theme.search, {"query": thing}, play.hits(thing, 2)),
                    (theme.check, {theme.key: thing}, {"passed": True}),
                ]
            )
        worker.say(play.paragraph(3))


@fine(3, like=2, near=(1, 12))
def reads_ahead_in_batches(play: Play) -> None:
    """Six reads in a message, of which one is of a thing that it has had before."""
    theme, seen = play.theme, play.things(2)
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for _ in range(play.between(7, 10)):
            batch = [play.rng.choice(seen), *play.things(5)]
            worker.use_together(
                [(theme.lookup, {theme.key: thing}, play.record(thing)) for thing in batch]
            )
            seen = [*seen, *batch[1:]]
            worker.use(theme.write, {theme.key: batch[1], "note": play.sentence()}, DONE)
        worker.say(play.paragraph(3))


@fine(4, like=3, near=(2, 3, 12))
def goes_back_day_by_day(play: Play) -> None:
    """Pages by dates, the newest first; on some days nothing happened."""
    theme = play.theme
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for day in range(play.between(20, 28), 0, -1):
            items = play.things(play.rng.choice((0, 0, 2, 4, 6)))
            window = {"from": f"2025-10-{day:02}T00:00", "to": f"2025-10-{day + 1:02}T00:00"}
            worker.use(theme.listing, window, {"items": items, "count": len(items)})
        worker.say(play.paragraph(3))


@fine(3, like=3, near=(1, 2))
def loads_an_export_by_offset(play: Play) -> None:
    """An offset that grows by the size of a page, until fewer rows come than were asked for."""
    theme, size = play.theme, play.rng.choice((20, 50, 100))
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        pages = play.between(14, 22)
        for page in range(pages):
            rows = [play.record(thing)["amount"] for thing in play.things(6)]
            count = size if page < pages - 1 else play.between(1, size - 1)
            where = {"query": "export of all", "offset": page * size, "limit": size}
            worker.use("fetch_rows", where, {"sample": rows, "count": count})
        worker.say(play.paragraph(2))


@fine(4, like=4, near=(1, 2, 3, 18))
def moves_by_shell_commands(play: Play) -> None:
    """A shell command for each file, all alike but for the names; none of them prints anything."""
    things = play.things(play.between(20, 30))
    with play.agent(1, task=play.rng.choice(play.theme.tasks)) as worker:
        for thing in things:
            name = thing.rsplit("/", 1)[-1]
            worker.use("run_shell", {"command": f"git mv {thing} archive/2025/{name}"}, "")
        worker.say(play.sentence())


@fine(4, like=4, near=(1, 2, 3, 9))
def books_line_after_line(play: Play) -> None:
    """Entries that differ in their reference and amount; one or two are refused and put right."""
    theme = play.theme
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number, thing in enumerate(play.things(play.between(18, 26))):
            entry = {"reference": thing, "amount": play.between(100, 90_000) / 100, "account": 4400}
            if number % 9 == 5:
                worker.use(
                    "post_entry", entry | {"account": 44}, {"ok": False, "error": "no account 44"}
                )
            worker.use("post_entry", entry, DONE)
        worker.say(play.sentence())


@fine(4, like=5, near=(2, 12))
def reads_a_log_backwards(play: Play) -> None:
    """The last lines first, then those before, none of them twice."""
    theme, step = play.theme, play.rng.choice((100, 200))
    thing, last = play.thing(), play.between(30, 40) * 200
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number in range(play.between(13, 19)):
            end = last - number * step
            where = {"file": thing, "from_line": end - step + 1, "to_line": end}
            worker.use("read_range", where, play.paragraph(5))
        worker.say(play.paragraph(3))


@fine(3, like=5, near=(2, 4))
def reads_two_documents_in_turns(play: Play) -> None:
    """A part of the old version, the same part of the new one, and the next part."""
    theme = play.theme
    old, new = play.things(2)
    with play.agent(2, task=play.rng.choice(theme.tasks)) as checker:
        for number in range(play.between(9, 13)):
            for thing in (old, new):
                where = {theme.key: thing, "offset": number * 4000, "length": 4000}
                checker.use("read_part", where, play.paragraph(4))
        checker.say(play.paragraph(4))


@fine(4, like=17, near=(3, 8))
def asks_which_pages_are_there(play: Play) -> None:
    """One site, many paths, most of which answer 404: that is what was to be found out."""
    with play.workflow(), play.agent(1, task="Which of these pages are still there?") as worker:
        for number, thing in enumerate(play.things(play.between(18, 26))):
            name = thing.rsplit("/", 1)[-1]
            address = f"https://shop.example/{name}/{number}"
            there = play.rng.random() < 0.3
            found = {"status": 200, "title": play.sentence()} if there else None
            worker.use(
                "fetch", {"url": address}, found, failure=None if there else missing(address)
            )
        worker.say(play.paragraph(2))


@fine(3, like=17, near=(3, 8))
def looks_for_a_free_name(play: Play) -> None:
    """Name after name is taken, and then one is free."""
    theme = play.theme
    with play.agent(0, task="Find a free name for the new account.") as lead:
        things = play.things(play.between(14, 20))
        for number, thing in enumerate(things):
            free = number == len(things) - 1
            lead.use(
                "is_name_free",
                {"name": thing},
                {"free": free, "owner": play.record(thing)["owner"]},
            )
        lead.use(theme.write, {theme.key: things[-1], "state": theme.states[0]}, DONE)
        lead.say(play.sentence())
