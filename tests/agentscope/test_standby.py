"""Without a broker the work is found by looking for it."""

from types import SimpleNamespace

import pytest
from kombu import Connection

from agentscope import standby
from agentscope.celery import app
from agentscope.standby import WORK, LetGo, Standby, broker_answers, do_work


@pytest.fixture
def done(monkeypatch):
    """The tasks that were done, instead of doing them. The first of them fails."""
    names = []

    def task(name):
        names.append(name)
        if name == WORK[0]:
            raise RuntimeError("no database")

    tasks = {name: lambda name=name: task(name) for name in WORK}
    monkeypatch.setattr(standby, "close_old_connections", lambda: None)
    return SimpleNamespace(
        names=names, app=SimpleNamespace(tasks=tasks, conf=SimpleNamespace(broker_url="redis://x"))
    )


def test_the_work_is_that_of_the_ticks():
    app.finalize()
    app.loader.import_default_modules()
    ticks = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert set(WORK) < ticks
    assert set(WORK) < set(app.tasks)


def test_one_failure_does_not_stop_the_rest(done):
    do_work(done.app)
    assert done.names == list(WORK)


def test_it_works_only_while_the_broker_is_away(done, monkeypatch):
    step = Standby(None)
    looks = iter([True, False, False, True])

    def answers(_url):
        found = next(looks, None)
        if found is None:
            step.stop(None)
        return found is not False

    monkeypatch.setattr(standby, "PAUSE", 0)
    monkeypatch.setattr(standby, "broker_answers", answers)
    step.run(done.app)
    assert done.names == [*WORK, *WORK]


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis+socket:///nowhere", "other://x"])
def test_a_broker_that_is_not_there(url):
    assert not broker_answers(url)


def test_a_broker_that_is_there():
    assert broker_answers("memory://")


def test_what_is_owed_to_a_broker_that_went_away_is_let_go():
    with Connection("memory://") as broker:
        channel = broker.channel()
        channel.qos.append("a message", "its tag")
        channel.do_restore = True  # as that of a Redis
        channel.qos.restore_unacked = pytest.fail
        LetGo(None).start(SimpleNamespace(task_consumer=SimpleNamespace(channel=channel)))
        channel.close()


def test_the_worker_lets_go():
    assert LetGo in app.steps["consumer"]
