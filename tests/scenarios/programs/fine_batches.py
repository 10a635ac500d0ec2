"""Many calls alike, each of them needed: fan-out, pages, lists, ranges, sweeps."""

from __future__ import annotations

from tests.scenarios.failures import missing
from tests.scenarios.play import Play
from tests.scenarios.scenario import fine

ACKNOWLEDGED = {"ok": True}


@fine(5, like=1, near=(1, 2, 12))
def maps_and_reduces(play: Play) -> None:
    """One tool over many things at once, one answer; and again over others."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for _ in range(play.between(2, 3)):
            things = play.things(play.between(14, 24))
            worker.use_together(
                [(theme.lookup, {theme.key: thing}, play.record(thing)) for thing in things]
            )
            worker.say(play.paragraph(3))


@fine(4, like=1, near=(14, 5))
def sends_many_workers_out(play: Play) -> None:
    """As many agents as parts, side by side, one report."""
    theme = play.theme
    tool = f"ask_{theme.agents[1]}"
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        things = play.things(play.between(8, 12))
        calls = [lead.call(tool, {"task": f"Look into {thing}."}) for thing in things]
        lead.think(*calls)
        with play.side_by_side() as lane:
            for call, thing in zip(calls, things, strict=True):
                with lane(), lead.delegate(tool, 1, f"Look into {thing}.", asked=call) as worker:
                    worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
                    worker.say(play.paragraph(2))
        lead.say(play.paragraph(4))


@fine(8, like=2, near=(1, 2))
def reads_several_files_in_one_message(play: Play) -> None:
    """Batches of reads, each of other things."""
    theme = play.theme
    things = play.things(60)
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number in range(play.between(8, 12)):
            batch = things[number * 5 : number * 5 + play.between(3, 5)]
            worker.use_together(
                [(theme.lookup, {theme.key: thing}, play.record(thing)) for thing in batch]
            )
        worker.say(play.paragraph(4))


@fine(5, like=3, near=(1, 2, 12))
def pages_through(play: Play) -> None:
    """Page after page until there is none."""
    theme, pages = play.theme, play.between(16, 30)
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for page in range(1, pages + 1):
            listed = {"items": play.things(5), "page": page, "has_more": page < pages}
            worker.use(theme.listing, {"filter": "open", "page": page, "per_page": 5}, listed)
        worker.say(play.paragraph(3))


@fine(4, like=3, near=(1, 2, 12))
def follows_a_cursor(play: Play) -> None:
    """The same by a cursor, in an argument that means nothing to anybody."""
    theme, cursor = play.theme, ""
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for _ in range(play.between(16, 26)):
            given = {"filter": "all"} | ({"cursor": cursor} if cursor else {})
            cursor = f"{play.ids.getrandbits(60):015x}"
            worker.use(theme.listing, given, {"items": play.things(5), "next_cursor": cursor})
        worker.say(play.paragraph(3))


@fine(5, like=4, near=(1, 2, 3))
def works_a_list_off(play: Play) -> None:
    """The same small change to one thing after the other; each is acknowledged the same way."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(20, 34)):
            worker.use(theme.write, {theme.key: thing, "state": theme.states[0]}, ACKNOWLEDGED)
        worker.say(play.sentence())


@fine(4, like=4, near=(1, 3, 18))
def moves_file_after_file(play: Play) -> None:
    """A move returns nothing."""
    target = play.rng.choice(("archive", "done", "2025"))
    with play.workflow(), play.agent(1, task=play.rng.choice(play.theme.tasks)) as worker:
        for thing in play.things(play.between(20, 30)):
            name = thing.rsplit("/", 1)[-1]
            worker.use("move_file", {"source": thing, "target": f"{target}/{name}"}, "")
        worker.say(play.sentence())


@fine(8, like=5, near=(2,))
def reads_in_chunks(play: Play) -> None:
    """One long document, range after range, none of them twice."""
    theme, thing, step = play.theme, play.thing(), play.between(40, 80)
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number in range(play.between(14, 22)):
            start = number * step + 1
            where = {theme.key: thing, "start_line": start, "end_line": start + step - 1}
            worker.use("read_lines", where, play.paragraph(4))
        worker.say(play.paragraph(3))


