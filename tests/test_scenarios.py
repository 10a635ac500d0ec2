"""The gate: detectors call a person where one is needed, and only there.

By the half of the scenarios that is not looked at while thresholds are chosen. The laws are held by
a sample of the other half here, and by all in `python -m bench.findings laws`, which also prints
the table of both halves.
"""

from itertools import count
from random import Random

import pytest

from tests.kit.findings import differs_when_scattered, found_in, grown, raised_in
from tests.scenarios.catalogue import of_half
from tests.scenarios.score import score, total

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PRECISION, RECALL = 0.95, 0.90
SOON = 10  # rounds
# What is told by many rounds: reads, polls, prompts, turns beyond a limit; and what ends as a
# whole, since each level of a delegation ends after those below it.
LATER = frozenset((12, 14, 15, 16, 20))
TUNING = of_half("tuning")
ANY = [at for at in TUNING if at.digest[5] % 16 == 0]
LOOPS = [at for at in TUNING if at.program.pattern and at.digest[6] % 5 == 0]


def test_alerts_are_right_and_nearly_complete():
    projects = count(1)
    result = score(of_half("test"), lambda scenario: found_in(scenario, next(projects)))
    alert = total(result.alert)
    table = "\n".join(result.lines())
    assert alert.precision >= PRECISION, table
    assert alert.recall >= RECALL, table


@pytest.mark.parametrize("scenario", ANY, ids=lambda scenario: scenario.name)
def test_the_same_is_said_in_whatever_order_and_parts_spans_come(scenario):
    assert not differs_when_scattered(scenario, Random(scenario.name), (1, 2))


@pytest.mark.parametrize("scenario", LOOPS, ids=lambda scenario: scenario.name)
def test_what_is_found_in_the_end_is_raised_early(scenario):
    codes = {code for code, _ in found_in(scenario, 1)}
    raised = raised_in(scenario, 2)
    if codes & {*scenario.label.codes}:
        assert raised.said
        assert raised.said < SOON or scenario.program.pattern in LATER
    else:
        assert not raised.said


@pytest.mark.parametrize("scenario", LOOPS, ids=lambda scenario: scenario.name)
def test_what_is_raised_stays_what_it_is(scenario):
    assert grown(scenario, 1).vanished == 0
