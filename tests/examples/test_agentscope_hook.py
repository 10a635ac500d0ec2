"""The hook itself: what it asks, and that it costs a second at most and raises nothing but Stopped,
whatever the server does."""

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import agentscope_hook
from agentscope_hook import DECISIONS, AgentScope, Answer, Stopped, estimate
from tests.examples.installed import EXAMPLES
from tests.examples.stubs import Decider, nowhere

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def asking(url, **how):
    """An AgentScope of a patient program: a busy machine is not what is tested."""
    return AgentScope(url, **({"time_limit": 60} | how))


def test_it_asks_what_is_said_and_reserves_an_estimate():
    with Decider() as decider:
        answer = asking(decider.url).may_i(agent="clerk", user=None, **estimate("x" * 400))
    assert answer.decision == "allow"
    assert decider.asked == [
        {
            "agent": "clerk",
            "estimated_tokens": 600,
            "estimated_output_tokens": 500,
            "reserve": True,
        }
    ]


@pytest.mark.parametrize("about", [{"agent": "a"}, {"estimated_tokens": 5, "reserve": False}])
def test_it_reserves_nothing_without_an_estimate_or_if_it_is_told_not_to(about):
    with Decider() as decider:
        asking(decider.url).may_i(**about)
    assert decider.asked[0]["reserve"] is False


def test_it_sends_its_key_and_follows_nobody_elsewhere():
    asked = []
    with Decider() as elsewhere, Decider(status=302, to=elsewhere.url) as decider:
        here = asking(decider.url, key="as_secret")
        opened = here._open
        here._open = lambda question, timeout: asked.append(question) or opened(question, None, 1)
        assert here.may_i().told == {}
    assert [each.headers["Authorization"] for each in asked] == ["Bearer as_secret"]
    assert (len(decider.asked), elsewhere.asked) == (1, [])


def test_a_stop_is_raised_with_its_reason():
    with Decider(budget=0) as decider, pytest.raises(Stopped, match="0 of 0 calls") as stopped:
        asking(decider.url).may_i()
    assert stopped.value.answer.told["decision"] == "stop"


def test_a_downgrade_names_the_model():
    with Decider(budget=0, then="downgrade") as decider:
        answer = asking(decider.url).may_i(model="gpt-4o")
    assert (answer.decision, answer.model) == ("downgrade", "gpt-4o-mini")


@pytest.mark.parametrize("decision", ["warn", "downgrade"])
def test_what_is_no_stop_is_told_by_the_log(decision, caplog):
    with Decider(budget=1, then=decision) as decider:
        here = asking(decider.url)
        here.may_i()
        assert caplog.messages == []
        here.may_i()
    assert caplog.messages == [f"AgentScope says {decision}: 1 of 1 calls are spent."]


def test_a_model_is_named_where_it_is_to_be_taken_and_nowhere_else():
    told = {"suggested_model": "gpt-4o-mini"}
    named = [agentscope_hook.understood(told | {"decision": each}).model for each in DECISIONS]
    assert named == [None, None, "gpt-4o-mini", None]


def test_others_run_on_while_it_waits():
    async def both(decider):
        ticks = []

        async def tick():
            while True:
                ticks.append(1)
                await asyncio.sleep(0.01)

        ticking = asyncio.create_task(tick())
        answer = await asking(decider.url).may_i_async(agent="clerk")
        ticking.cancel()
        return answer, len(ticks)

    # In a thread of its own: tests of a browser leave a running loop in this one.
    with Decider(slow=0.3) as decider, ThreadPoolExecutor() as beside:
        answer, ticks = beside.submit(asyncio.run, both(decider)).result()
    assert answer.decision == "allow"
    assert ticks > 5


