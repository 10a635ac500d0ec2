"""The tasks send in threads, few of them, and the worker goes on meanwhile."""

from queue import Queue
from threading import Event

import pytest

from agentscope.celery import app
from agentscope.channels import tasks
from agentscope.channels.tasks import MOST_SENDERS, Senders, send
from agentscope.channels.write import create_channel, send_test
from tests.kit.receivers import PATIENCE


@pytest.fixture
def finished(monkeypatch):
    """Waits until all that sends has ended."""
    monkeypatch.setattr(tasks, "SENDERS", found := Senders())

    def wait():
        for each in found.running:
            each.join(PATIENCE)
            assert not each.is_alive()

    return wait


@pytest.mark.django_db(transaction=True)
def test_the_task_sends_what_is_due(project, hook, finished):
    channel = create_channel(project.pk, "slack", "chat", {"url": hook.url}, "ada")
    delivery = send_test(channel)
    send()
    finished()
    delivery.refresh_from_db()
    assert (delivery.state, len(hook.arrived)) == ("sent", 1)


def test_there_are_few_threads_and_one_more_each_tick(monkeypatch, finished):
    begun, may_end = Queue(), Event()

    def send_due():
        begun.put(1)
        may_end.wait(PATIENCE)

    monkeypatch.setattr(tasks, "send_due", send_due)
    for _ in range(MOST_SENDERS + 3):
        send()
    for _ in range(MOST_SENDERS):
        begun.get(timeout=PATIENCE)
    may_end.set()
    finished()
    assert begun.empty()
    send()
    finished()
    assert begun.qsize() == 1


def test_a_database_that_is_lost_is_logged_and_tried_again(monkeypatch, finished, caplog):
    def send_due():
        raise OSError("gone")

    monkeypatch.setattr(tasks, "send_due", send_due)
    send()
    finished()
    assert "Sending was interrupted" in caplog.text


def test_both_tasks_have_their_ticks():
    ticks = {each["task"]: each["schedule"] for each in app.conf.beat_schedule.values()}
    assert (ticks["channels.send"], ticks["channels.forget"]) == (1.0, 3600.0)
