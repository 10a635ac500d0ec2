"""Large JSON is read as any other, and quickly."""

from __future__ import annotations

import gc

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.large_json import LARGE, read_json

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.text(st.characters(codec="utf-8"))
)
VALUES = st.recursive(
    LEAVES,
    lambda each: st.lists(each) | st.dictionaries(st.text(st.characters(codec="utf-8")), each),
)


@given(VALUES, st.sampled_from([0, LARGE]))
def test_what_was_written_is_read(value, more):
    text = orjson.dumps([value, "x" * more])
    for form in (text, memoryview(text), text.decode()):
        assert read_json(form) == [value, "x" * more]


@pytest.mark.parametrize("text", ["[1", "[1" + " " * LARGE])
@pytest.mark.parametrize("is_on", [True, False])
def test_garbage_is_collected_afterwards_as_it_was_before(text, is_on):
    (gc.enable if is_on else gc.disable)()
    try:
        with pytest.raises(ValueError, match="unexpected"):
            read_json(text)
        assert gc.isenabled() == is_on
        assert read_json(f"[{' ' * LARGE}]") == []
        assert gc.isenabled() == is_on
    finally:
        gc.enable()


def test_nothing_is_looked_through_while_a_large_value_is_read():
    text = orjson.dumps([[{"at": [number]}] for number in range(100_000)])
    seen = []
    gc.callbacks.append(lambda phase, about: seen.append((phase, about["generation"])))
    try:
        read_json(text)
    finally:
        del gc.callbacks[-1]
    assert seen == []
