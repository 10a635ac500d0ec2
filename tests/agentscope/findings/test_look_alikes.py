"""Work that looks like a loop and is none: nothing is said of it at warning or above."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agentscope.vocabulary import ErrorClass, Flag
from tests.kit.courses import Script

Play = Callable[[Script], None]
WORDS = "It rained in the north, and later in the south, as it had in the years before."


def maps_and_reduces(script: Script) -> None:
    for part in range(3):
        script.together([("look", {"of": [part, at]}, f"{part} {at * 31}") for at in range(20)])
        script.think(f"Part {part} came to {part * 31}.")


def reads_batches_side_by_side(script: Script) -> None:
    for batch in range(9):
        script.together([("read", {"of": batch * 4 + at}, f"{batch} {at * 7}") for at in range(4)])


def pages(script: Script) -> None:
    for page in range(20):
        script.use(
            "list", {"filter": "open", "page": page}, f"Items {page * 31} to {page * 31 + 30}."
        )


def works_a_list_off(script: Script) -> None:
    for at in range(25):
        script.use("move_file", {"source": f"a/{at}", "target": f"b/{at}"}, "")


def reads_in_chunks(script: Script) -> None:
    for at in range(15):
        lines = "\n".join(f"{line}: {line * 7919 % 997}" for line in range(at * 40, at * 40 + 40))
        script.use("read_lines", {"path": "a/b.txt", "start_line": at * 40}, lines)


def edits_and_tests(script: Script) -> None:
    for at in range(9, 0, -1):
        script.use("edit_file", {"path": "a.py", "change": f"{at * 7919}"}, "ok")
        script.use("run_tests", {"target": "all"}, {"failed": at, "passed": 40 - at})


def edits_while_tests_stay_green(script: Script) -> None:
    for at in range(9):
        script.use("edit_file", {"path": "a.py", "change": f"{at * 7919}"}, "ok")
        script.use(
            "run_tests", {"target": "all"}, "All of the 40 tests have passed without errors."
        )


def waits_for_a_provider(script: Script) -> None:
    for wait in (1, 2, 4, 8):
        script.think(error_class=str(ErrorClass.RATE_LIMIT), status=2, known=False)
        script.wait(wait)
    script.think("It rained.")


def watches_it_move(script: Script) -> None:
    for percent in range(0, 100, 7):
        script.use("get_status", {"job": 7}, {"status": "running", "percent": percent})


def asks_once_in_a_while(script: Script) -> None:
    for _ in range(15):
        script.use("get_status", {"job": 7}, {"status": "running"})
        script.wait(60)


def debates_with_fewer_issues(script: Script) -> None:
    for left in range(7, 0, -1):
        with script.agent("writer"):
            script.think(f"Draft {left}: {WORDS} {left * 31}")
        with script.agent("critic"):
            script.think(f"Issues found: {left}. {WORDS} {left * 17}")


def samples_and_votes(script: Script) -> None:
    for _ in range(10):
        with script.agent("sampler", "How often did it rain?"):
            script.think("It rained often.", seconds=5)
        script.now -= 4.9


def routes_new_tasks(script: Script) -> None:
    for at in range(9):
        with script.agent("router"):
            script.hear(f"What about {at}?")
            script.think(asks=[("transfer_to_expert", {"about": at})])
            script.call("transfer_to_expert", {"about": at}, "ok")
        with script.agent("expert"):
            script.use("look", {"of": at}, f"{at} is {at * 31}.")
            script.think(f"On {at}: {at * 31}.")
        script.wait(20)


def gives_one_worker_many_tasks(script: Script) -> None:
    for at in range(9):
        with script.agent("worker", f"Find out about {at * 7919}."):
            script.use("look", {"of": at}, f"{at} is {at * 31}.")
            script.think(f"On {at}: {at * 31}.")


def chats_for_long(script: Script) -> None:
    for at in range(20):
        script.hear(f"And {at}?")
        script.think(f"On {at}: {at * 31}.")
        script.wait(10)


def classifies_one_by_one(script: Script) -> None:
    for at in range(25):
        with script.agent("classifier", f"Message {at}: {at * 7919}"):
            script.hear(f"Message {at}: {at * 7919}")
            script.think("safe")


def probes_what_exists(script: Script) -> None:
    for at in range(20):
        error = ErrorClass.NONE if at % 4 == 0 else ErrorClass.NOT_FOUND
        script.use("lookup", {"of": at}, f"{at} is {at * 31}." if not error else None, error=error)


TOKENS = ("input_tokens", "output_tokens")


def is_answered_by_a_cache(script: Script) -> None:
    cached: dict[str, Any] = {"flags": int(Flag.CACHED_ANSWER), **dict.fromkeys(TOKENS, 0)}
    for at in range(20):
        with script.agent("clerk", "When are you open?"):
            script.think(WORDS, **(cached if at else {}))


def repeats_a_read_far_apart(script: Script) -> None:
    for part in range(4):
        script.use("read", {"of": "rules"}, WORDS)
        for at in range(22):
            script.use("read", {"of": part * 22 + at}, f"{part} {at * 31}")


def is_redacted(script: Script) -> None:
    for _ in range(20):
        script.think(known=False)
        script.call("read", {"of": "__REDACTED__"}, "__REDACTED__", flags=Flag.REDACTED)


def is_recorded_without_content(script: Script) -> None:
    for _ in range(20):
        script.think(known=False)
        script.call("read")


def looks_before_each_change(script: Script) -> None:
    for at in range(10):
        script.use("get_mode", {}, "The mode is normal, and there are no open changes at all.")
        script.use("write_note", {"of": at}, "ok")


def every_instance_begins_the_same_way(script: Script) -> None:
    for at in range(10):
        with script.agent("worker", f"Look into {at * 7919}."):
            script.use("read_rules", {}, WORDS)
            script.use("look", {"of": at}, f"{at} is {at * 31}.")
            script.think(f"On {at}: {at * 31}.")


PLAYS: tuple[Play, ...] = (
    *(maps_and_reduces, reads_batches_side_by_side, pages, works_a_list_off, reads_in_chunks),
    *(edits_and_tests, edits_while_tests_stay_green, waits_for_a_provider, watches_it_move),
    *(asks_once_in_a_while, debates_with_fewer_issues, samples_and_votes, routes_new_tasks),
    *(gives_one_worker_many_tasks, chats_for_long, classifies_one_by_one, probes_what_exists),
    *(is_answered_by_a_cache, repeats_a_read_far_apart, is_redacted, is_recorded_without_content),
    *(looks_before_each_change, every_instance_begins_the_same_way),
)


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.__name__.replace("_", "-"))
def test_it_is_fine(play: Play) -> None:
    script = Script(prompt=20_000, grows=0)
    with script.agent("lead", "See to it."):
        play(script)
    assert {code for code, level in script.codes().items() if level != "info"} == set()
