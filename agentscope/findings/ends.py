"""The ends of long arrays, cut in the database: a loop of 100,000 steps is told by some of them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func, IntegerField

AT_AN_END = 100  # elements that are read from the start of an array, and from its end


class ArrayLength(Func):
    """How many elements an array has."""

    function = "cardinality"
    output_field = IntegerField()


class Ends(Func):
    """An array of big integers, of a longer one its first and its last AT_AN_END elements."""

    template = (
        f"case when cardinality(%(expressions)s) > {2 * AT_AN_END} "
        f"then (%(expressions)s)[:{AT_AN_END}] || "
        f"(%(expressions)s)[cardinality(%(expressions)s) - {AT_AN_END - 1}:] "
        "else %(expressions)s end"
    )
    output_field = ArrayField(BigIntegerField())
