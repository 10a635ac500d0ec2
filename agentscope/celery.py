"""The Celery app. The broker carries wake-ups and ids, never data: all work waits in Postgres."""

import os

from celery import Celery
from django.conf import settings
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "agentscope.settings")

app = Celery("agentscope")
app.conf.update(
    broker_url=settings.BROKER_URL or "memory://",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    # Two queues, served in turns, so that a flood of requests does not keep traces from being
    # examined.
    task_queues=[Queue("celery"), Queue("drain")],
    task_routes={"ingest.drain": {"queue": "drain"}},
    # A lost wake-up costs one tick, so publishing never waits for a broker that is away.
    broker_transport_options={"socket_connect_timeout": 2, "socket_timeout": 10},
    beat_schedule={
        "drain the inbox": {"task": "ingest.drain", "schedule": 1.0, "options": {"expires": 5}},
        "examine due traces": {
            "task": "traces.examine",
            "schedule": 1.0,
            "options": {"expires": 5},
        },
        "make and drop partitions": {"task": "traces.partitions", "schedule": 3600.0},
    },
)
app.autodiscover_tasks(["ingest"])
app.autodiscover_tasks(["agentscope"], related_name="pipeline")
