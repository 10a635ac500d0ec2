"""Calls that mean the same have one form, and those that do not have two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.signatures.canonical import bag, canonical, key_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": [2]}, {"b": [2], "a": 1}),
        ({"limit": 10}, {"limit": 10.0}),
        ({"q": "rain  in\nRome "}, {"q": "rain in Rome"}),
        ({"path": "./src//main.py"}, {"path": "src/main.py"}),
        ({"q": "x", "tool_call_id": "call_1"}, {"q": "x", "toolCallId": "call_2"}),
        ({"cmd": "ls", "description": "List files"}, {"cmd": "ls", "description": "Look again"}),
        ({"q": "x", "cursor": None}, {"q": "x"}),
        ({"q": "caf\u00e9"}, {"q": "cafe\u0301"}),
        ({"body": '{"a": 1, "b": 2}'}, {"body": '{"b":2,"a":1}'}),
        ({"q": "x", "request_id": "r1"}, {"q": "x", "request_id": "r2"}),
        ({"q": {"request_id": "r1"}}, {"q": {"request_id": "r2"}}),
        ({"tool_call_id": "call_1"}, {"tool_call_id": "call_2"}),
    ],
)
def test_the_same_call_has_the_same_form(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"q": "x"}, {"q": "y"}),
        ({"a": 1, "b": 2}, {"a": 2, "b": 1}),
        ({"reason": "the user asked"}, {"reason": "nobody asked"}),
        ({"path": "/etc/passwd"}, {"path": "etc/passwd"}),
        ({"url": "http://a/b//c"}, {"url": "http://a/b/c"}),
        ([1, 2], [2, 1]),
        ({"limit": 10}, {"limit": "10"}),
        ({"request_id": "r1"}, {"request_id": "r2"}),
        ({"seed": 1}, {"seed": 2}),
        ({"uuid": "a", "graph": "g"}, {"uuid": "b", "graph": "g"}),
        ({"trace_id": "a", "limit": 1}, {"trace_id": "b", "limit": 1}),
        ({"body": '{"seed": 1, "reason": "a"}'}, {"body": '{"seed": 2, "reason": "a"}'}),
    ],
)
def test_another_call_has_another_form(one, other):
    assert canonical(one) != canonical(other)


def test_a_project_can_name_fields_that_do_not_count():
    one, other = {"q": "x", "Build-Id": 1}, {"q": "x", "Build-Id": 2}
    assert canonical(one) != canonical(other)
    assert canonical(one, frozenset({"buildid"})) == canonical(other, frozenset({"buildid"}))


def test_a_bag_knows_no_names_and_no_types():
    one, other = {"from": "Rome", "page": "16"}, {"page_no": 16, "origin": "rome"}
    assert bag(canonical(one)) == bag(canonical(other))


@given(VALUES)
def test_a_form_is_its_own_form_and_has_a_key(value):
    form = canonical(value)
    assert canonical(form) == form
    assert key_of(form) == key_of(canonical(value)) != 0
    assert -(2**63) <= key_of(form) < 2**63
