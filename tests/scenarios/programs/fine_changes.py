"""The same call again because something changed in between, or far apart."""

from __future__ import annotations

from tests.scenarios.play import Play
from tests.scenarios.scenario import fine

ACKNOWLEDGED = {"ok": True}


@fine(5, like=6, near=(1, 4))
def edits_and_tests(play: Play) -> None:
    """Another edit each time, and fewer failures after it."""
    theme, thing = play.theme, play.thing()
    failing = play.between(9, 13)
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number in range(failing + 1):
            edit = {theme.key: thing, "change": play.sentence(), "line": play.between(1, 400)}
            worker.use(theme.write, edit, ACKNOWLEDGED)
            left = failing - number
            tested = {"passed": 40 - left, "failed": left, "first": play.sentence() if left else ""}
            worker.use(theme.check, {"target": "all"}, tested, seconds=play.between(3, 20))
        worker.say(play.paragraph(2))


@fine(4, like=6, near=(1, 4))
def edits_with_tests_that_stay_green(play: Play) -> None:
    """A larger rebuilding in small edits: the tests pass after each."""
    theme = play.theme
    with play.workflow(), play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(10, 14)):
            edit = {theme.key: thing, "change": play.sentence()}
            worker.use(theme.write, edit, ACKNOWLEDGED)
            worker.use(theme.check, {"target": "all"}, {"passed": 40, "failed": 0}, seconds=4)
        worker.say(play.paragraph(2))


@fine(5, near=(1,))
def reads_again_after_writing(play: Play) -> None:
    """A document that grows: read it, write a part, read it again."""
    theme, thing = play.theme, play.thing()
    text: list[str] = []
    with play.agent(3, task=play.rng.choice(theme.tasks)) as writer:
        for number in range(play.between(9, 13)):
            writer.use(theme.lookup, {theme.key: thing}, " ".join(text) or "(empty)")
            text.append(play.sentence())
            part = {theme.key: thing, "part": number, "text": text[-1]}
            writer.use(theme.write, part, ACKNOWLEDGED)
        writer.say(play.sentence())


@fine(4, near=(1, 4))
def looks_before_each_change(play: Play) -> None:
    """The state is asked for before each of several different changes. It does not show them."""
    theme = play.theme
    mode = {"mode": "normal", "open_changes": 0}
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(10, 14)):
            worker.use("get_mode", {}, mode)
            change = {theme.key: thing, "note": play.sentence()}
            worker.use(theme.write, change, {"ok": True, "revision": play.between(1000, 99_999)})
        worker.say(play.sentence())


@fine(4, near=(1, 4))
def observes_and_acts(play: Play) -> None:
    """A control loop: what it sees differs each time, and so does what it does."""
    thing, level = play.thing(), play.between(700, 950)
    with play.agent(1, task=play.rng.choice(play.theme.tasks)) as worker:
        for _ in range(play.between(14, 20)):
            level += play.between(-60, 40)
            worker.use("read_gauge", {"id": thing}, {"level": level / 10})
            worker.use("set_valve", {"id": thing, "open": play.between(5, 95)}, ACKNOWLEDGED)
        worker.say(play.sentence())


@fine(4, near=(1,))
def every_instance_begins_the_same_way(play: Play) -> None:
    """Each of many agents reads the same rules first, then does its own part."""
    theme = play.theme
    rules = {"rules": play.paragraph(2)}
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        for thing in play.things(play.between(9, 13)):
            with lead.delegate(f"ask_{theme.agents[1]}", 1, f"Look into {thing}.") as worker:
                worker.use("read_rules", {}, rules)
                worker.use(theme.lookup, {theme.key: thing}, play.record(thing))
                worker.say(play.paragraph(2))
        lead.say(play.paragraph(3))


@fine(8, like=19, near=(1,))
def repeats_a_read_far_apart(play: Play) -> None:
    """The same read with the same result, but dozens of other steps lie between."""
    theme, home = play.theme, play.thing()
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for _ in range(4):
            worker.use(theme.lookup, {theme.key: home}, play.record(home))
            things = [thing for thing in play.things(14) if thing != home]
            for thing in things:
                worker.use(
                    theme.lookup, {theme.key: thing}, play.record(thing, play.between(1, 99))
                )
                if play.rng.random() < 0.2:
                    note = {theme.key: thing, "note": play.sentence()}
                    worker.use(theme.write, note, ACKNOWLEDGED)
        worker.say(play.paragraph(2))


@fine(5, near=(11,))
def refines_its_plan(play: Play) -> None:
    """The plan follows what was found, and what is done is ticked off."""
    theme, plan = play.theme, list(play.theme.plan)
    with play.agent(0, task=play.rng.choice(theme.tasks)) as lead:
        for number in range(play.between(6, 8)):
            marks = ["done" if at < number else "pending" for at in range(len(plan))]
            todo = [{"step": s, "status": m} for s, m in zip(plan, marks, strict=True)]
            lead.use("update_plan", {"plan": todo}, "Plan updated.")
            topic = play.rng.choice(theme.topics)
            lead.use(theme.search, {"query": f"{topic} {number}"}, play.hits(f"{topic} {number}"))
            change = {theme.key: play.thing(), "note": play.sentence()}
            lead.use(theme.write, change, ACKNOWLEDGED)
            plan.append(play.sentence())
        lead.say(play.paragraph(3))


