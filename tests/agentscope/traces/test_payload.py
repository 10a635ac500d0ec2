"""What is packed comes back: the record byte for byte, the rest as far as JSON can say it."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.traces.payload import canonical_json, pack_payload, unpack_payload
from agentscope.vocabulary import Content, Meaning, Message, Part

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(1 << 70), 1 << 70),
    st.floats(),
    st.text(st.characters(codec=None)),
    st.binary(),
)
VALUES = st.recursive(
    ODD,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=8,
)


def test_it_works():
    said = Meaning(
        content=Content(input_messages=[Message("user", [Part("text", "Paris?")])], output="Yes."),
        sources={"agent": "gen_ai.agent.name"},
        framework="crewai",
    )
    payload = unpack_payload(pack_payload(b"raw", said))
    assert payload.raw == b"raw"
    question = asdict(Message("user", [Part("text", "Paris?")]))
    assert payload.content == {"input_messages": [question], "output": "Yes."}
    assert payload.sources == said.sources
    assert payload.said == {"framework": "crewai"}


def test_nothing_understood_costs_nothing():
    payload = unpack_payload(pack_payload(b"raw", Meaning()))
    assert (payload.raw, payload.content, payload.sources, payload.said) == (b"raw", {}, {}, {})


def test_what_an_earlier_release_packed_can_be_read():
    """Whoever adds a dictionary or changes the format must keep a way to read this."""
    packed = bytes.fromhex(
        "28b52ffd63b259c10450006d010050030000007261777b7d7d0cfccd92dacc3d6877d89e89f6832e165522abd9f8"
        "83e54d90dc7d872e90056a5260"
    )
    payload = unpack_payload(packed)
    assert (payload.raw, payload.sources) == (b"raw", {"model": "gen_ai.response.model"})
    assert payload.content["output_messages"][0]["parts"][0]["text"] == "gen_ai.response.model"


@given(st.binary(), VALUES)
def test_anything_can_be_packed(raw, value):
    said = Meaning(
        content=Content(
            arguments=value, input_messages=[Message("user", [Part("other", value=value)])]
        )
    )
    assert unpack_payload(pack_payload(raw, said)).raw == raw


def test_nesting_without_end_is_cut_not_refused():
    deep = []
    for _ in range(5000):
        deep = [deep]
    assert unpack_payload(pack_payload(b"raw", Meaning(content=Content(output=deep)))).content[
        "output"
    ]


@pytest.mark.parametrize(
    ("value", "kept"),
    [(b"\x00", {"$bytes": "AA=="}), (1 << 70, str(1 << 70)), ("\ud83d", "?"), (float("nan"), None)],
)
def test_what_json_cannot_say_is_replaced(value, kept):
    said = Meaning(content=Content(arguments={"it": value}))
    assert unpack_payload(pack_payload(b"", said)).content == {"arguments": {"it": kept}}


@given(VALUES)
def test_the_same_value_is_the_same_text(value):
    assert canonical_json(value) == canonical_json(value)
