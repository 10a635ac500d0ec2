"""Queues of the broker in turns."""

from collections import deque
from types import SimpleNamespace

import pytest
from celery.signals import task_received
from kombu.utils.scheduling import cycle_by_name

from agentscope.celery import app
from agentscope.turns import Turns


@pytest.fixture(autouse=True)
def _nothing_served(monkeypatch):
    monkeypatch.setattr(Turns, "served", [])


def served(queues: dict[str, deque[str]], count: int) -> list[str]:
    """What a worker begins, of queues whose messages may say `expired`: as Celery takes them."""
    order = Turns()
    begun: list[str] = []
    order.update(list(queues))
    while len(begun) < count:
        name = next(name for name in order.consume(len(queues)) if queues[name])
        message = queues[name].popleft()
        order.rotate(name)
        if message != "expired":
            task_received.send(
                sender=None, request=SimpleNamespace(delivery_info={"routing_key": name})
            )
            begun.append(message)
    return begun


def test_each_queue_has_its_turn():
    queues = {"celery": deque(["tick"] * 4), "drain": deque(["drain"] * 4)}
    assert served(queues, 8) == ["tick", "drain"] * 4


def test_what_has_expired_is_no_turn():
    queues = {
        "celery": deque(["expired"] * 600 + ["tick", "tick"]),
        "drain": deque(["drain"] * 100),
    }
    assert served(queues, 4) == ["tick", "drain", "tick", "drain"]


def test_an_empty_queue_keeps_nobody_waiting():
    queues = {"celery": deque(["tick"]), "drain": deque(["drain"] * 3)}
    assert served(queues, 4) == ["tick", "drain", "drain", "drain"]


def test_workers_take_turns_so():
    assert cycle_by_name(app.conf.broker_transport_options["queue_order_strategy"]) is Turns
    assert {name: queue.routing_key for name, queue in app.amqp.queues.items()} == {
        queue: queue for queue in ("celery", "drain")
    }
