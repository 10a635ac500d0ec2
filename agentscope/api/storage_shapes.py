"""How what is stored looks, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.fields import Shape, count, text
from agentscope.storage.forecast import WINDOWS
from agentscope.storage.kinds import NAMES

BECAUSE = "why that is unknown; empty: it is known"


def size(about: str, *, null: bool = False) -> serializers.IntegerField:
    """A number of bytes."""
    return serializers.IntegerField(allow_null=null, help_text=f"bytes: {about}")


class StoredPartShape(Shape):
    kind = serializers.ChoiceField(list(NAMES))
    bytes = count("tables with their indexes, as far as they are the project's")
    is_estimated = serializers.BooleanField(help_text="only a part of the rows was looked at")


class DayShape(Shape):
    day = serializers.DateField(help_text="UTC")
    bytes = count("at its last measuring")


class GrowthShape(Shape):
    days = serializers.ChoiceField(list(WINDOWS), help_text="over which it was measured")
    bytes_a_day = serializers.FloatField(allow_null=True, help_text="null: unknown")
    because = text(BECAUSE)


class UntilShape(Shape):
    day = serializers.DateField(allow_null=True, help_text="null: unknown, or never")
    because = text("why there is no day; empty: there is one")
    is_known = serializers.BooleanField(help_text="false: nobody knows whether it comes")


class ForecastShape(Shape):
    growth = GrowthShape(help_text="of the whole database")
    nothing_taken_from = UntilShape()
    full_on = UntilShape()


class DiskShape(Shape):
    at = serializers.DateTimeField()
    database_bytes = count("the database of all projects")
    free_bytes = size("null: the database is elsewhere", null=True)
    total_bytes = size("likewise", null=True)
    limit_bytes = count("nothing more is taken once less is free")
    forecasts = ForecastShape(many=True)


class GoingShape(Shape):
    """What periods remove. Bytes are worked out from what a span takes up on average; null: the
    project was not measured yet."""

    traces = count("that go as a whole")
    spans = count("of them")
    payload_traces = count("of which only the payload goes")
    payload_spans = count("of them")
    bytes = size("about so many go", null=True)
    held_traces = count("that stay, as they are on legal hold")
    held_bytes = size("of them, about", null=True)


class AheadShape(GoingShape):
    within_days = count()


class StoredProjectShape(Shape):
    project = serializers.CharField()
    bytes = count()
    is_estimated = serializers.BooleanField()
    growth = GrowthShape()


class StorageShape(Shape):
    measured_at = serializers.DateTimeField(allow_null=True, help_text="null: not yet")
    bytes = size("null: not measured yet", null=True)
    is_estimated = serializers.BooleanField()
    parts = StoredPartShape(many=True)
    days = DayShape(many=True, help_text="the oldest first, 90 at most")
    growths = GrowthShape(many=True)
    oldest_day = serializers.DateField(
        allow_null=True, help_text="on which the oldest trace ended; null: there is none"
    )
    held_traces = count("on legal hold")
    held_spans = count("of them")
    ahead = AheadShape(many=True, help_text="what the periods of the project remove next")
    disk = DiskShape(allow_null=True, help_text="null: not measured yet")
    projects = StoredProjectShape(
        many=True,
        allow_null=True,
        help_text="all of them, for those who run the installation; null for others",
    )
