"""Numbers inside the `repr` of a Python object."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reading.reprs import text_in, usage_in, usage_numbers

OPENAI = (
    "ChatCompletion(id='chatcmpl-1', choices=[Choice(message=Message(content='usage=Fake("
    "cached_tokens=9)'))], model='gpt-4o', usage=CompletionUsage(completion_tokens=23, "
    "prompt_tokens=2328, total_tokens=2351, completion_tokens_details=Details(reasoning_tokens=4), "
    "prompt_tokens_details=Details(audio_tokens=0, cached_tokens=1024)), later=Other("
    "cached_tokens=1))"
)


def test_it_works():
    assert usage_in(OPENAI) == {
        "output_tokens": 23,
        "input_tokens": 2328,
        "total_tokens": 2351,
        "reasoning_tokens": 4,
        "cache_read_tokens": 1024,
    }
    assert (text_in(OPENAI, "id"), text_in(OPENAI, "model", last=True)) == ("chatcmpl-1", "gpt-4o")


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("nothing of the kind", {}),
        ("usage=None", {}),
        ("usage=Usage(input_tokens=None, output_tokens=3", {"output_tokens": 3}),
        ("usage=Usage(cache_creation_input_tokens=5)", {"cache_write_tokens": 5}),
    ],
)
def test_what_is_cut_or_not_there(said, numbers):
    assert usage_in(said) == numbers


def test_pairs_without_brackets():
    assert usage_numbers("total_tokens=7 prompt_tokens=5 unknown=3") == {
        "total_tokens": 7,
        "input_tokens": 5,
    }


@given(st.text())
def test_any_text_is_survived(said):
    usage_in(f"usage={said}")
    text_in(said, "id")
