"""Recorded runs: each loop is found with its pattern and period, and healthy ones raise nothing."""

import pytest

from agentscope.agents.invoked import runs
from agentscope.billing.bill import bill
from agentscope.billing.copies import Claims
from agentscope.billing.read import terms
from agentscope.findings.detect import detect
from agentscope.findings.found import Found
from agentscope.findings.scene import scene
from agentscope.findings.severity import Severity
from agentscope.traces.grow import grow
from agentscope.traces.load import load_spans
from agentscope.traces.models import Trace
from tests.kit.corpus import Case, cases, replay

pytestmark = pytest.mark.django_db

PROJECT = 1
CODES = {
    "same_tool_call": {"exact_repeat", "polling"},  # some of the tools ask for a status
    "repeated_delegation": {"exact_repeat", "same_result"},
    "handoff_ping_pong": {"handoff_ping_pong"},
    "critique_cycle": {"no_convergence"},
}
UNKNOWN = {"anthropic-otel-genai-loop": "no attribute tells what was asked for, or of which tool"}
FEWEST = 0.7  # of the repetitions: a span that is missing, or the first, may not count


def findings() -> list[Found]:
    """Of all traces of the project."""
    found = []
    for trace in Trace.objects.filter(project_id=PROJECT):
        spans = load_spans(PROJECT, trace.trace_id)
        tree = grow(spans)
        spans = spans.follow(tree.span_id)
        bill(tree, spans, terms(PROJECT, Claims(PROJECT, trace.trace_id)))
        found += detect(scene(tree, spans, runs(tree)))
    return found


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_what_repeats_itself_is_found_and_nothing_else(case: Case):
    replay(case, PROJECT)
    found = findings()
    loop = case.truth.get("loop")
    if loop is None:
        assert [each.sentence for each in found if each.severity >= Severity.WARNING] == []
    elif case.name in UNKNOWN:
        (hint,) = found
        assert (hint.pattern.code, hint.severity) == ("exact_repeat", Severity.INFO)
        assert (hint.repeats, hint.period) == (loop["repetitions"], loop["period"])
    else:
        worst = found[0]
        assert worst.pattern.code in CODES[loop["pattern"]], worst.sentence
        assert worst.severity >= Severity.WARNING
        assert worst.repeats >= FEWEST * loop["repetitions"]
        is_delegation = loop["pattern"] == "repeated_delegation"  # its own period is one call
        assert worst.period == (1 if is_delegation else loop["period"])
