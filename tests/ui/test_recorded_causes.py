"""What broke recorded runs of real programs: way and error of what lasted, then how many errors a
later attempt made up for, and how many what lies above dealt with."""

import pytest

from agentscope.traces.models import Trace
from agentscope.traces.read import trace_tree
from tests.kit.corpus import WIRE, Case, replay
from ui.cause_words import cause_words

pytestmark = pytest.mark.django_db

PROJECT = 1
BROKEN = {
    "crewai-openinference-only-loop": [
        ("battery-crew.kickoff > Crew Manager: tool reported an error", []),
    ],
    "google-adk-openinference-loop": [
        ("invocation [weather-app] > invoke_workflow agent_a > agent_a: quota used up", []),
    ],
    "pydantic-ai-native-loop": [
        ("lead > ask_watcher > watcher: quota used up", []),
    ],
    "langgraph-langsmith-loop": [
        ("lead > tools > ask_searcher > searcher: quota used up", []),
    ],
    "langgraph-genai-loop": [("invoke_workflow tagline_loop: quota used up", [])],
    "agno-openinference": [("", ["1 error that did not stop what lies above"])],
    "autogen-openinference": [("", ["1 error that did not stop what lies above"])],
    "strands-openinference": [("", ["1 error that did not stop what lies above"])],
    "smolagents-openinference": [("", ["1 error, made up for by a later attempt"])],
}


def told(tree):
    found = cause_words(tree)
    first = found.first
    way = " > ".join(step.name for step in first.way) + f": {first.words}" if first else ""
    return way, [fold.words for fold in found.folds]


@pytest.mark.parametrize("name", BROKEN)
def test_what_broke_a_run_is_told(name):
    replay(Case(WIRE / name), PROJECT)
    traces = Trace.objects.filter(project_id=PROJECT, errors__gt=0).order_by("trace_id")
    assert [told(trace_tree(PROJECT, trace.trace_id)) for trace in traces] == BROKEN[name]
