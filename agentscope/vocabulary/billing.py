"""How a span counts towards the bill."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum

PICO = Decimal("1e-12")  # money is kept as whole 1e-12 USD, exact up to 9 million USD a trace


class Billing(IntEnum):
    """Whether a span's usage counts towards the bill. One model call is counted once."""

    NONE = 0  # has no usage
    COUNTED = 1
    WRAPPER = 2  # repeats what is counted below it
    DUPLICATE = 3  # the same call, reported a second time
    AGGREGATE = 4  # counted, but stands for an unknown number of calls
    COPIED = 5  # a call of another trace, told again: a resumed history, or a gateway's own trace
    FREE = 6  # a call that cost nothing: answered from a cache

    @property
    def word(self) -> str:
        return self.name.lower()


class Why(IntEnum):
    """Why a row is billed as it is, or why its cost is unknown. Stored: add, never renumber."""

    NONE = 0
    # why its usage does not count
    SUM_OF_CALLS_BELOW = 1
    MORE_THAN_CALLS_BELOW = 2  # the rest is counted, as unattributed
    LESS_THAN_CALLS_BELOW = 3  # or a running total that grows from call to call
    DECLARED_ROLL_UP = 4
    SAME_RESPONSE_ID = 5  # a duplicate, or copied
    SAME_MODEL_AND_TOKENS = 6
    SAME_TOTAL_OUTSIDE = 7  # a total around it counts
    ADMINISTRATIVE = 8  # fetches or manages, calls no model
    RUNNING_TOTAL = 9  # more than the calls below it, but perhaps with those before it
    # why it costs nothing
    CACHED_ANSWER = 20
    FREE_MODEL = 21
    PAID_OUTSIDE = 22  # the price is unknown, but a span around it reports what all of it cost
    # why its cost is unknown
    NO_USAGE = 30
    UNKNOWN_MODEL = 31  # named, but in no price list
    NO_MODEL = 32
    NO_RATE = 33  # the model has prices, but none for a kind of token that was used
    CANCELLED = 34
    HIDDEN = 35  # usage was redacted
    SEVERAL_CALLS = 36  # a total of calls whose price depends on their size
    NO_PRICE_AT_THE_TIME = 37
    NOT_REPORTED = 38  # the project counts reported costs only, and none was
    PRICE_BY_THE_HOUR = 39  # the price depends on the hour of day, which the price list leaves out
    IMPLAUSIBLE = 40  # it would cost more than a call can: the numbers must be wrong

    @property
    def word(self) -> str:
        return self.name.lower()


class Discarded(IntEnum):
    """Work whose outcome nobody used. Stored: add, never renumber."""

    NONE = 0
    RETRIED = 1  # it failed, or was refused, and was done again
    REJECTED = 2  # a judge, a validator, a guardrail or a person turned it down
    ABANDONED = 3  # a branch that was cancelled or led nowhere
    UNUSED = 4  # a plan or a candidate that no later step took up

    @property
    def word(self) -> str:
        return self.name.lower()


class Basis(IntEnum):
    """Where it is known from that work was discarded."""

    NONE = 0
    DECLARED = 1  # the sender says so
    INFERRED = 2  # from the shape of the trace

    @property
    def word(self) -> str:
        return self.name.lower()
