"""Whatever people name things, what an entry says has one spelling and can be stored."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from agentscope.ledger.canonical import canonical, storable
from agentscope.ledger.read import StoredLedger, newest
from agentscope.ledger.verifier import verify
from agentscope.ledger.write import append

TEXT = st.text(st.characters(), max_size=8)  # surrogates and NUL too
SCALARS = st.none() | st.booleans() | st.integers() | TEXT | st.floats(-1e6, 1e6)
SAID = st.dictionaries(
    TEXT,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


def test_names_are_in_order_and_nothing_is_spelt_otherwise():
    said = {"b": [1, 2.0, True, None], "a": "€\n", "é": 1e21}
    assert canonical(said) == '{"a":"€\\n","b":[1,2,true,null],"é":1e+21}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.0, "0"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (5e-324, "5e-324"),
        ("\u2028\x7f", '"\u2028\x7f"'),
        ("\x1f\b", '"\\u001f\\b"'),
        # Names are in the order of their UTF-16, in which an emoji comes before U+FFEE.
        ({"\uffee": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\uffee":1}'),
        # What looks the same stays what it is: nothing is normalised.
        ({"e\u0301": 1, "\xe9": 2}, '{"e\u0301":1,"\xe9":2}'),
    ],
)
def test_what_is_spelt_as_rfc_8785_has_it(value, text):
    assert canonical({"value": value}) == f'{{"value":{text}}}'


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (2**53 - 1, 2**53 - 1),
        (2**53, str(2**53)),
        (-(2**60), str(-(2**60))),
        ("a\0b", "a\ufffdb"),
        ("\ud800", "?"),
        ((1, "x"), [1, "x"]),
    ],
)
def test_what_json_or_postgres_do_not_have(value, kept):
    assert storable(value) == kept


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"ab", object()])
def test_what_is_no_json_is_refused(value):
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical({"value": value})


@given(said=SAID)
def test_the_same_said_in_another_order_has_the_same_text(said):
    assert canonical(dict(reversed(said.items()))) == canonical(said)


@pytest.mark.django_db
@given(said=SAID)
def test_all_of_it_is_stored_and_verified(said):
    project = 1
    append(project, "change", {**said, "salt": ""})
    (told,) = newest(project, 1)
    kept = json.loads(canonical({**said, "salt": ""}))
    assert {**(told.said or {}), "salt": ""} == kept
    assert verify(StoredLedger(project)).fault is None