@pytest.fixture
def clock(monkeypatch):
    """The time that the hook goes by; it stands still unless it is moved."""
    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(agentscope_hook, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    return now


BROKEN = {
    "hangs up": {"alive": 0},
    "server error": {"status": 500},
    "not JSON": {"nonsense": b"<html>"},
    "no decision": {"nonsense": b'{"decision": "perhaps"}'},
    "a list": {"nonsense": b"[]"},
}


@pytest.mark.parametrize("how", BROKEN.values(), ids=BROKEN)
def test_what_is_no_answer_is_asked_for_once_in_ten_seconds(how, clock):
    with Decider(**how) as decider:
        here = asking(decider.url)
        decisions = [here.may_i().decision for _ in range(5)]
        clock.seconds += 9.9
        here.may_i()
        assert len(decider.asked) == 1
        clock.seconds += 0.2
        here.may_i()
        assert len(decider.asked) == 2
    assert decisions == ["allow"] * 5


def test_it_waits_for_the_time_limit_and_not_again_until_it_has_rested():
    with Decider(slow=2) as decider:
        here = asking(decider.url, time_limit=0.2)
        began = time.monotonic()
        answers = [here.may_i() for _ in range(20)]
        took = time.monotonic() - began
    assert {answer.decision for answer in answers} == {"allow"}
    assert 0.2 <= took < 2  # one time, not twenty
    assert len(decider.asked) == 1


def test_a_server_that_trickles_is_too_late():
    """Each read is in time, and the answer would take for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle():
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
                for _ in range(20):
                    time.sleep(0.1)
                    connection.sendall(b" ")

        thread = threading.Thread(target=trickle)
        thread.start()
        began = time.monotonic()
        answer = AgentScope(f"http://127.0.0.1:{server.getsockname()[1]}", time_limit=0.3).may_i()
        took = time.monotonic() - began
        thread.join()
    assert "no answer within 0.3 s" in answer.reason
    assert took < 1.5


def test_of_many_threads_one_tries_again(clock):
    with Decider(alive=0) as decider:
        here = asking(decider.url)
        here.may_i()
        clock.seconds += 11
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(lambda _: here.may_i(), range(20)))
    assert len(decider.asked) == 2


def test_it_asks_each_time_again_once_there_was_an_answer(clock):
    with Decider(alive=0) as decider:
        here = asking(decider.url)
        here.may_i()
        decider.alive = 100
        clock.seconds += 11
        assert [bool(here.may_i().told) for _ in range(3)] == [True] * 3


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_question_that_is_refused_does_not_keep_others_from_being_asked(status):
    with Decider(status=status) as decider:
        here = asking(decider.url)
        reasons = [here.may_i().reason for _ in range(3)]
    assert len(decider.asked) == 3
    assert all(f"HTTP {status}" in reason for reason in reasons)


def test_each_agent_has_the_policy_that_was_last_told_to_it():
    with Decider() as decider:
        here = asking(decider.url)
        for agent, fail in (("closed", "closed"), ("open", "open"), ("odd", "perhaps")):
            decider.fail = fail
            here.may_i(agent=agent)
    assert here.may_i(agent="open").decision == "allow"
    with pytest.raises(Stopped, match="its policy is to stop"):
        here.may_i(agent="closed")
    assert here.may_i(agent="never heard of").decision == "allow"  # as was last told to any


def test_it_is_open_until_told_unless_it_is_made_closed():
    with nowhere() as url:
        assert asking(url).may_i().decision == "allow"
        with pytest.raises(Stopped, match="cannot be asked"):
            asking(url, fail="closed").may_i()


@given(JSON)
def test_an_answer_is_a_decision_or_nothing(told):
    with pytest.raises(ValueError, match="no decision"):
        agentscope_hook.understood(told)


@given(st.sampled_from(DECISIONS), st.dictionaries(st.sampled_from(("reason", "x")), JSON), JSON)
def test_whatever_comes_with_a_decision_it_is_an_answer(decision, more, model):
    told = more | {"decision": decision, "suggested_model": model}
    answer = agentscope_hook.understood(json.loads(json.dumps(told)))
    assert isinstance(answer, Answer)
    assert answer.model is None or isinstance(answer.model, str)


@given(st.dictionaries(st.text() | st.just("self"), JSON), st.sampled_from(("open", "closed")))
def test_it_raises_nothing_but_stopped(about, fail):
    here = AgentScope("no address at all", fail=fail)
    if fail == "open":
        assert here.may_i(**about).decision == "allow"
    else:
        with pytest.raises(Stopped):
            here.may_i(**about)


@pytest.mark.parametrize("odd", [object(), {1: {2}}, float("nan"), b"\xff", "\ud800"])
def test_what_cannot_be_written_as_json_is_no_reason_to_fail(odd):
    with Decider() as decider:
        assert asking(decider.url).may_i(user=odd).decision == "allow"


def test_what_goes_round_in_a_circle_is_no_reason_to_fail():
    circle = []
    circle.append(circle)
    with Decider() as decider:
        here = asking(decider.url)
        assert here.may_i(user=circle).decision == "allow"
        assert decider.asked == []
        assert here.may_i().told  # others are asked


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({}, "http://localhost:4319 1.0"),
        ({"URL": "http://there/", "TIME_LIMIT": "2"}, "http://there 2.0"),
    ],
)
def test_it_is_told_by_the_environment_and_what_is_empty_is_not_said(said, meant):
    empty = dict.fromkeys(("URL", "KEY", "FAIL", "TIME_LIMIT"), "")
    told = {f"AGENTSCOPE_{name}": value for name, value in (empty | said).items()}
    show = "from agentscope_hook import agentscope as it; print(it.url, it.time_limit)"
    done = subprocess.run(
        [sys.executable, "-c", show], cwd=EXAMPLES, env=told, capture_output=True, text=True
    )
    assert done.stdout.strip() == meant
