"""What people write, and what is wrong with it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.search.asked import Condition
from agentscope.search.syntax import BadQuery, parse
from tests.kit.searching import change, found, step, store


@pytest.mark.parametrize(
    ("text", "needles", "conditions"),
    [
        ("refund  Parcel", ["refund", "parcel"], []),
        ('"Late  Parcel" now', ["late parcel", "now"], []),
        ("a-b 100% - x", ["a-b", "100%", "x"], []),
        ("customer=42", [], [("customer", "=", ("42",))]),
        ('customer = "a b"', [], [("customer", "=", ("a b",))]),
        ('shop.tier in (gold, "old silver")', [], [("shop.tier", "in", ("gold", "old silver"))]),
        ("retry.count >= 3 x", ["x"], [("retry.count", ">=", ("3",))]),
        ("retry.count=*", [], [("retry.count", "=*", ())]),
        ("url~api", [], [("url", "~", ("api",))]),
        ("tier!=gold", [], [("tier", "!=", ("gold",))]),
        ('"a=b"', ["a=b"], []),
        ("=b", ["=b"], []),
        ("", [], []),
    ],
)
def test_words_phrases_and_conditions(text, needles, conditions):
    asked = parse(text)
    assert [each.text for each in asked.needles] == needles
    assert [(each.key, each.operator, each.values) for each in asked.conditions] == conditions


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ('refund "late parcel', 7, 'no second "'),
        ("x retry.count > many", 2, "many is no number"),
        ("tier=", 0, "Behind tier = a value is missing."),
        ("model in (a, b", 0, "The list behind model in ( has no end."),
        ("x cost > much", 2, "cost: much is no amount of dollars."),
        ("duration > soon", 0, "write 300ms, 5s, 2m or 1h"),
        ("spans = 1.5", 0, "1.5 is no whole number"),
        ("state = asleep", 0, "asleep is none of running, idle, ended"),
        ("status = bad", 0, "write status=error or status=ok"),
        ("agent > x", 0, "not with >"),
        ("cost ~ 1", 0, "not with ~"),
        ("%%% -", 0, "no letter, digit or symbol"),
        ("a\0b", 1, "NUL"),
        ("x" * 1001, 1000, "longer than 1000"),
        (" ".join("abcdefghijklmnopqrstu"), 40, "more than 20"),
        (f"tier={'x' * 257}", 0, "longer than 256"),
    ],
)
def test_errors_say_what_is_wrong_and_where(text, at, says):
    with pytest.raises(BadQuery, match=re.escape(says)) as caught:
        parse(text)
    assert caught.value.at == at


@given(st.text(max_size=80))
def test_whatever_is_written_is_understood_or_named(text):
    try:
        parse(text)
    except BadQuery as error:
        assert 0 <= error.at <= len(text)  # noqa: PT017


@pytest.mark.parametrize(
    ("operator", "values", "said", "holds"),
    [
        ("=", ("3",), 3, True),
        ("=", ("3.0",), 3, True),
        ("=", ("3",), "3", True),
        ("=", ("true",), True, True),
        ("=", ("1",), True, False),
        ("=", ("gold",), ["old", "gold"], True),
        ("!=", ("gold",), "silver", True),
        ("!=", ("gold",), "gold", False),
        (">", ("2.5",), 3, True),
        (">", ("2.5",), "3", True),
        (">", ("2.5",), "three", False),
        (">", ("0",), True, False),
        ("<=", ("2",), 2.0, True),
        ("in", ("a", "b"), "b", True),
        ("=*", (), "", True),
        ("~", ("PAR",), "a parcel", True),
        ("~", ("pal",), "a parcel", False),
    ],
)
def test_a_condition_has_types(operator, values, said, holds):
    assert Condition("key", operator, values).holds([said]) is holds
    assert Condition("key", operator, values).holds([]) is False


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "traces"),
    [
        ("shop.tier=gold", [1]),
        ("shop.tier = silver", [2]),
        ("shop.tier in (gold, silver)", [1, 2]),
        ("shop.tier != gold", [2]),
        ("shop.tier=*", [1, 2]),
        ("shop.count > 3", [2]),
        ("shop.count = 3", [1]),
        ("shop.count <= 3.0", [1]),
        ("shop.share = 0.25", [1]),
        ("shop.open = true", [1]),
        ("shop.open = false", [2]),
        ("shop.tier ~ OL", [1]),
        ("shop.tier=gold shop.count=3", [1]),
        ("shop.tier=gold shop.count=4", []),  # of one step
        ("shop.tier=gold telephone", []),
        ("shop.tier=silver telephone", [2]),
        ("nowhere=1", []),
    ],
)
def test_attributes_of_steps(text, traces):
    store(
        step(1, shop__tier="gold", shop__count=3, shop__share=0.25, shop__open=True),
        step(1, span=2, shop__count=2),
        step(2, shop__tier="silver", shop__count=4, shop__open=False, shop__note="telephone"),
    )
    assert sorted(found(text)) == traces


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("cost > 0.5", True),
        ("cost > $0.7", False),
        ("cost = 0.7", True),
        ("spans >= 10 errors = 2", True),
        ("tokens > 100", True),
        ("tokens > 150", False),
        ("duration > 900ms", True),
        ("duration < 1s", False),
        ("agent = planner", True),
        ("agent in (x, planner)", True),
        ("agent != planner", False),
        ("user = ada", True),
        ("user=*", True),
        ("name ~ OR", True),
        ("status = error", True),
        ("status = ok", False),
        ("state in (running, ended)", True),
        ("outcome = success", False),
        ("calls < 1", True),
    ],
)
def test_facts_of_a_trace(text, is_found):
    store(step(1, note="parcel"))
    change(
        1,
        name="work",
        agents=["planner"],
        user="ada",
        spans=10,
        errors=2,
        known_cost="0.7",
        input_tokens=120,
        output_tokens=30,
        state="ended",
    )
    assert found(f"parcel {text}") == ([1] if is_found else [])
