"""The corpus is what it promises to be: enough of everything, labelled, the same each time."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.scenarios.catalogue import named, of_half, scenarios
from tests.scenarios.noise import Noise
from tests.scenarios.play import BEGIN
from tests.scenarios.scenario import AMPLIFIER, CODES, Label, Scenario
from tests.scenarios.senders import SENDERS
from tests.scenarios.steps import SECOND
from tests.scenarios.wire import delivered

RUNAWAY = [scenario for scenario in scenarios() if scenario.program.pattern]
FINE = [scenario for scenario in scenarios() if not scenario.program.pattern]
PATTERNS = LOOK_ALIKES = range(1, 21)
ALERTS = [scenario for scenario in RUNAWAY if scenario.program.level == "alert"]
HOUR = 3600 * SECOND

# What a repeated part of a run has to come to before a person is called: one of the two. With room
# to both sides, so that no label hangs on how a token was counted. Below the tokens, at any price
# of the models that are used, no run costs $0.25.
ENOUGH_TOKENS, ENOUGH_SECONDS = 24_000, 360
LITTLE_TOKENS, LITTLE_SECONDS = 14_000, 180
# These are not about how much was spent: growth is about the rate, work that comes back and limits
# are about how often.
WHATEVER_IT_COSTS = {15, 19, 20}


def test_there_are_enough():
    assert len(RUNAWAY) >= 300
    assert len(FINE) >= 400
    assert len({scenario.name for scenario in scenarios()}) == len(scenarios())


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_has_runs_in_both_halves(pattern):
    alerts = [scenario for scenario in ALERTS if scenario.program.pattern == pattern]
    runs = [at for at in RUNAWAY if at.program.pattern == pattern]
    assert len(runs) >= 12
    assert min(Counter(scenario.half for scenario in runs).values()) >= 4
    assert {scenario.half for scenario in alerts} == {"tuning", "test"}
    assert len({scenario.sender.name for scenario in alerts}) >= 5
    assert len({scenario.played.theme.service for scenario in alerts}) >= 4
    assert len([scenario for scenario in FINE if pattern in scenario.program.near]) >= 4


@pytest.mark.parametrize("look_alike", LOOK_ALIKES)
def test_every_look_alike_has_runs_in_both_halves(look_alike):
    runs = [scenario for scenario in FINE if scenario.program.look_alike == look_alike]
    assert len(runs) >= 15
    assert min(Counter(scenario.half for scenario in runs).values()) >= 4
    assert len({scenario.sender.name for scenario in runs}) >= 4


def test_the_halves_are_halves():
    for kind in (RUNAWAY, FINE):
        tuning = sum(scenario.half == "tuning" for scenario in kind)
        assert 0.4 < tuning / len(kind) < 0.6
    assert len(of_half("tuning")) + len(of_half("test")) == len(scenarios())


def test_every_sender_tells_a_fair_share():
    shares = Counter(scenario.sender.name for scenario in scenarios())
    assert shares.keys() == {sender.name for sender in SENDERS}
    assert min(shares.values()) > len(scenarios()) / len(SENDERS) / 2


def test_names_are_chosen_by_how_they_begin():
    assert named([]) == list(scenarios())
    assert {at.program.pattern for at in named(["L08", "L19.picks"])} == {8, 19}
    assert named(["nobody"]) == []


@pytest.mark.parametrize("scenario", scenarios()[::40], ids=lambda scenario: scenario.name)
def test_it_is_the_same_each_time(scenario: Scenario):
    again = Scenario(scenario.program, scenario.variant)
    assert list(again.bodies()) == list(scenario.bodies())
    assert again.label == scenario.label
    assert [step.id for step in again.play(BEGIN + HOUR).steps] == [
        step.id for step in scenario.played.steps
    ]
    assert again.play(BEGIN + HOUR).steps[0].start == scenario.played.steps[0].start + HOUR


@pytest.mark.parametrize("scenario", ALERTS, ids=lambda scenario: scenario.name)
def test_what_calls_for_a_person_costs_enough(scenario: Scenario):
    label = scenario.label
    assert label.tokens >= ENOUGH_TOKENS or label.seconds >= ENOUGH_SECONDS
    check_facts(label, scenario)


@pytest.mark.parametrize(
    "scenario",
    [at for at in RUNAWAY if at.program.level == "inform"],
    ids=lambda scenario: scenario.name,
)
def test_what_calls_for_nobody_costs_little(scenario: Scenario):
    if scenario.program.pattern not in WHATEVER_IT_COSTS:
        assert scenario.label.tokens < LITTLE_TOKENS
        assert scenario.label.seconds < LITTLE_SECONDS
    check_facts(scenario.label, scenario)


def check_facts(label: Label, scenario: Scenario) -> None:
    """The label names what repeats itself."""
    steps = scenario.played.steps
    assert label.codes[0] == CODES[scenario.program.pattern - 1]
    assert {*label.codes, *label.tolerated} <= {*CODES}
    assert AMPLIFIER in {*label.codes, *label.tolerated}
    assert label.first_repeat in {step.id.hex() for step in steps}
    assert label.agent in {step.agent for step in steps}
    assert not label.tool or label.tool in {step.name for step in steps}
    assert label.repetitions >= 1


def test_nothing_is_said_of_what_is_fine():
    assert {scenario.label for scenario in FINE} == {Label("silent", (), ())}


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_steps_are_inside_of_their_parents(scenario: Scenario):
    steps = {step.id: step for step in scenario.played.steps}
    for step in steps.values():
        assert step.start < step.end
        if parent := steps.get(step.parent):
            assert parent.trace == step.trace
            assert parent.start <= step.start
            outlives = scenario.program.shape in (
                "works-on-after-the-end",
                "cleans-up-after-the-end",
                "spends-after-the-answer",
            )
            assert step.end <= parent.end or outlives


def test_each_kind_of_noise_occurs():
    noises = [scenario.played.noise for scenario in scenarios()]
    for name, nothing in vars(Noise()).items():
        assert len({getattr(noise, name) for noise in noises} | {nothing}) >= 2
    assert {noise.delivery for noise in noises} == {"one body", "batches", "shuffled", "late"}
    assert {noise.hidden for noise in noises} == {"", "redacted", "off"}
    assert any(step.input_tokens is None for at in ALERTS for step in at.played.steps)


@given(
    st.integers(0, 80),
    st.sampled_from(["one body", "batches", "shuffled", "late"]),
    st.integers(),
)
def test_a_delivery_loses_nothing(count, how, seed):
    spans = [
        Span(span_id=number.to_bytes(8, "big"), end_time_unix_nano=number % 7)
        for number in range(count)
    ]
    groups = delivered(spans, how, Random(seed), lambda span: span.end_time_unix_nano)
    arrived = [span.span_id for group in groups for span in group]
    assert all(groups)
    assert sorted(arrived) == [span.span_id for span in spans]
