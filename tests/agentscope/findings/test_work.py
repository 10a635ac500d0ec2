"""Detection takes work in proportion to the spans, whatever shape they make up. What is counted are
instructions and elements of arrays, so no other load of the machine matters."""

from collections.abc import Callable
from contextlib import ExitStack, nullcontext

import pytest

from agentscope.agents.invoked import runs
from agentscope.billing.bill import Terms, bill
from agentscope.findings.detect import detect
from agentscope.findings.scene import scene
from agentscope.prices.book import PriceBook
from agentscope.traces.grow import grow
from agentscope.vocabulary import ErrorClass
from tests.kit.courses import Script
from tests.kit.work import Counts, counted, work_of

FEW, MANY = 120, 1200  # spans
SLACK = 1.3  # sorting, and arrays of a fixed size


def calls(script: Script) -> None:
    """One call, for ever."""
    script.call("search", {"q": "orders"}, "There are no orders that match this search.")


def effects(script: Script) -> None:
    """Calls that do something, each three times, and failures in between."""
    number = len(script.rows)
    script.call("send_email", {"to": number // 6}, {"sent": True})
    script.call("search", {"q": number}, error=ErrorClass.TIMEOUT)


def failures(script: Script) -> None:
    """Failures of many kinds."""
    errors = (ErrorClass.PERMISSION, ErrorClass.RATE_LIMIT, ErrorClass.VALIDATION)
    script.call("search", {"q": len(script.rows)}, error=errors[len(script.rows) // 4 % 3])


def goodbyes(script: Script) -> None:
    """Agents that say goodbye to each other."""
    with script.agent("ab"[len(script.rows) // 2 % 2]):
        script.think("Thank you, goodbye!")


def handoffs(script: Script) -> None:
    """Agents that hand the same work to each other."""
    one, other = ("a", "b") if len(script.rows) // 3 % 2 else ("b", "a")
    with script.agent(one):
        script.use(f"transfer_to_{other}", {"reason": "yours"}, "ok")


def plans(script: Script) -> None:
    """A plan, written down again and again."""
    script.use("write_todos", {"todos": ["search the orders", "write the report"]}, "ok")


def summaries(script: Script) -> None:
    """A conversation that is summed up again and again."""
    with script.span("compact_conversation"):
        script.think("It is about orders.", input_tokens=90_000)
    script.think("Go on", input_tokens=90_000)


def polls(script: Script) -> None:
    """A model that asks how far a job is."""
    script.use("get_job_status", {"id": 7}, {"status": "running"})


def late(script: Script) -> None:
    """Agents that go on long after they have ended."""
    with script.agent("a") as row:
        script.wait(100)
        for _ in range(4):
            script.think("still there, and here is some more about the orders")
    row["end_ns"] = row["start_ns"] + 1


BELOW_ONE = (calls, effects, failures, goodbyes, handoffs, plans, summaries, polls)


def one_after_another(more: Callable[[Script], None], spans: int) -> Script:
    """An agent that does the same until there are so many spans."""
    script = Script()
    with script.agent("boss", "look after the orders") if more in BELOW_ONE else nullcontext():
        while len(script.rows) < spans:
            more(script)
    return script


def one_in_another(spans: int, *, talks: bool) -> Script:
    """Agents that have each other do a task, level by level, beside calls of their own, or talk."""
    script = Script()
    with ExitStack() as levels:
        while len(script.rows) < spans:
            levels.enter_context(script.agent("ab"[len(script.rows) % 2], "look after the orders"))
            if talks:
                for _ in range(4):
                    script.think("Thank you, goodbye!")
                continue
            script.use("look", {"at": "orders"}, "There are no orders that match this search.")
            delegation = script.call("delegate", {"task": "look after the orders"})
            levels.enter_context(script.within(delegation))
    return script


def work(script: Script) -> Counts:
    """The work of finding what is wrong in a trace."""
    spans = script.spans()
    tree = grow(spans)
    spans = spans.follow(tree.span_id)
    bill(tree, spans, Terms(PriceBook()))
    found, tree = runs(tree), counted(tree)
    return work_of(lambda: detect(scene(tree, spans, found)))


@pytest.mark.parametrize("more", [*BELOW_ONE, late], ids=lambda more: more.__name__)
def test_ten_times_the_spans_are_ten_times_the_work(more):
    few, many = (work(one_after_another(more, spans)) for spans in (FEW, MANY))
    assert many.instructions <= few.instructions * MANY / FEW * SLACK
    assert many.elements <= few.elements * MANY / FEW * SLACK


@pytest.mark.parametrize("talks", [True, False])
def test_runs_inside_of_each_other_are_no_more_work(talks):
    few, many = (work(one_in_another(spans, talks=talks)) for spans in (FEW, MANY))
    assert many.instructions <= few.instructions * MANY / FEW * SLACK
    assert many.elements <= few.elements * MANY / FEW * SLACK
