"""ModelUse: what calls of one kind came to in a trace. DayUse: the same of all traces, added up by
day. AddedDay: which days were. SuggestedModel: what is to be called instead when money is short.
See docs/adr/0026-routing.md."""

from django.db import models


class Use(models.Model):
    """What calls of a kind came to, as uses.Use says."""

    site = models.BigIntegerField()  # a digest of path, model and provider
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

    class Meta:
        abstract = True


class ModelUse(Use):
    """The calls of one kind that an agent made of a model in an hour of a trace, added up. Written
    anew when the trace is examined."""

    pk = models.CompositePrimaryKey("trace_id", "project_id", "place")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    place = models.BigIntegerField()  # a digest of the columns up to `size`
    hour = models.IntegerField()  # in which the calls began, since 1970
    example = models.BigIntegerField()  # the span of the dearest of them

    class Meta:
        db_table = "model_use"
        indexes = [
            models.Index("project_id", "hour", name="model_use_hour"),
            models.Index("project_id", "site", "hour", name="model_use_site"),
        ]


class DayUse(Use):
    """The same of all traces of a project, by day (UTC)."""

    project_id = models.IntegerField()
    day = models.DateField()

    class Meta:
        db_table = "day_use"
        indexes = [models.Index("project_id", "day", name="day_use_day")]


class AddedDay(models.Model):
    """A day that was added up, and of which generation of costs.DayDue its sums are. They are what
    its uses come to as long as that is the same."""

    pk = models.CompositePrimaryKey("project_id", "day")
    project_id = models.IntegerField()
    day = models.DateField()
    generation = models.BigIntegerField()

    class Meta:
        db_table = "use_day_added"


class SuggestedModel(models.Model):
    """A cheaper model that has proven itself where this one is called. Written anew each hour, and
    where there is none yet soon after new calls: soon.py."""

    project_id = models.IntegerField()
    agent = models.TextField()
    path = models.TextField()  # "": wherever the agent works
    model = models.TextField()  # without provider and release: prices.names.bare_model
    suggested = models.TextField()  # as it is to be called
    most_tokens = models.BigIntegerField()  # input and output of a call that it is known to hold
    saving = models.DecimalField(max_digits=30, decimal_places=14)  # USD in the days looked at

    class Meta:
        db_table = "suggested_model"
        indexes = [models.Index("project_id", "model", name="suggested_model_of")]
