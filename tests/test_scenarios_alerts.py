"""The gate: detectors call a person where one is needed, and only there.

By the half of the scenarios that is not looked at while thresholds are chosen. The table of both
halves is printed by `python -m bench.findings`. The laws of each run are in test_scenarios.py: here
is one long test, which another worker of pytest can be at meanwhile.
"""

from itertools import count

import pytest

from tests.kit.findings import found_in
from tests.scenarios.catalogue import of_half
from tests.scenarios.score import score, total

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PRECISION, RECALL = 0.95, 0.90


def test_alerts_are_right_and_nearly_complete():
    projects = count(1)
    result = score(of_half("test"), lambda scenario: found_in(scenario, next(projects)))
    alert = total(result.alert)
    table = "\n".join(result.lines())
    assert alert.precision >= PRECISION, table
    assert alert.recall >= RECALL, table
