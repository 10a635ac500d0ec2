"""What is stored of a record is all that it says, and nothing else."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agentscope.signatures.record import RECORD, UNSAID, VERSION, Fact
from agentscope.signatures.sketch import LANES
from agentscope.signatures.stored import (
    HEAD,
    NAMES,
    VERSION_BITS,
    continued,
    merged,
    named_by,
    pack,
    tails,
    unpack,
)

INTEGERS = {"<i8": (-(2**63), 2**63 - 1), "<u4": (0, 2**32 - 1), "<u2": (0, 2**16 - 1)}


def values(name):
    """Any value of a field, that of the unknown among them."""
    if RECORD[name].shape:
        return st.binary(min_size=LANES, max_size=LANES)
    if RECORD[name].kind == "f":
        return st.floats(width=32)
    return st.integers(*INTEGERS.get(RECORD[name].str, (0, 255)))


RECORDS = st.fixed_dictionaries({}, optional={name: values(name) for name in NAMES})
TAILS = st.binary(max_size=24)


def whole(said):
    """The record of some fields, put together one by one."""
    record = UNSAID.copy()
    for name, value in said.items():
        record[name] = np.frombuffer(value, np.uint8) if isinstance(value, bytes) else value
    return record[0]


def same_field(one, other, name):
    """Whether two records say the same in a field; what is unknown is so in both."""
    return np.array_equal(one[name], other[name], equal_nan=RECORD[name].kind == "f")


def same(one, other):
    """Whether two records say the same in all fields."""
    return all(same_field(one, other, name) for name in NAMES)


@given(st.lists(st.tuples(RECORDS, TAILS) | st.none(), max_size=8))
def test_records_come_back_in_order_however_many(said):
    stored = [each and pack(*each) for each in said]
    records = unpack(stored)
    assert len(records) == len(said)
    for at, each in enumerate(said):
        assert same(records[at], whole(each[0]) if each else UNSAID[0])
        assert named_by(stored[at]) == (each[1] if each else b"")
    named = [(at, each[1]) for at, each in enumerate(said) if each and each[1]]
    assert sorted(tails(stored)) == named


@given(RECORDS, RECORDS, TAILS, TAILS)
def test_of_two_each_field_is_said_by_the_first_that_knows_it(one, other, tail, second):
    both = merged(pack(one, tail), pack(other, second))
    first, then = whole(one), whole(other)
    expected = then.copy()
    for name in NAMES:
        if not same_field(first, UNSAID[0], name):
            expected[name] = first[name]
    expected["facts"] = first["facts"] | then["facts"]
    assert same(unpack([both])[0], expected)
    assert named_by(both) == (tail or second)


def test_there_is_a_bit_for_each_field():
    assert VERSION_BITS + len(NAMES) <= 8 * HEAD


def test_only_what_is_said_takes_room():
    assert len(pack({"call": 7, "bag": 0, "facts": 0, "position": float("nan")})) == 13


def test_signatures_of_another_version_say_nothing():
    stored = pack({"call": 7, "facts": 1}, bytes(8))
    older = bytes([VERSION - 1]) + stored[1:]
    beyond = stored[:4] + b"\xff" + stored[5:]
    assert unpack([older, None, beyond, b"\0"])["call"].tolist() == [0, 0, 0, 0]
    assert [named_by(each) for each in (older, beyond)] == [b"", b""]
    assert merged(older, stored) == older
    assert merged(None, stored) == stored


def test_a_later_record_tells_the_last_message_and_words_of_people_add_up():
    first = pack({"call": 1, "system": 5, "human": 7, "turns": 1, "facts": int(Fact.SUMS_UP)})
    second = pack({"call": 2, "argument_size": 9, "facts": 0})
    third = pack({"call": 3, "human": 8, "turns": 1})
    answer = pack({"result": 4, "facts": int(Fact.HAS_TEXT)})
    told = None
    for each in (first, second, third, answer):
        told = continued(told, each)
    said = unpack([told])[0]
    assert [int(said[name]) for name in ("call", "system", "human", "turns")] == [3, 5, 8, 2]
    assert [int(said[name]) for name in ("result", "argument_size")] == [4, 9]
    assert int(said["facts"]) == Fact.HAS_TEXT


def test_who_is_asked_to_sum_up_is_asked_so_last():
    asks, answers = pack({"call": 1, "facts": int(Fact.SUMS_UP)}), pack({"result": 2})
    assert int(unpack([continued(asks, answers)])[0]["facts"]) == Fact.SUMS_UP


def test_what_another_version_said_is_left():
    assert continued(b"\0\0\0\0", b"new") == b"\0\0\0\0"
    assert continued(None, b"new") == b"new"
