"""What was wasted, as far as anybody knows. Pure.

Of what repeats itself all is counted since the first repeat. Of a run that was compared with others
only what was compared is known: tokens, or money; of its depth or its steps neither.
"""

from __future__ import annotations

from decimal import Decimal

from agentscope.findings.anomaly import CODES as COMPARED
from agentscope.findings.models import Cause, Finding

HOUR_NS = 3600 * 10**9
SHORTEST_NS = 60 * 10**9  # a rate per hour of what lasted less would be a wild guess


def tokens_wasted(of: Finding | Cause) -> int | None:
    """Tokens; None if they are not known, or no call reported any."""
    return None if not of.tokens and (of.unpriced_calls or of.code in COMPARED) else of.tokens


def cost_wasted(of: Finding | Cause) -> Decimal | None:
    """USD of the calls whose price is known; None if it is not known at all."""
    is_unknown = not of.known_cost and (of.unpriced_calls or of.code in COMPARED)
    return None if is_unknown else of.known_cost


def burn_per_hour(finding: Finding) -> Decimal | None:
    """USD an hour since the first repeat; None if it is not known, or it lasted for less than a
    minute."""
    lasted, cost = finding.last_ns - finding.first_ns, cost_wasted(finding)
    return None if cost is None or lasted < SHORTEST_NS else cost * HOUR_NS / lasted
