from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate


class PricesConfig(AppConfig):
    name = "agentscope.prices"
    label = "prices"

    def ready(self) -> None:
        post_migrate.connect(bring_prices, sender=self)


def bring_prices(**_: Any) -> None:
    """After `migrate`, so that every installation knows the prices of its release."""
    from agentscope.prices.models import ModelPrice
    from agentscope.prices.write import bring_bundled_prices

    if ModelPrice._meta.db_table in connection.introspection.table_names():
        bring_bundled_prices()
