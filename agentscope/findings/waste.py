"""What was wasted, as far as anybody knows. Pure.

Of what repeats itself all is counted since the first repeat. Of a run that was compared with others
only what was compared is known: tokens, or money; of its depth or its steps neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agentscope.findings.anomaly import CODES as COMPARED
from agentscope.findings.models import Cause, Finding

HOUR_NS = 3600 * 10**9
SHORTEST_NS = 60 * 10**9  # a rate per hour of what lasted less would be a wild guess


@dataclass(slots=True, frozen=True)
class More:
    """What the other places of a cause in one trace come to: see kept.py."""

    code: str
    places: int
    spans: int
    tokens: int
    known_cost: Decimal  # USD
    unpriced_calls: int
    first_ns: int
    last_at: datetime


def more(finding: Finding) -> More | None:
    """The other places of which this one is the worst; None if there are none."""
    if finding.more_first_ns is None or finding.more_last_at is None:
        return None
    return More(
        finding.code,
        finding.more_places,
        finding.more_spans,
        finding.more_tokens,
        finding.more_cost,
        finding.more_unpriced,
        finding.more_first_ns,
        finding.more_last_at,
    )


def tokens_wasted(of: Finding | Cause | More) -> int | None:
    """Tokens; None if they are not known, or no call reported any."""
    return None if not of.tokens and (of.unpriced_calls or of.code in COMPARED) else of.tokens


def cost_wasted(of: Finding | Cause | More) -> Decimal | None:
    """USD of the calls whose price is known; None if it is not known at all."""
    is_unknown = not of.known_cost and (of.unpriced_calls or of.code in COMPARED)
    return None if is_unknown else of.known_cost


def burn_per_hour(finding: Finding) -> Decimal | None:
    """USD an hour since the first repeat; None if it is not known, or it lasted for less than a
    minute."""
    whole, cost = finding.last_ns - finding.first_ns, cost_wasted(finding)
    lasted = whole if finding.spent_ns is None else finding.spent_ns
    return None if cost is None or lasted < SHORTEST_NS else cost * HOUR_NS / lasted
