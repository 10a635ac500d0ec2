"""Long arrays of numbers: their ends, cut in the database, or all of them as it sends them.
A loop of 100,000 steps is told by some of its evidence, and marks all of it."""

from __future__ import annotations

import numpy as np
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BinaryField, Func, IntegerField

from agentscope.traces.tree import Ints

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


# Of an array of one dimension without nulls, as `array_send` writes it: what it is and how long,
# then each element behind its length in bytes. One that is empty has a shorter head.
HEAD = 20  # bytes
ELEMENT = np.dtype([("bytes", ">i4"), ("number", ">i8")])


class Sent(Func):
    """An array of big integers as bytes, for `numbers`: ten times as quick as a list."""

    function = "array_send"
    output_field = BinaryField()


def numbers(sent: bytes | memoryview) -> Ints:
    """The big integers that were sent."""
    return np.frombuffer(sent[HEAD:], ELEMENT)["number"].astype(np.int64)
