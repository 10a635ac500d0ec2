"""What is kept of a trace: how it ended, what it did, and nothing that depends on order."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscope.findings.earlier import Ended, Outline
from agentscope.findings.outline import acts, outline
from agentscope.findings.scene import Scene
from agentscope.traces.totals import totals
from agentscope.vocabulary import ErrorClass, Flag, Kind, Status
from tests.kit.courses import Script

HERE = UUID(int=7)


def of(script: Script) -> Outline:
    return outline_of(script.scene())


def outline_of(scene: Scene) -> Outline:
    return outline(scene, totals(scene.tree, scene.spans), HERE, "s")


def worker(script: Script, **said: Any) -> Script:
    with script.agent("worker", "Settle it.", **said):
        script.hear("Settle it.")
        script.use("get_order", {"order": 7}, "open")
        script.use("send_email", {"to": "ann"}, "sent")
        script.think("Done.")
    return script


def test_a_run_that_ends_well():
    found = of(worker(Script()))
    assert (found.ended, found.error, found.has_effect) == (Ended.WELL, 0, True)
    assert (len(found.states), len(found.steps)) == (3, 2)
    assert all((found.session, found.root, found.input, found.result, *found.states, *found.steps))
    assert found.tokens == 2000 + 2100 + 2200 + 3 * 20


def test_a_run_that_fails():
    said = {"status": int(Status.ERROR), "error_class": str(ErrorClass.SERVER)}
    found = of(worker(Script(), **said))
    other = of(worker(Script(), **said | {"error_class": str(ErrorClass.TIMEOUT)}))
    assert found.ended == other.ended == Ended.FAILED
    assert found.error != other.error


def test_a_step_that_failed_on_the_way_is_no_failure_of_the_run():
    script = Script()
    with script.agent("worker"):
        script.use("get_order", {"order": 7}, error=ErrorClass.TIMEOUT)
        script.use("get_order", {"order": 7}, "open")
    assert of(script).ended == Ended.WELL


def test_a_run_that_waits():
    script = worker(Script())
    with script.agent("worker"):
        row = script.call("approve", {}, None)
        row |= {"status": int(Status.WAITING), "error_class": "control_flow"}
    assert of(script).ended == Ended.PAUSED


def test_a_run_that_waited_and_went_on():
    script = Script()
    with script.agent("worker"):
        row = script.call("approve", {})
        row |= {"status": int(Status.WAITING), "error_class": "control_flow"}
        script.use("send_email", {"to": "ann"}, "sent")
    assert of(script).ended == Ended.WELL


def test_a_run_that_never_ended():
    script = worker(Script())
    assert of_rows(script, script.rows[1:]).ended == Ended.OPEN
    script.rows[0]["end_ns"] = 0
    assert of(script).ended == Ended.OPEN


def of_rows(script: Script, rows: list[Any]) -> Outline:
    return outline_of(script.scene(rows))


@pytest.mark.parametrize(
    "said",
    [{"name": "nightlyEval"}, {"environment": "ci"}, {"flags": int(Flag.EVALUATION)}],
    ids=str,
)
def test_what_is_repeated_on_purpose_has_no_root(said):
    script = worker(Script())
    script.rows[0] |= said
    assert of(script).root == 0


@pytest.mark.parametrize("name", ["invoice-run", "latest", "contest", "retrieval"])
def test_names_that_only_contain_such_a_word(name):
    script = worker(Script())
    script.rows[0]["name"] = name
    assert of(script).root


def test_an_evaluator_makes_it_an_evaluation():
    script = worker(Script())
    with script.span("relevance", Kind.EVALUATOR):
        pass
    assert of(script).root == 0


def test_acts_are_those_that_do_something_each_time():
    script = Script()
    with script.agent("worker"):
        script.call("send_email", {"to": "zoe"}, "sent")
        script.hear("Settle it.")
        script.use("send_email", {"to": "ann"}, "sent")
        script.use("send_email", {"to": "bob"}, "no", error=ErrorClass.SERVER)
        script.use("send_email", {"to": "cyd", "dry_run": True}, "ok")
        script.use("send_email", {"to": "dan"}, "hidden", flags=Flag.REDACTED)
        script.use("upsert_row", {"id": 1}, "ok")
    first, second = acts(script.scene(), HERE).values()
    assert (first.is_asked, first.said) == (False, 0)
    assert second.is_asked
    assert second.said
    assert first.key != second.key


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 3))
def test_the_order_of_spans_does_not_matter(random: Random, times: int):
    script = worker(Script())
    for number in range(times):
        with script.agent("helper", "Help."):
            script.use("issue_refund", {"order": number % 2}, "ok")
    rows = [*script.rows]
    random.shuffle(rows)
    one, other = script.scene(), script.scene(rows)
    assert outline_of(one) == outline_of(other)
    kept = [[replace(act, asked_row=-1) for act in acts(it).values()] for it in (one, other)]
    assert kept[0] == kept[1]
