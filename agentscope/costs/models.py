"""ModelPrice: what a token costs, from when to when."""

from django.db import models


class ModelPrice(models.Model):
    """One price of one model. A call is priced by the row that is valid at its time."""

    class Unit(models.TextChoices):
        INPUT = "input"  # fresh input
        CACHE_READ = "cache_read"
        CACHE_WRITE = "cache_write"
        OUTPUT = "output"

    provider = models.TextField()
    model = models.TextField()
    unit = models.TextField(choices=Unit)
    tier_from = models.BigIntegerField(default=0)  # input tokens of the call from which this holds
    usd_per_million = models.DecimalField(max_digits=20, decimal_places=8)
    valid_from = models.DateField(null=True)  # null: since ever
    valid_to = models.DateField(null=True)  # exclusive; null: until further notice
    source = models.TextField()  # genai-prices, …

    class Meta:
        db_table = "model_price"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "model", "unit", "tier_from", "valid_from", "source"],
                nulls_distinct=False,
                name="one_price",
            )
        ]