@fine(3, near=(11,))
def plans_as_the_user_corrects(play: Play) -> None:
    """Only a plan is wanted, and the user has wishes."""
    theme = play.theme
    with play.agent(0, task=f"Make a plan only. {play.rng.choice(theme.tasks)}") as lead:
        for _ in range(play.between(6, 9)):
            steps = play.rng.sample(theme.plan, 4)
            lead.say("Plan:\n" + "\n".join([*steps, play.sentence()]))
            lead.hear(play.sentence(), wait=play.between(20, 200))
        lead.say(play.paragraph(2))


@fine(4, near=(18,))
def writes_the_same_key_twice(play: Play) -> None:
    """An upsert with a key of its own, sent again by the next run: the second changes nothing."""
    theme = play.theme
    things = play.things(8)
    for _ in range(2):
        with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
            for number, thing in enumerate(things):
                row = {theme.key: thing, "idempotency_key": f"{theme.service}-{number}"}
                worker.use("upsert_row", row, {"ok": True, "changed": False})
            worker.say(play.sentence())
        play.wait(play.between(300, 3000))


@fine(4, near=(18,))
def orders_twice_because_it_is_asked_to(play: Play) -> None:
    """The user wants the same once more, and says so."""
    theme, thing = play.theme, play.thing()
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number in range(play.between(3, 4)):
            for other in play.things(4):
                worker.use(theme.lookup, {theme.key: other}, play.record(other))
            receipt = {"ok": True, "receipt": f"rcpt_{play.ids.getrandbits(40):010x}"}
            worker.use(theme.act, {theme.key: thing, "amount": 25}, receipt)
            worker.say(play.sentence())
            worker.hear(f"Good. The same once more, please; that makes {number + 2}.", wait=60)
        worker.say("Done.")


@fine(4, near=(18,))
def rehearses_before_it_acts(play: Play) -> None:
    """Each act is tried without effect first."""
    theme = play.theme
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for thing in play.things(play.between(8, 12)):
            would = {"ok": True, "would_change": play.between(1, 9)}
            worker.use(theme.act, {theme.key: thing, "dry_run": True}, would)
            done = {"ok": True, "receipt": f"rcpt_{play.ids.getrandbits(40):010x}"}
            worker.use(theme.act, {theme.key: thing, "dry_run": False}, done)
        worker.say(play.sentence())


@fine(4, near=(1,))
def scrolls_down(play: Play) -> None:
    """The same call, and another part of the page each time."""
    with play.agent(1, task=play.rng.choice(play.theme.tasks)) as worker:
        worker.use("open_page", {"url": "https://archive.example/all"}, play.paragraph(2))
        for _ in range(play.between(14, 20)):
            worker.use("scroll", {"direction": "down"}, play.paragraph(2))
        worker.say(play.paragraph(3))


@fine(4, near=(1,))
def asks_the_clock_at_each_turn(play: Play) -> None:
    """The same two reads, with the same results, for each message of the user."""
    theme, home = play.theme, play.thing()
    with play.workflow(), play.agent(0) as agent:
        for _ in range(play.between(10, 14)):
            agent.hear(play.sentence(), wait=play.between(5, 90))
            agent.use("get_profile", {}, {"name": play.record(home)["owner"], "language": "en"})
            agent.use("current_date", {}, {"date": "2026-11-25"})
            thing = play.thing()
            agent.use(theme.lookup, {theme.key: thing}, play.record(thing))
            agent.say(play.paragraph(2))


@fine(4, near=(2, 3))
def writes_a_document_part_by_part(play: Play) -> None:
    """One tool, one target, the same receipt; another text each time."""
    theme, thing = play.theme, play.thing()
    with play.agent(3, task=play.rng.choice(theme.tasks)) as writer:
        for number in range(play.between(14, 20)):
            part = {theme.key: thing, "section": number + 1, "text": play.paragraph(3)}
            writer.use("append_section", part, {"ok": True})
        writer.say(play.sentence())


@fine(4, near=(1, 4))
def runs_flaky_tests_again(play: Play) -> None:
    """The same tests after small edits, with results that go up and down until they pass."""
    theme, thing = play.theme, play.thing()
    with play.agent(1, task=play.rng.choice(theme.tasks)) as worker:
        for number in range(play.between(9, 12)):
            if number % 2 == 0:
                edit = {theme.key: thing, "change": play.sentence()}
                worker.use(theme.write, edit, {"ok": True, "revision": number})
            red = play.between(1, 9)
            report = {"failed": red, "passed": 60 - red, "names": [play.sentence()]}
            worker.use(theme.check, {"target": "all"}, report, seconds=play.between(5, 30))
        worker.use(theme.check, {"target": "all"}, {"failed": 0, "passed": 60})
        worker.say(play.paragraph(2))
