"""Usage that was sent as one object."""

import json

import pytest

from ingest.reading.source import Facts
from ingest.reading.usage_whole import add_numbers, parts_only, usage_object, usage_of_answer

OBJECT = {
    "prompt_tokens": 10,
    "completion_tokens": 8,
    "total_tokens": 18,
    "completion_tokens_details": {"reasoning_tokens": 5},
}


def test_an_object_is_read_as_it_is_or_as_json() -> None:
    assert usage_object(OBJECT) == usage_object(json.dumps(OBJECT))
    assert usage_object(OBJECT)["reasoning_tokens"] == 5


@pytest.mark.parametrize("value", ["", "none", "[1]", 3, None, {}])
def test_what_is_no_object_has_no_numbers(value: object) -> None:
    assert usage_object(value) == {}


def test_an_answer_may_hold_one() -> None:
    assert usage_of_answer(json.dumps({"usage": OBJECT})) == usage_object(OBJECT)
    assert usage_of_answer("a text about nothing") == {}
    assert usage_of_answer("a text about a token") == {}


def test_parts_are_what_divides_a_whole() -> None:
    assert parts_only(usage_object(OBJECT)) == {"reasoning_tokens": 5}


def test_each_number_is_a_candidate() -> None:
    facts = Facts({})
    add_numbers(facts, 50, "usage", usage_object(OBJECT))
    assert facts.best("input_tokens") == 10
    assert facts.sources == {"input_tokens": "usage"}
