"""Glances raise what an examination would find later, and leave the last word to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F

from agentscope import pipeline
from agentscope.findings.found import Found
from agentscope.findings.models import Cause, Finding
from agentscope.glance import AllRules, glance_due
from agentscope.pipeline import examine
from agentscope.traces import glances, load
from agentscope.traces.due import LOOK
from agentscope.traces.glances import claim_glances
from agentscope.traces.models import Trace
from agentscope.vocabulary import Content, Kind
from tests.kit.costs import Understood, agent, span, store
from tests.kit.loops import SECOND, loop

pytestmark = pytest.mark.django_db(transaction=True)
PROJECT, ID = 7, UUID(int=1)


def glanced() -> list[Finding]:
    """What was found of a loop when time has passed and somebody glanced at what came."""
    Trace.objects.update(look_after=F("look_after") - timedelta(seconds=LOOK))
    glance_due(AllRules(), 10)
    return list(Finding.objects.filter(code="exact_repeat").order_by("first_ns"))


def work(first: int, number: int) -> list[Understood]:
    """So many calls of an agent's tool, each of another thing."""
    return [
        span(
            *(1, at, 1, at * SECOND),
            kind=Kind.TOOL,
            tool="search",
            content=Content(arguments={"q": at}, result=f"It is {at}."),
        )
        for at in range(first, first + number)
    ]


def test_a_loop_is_raised_before_its_trace_is_examined() -> None:
    store(PROJECT, *loop(1))
    (found,) = glanced()
    assert (found.agent, found.repeats, found.first_span) == ("scout", 6, 3)
    assert Cause.objects.get(fingerprint=found.fingerprint).due_at
    examine(PROJECT, ID)
    (kept,) = Finding.objects.filter(code="exact_repeat")
    assert (kept.raised_at, kept.withdrawn_at) == (found.raised_at, None)


def test_what_came_is_worth_a_glance_until_an_examination_has_seen_it() -> None:
    store(PROJECT, *loop(1))
    assert claim_glances() == [], "an examination may be quicker"
    examine(PROJECT, ID)
    assert glanced()
    assert not Trace.objects.filter(look_after__isnull=False)
    store(PROJECT, *work(100, 1))
    assert Trace.objects.filter(look_after__isnull=False)


def test_a_glance_withdraws_nothing_and_raises_nothing_again() -> None:
    store(PROJECT, *loop(1))
    examine(PROJECT, ID)
    Finding.objects.update(withdrawn_at=F("raised_at"))
    store(PROJECT, *work(100, 1))
    (found,) = glanced()
    assert found.withdrawn_at
    Finding.objects.update(withdrawn_at=None, repeats=99)
    store(PROJECT, *work(101, 1))
    (found,) = glanced()
    assert (found.withdrawn_at, found.repeats) == (None, 99)


def test_of_a_large_trace_only_the_newest_spans_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glances, "RECENT", 10)
    store(PROJECT, agent(1, 1, "scout"), *work(2, 90))
    examine(PROJECT, ID)
    kept = Trace.objects.get()
    assert (kept.look_from_ns, kept.look_after) == (kept.start_ns + 82 * SECOND, None)
    seen, is_all = load.load_recent(PROJECT, ID, kept.look_from_ns)
    assert sorted(seen.span_id.tolist()) == [1, *range(82, 92)]
    assert not is_all
    again = [span(1, at, 1, at * SECOND, **said()) for at in range(92, 97)]
    store(PROJECT, *again)
    (found,) = glanced()
    assert (found.agent, found.repeats, found.first_span) == ("scout", 5, 92)
    examine(PROJECT, ID)
    (kept_finding,) = Finding.objects.filter(code="exact_repeat")
    assert (kept_finding.raised_at, kept_finding.withdrawn_at) == (found.raised_at, None)


def said() -> dict[str, object]:
    """What a call in a loop says."""
    content = Content(arguments={"q": "rain"}, result="There is nothing of that name.")
    return {"kind": Kind.TOOL, "tool": "search", "content": content}


def test_what_a_glance_raises_while_an_examination_is_at_it_is_judged_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def detect_slowly(*_: object) -> list[Found]:
        monkeypatch.undo()
        with ThreadPoolExecutor(1) as other:
            other.submit(glance_elsewhere).result()
        return []

    store(PROJECT, *loop(1))
    monkeypatch.setattr(pipeline, "detect", detect_slowly)
    examine(PROJECT, ID)
    (found,) = Finding.objects.filter(code="exact_repeat")
    assert found.withdrawn_at is None
    assert Trace.objects.get().examine_after, "it stays due"
    monkeypatch.setattr(pipeline, "detect", lambda *_: [])
    examine(PROJECT, ID)
    (found,) = Finding.objects.filter(code="exact_repeat")
    assert found.withdrawn_at


def test_what_a_glance_raised_is_in_the_inbox_before_anything_is_examined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listed: list[bool] = []

    def claim() -> list[tuple[int, UUID]]:
        listed.append(Cause.objects.filter(code="exact_repeat", findings=1).exists())
        return []

    store(PROJECT, *loop(1))
    Trace.objects.update(look_after=F("look_after") - timedelta(seconds=LOOK))
    monkeypatch.setattr(pipeline, "claim_due", claim)
    pipeline.examine_due()
    assert listed == [True]


def glance_elsewhere() -> None:
    """A glance by another worker."""
    try:
        assert glanced()
    finally:
        connection.close()
