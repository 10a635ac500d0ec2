"""What calls came to goes with the next question, and the last at the end: no request a call."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope_hook import CALLS, Answer, Calls, Stopped, estimate, tokens
from tests.examples.installed import EXAMPLES
from tests.examples.stubs import Decider, nowhere
from tests.examples.test_agentscope_hook import asking

NAMES = st.sampled_from(["a", "b", None])
PARTS = ("reservation", "spent_tokens", "spent_usd")


def told(decider):
    """What was settled, by question."""
    return [tuple(asked.get(name) for name in PARTS) for asked in decider.asked]


def test_what_a_call_came_to_goes_with_the_next_question():
    with Decider() as decider:
        here = asking(decider.url)
        for used in (110, 120):
            here.may_i(session="s", **estimate("x"))
            here.came_to({"total_tokens": used}, usd="0.25")
        here.may_i(session="s")
    assert told(decider) == [(None, None, None), ("1", 110, "0.25"), ("2", 120, "0.25")]


def test_the_last_is_told_at_the_end_and_nothing_if_all_is_told():
    with Decider() as decider:
        here = asking(decider.url)
        here.may_i(**estimate("x"))
        here.came_to({"total_tokens": 7})
        here.tell_the_rest()
        here.tell_the_rest()
    assert told(decider)[1:] == [("1", 7, None)]


def test_what_is_told_at_the_end_says_whose_it_was_and_what_is_told_before_does_not():
    with Decider() as decider:
        here = asking(decider.url)
        here.may_i(session="s", agent="clerk", trace="ab", **estimate("x"))
        here.came_to({"total_tokens": 7})
        here.may_i(session="t", **estimate("x"))
        here.came_to({"total_tokens": 8})
        here.tell_the_rest()
    _, second, last = decider.asked
    assert (second["reservation"], second["session"], second.get("agent")) == ("1", "t", None)
    assert last == {"reservation": "2", "session": "t", "spent_tokens": 8}


def test_a_program_that_ends_tells_it():
    ask = "from agentscope_hook import *; may_i(**estimate('x')); came_to({'total_tokens': 7})"
    with Decider() as decider:
        told_by = {"AGENTSCOPE_URL": decider.url, "AGENTSCOPE_TIME_LIMIT": "60"}
        subprocess.run([sys.executable, "-c", ask], cwd=EXAMPLES, env=told_by, check=True)
    assert told(decider) == [(None, None, None), ("1", 7, None)]


def test_nothing_is_told_that_is_not_known_and_nothing_that_was_not_reserved():
    with Decider() as decider:
        here = asking(decider.url)
        here.may_i(**estimate("x"))
        here.came_to(None)
        here.came_to({"total_tokens": 1}, call="never began")
        decider.reserves = False
        here.may_i(**estimate("x"), call="free")
        here.came_to({"total_tokens": 1}, call="free")
        here.tell_the_rest()
    assert told(decider) == [(None, None, None)] * 2


def test_what_nobody_heard_is_told_again():
    with Decider() as decider:
        here = asking(decider.url, rest=0.0)
        here.may_i(**estimate("x"))
        here.came_to({"total_tokens": 7})
        decider.status = 500
        here.may_i()
        decider.status = 200
        here.may_i()
        here.may_i()
    assert [settled[0] for settled in told(decider)] == [None, "1", "1", None]


def test_what_is_refused_is_not_told_again():
    with Decider() as decider:
        here = asking(decider.url)
        here.may_i(**estimate("x"))
        here.came_to({"total_tokens": 7})
        decider.status = 400
        here.may_i()
        decider.status = 200
        here.may_i()
    assert [settled[0] for settled in told(decider)] == [None, "1", None]


def test_while_agentscope_is_away_the_end_of_a_program_costs_nothing():
    with Decider() as decider:
        here = asking(decider.url)
        for name in range(5):
            here.may_i(name, **estimate("x"))
            here.came_to({"total_tokens": 7}, name)
            here.may_i(name, **estimate("x"))
        for name in range(5):
            here.came_to({"total_tokens": 7}, name)
        decider.status = 503
        asked = len(decider.asked)
        here.may_i()
        here.tell_the_rest()
        assert len(decider.asked) == asked + 1


def test_a_stop_holds_nothing_and_tells_what_was_before():
    with Decider(budget=1) as decider:
        here = asking(decider.url)
        here.may_i(**estimate("x"))
        here.came_to({"total_tokens": 7})
        with pytest.raises(Stopped):
            here.may_i(**estimate("x"))
        here.came_to({"total_tokens": 8})
        here.tell_the_rest()
    assert [settled[:2] for settled in told(decider)] == [(None, None), ("1", 7)]


def answered(number):
    return Answer("allow", "", None, {"reservation": {"id": str(number)}})


@given(st.lists(st.tuples(st.booleans(), NAMES), max_size=40))
def test_each_reservation_is_settled_once_by_a_call_of_its_name(events):
    calls, open_ones, settled = Calls(), {}, []
    for number, (begins, name) in enumerate(events):
        if begins:
            calls.began(name, answered(number), {})
            open_ones.setdefault(name, []).append(str(number))
        else:
            calls.ended(name, number, None)
            if open_ones.get(name):
                settled.append({"reservation": open_ones[name].pop(), "spent_tokens": number})
    assert list(iter(calls.next, {})) == settled


def test_only_so_many_are_remembered():
    calls = Calls()
    for number in range(2 * CALLS):
        calls.began(number, answered(number), {})
    for number in range(2 * CALLS):
        calls.ended(number, 1, None)
    settled = list(iter(calls.next, {}))
    assert [settled[0]["reservation"], len(settled)] == [str(CALLS), CALLS]


@pytest.mark.parametrize(
    ("usage", "meant"),
    [
        ({"total_tokens": 5, "prompt_tokens": 1}, 5),
        ({"prompt_tokens": 3, "completion_tokens": 4}, 7),
        ({"input_tokens": 3, "output_tokens": 4}, 7),
        ({"input_tokens": 3}, None),
        ({"total_tokens": 0, "prompt_tokens": 0, "completion_tokens": 0}, None),
        (SimpleNamespace(usage_metadata={"total_tokens": 6}), 6),
        (SimpleNamespace(usage_metadata=None), None),
        (SimpleNamespace(usage=SimpleNamespace(prompt_tokens=3, completion_tokens=4)), 7),
        (SimpleNamespace(usage=None), None),
        ({"total_tokens": "5"}, None),
        ({"total_tokens": -1}, None),
        (SimpleNamespace(prompt_tokens=3, completion_tokens=4, total_tokens=None), 7),
        (SimpleNamespace(total_tokens=9), 9),
        ("much", None),
        (None, None),
    ],
)
def test_tokens_are_read_of_whatever_tells_them(usage, meant):
    assert tokens(usage) == meant


def test_it_asks_about_the_project_that_it_is_told():
    with Decider() as decider:
        ask = "from agentscope_hook import *; print(agentscope._headers)"
        told_by = {"AGENTSCOPE_URL": decider.url, "AGENTSCOPE_PROJECT": "shop"}
        run = [sys.executable, "-c", ask]
        done = subprocess.run(run, cwd=EXAMPLES, env=told_by, capture_output=True, text=True)
    assert json.loads(done.stdout.replace("'", '"'))["x-agentscope-project"] == "shop"


def test_a_program_whose_agentscope_is_down_ends_at_once():
    ask = "from agentscope_hook import *; may_i(**estimate('x')); came_to({'total_tokens': 7})"
    with nowhere() as url:
        told_by = {"AGENTSCOPE_URL": url}
        run = [sys.executable, "-c", ask]
        done = subprocess.run(run, cwd=EXAMPLES, env=told_by, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("gives no answer")) == (0, 1)
