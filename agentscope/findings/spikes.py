"""Hours that cost far more than such hours usually do. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agentscope.findings.baselines import (
    AS_MUCH,
    MONTH_AGO,
    RATIO,
    Z_WARN,
    Verdict,
    above_zero,
    without_history,
)
from agentscope.findings.seasons import DAY, HISTORY, OF_ALL, Season
from agentscope.traces.tree import Ints


@dataclass(slots=True, frozen=True)
class Spike:
    """An hour that is out of the ordinary."""

    hour: int  # since 1970, UTC
    verdict: Verdict
    of: str  # what its median is of
    raised: float  # the factor by which the last hours raised it


def spikes(
    hours: Ints,
    values: NDArray[Any],
    day: int,
    floor: float,
    ratio: float = RATIO,
    z: float = Z_WARN,
) -> Iterator[Spike]:
    """The hours of a day (since 1970, UTC) that are out of the ordinary by those before. `values`
    are what `hours`, in order, came to; none comes more than once. An hour that is not over counts
    as far as it is: it can only become more. `ratio` is how many times the median is the least.
    What came to as much a month ago is not told: see precedents.py."""
    begin, first, end = np.searchsorted(hours, (day * DAY - HISTORY, day * DAY, (day + 1) * DAY))
    dear = first + np.flatnonzero(values[first:end] >= floor)
    if not len(dear):
        return
    season = Season(hours[begin:first], values[begin:first])
    before = monthly(season, hours, values, day, ratio, z)
    for at in dear.tolist():
        hour, value = int(hours[at]), values[at].item()
        usual = season.usual(hour, hours[first:at], values[first:at])
        if usual is None:
            found = without_history(value, above_zero(values[begin:at]), floor)
        else:
            found = usual.baseline.verdict(value, floor, ratio, z)
        least, most = (part * value for part in AS_MUCH)
        if found and not ((before >= least) & (before <= most)).any():
            yield Spike(hour, found, *((usual.of, usual.raised) if usual else (OF_ALL, 1.0)))


def monthly(
    season: Season, hours: Ints, values: NDArray[Any], day: int, ratio: float, z: float
) -> NDArray[Any]:
    """What the hours that were out of the ordinary about a month ago came to."""
    if not season.is_known:
        return values[:0]
    near, far = MONTH_AGO
    begin, end = np.searchsorted(hours, ((day - far) * DAY, (day - near + 1) * DAY))
    then = values[begin:end]
    return then[season.is_far(hours[begin:end], then, ratio, z)]
