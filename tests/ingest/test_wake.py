"""Wake-ups are few, never lost for long, and never in the way of a request."""

import threading
from types import SimpleNamespace

import pytest

from agentscope.celery import app
from ingest import wake
from ingest.wake import Bell, publisher

PATIENCE = 60  # seconds


class Counter:
    """Counts calls, and lets a test wait for them."""

    def __init__(self):
        self.calls = 0
        self.changed = threading.Condition()

    def __call__(self):
        with self.changed:
            self.calls += 1
            self.changed.notify_all()

    def reached(self, calls):
        with self.changed:
            return self.changed.wait_for(lambda: self.calls >= calls, PATIENCE)


@pytest.fixture
def pauses(monkeypatch):
    """Pauses that each last until the test releases one, however quick it is or slow."""
    ended = threading.Semaphore(0)
    monkeypatch.setattr(wake, "time", SimpleNamespace(sleep=lambda _: ended.acquire()))
    yield ended
    ended.release(1000)


def test_the_first_ring_is_heard_at_once(pauses):
    heard = Counter()
    Bell(heard).ring()
    assert heard.reached(1)


def test_many_rings_are_two_calls_and_the_last_is_not_lost(pauses):
    heard = Counter()
    bell = Bell(heard)
    bell.ring()
    assert heard.reached(1)
    for _ in range(1000):
        bell.ring()
    assert heard.calls == 1
    pauses.release()
    assert heard.reached(2)
    assert not bell.rung.is_set(), "a third call would follow"


def test_ringing_takes_no_time_while_the_broker_hangs():
    hangs, ended = threading.Event(), Counter()

    def publish():
        hangs.wait(PATIENCE)
        ended()

    bell = Bell(publish)
    for _ in range(100):
        bell.ring()
    assert ended.calls == 0
    hangs.set()
    assert ended.reached(1)


def test_a_broker_that_fails_is_tried_again(monkeypatch, caplog):
    monkeypatch.setattr(wake, "RETRY", 0.01)
    heard = Counter()

    def fail_twice():
        heard()
        if heard.calls < 3:
            raise ConnectionError("no broker")

    Bell(fail_twice).ring()
    assert heard.reached(3)
    assert "no broker" in caplog.text


def test_without_a_broker_nothing_is_sent(settings, monkeypatch):
    settings.BROKER_URL = ""
    monkeypatch.setattr(app, "send_task", lambda *_, **__: pytest.fail("sent"))
    publisher("ingest.drain")()


def test_a_message_names_the_task_and_expires(settings, monkeypatch):
    settings.BROKER_URL = "redis://somewhere"
    sent = []
    monkeypatch.setattr(app, "send_task", lambda name, **options: sent.append((name, options)))
    publisher("traces.examine")()
    assert sent == [("traces.examine", {"expires": 5, "ignore_result": True, "retry": False})]


def test_each_queue_gets_its_own_messages():
    """Queues with one exchange and key would each get every message."""
    queues = app.conf.task_queues
    assert len({(queue.exchange.name, queue.routing_key) for queue in queues}) == len(queues) == 2
