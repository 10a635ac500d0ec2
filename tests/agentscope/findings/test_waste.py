"""What was wasted is told as far as it is known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agentscope.findings.models import Finding
from agentscope.findings.waste import SHORTEST_NS, burn_per_hour, cost_wasted, tokens_wasted

HOUR = 60 * SHORTEST_NS


def finding(code, tokens, usd, unpriced=0, lasted=HOUR):
    return Finding(
        code=code,
        tokens=tokens,
        known_cost=Decimal(usd),
        unpriced_calls=unpriced,
        first_ns=0,
        last_ns=lasted,
    )


@pytest.mark.parametrize(
    ("said", "tokens", "usd"),
    [
        (finding("exact_repeat", 900, 2), 900, 2),
        (finding("exact_repeat", 0, 0), 0, 0),
        (finding("exact_repeat", 900, 0, unpriced=3), 900, None),
        (finding("exact_repeat", 0, 0, unpriced=3), None, None),
        (finding("exact_repeat", 900, 2, unpriced=3), 900, 2),
        (finding("token_anomaly", 900, 0), 900, None),
        (finding("cost_anomaly", 0, 2), None, 2),
        (finding("step_anomaly", 0, 0), None, None),
    ],
)
def test_what_nobody_knows_is_unknown(said, tokens, usd):
    assert (tokens_wasted(said), cost_wasted(said), burn_per_hour(said)) == (tokens, usd, usd)


def test_the_rate_is_of_the_time_since_the_first_repeat():
    said = finding("exact_repeat", 900, 2)
    said.spent_ns = HOUR // 2
    assert burn_per_hour(said) == 4


def test_no_rate_of_what_was_short():
    assert burn_per_hour(finding("exact_repeat", 900, 2, lasted=SHORTEST_NS - 1)) is None
