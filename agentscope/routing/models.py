"""ModelUse: what calls of one kind came to in a trace. SuggestedModel: what is to be called instead
when money is short. See docs/adr/0026-routing.md."""

from django.db import models


class ModelUse(models.Model):
    """The calls of one kind that an agent made of a model in an hour of a trace, added up. Written
    anew when the trace is examined."""

    pk = models.CompositePrimaryKey("trace_id", "project_id", "place")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    place = models.BigIntegerField()  # a digest of the columns up to `size`
    site = models.BigIntegerField()  # a digest of path, model and provider
    hour = models.IntegerField()  # in which the calls began, since 1970
    path = models.TextField()  # agents, outermost first, joined by "/"
    agent = models.TextField()
    model = models.TextField()
    provider = models.TextField()
    service_tier = models.TextField()
    kind = models.SmallIntegerField()  # kinds.CallKind
    size = models.SmallIntegerField()  # of its input: a position in kinds.SIZES
    calls = models.BigIntegerField()
    flawed = models.BigIntegerField()  # for any of these reasons
    failed = models.BigIntegerField()
    redone = models.BigIntegerField()  # failed or refused, and done again
    rejected = models.BigIntegerField()  # by a guardrail, an evaluator or a person after it
    cut = models.BigIntegerField()  # the answer ended at the limit of tokens
    in_failures = models.BigIntegerField()  # of traces that ended in failure
    in_successes = models.BigIntegerField()
    fresh_input = models.BigIntegerField()  # tokens, by vocabulary.Buckets
    cache_read = models.BigIntegerField()
    cache_write_5m = models.BigIntegerField()
    cache_write_1h = models.BigIntegerField()
    audio_input = models.BigIntegerField()
    output_text = models.BigIntegerField()
    reasoning = models.BigIntegerField()
    audio_output = models.BigIntegerField()
    web_searches = models.BigIntegerField()  # that the provider ran
    least_input = models.BigIntegerField()  # tokens of one call, here and below
    most_input = models.BigIntegerField()
    most_output = models.BigIntegerField()
    example = models.BigIntegerField()  # the span of the dearest of them

    class Meta:
        db_table = "model_use"
        indexes = [
            models.Index("project_id", "hour", name="model_use_hour"),
            models.Index("project_id", "site", "hour", name="model_use_site"),
        ]


class SuggestedModel(models.Model):
    """A cheaper model that has proven itself where this one is called. Written anew each hour."""

    project_id = models.IntegerField()
    agent = models.TextField()
    path = models.TextField()  # "": wherever the agent works
    model = models.TextField()  # without provider and release: prices.names.bare_model
    suggested = models.TextField()  # as it is to be called
    most_tokens = models.BigIntegerField()  # input and output of a call that it is known to hold
    saving = models.DecimalField(max_digits=30, decimal_places=14)  # USD in the days looked at

    class Meta:
        db_table = "suggested_model"
        indexes = [models.Index("project_id", name="suggested_model_of")]
