"""The content of a span filled up with the content of its log records, nothing twice.

Some instrumentations write messages to the span, some to log records, some to both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from agentscope.traces.payload import canonical_json

LISTS = ("input_messages", "output_messages", "tools")
Content = dict[str, Any]  # fields of vocabulary.Content as plain JSON


def fill_up(content: Content, said_in_logs: Sequence[Content]) -> None:
    """Add to `content`, in place, what only the log records say.

    They are in order of time: a span's messages are told one record each. What the span says
    itself comes first; a value that it has is kept.
    """
    for log in said_in_logs:
        for name, value in log.items():
            if name not in LISTS:
                content.setdefault(name, value)
    for name in LISTS:
        told = together(log[name] for log in said_in_logs if name in log)
        if added := missing(content.get(name, []), told):
            content[name] = content.get(name, []) + added


def together(lists: Iterable[list[Any]]) -> list[Any]:
    """What the records tell, one after another. One that tells all from the start again adds
    only what is new."""
    told: list[Any] = []
    for each in lists:
        told += missing(told, each) if len(each) > 1 else each
    return told


def missing(known: list[Any], others: list[Any]) -> list[Any]:
    """Those of `others` that are not among `known`; the same thing said twice counts twice."""
    left = Counter(canonical_json(each) for each in known)
    added = []
    for each in others:
        said = canonical_json(each)
        if left[said]:
            left[said] -= 1
        else:
            added.append(each)
    return added
