"""The Celery app. The broker carries wake-ups and ids, never data: all work waits in Postgres."""

import os
from typing import Any

from celery import Celery, bootsteps
from celery.beat import EmbeddedService
from celery.signals import beat_init, worker_init
from click import Option
from django.conf import settings
from kombu import Exchange, Queue

from agentscope.checks import refuse_missing_settings
from agentscope.standby import LetGo, Standby

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agentscope.settings")
# Django's own checks load every page and the whole API: 25 MB in each worker, which serves neither.
# What production needs is asked below.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("agentscope")
app.conf.update(
    broker_url=settings.BROKER_URL or "memory://",
    task_ignore_result=True,
    # Acknowledged at once, since a lost wake-up costs one tick.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    # Two queues, served in turns, so that a flood of requests does not keep traces from being
    # examined.
    task_queues=[Queue("celery"), Queue("drain", Exchange("drain"), routing_key="drain")],
    task_routes={"ingest.drain": {"queue": "drain"}},
    # A lost wake-up costs one tick, so publishing never waits for a broker that is away.
    broker_transport_options={
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
        "queue_order_strategy": "agentscope.turns:Turns",
    },
    # Storing wakes draining, so that its tick only makes good what was lost. A trace that grows
    # rests between two examinations, and it is the tick that then finds it due.
    beat_schedule={
        "drain the inbox": {"task": "ingest.drain", "schedule": 5.0, "options": {"expires": 5}},
        "examine due traces": {
            "task": "traces.examine",
            "schedule": 1.0,
            "options": {"expires": 5},
        },
        "examine traces again": {
            "task": "traces.examine_at_leisure",
            "schedule": 1.0,
            "options": {"expires": 1},
        },
        "add up due days": {
            "task": "costs.roll_up",
            "schedule": 1.0,
            "options": {"expires": 5},
        },
        "add up due sessions": {
            "task": "sessions.add_up",
            "schedule": 1.0,
            "options": {"expires": 5},
        },
        "add up due findings": {
            "task": "findings.add_up",
            "schedule": 1.0,
            "options": {"expires": 5},
        },
        "judge due days": {
            "task": "findings.judge",
            "schedule": 1.0,
            "options": {"expires": 5},
        },
        "look at rules of alerts": {
            "task": "alerts.evaluate",
            "schedule": 1.0,
            "options": {"expires": 5},
        },
        "add up quarters of an hour": {
            "task": "meter.add_up",
            "schedule": 1.0,
            "options": {"expires": 5},
        },
        "send what is due": {
            "task": "channels.send",
            "schedule": 1.0,
            "options": {"expires": 5},
        },
        "forget what was sent": {"task": "channels.forget", "schedule": 3600.0},
        "run jobs": {"task": "jobs.run", "schedule": 1.0, "options": {"expires": 5}},
        "make and drop partitions": {"task": "traces.partitions", "schedule": 3600.0},
        "add up calls by day": {
            "task": "routing.add_up",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "suggest cheaper models": {"task": "routing.suggest", "schedule": 3600.0},
        "sign how long ledgers are": {"task": "ledger.checkpoint", "schedule": 3600.0},
        "keep no longer than projects want": {
            "task": "retention.keep",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "measure what is stored": {
            "task": "storage.measure",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "tell of answers": {
            "task": "ledger.answers",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "tell of decision records": {
            "task": "ledger.records",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "keep checkpoints elsewhere": {
            "task": "ledger.anchor",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "tell of logins that failed": {
            "task": "accounts.tell",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "forget logins that are over": {"task": "accounts.forget", "schedule": 3600.0},
        "fill queues of reviews": {
            "task": "reviews.fill",
            "schedule": 5.0,
            "options": {"expires": 5},
        },
        "mail who is named": {
            "task": "reviews.mail",
            "schedule": 60.0,
            "options": {"expires": 60},
        },
        "forget who looked": {"task": "reviews.forget", "schedule": 3600.0},
        "forget what was metered": {"task": "meter.forget", "schedule": 3600.0},
    },
)
app.autodiscover_tasks(["ingest"])
app.autodiscover_tasks(["agentscope"], related_name="pipeline")
app.autodiscover_tasks(["agentscope"], related_name="watching")
app.autodiscover_tasks(["agentscope"], related_name="witnessing")
app.autodiscover_tasks(
    ["agentscope.channels", "agentscope.erasure", "agentscope.ledger", "agentscope.routing"]
)
app.autodiscover_tasks(["agentscope.accounts", "agentscope.reviews", "agentscope.storage"])


@worker_init.connect
@beat_init.connect
def check(**_: Any) -> None:
    """Do not start without what production needs."""
    refuse_missing_settings()


class BeatThread(bootsteps.StartStopStep):
    """Beat in a thread of a worker that was started with `--beat-thread SCHEDULE_FILE`.

    Celery's own `--beat` forks a process for it, which takes as much memory as a worker.
    """

    def __init__(self, parent: Any, beat_thread: str | None = None, **options: Any) -> None:
        """`parent` is the worker; `beat_thread` is the file that keeps when what ran last."""
        super().__init__(parent, **options)
        self.schedule_file = beat_thread
        self.enabled = bool(beat_thread)

    def create(self, parent: Any) -> Any:
        """What the worker starts and stops."""
        return EmbeddedService(parent.app, thread=True, schedule_filename=self.schedule_file)


app.steps["worker"].update((BeatThread, Standby))
app.steps["consumer"].add(LetGo)
app.user_options["worker"].add(Option(["--beat-thread"], help="Run beat in a thread; its file."))
