"""ModelPrice and ModelAlias: what a token of a model costs, from when to when, and for whom."""

from django.db import models


class ModelPrice(models.Model):
    """One price of one model. A call is priced by the row that is valid at its time.

    Rows of a project win over those of the installation.
    """

    class Unit(models.TextChoices):
        """What is paid for. A part without a price is paid as the whole is."""

        INPUT = "input"  # fresh input
        CACHE_READ = "cache_read"
        CACHE_WRITE = "cache_write"  # for 5 minutes, or however long the provider keeps it
        CACHE_WRITE_1H = "cache_write_1h"
        AUDIO_INPUT = "audio_input"
        OUTPUT = "output"
        REASONING = "reasoning"
        AUDIO_OUTPUT = "audio_output"
        REQUEST = "request"  # a call, whatever its tokens
        WEB_SEARCH = "web_search"  # a search that the provider ran
        BY_HOUR = "by_hour"  # says that the price depends on the hour of day, so that we know none

    project_id = models.IntegerField(null=True)  # null: for every project
    provider = models.TextField()
    model = models.TextField()
    unit = models.TextField(choices=Unit)
    service_tier = models.TextField(default="", db_default="")  # batch, flex, priority
    tier_from = models.BigIntegerField(default=0)  # input tokens of the call from which this holds
    usd_per_million = models.DecimalField(max_digits=20, decimal_places=8)
    valid_from = models.DateField(null=True)  # null: since ever
    valid_to = models.DateField(null=True)  # exclusive; null: until further notice
    source = models.TextField()  # genai-prices …, litellm …, project

    class Meta:
        db_table = "model_price"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("project_id", "provider", "model", "unit", "service_tier", "tier_from"),
                    *("valid_from", "source"),
                ],
                nulls_distinct=False,
                name="one_price",
            )
        ]


class ModelAlias(models.Model):
    """A name that a project's senders use for a model: a deployment, a gateway's route."""

    project_id = models.IntegerField()
    name = models.TextField()  # as senders say it, in lower case
    provider = models.TextField()  # of the price list
    model = models.TextField()

    class Meta:
        db_table = "model_alias"
        constraints = [models.UniqueConstraint(fields=["project_id", "name"], name="one_alias")]
