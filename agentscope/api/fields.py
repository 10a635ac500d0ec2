"""What the answers are made of, for OpenAPI: the fields of shapes.py and its like.

Times in ns are strings, because JavaScript cannot hold them; money is a decimal string in USD, no
exponent; null means "not reported" or "unknown", never zero.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

UNPRICED = (
    "charges of unknown cost, which are in no sum of costs: calls, but also embeddings, rankings, "
    "refused attempts and totals, so there may be more of them than calls"
)


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "number"}]})
class Amount(serializers.CharField):
    """A decimal that is sent: as a text, or as a number, which is read exactly too."""


class Shape(serializers.Serializer[Any]):
    """Describes; never reads or writes."""


class Sent(Shape):
    """An answer: each field is in it, even those that may be left out of what is said."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        found = super().get_fields()
        for each in found.values():
            each.required = True
        return found


def text(about: str = "") -> serializers.CharField:
    """A text that is empty where nothing was said."""
    return serializers.CharField(allow_blank=True, help_text=about)


def texts(about: str = "") -> serializers.ListField:
    """A list of texts."""
    return serializers.ListField(child=serializers.CharField(), help_text=about)


def count(about: str = "") -> serializers.IntegerField:
    """A number of things."""
    return serializers.IntegerField(min_value=0, help_text=about)


def tokens(about: str = "") -> serializers.IntegerField:
    """A number that may not have been reported."""
    return serializers.IntegerField(allow_null=True, help_text=about)


def nanoseconds(about: str, *, null: bool = False) -> serializers.CharField:
    """Unix ns, up to 64 bits: as a string."""
    return serializers.CharField(allow_null=null, help_text=about)


def usd(about: str, *, null: bool = False) -> serializers.CharField:
    """An amount of money."""
    return serializers.CharField(allow_null=null, help_text=f"USD, decimal string: {about}")


def words(kinds: Any) -> list[str]:
    """The words of an enumeration."""
    return [each.name.lower() for each in kinds]
