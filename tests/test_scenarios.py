"""Laws of what detectors say of a run, by a sample of the half of the scenarios that is looked at
while thresholds are chosen. All are held to them by `python -m bench.findings laws`.

Whether they call a person where one is needed is told by test_scenarios_alerts.py.
"""

from functools import cache
from random import Random

import pytest

from tests.kit.findings import Grown, differs_when_scattered, found_in, grown
from tests.scenarios.catalogue import of_half
from tests.scenarios.scenario import Scenario

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SOON = 10  # repetitions; the first round is none
# What cannot be known so soon, and why.
LATER = {
    "context_growth": "what grows is told by fifteen prompts, which come to twenty times the last",
    "limit_ignored": "the limit stands on the span of the run, which ends last; so may its start",
}
# What repeats itself is no round, but one of the many things that are read in rounds.
COUNTED = frozenset(("read_thrash",))
TUNING = of_half("tuning")
ANY = [at for at in TUNING if at.digest[5] % 32 == 0]
RUNAWAY = [at for at in TUNING if at.program.pattern]
ONE_OF_EACH = {at.program.pattern: at for at in RUNAWAY}
LOOPS = [at for at in RUNAWAY if at.digest[6] % 10 == 0 or at in ONE_OF_EACH.values()]


@cache
def replayed(scenario: Scenario) -> Grown:
    """What becomes of a run that goes on: asked by two laws, and told by one replay."""
    return grown(scenario, 2)


@pytest.mark.parametrize("scenario", ANY, ids=lambda scenario: scenario.name)
def test_the_same_is_said_in_whatever_order_and_parts_spans_come(scenario):
    assert not differs_when_scattered(scenario, Random(scenario.name), (1, 2))


@pytest.mark.parametrize("scenario", LOOPS, ids=lambda scenario: scenario.name)
def test_what_is_found_in_the_end_is_said_before_the_tenth_repetition(scenario):
    codes = {code for code, _ in found_in(scenario, 1)}
    raised, pattern = replayed(scenario).raised, scenario.label.codes[0]
    if not codes & {*scenario.label.codes}:
        assert not raised.said
        return
    assert raised.said
    again = (raised.repeats if pattern in COUNTED else raised.said) - 1
    assert again < SOON or pattern in LATER


@pytest.mark.parametrize("scenario", LOOPS, ids=lambda scenario: scenario.name)
def test_what_is_raised_stays_what_it_is_and_is_raised_once(scenario):
    became = replayed(scenario)
    assert (became.vanished, became.again) == (0, 0)
