"""Work that is picked again and again and comes to nothing: found over traces, unless it is meant
to be repeated, or comes to something."""

from itertools import permutations
from typing import Any

import pytest

from agentscope.findings.models import Finding
from agentscope.vocabulary import ErrorClass, Flag
from tests.kit.costs import uuid
from tests.kit.resumed import HOUR, Run, lines, tell

pytestmark = pytest.mark.django_db

CODE = "rescheduled_work"
FAILS: dict[str, Any] = {"failure": ErrorClass.NOT_FOUND}


def night(number: int, answer: str = "", tokens: int = 9000, **said: Any) -> Run:
    """A run by the clock, each in a session of its own."""
    run = Run(number, HOUR * number, **({"session": f"night {number}"} | said))
    run.tokens = tokens
    run.use("get_record", {"id": 4}, "locked")
    return run.think(answer) if answer else run


def nights(times: int, **said: Any) -> list[Run]:
    return [night(number, **said) for number in range(1, times + 1)]


def test_it_is_told_from_the_third_and_calls_from_the_fifth():
    tell(*nights(5, **FAILS))
    assert lines(7, CODE) == [
        (uuid(3), CODE, "warning", 3),
        (uuid(4), CODE, "warning", 4),
        (uuid(5), CODE, "alert", 5),
    ]
    last = Finding.objects.get(trace_id=uuid(5))
    assert last.sentence == (
        "It ran 5 times within a day with the same input, and each time failed in the same way."
    )
    assert last.subject == "settler"
    assert [each["trace"] for each in last.evidence["earlier"]] == [
        uuid(number).hex for number in (4, 3, 2, 1)
    ]
    assert last.tokens == 9020, "of its own trace, so that those of all add up"


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_in_any_order(order):
    tell(*nights(3, **FAILS), order=order)
    assert lines(7, CODE) == [(uuid(3), CODE, "warning", 3)]


def test_runs_that_end_well_and_change_nothing():
    tell(*nights(5, answer="It is locked, so nothing was changed."))
    assert [line[2] for line in lines(7, CODE)] == ["warning", "warning", "alert"]
    last = Finding.objects.filter(code=CODE).order_by("trace_id").last()
    assert last.sentence.endswith("and each time changed nothing.")


def test_what_costs_next_to_nothing_is_no_alert():
    tell(*nights(6, tokens=100, **FAILS))
    assert {line[2] for line in lines(7, CODE)} == {"warning"}


@pytest.mark.parametrize(
    "said",
    [
        {"environment": "evaluation"},
        {"environment": "sdk-experiment"},
        {"name": "nightly-eval"},
        {"name": "health_check"},
        {"flags": Flag.EVALUATION},
    ],
    ids=str,
)
def test_what_runs_again_on_purpose(said):
    tell(*nights(5, **FAILS, **said))
    assert lines(7, CODE) == []


def test_the_same_prompt_with_new_results():
    tell(*(night(number, f"News number {number}: rain.") for number in range(1, 6)))
    assert lines(7, CODE) == []


def test_runs_that_change_something():
    runs = nights(5, answer="Sent.")
    tell(*(run.use("send_report", {"day": run.trace}).think("Sent.") for run in runs))
    assert lines(7, CODE) == []


def test_other_inputs_and_other_failures():
    inputs = [night(number, task=f"Settle order {number}.", **FAILS) for number in range(1, 6)]
    errors = [ErrorClass.NOT_FOUND, ErrorClass.SERVER]
    failures = [
        night(number, task="Settle.", failure=errors[number % 2]) for number in range(11, 16)
    ]
    tell(*inputs, *failures)
    assert lines(7, CODE) == []


@pytest.mark.parametrize(
    "task",
    [
        "Settle all open orders. Current time: 2026-11-25 {0:02}:30:00 UTC",
        "[run_id=8f14e45f{0:02}] Settle all open orders.",
        "Today is the {0}th. Settle all open orders. Timestamp: 17641350{0:02}",
    ],
)
def test_neither_the_time_nor_the_number_of_the_run_hides_it(task):
    task = task.replace("the {0}th", "Wednesday, November 25, 2026")
    tell(*(night(number, task=task.format(number), **FAILS) for number in range(1, 6)))
    assert [line[2] for line in lines(7, CODE)] == ["warning", "warning", "alert"]


def test_nor_does_a_name_with_a_date():
    names = {"name": "settler"}
    runs = nights(3, **FAILS, **names)
    for number, run in enumerate(runs):
        run.root["name"] = f"settle-2026112{number}T0400"
    tell(*runs)
    assert [line[2] for line in lines(7, CODE)] == ["warning"]


@pytest.mark.parametrize(
    "task",
    [
        "Settle order {0}.",
        "Settle what was ordered on 2026-11-{0:02}.",
        "Read document 550e8400-e29b-41d4-a716-4466554400{0:02}.",
    ],
)
def test_other_things_to_do_that_fail_alike(task):
    tell(*(night(number, task=task.format(number), **FAILS) for number in range(1, 6)))
    assert lines(7, CODE) == []


def test_how_they_fail_is_told_by_the_message_without_what_varies():
    def failing(number, message):
        run = Run(
            number, HOUR * number, session=f"night {number}", failure=ErrorClass.TOOL_REPORTED
        )
        said = {"error_class": ErrorClass.TOOL_REPORTED, "error_message": message}
        return run.use("get_record", {"id": 4}, None, **said)

    alike = "Record 4 is locked since 2026-11-25T0{0}:00:00Z"
    tell(*(failing(number, alike.format(number)) for number in range(1, 4)))
    assert [line[2] for line in lines(7, CODE)] == ["warning"]
    others = ["No such column", "Disk is full", "Not today"]
    tell(*(failing(number, others[number - 1]) for number in range(1, 4)), project=8)
    assert lines(8, CODE) == []


def test_failures_that_say_nothing_are_not_the_same():
    tell(*nights(5, failure=ErrorClass.UNKNOWN))
    assert lines(7, CODE) == []


def test_one_that_succeeded_breaks_the_row():
    runs = [*nights(2, **FAILS), night(3, "All is well."), *nights(5, **FAILS)[3:]]
    tell(*runs)
    assert lines(7, CODE) == []


def test_runs_of_more_than_a_day_ago_do_not_count():
    runs = nights(3, **FAILS)
    runs[2] = Run(3, 30 * HOUR, session="night 3", **FAILS)
    tell(*runs[:2], runs[2].use("get_record", {"id": 4}, "locked"))
    assert lines(7, CODE) == []


def test_a_late_success_withdraws_it():
    tell(*nights(3, **FAILS))
    assert lines(7, CODE)
    tell(night(4, "All is well.", session="late"), order=[4])
    assert lines(7, CODE), "it came after them"
    early = Run(5, 2.5 * HOUR, session="late too")
    tell(early.use("get_record", {"id": 4}, "open").think("All is well."), order=[5])
    assert lines(7, CODE) == []


def test_projects_do_not_mix():
    for number, run in enumerate(nights(3, **FAILS)):
        tell(run, project=7 + number)
    assert [lines(project) for project in (7, 8, 9)] == [[], [], []]


def test_names_with_dates_and_ids_are_one_subject():
    names = ("nightly-20261126", "nightly-20261127", "nightly-8f14e45f")
    runs = [night(at, **FAILS, name=names[at % 3]) for at in range(1, 6)]
    tell(*runs)
    assert [line[0] for line in lines(7, CODE)] == [uuid(3), uuid(4), uuid(5)]
    assert {each.subject for each in Finding.objects.filter(code=CODE)} == {"nightly-#"}
