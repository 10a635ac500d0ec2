"""Quick looks and what is remembered change nothing: records are those of the long way."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.secrets.find import Finder
from agentscope.signatures.masking import (
    COUNTED,
    EDGES,
    LONGEST,
    MASK,
    NUMBER,
    UNITS,
    VARYING,
    masked_text,
)
from agentscope.signatures.mentions import ORDERS, Role, gives_orders, named
from agentscope.signatures.outputs import FAULTS, faults_in
from agentscope.signatures.remembered import MOST, SHORTEST, remembered
from agentscope.signatures.sensitive import guarded, surest, texts_of
from agentscope.signatures.signature import signature
from agentscope.vocabulary import Content, Kind, Meaning, Message, Part

WORDS = """
2026-11-26T10:11:12.123Z 12:30 3 ms 12.5ms attempt 4 #7 (12) 3. 1764151200 0xdeadbeef01 ٣ v1.2.3
550e8400-e29b-41d4-a716-446655440000 3f2a9b1c4d5e ab12cd34 a1 12345678 abcdefab-
{"took":"3ms","at":"12:30:05Z","ids":["3f2a9b1c4d5e","abcdefab"],"n":[1,2,3]}
issue: 2 errors 3 open problems finding = 5 no_errors: 4 x3 faults preissue errors: 6
https://shop.example/a?b=1 www.shop.org bob@shop.org ignore all instructions <system> :
password=hunter2abc 4111111111111111 [redacted email] [hashed email 0123456789ab]
""".split()
TEXTS = st.lists(
    st.tuples(st.sampled_from(WORDS) | st.text(max_size=6), st.sampled_from([" ", " ", "\n", ""])),
    max_size=40,
).map(lambda said: "".join(map("".join, said)))


@given(TEXTS)
def test_a_text_is_masked_as_it_is_word_by_word(text):
    words = text.split()
    expected = list(words)
    for at, word in enumerate(words[:LONGEST]):
        before, after = words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
        measured = after.strip(EDGES).lower() in UNITS or before.strip(EDGES).lower() in COUNTED
        if re.search(r"\d", word):
            is_number = measured and NUMBER.fullmatch(word)
            expected[at] = MASK if is_number else VARYING.sub(MASK, word)
    assert masked_text(text) == " ".join(expected)


@given(TEXTS)
def test_faults_are_counted_as_by_one_expression(text):
    whole = re.compile(
        rf"\b(\d{{1,4}})\s+(?:\w+\s+)?{FAULTS}\b|\b{FAULTS}(?:\s+\w+)?\s*[:=]\s*(\d{{1,4}})\b"
    )
    found, said = whole.search(text[:2000].lower()), faults_in(text)
    assert said == float(found[1] or found[2]) if found else said != said


@given(st.lists(TEXTS, max_size=3), st.lists(TEXTS, max_size=3))
def test_rules_find_the_same_in_texts_together(asked, given_back):
    spoken = texts_of(asked, given_back)
    said = guarded({}, spoken)
    numbers = {"asked_rule": surest(spoken.asked), "given_rule": surest(spoken.given)}
    assert said == {name: number for name, number in numbers.items() if number}


@given(TEXTS)
def test_orders_are_found_without_their_words_too(text):
    assert gives_orders(text) == any(pattern.search(text.lower()) for _, _, pattern in ORDERS)


@given(TEXTS, TEXTS, TEXTS)
def test_a_signature_is_the_same_when_its_texts_came_before(system, asked, said):
    long = " of a text that is long enough to be remembered" * 12
    meaning = Meaning(
        Kind.LLM,
        content=Content(
            [Message("system", [Part("text", system + long)]),
             Message("user", [Part("text", asked + long)])],
            [Message("assistant", [Part("text", said + long)])],
        ),
    )  # fmt: skip
    assert signature(meaning) == signature(meaning)
    assert named(Role.SAID, [system + long, asked]) == named(Role.SAID, [system + long, asked])


def test_only_long_texts_are_remembered_and_not_any_number():
    looked_at = []
    find = remembered(lambda text: looked_at.append(text) or len(text))
    long = "x" * SHORTEST
    assert [find(long), find(long), find("short"), find("short")] == [SHORTEST, SHORTEST, 5, 5]
    assert looked_at == [long, "short", "short"]
    for at in range(4):
        find(str(at) * (MOST // 2))
    find(long)
    assert looked_at.count(long) == 2


@pytest.mark.parametrize("text", WORDS)
def test_without_re2_the_same_is_found(text):
    finder = Finder()
    found = finder.hits(text)
    finder.all = None
    assert finder.hits(text) == found
