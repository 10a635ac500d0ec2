"""Payloads that are not read, as they cannot have a word: never one that has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.search.asked import Needle
from agentscope.search.match import sight
from agentscope.search.skim import can_say, hides, plain_words
from agentscope.search.syntax import parse
from agentscope.search.texts import span_step
from agentscope.search.words import SELECTORS, fold
from agentscope.traces.payload import open_payload, pack_payload, read_payload
from ingest.dialects import TOGETHER
from ingest.otlp import decode_traces
from tests.kit.otlp import PROTOBUF, traces
from tests.kit.searching import call, tool

FAR = 0x110000
TEXTS = st.text(st.sampled_from('abAB é-\\nu0061ﬁKß\u017f①ª订单\ufe0f"{[:'), max_size=12)


def opened(span) -> bytes:
    """The open payload of a span."""
    [wire] = decode_traces(traces(span).SerializeToString(), PROTOBUF).items
    return open_payload(pack_payload(wire.raw, TOGETHER.span(wire)))


@pytest.mark.parametrize("code", range(0, FAR, 0x10000))
def test_whatever_folds_to_a_letter_or_vanishes_is_known(code):
    for char in map(chr, range(max(code, 0x80), code + 0x10000)):
        if 0xD800 <= ord(char) < 0xE000:
            continue
        has_letter = any(each.isascii() and each.isalpha() for each in fold(char))
        if has_letter or SELECTORS.match(char):
            assert hides(char.encode()), hex(ord(char))


def test_only_words_of_letters_stand_as_they_are():
    needles = [Needle.of(text) for text in ("Late parcel 42", "true", "sha256", "café", "订单 ok")]
    assert plain_words(needles) == [b"late", b"ok", b"parcel"]


def test_what_cannot_have_it_is_not_read():
    body = opened(call(1, "Where is my parcel?"))
    assert can_say(body, [b"parcel"])
    assert not can_say(body, [b"parcel", b"zanzibar"])


@given(said=TEXTS, given=st.recursive(TEXTS, st.lists, max_leaves=4), sought=TEXTS)
def test_what_is_seen_was_not_skipped(said, given, sought):
    asked = parse('"' + sought.replace('"', " ") + ' b"') if fold(sought) else parse("a")
    for span in (call(1, f"{said} {sought} b", system=said), tool(2, arguments=[said, given])):
        body = opened(span)
        if sight(span_step(read_payload(body)), {}, asked):
            assert can_say(body, plain_words(asked.needles))
