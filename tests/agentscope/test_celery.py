"""How soon beat has people told of what was stored, in its ticks: no clock is looked at."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from time import time_ns

import pytest
from django.db.models import F
from django.test import Client

from agentscope.alerts.models import AlertEvent, Looked, Rule
from agentscope.celery import app
from agentscope.channels.tasks import SENDERS
from agentscope.channels.write import create_channel
from agentscope.projects.models import Project
from agentscope.traces.due import LOOK
from agentscope.traces.models import Trace
from tests.agentscope.channels.conftest import here, hook
from tests.agentscope.channels.kinds.test_webhook import SECRET
from tests.kit.otlp import PROTOBUF, a_span, encode, pair, traces
from tests.kit.receivers import Receiver

__all__ = ["here", "hook"]
SOON = 10  # seconds from the span that crosses a threshold to the message about it
# What has to run once, in this order, though no wake-up arrives.
CHAIN = ("ingest.drain", "traces.examine", "alerts.evaluate", "channels.send")


@pytest.fixture(autouse=True)
def _tasks() -> None:
    """The tasks of all modules, as a worker finds them."""
    app.loader.import_default_modules()


def send(number: int, tokens: int) -> None:
    """A call of a model that has just ended, in the same run as the others, is in the inbox."""
    call = a_span(
        span_id=number.to_bytes(8, "big"),
        start_time_unix_nano=time_ns() - 10**9,
        end_time_unix_nano=time_ns(),
        attributes=[
            pair("gen_ai.operation.name", string_value="chat"),
            pair("gen_ai.request.model", string_value="mine"),
            pair("gen_ai.usage.input_tokens", int_value=tokens),
        ],
    )
    headers = {"host": "localhost", "x-agentscope-project": "shop"}
    answer = Client(headers=headers).post("/v1/traces", encode(traces(call), PROTOBUF), PROTOBUF)
    assert answer.status_code == 200


def rest() -> None:
    """The rests pass that are no longer than LOOK, and no other: a trace that grows waits for its
    next examination as if the last one had taken an hour, and is glanced at meanwhile."""
    Trace.objects.update(look_after=F("look_after") - timedelta(seconds=LOOK))


def tick() -> None:
    """Each of CHAIN runs once."""
    for task in CHAIN:
        app.tasks[task]()
    for sender in SENDERS.running:
        sender.join()


def seconds() -> float:
    """How long CHAIN takes at most, if what is due has just missed each tick."""
    periods: dict[str, float] = {
        each["task"]: each["schedule"] for each in app.conf.beat_schedule.values()
    }
    return sum(periods[task] for task in CHAIN) + LOOK


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_growing", [False, True])
def test_a_span_that_crosses_a_threshold_is_told_of_within_ten_seconds(
    hook: Receiver, *, is_growing: bool
) -> None:
    project = Project.objects.create(name="shop")
    said = {"window": {"kind": "rolling", "seconds": 3600}, "metric": "tokens"}
    rule = Rule.objects.create(
        project_id=project.pk, condition={"kind": "at_least", "threshold": "100"}, **said
    )
    address = {"url": hook.url, "secret": SECRET}
    rule.channels.add(create_channel(project.pk, "webhook", "ops", address, "ada"))
    if is_growing:
        send(1, 50)
        tick()
        Trace.objects.update(examine_seconds=3600)
        Looked.objects.update(seconds=0)
    send(2, 120)
    app.tasks[CHAIN[0]]()
    rest()
    tick()
    event = AlertEvent.objects.get()
    assert (event.notice, event.value) == ("fired", Decimal(170 if is_growing else 120))
    assert len(hook.arrived) == 1
    assert seconds() <= SOON