@fine(4, near=(2,))
def sweeps_a_parameter(play: Play) -> None:
    """One parameter in equal steps, and a result that follows it."""
    theme = play.theme
    table = play.thing()
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number in range(play.between(12, 18)):
            setting = {"target": table, "threshold": round(0.05 * (number + 1), 2)}
            score = {"score": play.between(400, 980) / 1000, "loss": play.between(10, 900) / 1000}
            worker.use("evaluate", setting, score)
        worker.say(play.paragraph(2))


@fine(4, near=(2, 4))
def fills_in_day_by_day(play: Play) -> None:
    """Fetch a day, store it, and the next."""
    theme, month = play.theme, play.between(1, 9)
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for day in range(1, play.between(14, 22)):
            date = f"2026-{month:02}-{day:02}"
            rows = {"rows": play.between(900, 5000), "sum": play.between(1, 99_000) / 100}
            worker.use("fetch_day", {"date": date}, rows)
            worker.use(theme.write, {theme.key: f"day/{date}", "rows": rows["rows"]}, ACKNOWLEDGED)
        worker.say(play.sentence())


@fine(4, near=(3,))
def asks_whether_each_is_a_member(play: Play) -> None:
    """A short answer for each of many, mostly the same one."""
    theme = play.theme
    with play.agent(2, task=play.rng.choice(theme.tasks)) as checker:
        for thing in play.things(play.between(20, 30)):
            member = {"member": play.rng.random() < 0.1}
            checker.use("is_listed", {theme.key: thing, "list": "suspended"}, member)
        checker.say(play.sentence())


@fine(4, near=(3,))
def validates_one_by_one(play: Play) -> None:
    """The validator has nothing to say against any of them."""
    theme = play.theme
    with play.workflow(), play.agent(2, task=play.rng.choice(theme.tasks)) as checker:
        for thing in play.things(play.between(20, 28)):
            checker.use(theme.check, {theme.key: thing}, ACKNOWLEDGED)
        checker.say("All of them are valid.")


@fine(6, like=17, near=(3, 8, 12))
def probes_what_exists(play: Play) -> None:
    """Most of what it asks for does not exist, and that is what it wants to know."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(18, 28)):
            there = play.rng.random() < 0.25
            found, failure = (play.record(thing), None) if there else (None, missing(thing))
            worker.use(theme.lookup, {theme.key: thing}, found, failure=failure)
        worker.say(play.paragraph(2))


@fine(3, like=17, near=(3, 8))
def probes_side_by_side(play: Play) -> None:
    """The same, a handful at a time, and told by the result."""
    theme = play.theme
    things = play.things(30)
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number in range(0, 30, 5):
            uses = [
                (theme.lookup, {theme.key: thing}, {"found": play.rng.random() < 0.3, "id": thing})
                for thing in things[number : number + 5]
            ]
            worker.use_together(uses)
        worker.say(play.paragraph(2))


@fine(5, near=(12,))
def audits_everything(play: Play) -> None:
    """Long, and reads only; but each thing once."""
    theme = play.theme
    with play.agent(2, task=play.rng.choice(theme.tasks)) as auditor:
        for thing in play.things(play.between(45, 62)):
            auditor.use(theme.lookup, {theme.key: thing}, play.record(thing), seconds=0.3)
        auditor.say(play.paragraph(5))


@fine(3, near=(12, 14))
def sends_explorers_that_report(play: Play) -> None:
    """Sub-agents read a lot and come back with a summary."""
    theme = play.theme
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        for topic in theme.topics[:4]:
            with lead.delegate("explore", 1, f"Summarize what there is on {topic}.") as explorer:
                for thing in play.things(play.between(8, 12)):
                    explorer.use(theme.lookup, {theme.key: thing}, play.record(thing))
                explorer.say(play.paragraph(4))
        lead.say(play.paragraph(4))
