"""What is out of the ordinary but was to be expected: it was so a month ago too, or others do the
same. Pure.

A history of 28 days does not know what is done once a month. So what is far above it is not told if
it came to as much from 26 to 34 days before: a month has 28 to 31 days, and what is due on a day on
which nobody works is done up to three days later. As much is two thirds to three times as much, and
out of the ordinary itself.

An agent without history that does not cost more than others do took over their work, or does the
like of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from agentscope.findings.baselines import AS_MUCH, RATIO
from agentscope.findings.odd import Odd, Subject


def unprecedented(found: Iterable[Odd], before: Mapping[Subject, Sequence[int]]) -> Iterator[Odd]:
    """Runs of which there was no like a month ago. `before` are the largest of measures.NUMBERS
    that each subject came to then."""
    for each in found:
        numbers = before.get(each.subject)
        is_monthly = numbers is not None and was_as_much(each, numbers)
        if not is_monthly:
            yield each


def was_as_much(found: Odd, numbers: Sequence[int]) -> bool:
    """Whether these came to as much."""
    if found.measure.pattern.code == "error_anomaly":
        return False  # nobody plans to fail
    most = float(found.measure.values(np.array([numbers], np.int64))[0])
    least, at_most = (part * found.verdict.value for part in AS_MUCH)
    return max(found.bound, least) <= most <= at_most


def newcomers(found: Iterable[Odd]) -> list[Odd]:
    """Runs that were told without history."""
    return [each for each in found if each.verdict.median is None]


def without_takeovers(found: Iterable[Odd], dearest: int) -> Iterator[Odd]:
    """The same but for newcomers that cost less than RATIO times the dearest run of all agents
    before."""
    for each in found:
        if each.verdict.median is not None or each.verdict.value >= RATIO * dearest:
            yield each
