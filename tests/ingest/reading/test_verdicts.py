import pytest

from agentscope.vocabulary import ErrorClass, Flag, Kind, Meaning, Value, Verdict
from ingest.reading.source import Facts
from ingest.reading.verdicts import (
    LONGEST_WHY,
    listed,
    passed_if,
    refused_if,
    refused_if_any,
    say_verdict,
    verdict,
)


def judged(kind: Kind = Kind.GUARDRAIL, output: Value = None, **said: object) -> Meaning:
    """What is understood of a judge that gave this back."""
    meaning = Meaning(kind)
    meaning.content.output = output
    for name, value in said.items():
        setattr(meaning, name, value)
    facts = Facts({}, kind)
    say_verdict(meaning, facts)
    meaning.flags = Flag(facts.flags)
    return meaning


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("PASSED", Verdict.PASSED),
        (" allow ", Verdict.PASSED),
        ("guardrail_intervened", Verdict.REFUSED),
        ("reject", Verdict.REFUSED),
        ("modify", Verdict.CHANGED),
        ("guardrail_failed_to_respond", None),
        ("ERROR", None),
        (0.3, None),
        ("pass" * 100, None),
    ],
)
def test_a_verdict_comes_in_many_words(said: Value, found: Verdict | None) -> None:
    assert verdict(said) == found


def test_marks_say_it_either_way() -> None:
    assert [refused_if(said) for said in (True, "false", "x")] == ["refused", "passed", None]
    assert [passed_if(said) for said in (True, "False", None)] == ["passed", "refused", None]
    assert [refused_if_any(said) for said in (2, 0, "?")] == ["refused", "passed", None]
    assert listed('["pii", "abuse"]') == "pii, abuse"


@pytest.mark.parametrize(
    ("output", "found", "why"),
    [
        ('{"tripwire_triggered": true, "output_info": "homework"}', Verdict.REFUSED, "homework"),
        ({"output": {"tripwire_triggered": False}}, Verdict.PASSED, ""),
        ({"passed": False, "details": "rude"}, Verdict.REFUSED, "rude"),
        ({"validation_passed": True}, Verdict.PASSED, ""),
        ({"action": "redact", "reason": "a card"}, Verdict.CHANGED, "a card"),
        ({"label": "unsafe"}, Verdict.REFUSED, ""),
        ({"score": 0.1}, Verdict.NONE, ""),
        ({"passed": "no idea"}, Verdict.NONE, ""),
        ("blocked because of x", Verdict.NONE, ""),
        (["blocked"], Verdict.NONE, ""),
        (None, Verdict.NONE, ""),
    ],
)
def test_what_was_given_back_tells_it(output: Value, found: Verdict, why: str) -> None:
    meaning = judged(output=output)
    assert (meaning.verdict, meaning.verdict_why) == (found, why)
    assert bool(meaning.flags & Flag.REFUSED) == (found == Verdict.REFUSED)


def test_attributes_say_more_than_what_was_given_back() -> None:
    found = judged(output={"passed": False, "reason": "b"}, verdict=Verdict.PASSED, verdict_why="a")
    assert (found.verdict, found.verdict_why) == (Verdict.PASSED, "a")


def test_a_guardrail_that_raised_turned_it_down() -> None:
    assert judged(error_class=ErrorClass.CONTENT_FILTER).verdict == Verdict.REFUSED
    assert judged(error_class=ErrorClass.TIMEOUT).verdict == Verdict.NONE


def test_only_judges_come_to_verdicts() -> None:
    assert judged(Kind.TOOL, {"passed": False}).verdict == Verdict.NONE
    assert judged(Kind.HUMAN, {"decision": "reject"}).verdict == Verdict.REFUSED


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("denied", Verdict.REFUSED),
        (" Approved ", Verdict.PASSED),
        ('"rejected"', Verdict.REFUSED),
        ("denied, unless ann says so", Verdict.NONE),
        (None, Verdict.NONE),
    ],
)
def test_a_person_may_answer_in_a_word(answer: Value, found: Verdict) -> None:
    meaning = judged(Kind.HUMAN, answer)
    assert meaning.verdict == found
    assert (Flag.REFUSED in meaning.flags) == (found is Verdict.REFUSED)
    assert judged(Kind.GUARDRAIL, answer).verdict == Verdict.NONE


def test_a_reason_is_cut_somewhere() -> None:
    assert len(judged(output={"passed": True, "reason": "x" * 5000}).verdict_why) == LONGEST_WHY
