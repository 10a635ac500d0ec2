"""The words of the field as plain Python types. Imports nothing of ours.

A `WireSpan` is what a sender said; a `Meaning` is what we understood of it. Together they become
one stored span. Times are Unix nanoseconds, tokens are counts, money is US dollars as `Decimal`.
"""

from agentscope.vocabulary.billing import PICO, Basis, Billing, Discarded, Why
from agentscope.vocabulary.content import Content, Message, Part, PartType, Value
from agentscope.vocabulary.kinds import ErrorClass, Flag, Kind, Persistence, Rung, Status, Verdict
from agentscope.vocabulary.meaning import BY_MAPPING, OF_RESOURCE, OF_SCOPE, Meaning
from agentscope.vocabulary.usage import (
    Buckets,
    Usage,
    UsageRule,
    rule_in_words,
    rule_names,
)
from agentscope.vocabulary.wire import WireEvent, WireLog, WireScope, WireSpan

__all__ = [
    "BY_MAPPING",
    "OF_RESOURCE",
    "OF_SCOPE",
    "PICO",
    "Basis",
    "Billing",
    "Buckets",
    "Content",
    "Discarded",
    "ErrorClass",
    "Flag",
    "Kind",
    "Meaning",
    "Message",
    "Part",
    "PartType",
    "Persistence",
    "Rung",
    "Status",
    "Usage",
    "UsageRule",
    "Value",
    "Verdict",
    "Why",
    "WireEvent",
    "WireLog",
    "WireScope",
    "WireSpan",
    "rule_in_words",
    "rule_names",
]
