"""The trace that a question is of: that which the program records at the moment."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from types import SimpleNamespace

import agentscope_hook
from agentscope_hook import trace_of_now
from tests.examples.stubs import Decider
from tests.examples.test_agentscope_hook import asking


def test_the_trace_that_is_recorded_is_sent(monkeypatch):
    span = SimpleNamespace(trace_id=0xAB, is_valid=True)
    current = SimpleNamespace(get_span_context=lambda: span)
    api = SimpleNamespace(get_current_span=lambda: current)
    monkeypatch.setitem(agentscope_hook.sys.modules, "opentelemetry.trace", api)
    with Decider() as decider:
        asking(decider.url).may_i()
        asking(decider.url).may_i(trace="other")
    assert [asked["trace"] for asked in decider.asked] == ["ab".rjust(32, "0"), "other"]
    span.is_valid = False
    assert trace_of_now() == {}


def test_an_asynchronous_question_is_of_the_trace_of_its_own_task(monkeypatch):
    trace = ContextVar("trace")

    def current():
        span = SimpleNamespace(trace_id=trace.get(), is_valid=True)
        return SimpleNamespace(get_span_context=lambda: span)

    async def ask(number, here):
        trace.set(number)
        await here.may_i_async(agent=f"{number:032x}")

    async def both(here):
        await asyncio.gather(ask(1, here), ask(2, here))

    api = SimpleNamespace(get_current_span=current)
    monkeypatch.setitem(agentscope_hook.sys.modules, "opentelemetry.trace", api)
    with Decider() as decider, ThreadPoolExecutor() as beside:
        beside.submit(asyncio.run, both(asking(decider.url))).result()
    assert [asked["trace"] for asked in decider.asked] == [
        asked["agent"] for asked in decider.asked
    ]
