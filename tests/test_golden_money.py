"""Golden runs, from requests to what pages, API and files say of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.ingest.test_golden_usage import FORMS
from tests.kit.money import SECOND, START, Told
from tests.kit.world import PERIOD, World, own_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
# 3,000 fresh tokens, 95,000 from the cache, 2,000 into it for 5 minutes and 1,000 out …
BUCKETS = {"fresh_input": 3000, "cache_read": 95_000, "cache_write_5m": 2000, "output_text": 1000}
# … at 3, 0.3, 3.75 and 15 dollars a million; at 1.25, 0.125, 1.25 and 10.
COSTS = {"claude-sonnet-4-5": "0.06", "gpt-5": "0.028125"}


@pytest.fixture(autouse=True)
def _embedded(settings):
    settings.AGENTSCOPE_EMBEDDED = True


def told(trace: int, number: int, parent: int, attributes: dict[str, Any]) -> Told:
    """A span of a second with these attributes."""
    span = Span(
        trace_id=trace.to_bytes(16, "big"),
        span_id=number.to_bytes(8, "big"),
        parent_span_id=parent.to_bytes(8, "big") if parent else b"",
        name="step",
        start_time_unix_nano=START + number * SECOND,
        end_time_unix_nano=START + (number + 1) * SECOND,
    )
    for key, value in attributes.items():
        span.attributes.add(key=key, value=any_value(value))
    return Told("shop", "golden", span)


def any_value(value: Any) -> AnyValue:
    """A plain value as OTLP writes it."""
    found = AnyValue()
    if isinstance(value, dict):
        for key, each in value.items():
            found.kvlist_value.values.add(key=key, value=any_value(each))
    elif isinstance(value, list):
        found.array_value.values.extend(map(any_value, value))
    else:
        kinds = {bool: "bool_value", int: "int_value", float: "double_value", str: "string_value"}
        setattr(found, kinds[type(value)], value)
    return found


def test_one_call_in_every_form_has_the_same_buckets_and_cost():
    world = World()
    world.send([told(at, 1, 0, said) for at, said in enumerate(FORMS.values(), start=1)])
    world.settle()
    wrong, known = {}, []
    for at, name in enumerate(FORMS, start=1):
        (span,) = world.json(f"traces/{at:032x}/spans")["spans"]
        trace = world.json(f"traces/{at:032x}")
        # Some forms do not name the model: then the cost is unknown.
        cost = next((usd for model, usd in COSTS.items() if model in span["model"]), None)
        usage = {bucket: span["usage"][bucket] for bucket in BUCKETS}
        said = usage, span["cost_usd"], trace["known_cost_usd"], trace["unpriced_calls"]
        if said != (BUCKETS, cost, cost or "0", 0 if cost else 1):
            wrong[name] = said
        known.append(Decimal(cost or 0))
    assert wrong == {}
    assert len(list(filter(None, known))) >= 8
    assert world.whole() == (sum(known), known.count(Decimal(0)), len(FORMS))


def test_nine_priced_calls_and_an_unknown_one_in_every_output():
    world = World()
    call = {"gen_ai.operation.name": "chat", "gen_ai.usage.output_tokens": 1, "session.id": "s"}
    call |= {"gen_ai.usage.input_tokens": 1}
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"}
    priced = [told(1, at, 1, call | {"gen_ai.request.model": "gpt-4o"}) for at in range(2, 11)]
    unknown = told(1, 11, 1, call | {"gen_ai.request.model": "no-such-model"})
    world.send([told(1, 1, 0, agent), *priced, unknown])
    world.settle()
    expected = Decimal("0.0001125"), 1, 2  # 9 times 2.5 and 10 dollars a million
    assert {name: said for name, said in outputs(world) if said != expected} == {}
    for address in PAGES:
        shown = world.page(address, range="30d")
        assert "≥ $0.0001" in shown, address
        assert re.search(">1 charge<|1 charge of unknown cost", shown), address
        assert "$0.00<" not in shown, address


PAGES = (
    *("traces/", f"traces/{1:032x}/", f"traces/{1:032x}/costs/", "sessions/", "sessions/s/"),
    *("agents/", "agents/planner/", "costs/"),
)


def outputs(world: World) -> Iterator[tuple[str, tuple[Decimal, int, int]]]:
    """Known cost, unpriced calls and unpriced tokens wherever a machine reads them."""
    trace = f"traces/{1:032x}"
    costs = world.json("costs", group_by="agent", interval="day", **PERIOD)
    paths = world.json(f"{trace}/paths")
    said = {
        "trace": world.json(trace),
        "traces": world.json("traces")["traces"][0],
        "paths": paths["total"],
        "path": paths["paths"][0]["inclusive"],
        "costs": costs["total"],
        "group": costs["groups"][0]["amounts"],
        "slice": next(each for each in costs["series"] if each["total"]["calls"])["total"],
        "session": world.json("sessions/s"),
        "sessions": world.json("sessions")["sessions"][0],
        "agent": world.json("agents/planner", **PERIOD),
        "agents": world.json("agents", **PERIOD)["agents"][0],
        "costs, CSV": world.csv("costs", group_by="agent", **PERIOD)[0],
        "paths, CSV": own_of(world.csv(f"{trace}/paths")[0]),
        "sessions, CSV": world.csv("sessions")[0],
        "traces of the session, CSV": world.csv("sessions/s")[0],
        "agents, CSV": world.csv("agents", **PERIOD)[0],
    }
    for name, found in said.items():
        unpriced = int(found["unpriced_calls"]), int(found["unpriced_tokens"])
        yield name, (Decimal(found["known_cost_usd"]), *unpriced)
