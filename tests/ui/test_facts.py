from agentscope.traces.models import Span
from agentscope.vocabulary import Billing, Flag, Kind, Why
from tests.ui.growing import tree
from ui.facts import facts, notes


def told(grown, at=0, span=None, said=None):
    return {fact.word: fact.value for fact in facts(grown.row(at), span or Span(), said or {}, {})}


def test_nothing_unsaid_is_told():
    assert told(tree([-1])) == {"Time": "1.0 s"}


def test_input_and_output_are_told_as_far_as_they_are_known():
    used = tree([-1, 0], input_tokens={0: 2310, 1: 7}, output_tokens={0: 0})
    assert told(used)["Tokens"] == "2,310 in, 0 out"
    assert told(used, 1)["Tokens"] == "7 in"


def test_the_key_that_sent_it_is_told():
    found = facts(tree([-1]).row(0), Span(), {}, {}, key="ci #7")
    assert ("Sent with key", "ci #7", "") in found


def test_each_fact_that_is_read_from_an_attribute_names_it():
    span = Span(model="gpt-4o", provider="openai", session="s-1", service="shop")
    sources = {"model": "llm.model_name", "provider": "llm.system", "session": "session.id"}
    found = facts(tree([-1]).row(0), span, {}, sources)
    assert {fact.word: fact.source for fact in found} == {
        "Time": "",
        "Model": "llm.model_name",
        "Provider": "llm.system",
        "Session": "session.id",
        "Service": "",
    }


def test_the_requested_model_is_told_where_it_differs():
    span = Span(model="gpt-4o-2024-08-06")
    assert told(tree([-1]), span=span, said={"request_model": "gpt-4o"})["Model"] == (
        "gpt-4o-2024-08-06 (requested: gpt-4o)"
    )
    assert told(tree([-1]), span=span)["Model"] == "gpt-4o-2024-08-06"


def test_an_unknown_cost_says_why():
    grown = tree(
        [-1, -1],
        kind={0: Kind.LLM, 1: Kind.LLM},
        billing={0: Billing.COUNTED, 1: Billing.COUNTED},
        cost={0: -1, 1: -1},
        why={0: Why.UNKNOWN_MODEL, 1: Why.NO_MODEL},
        model={0: "secret-7b"},
        input_tokens={0: 5, 1: 5},
    )
    assert told(grown)["Cost"] == "unknown: no price for model secret-7b"
    assert told(grown, 1)["Cost"] == "unknown: no model was named"


def test_a_call_that_reported_nothing_says_so():
    said = told(tree([-1], kind={0: Kind.LLM}, cost={0: -1}, why={0: Why.NO_USAGE}))
    assert said["Tokens"] == "unknown: none were reported"
    assert said["Cost"] == "unknown: no tokens were reported"


def test_what_is_not_counted_says_so():
    grown = tree(
        [-1, 0],
        billing={0: Billing.WRAPPER, 1: Billing.COUNTED},
        cost={1: 0.25},
        why={0: Why.SUM_OF_CALLS_BELOW},
    )
    assert told(grown) == {
        "Time": "1.0 s",
        "Billing": "Not counted here. It repeats what is counted beneath.",
        "Cost Σ": "$0.2500",
    }
    assert told(grown, 1)["Cost"] == "$0.25"


def test_oddities_are_sentences():
    assert notes(Flag.ORPHAN | Flag.SANITISED) == [
        "The parent span has not arrived.",
        "Some of its text was not valid and was repaired for display.",
    ]
    assert notes(Flag(0)) == []
