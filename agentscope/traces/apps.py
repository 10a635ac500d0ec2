from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate

from agentscope.traces.partitions import TABLES, ensure_partitions


class TracesConfig(AppConfig):
    name = "agentscope.traces"
    label = "traces"

    def ready(self) -> None:
        post_migrate.connect(make_first_partitions, sender=self)


def make_first_partitions(**_: Any) -> None:
    """After `migrate`, so that the first spans find their day; later a task makes days ahead."""
    if set(TABLES) <= set(connection.introspection.table_names()):
        ensure_partitions()
