"""What the records of drawn traces say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscope.records.case import Ordered
from agentscope.traces.clocks import moment
from agentscope.vocabulary import Discarded, Flag, Status
from tests.agentscope.records.drawn import records_of, said
from tests.kit.spans import NOON

COST = "reported_cost=100"
REJECTED = f"discarded={int(Discarded.REJECTED)}"
WAITS = f"status={int(Status.WAITING)}"
REFUND = f"""\
    agent desk agent_version=3 user=ann session=s1 environment=prod
      llm plan @m 10+5 {COST}
      tool find_order
      llm act @m 10+5 {COST}
      tool issue_refund
      agent mailer
        llm write @m 10+5 {COST}
        tool send_mail
      llm done @m 10+5 {COST}
"""


def test_each_run_of_an_agent_is_a_record():
    desk, mailer = records_of(REFUND)
    assert (desk.agent, desk.version, desk.end_user, desk.session) == ("desk", "3", "ann", "s1")
    assert (mailer.agent, mailer.path, mailer.end_user) == ("mailer", "desk/mailer", "ann")
    assert (desk.effects, mailer.effects) == (["issue_refund"], ["send_mail"])
    assert (desk.pico, mailer.pico) == (300, 100)
    assert desk.took_ns == 9 * 10**9  # up to the last of its steps


def test_who_decided_is_told_with_where_that_is_known_from():
    desk, mailer = records_of(REFUND)
    facts = said(desk, "who", "what", "name", "rule")
    assert facts == [
        ("agent", "desk", ""),
        ("version", "3", ""),
        ("environment", "prod", ""),
        ("user", "ann", ""),
        ("session", "s1", ""),
    ]
    assert said(mailer, "who", "what", "name", "rule", "words") == [
        ("agent", "mailer", "", ""),
        ("environment", "prod", "around", ""),
        ("user", "ann", "around", ""),
        ("session", "s1", "around", ""),
        ("caller", "desk", "nested", "contains"),
    ]


BESIDE = """\
    agent lead
      llm ask @m 10+5
      tool {tool} start_ns={begin} end_ns={end}
      agent helper start_ns={begin} end_ns={end}
        llm work @m 10+5
"""


@pytest.mark.parametrize(
    ("tool", "seconds", "is_read"),
    [
        ("delegate_task", 5, False),
        ("weather", 1, True),  # it was over before the other one worked to its end
        ("web_search", 5, True),  # it runs at the same time, and reads by its name
    ],
)
def test_a_tool_that_hands_work_to_who_runs_beside_it_reads_nothing(tool, seconds, is_read):
    begin = NOON + 10 * 10**9
    told = BESIDE.format(tool=tool, begin=begin, end=begin + 5 * 10**9)
    told = told.replace(str(begin + 5 * 10**9), str(begin + seconds * 10**9), 1)
    lead, _ = records_of(told)
    assert (("read", tool) in said(lead, "knew", "what", "name")) == is_read
    assert (("tool", tool) in said(lead, "did", "what", "name")) != is_read


def test_what_only_reads_is_known_and_what_changes_something_was_done():
    desk, _ = records_of(REFUND)
    assert ("read", "find_order") in said(desk, "knew", "what", "name")
    assert said(desk, "did", "what", "name", "effect", "rule") == [
        ("tool", "issue_refund", True, "tool_name"),
        ("agent", "mailer", "", ""),
    ]


def test_where_no_agent_is_known_all_calls_below_a_root_are_one_record():
    (record,) = records_of("""\
        chain job
          llm one
          chain step
            tool send_mail
            llm two
        chain other
          tool find
    """)
    assert (record.agent, record.effects) == ("", ["send_mail"])
    assert said(record, "who", "what", "name") == [("step", "job")]


def test_what_was_tried_again_is_told_with_its_cost():
    (record,) = records_of(f"""\
        agent writer
          llm first @m 10+5 {COST} {REJECTED}
          llm second @m 10+5 {COST}
    """)
    assert (record.rejected, record.rejected_pico, record.pico) == (1, 100, 200)
    items = said(record, "considered", "what", "name", "words", "rule", "usd")
    assert items == [("rejected", "first", "rejected", "", "0.0000000001")]


def test_what_has_no_price_is_unknown():
    (record,) = records_of(f"""\
        agent writer
          llm first 10+5 {REJECTED}
          llm second 10+5
    """)
    assert (record.rejected_pico, record.rejected_unpriced) == (None, 1)
    assert (record.pico, record.unpriced) == (None, 2)
    assert said(record, "considered", "usd", "unpriced") == [("", 1)]


def test_people_approve_and_reject():
    (record,) = records_of(f"""\
        agent desk
          llm act
          human ask user=bob flags={int(Flag.REFUSED)}
          tool issue_refund !permission
    """)
    assert (record.authority, record.people) == ("approved", ["bob"])
    items = said(record, "authority", "what", "words", "by", "basis")
    assert items == [("approval", "rejected", "bob", "declared")]


def test_a_guardrail_that_refuses_is_the_authority():
    (record,) = records_of(f"""\
        agent desk
          guardrail topic flags={int(Flag.REFUSED)}
          llm act
    """)
    assert record.authority == "policy"
    assert said(record, "authority", "what", "words") == [("policy", "refused")]


def test_a_budget_that_says_stop_is_the_authority_from_then_on():
    stop = Ordered("stop", moment(NOON // 1000 + 3_000_000), "October", "over it", "desk")
    first, second = records_of(
        """\
        agent desk
          llm act
        agent later
          llm act
    """,
        orders=[stop],
    )
    assert (first.authority, first.outcome) == ("budget", "stopped")
    assert said(first, "authority", "what", "by", "why") == [("stop", "October", "over it")]
    assert (second.authority, second.outcome) == ("none", "done")


def test_what_was_answered_to_who_asked_is_told_once_of_each_sort():
    when = [moment(NOON // 1000 + seconds * 1_000_000) for seconds in (1, 1, 3)]
    several = [
        Ordered("allow", when[0], "October", "much is left", "desk"),
        Ordered("allow", when[1], "October", "less is left", "desk"),
        Ordered("warn", when[2], "", "", ""),
    ]
    first, second = records_of("agent desk\n  llm act\nagent later\n  llm act", orders=several)
    fields = "what", "words", "by", "why", "times", "basis"
    assert said(first, "authority", *fields)[0] == (
        *("answer", "allow", "October", "less is left", 2, "declared"),
    )
    assert (first.authority, first.outcome) == ("budget", "done")
    assert second.authority == "none"  # no budget holds


def test_a_person_who_lets_it_go_on_is_told_with_when():
    lift = Ordered("lift", moment(NOON // 1000 + 2_000_000), "eve", "month end", is_person=True)
    (record,) = records_of("agent desk\n  llm act", orders=[lift])
    assert (record.authority, record.people) == ("approved", ["eve"])
    told = said(record, "authority", "what", "words", "by", "at")
    assert told == [("lift", "person", "eve", "2026-11-25T12:00:02.000000Z")]


@pytest.mark.parametrize(("at", "outcome"), [(1.5, "done"), (60, "stopped")])
def test_who_was_let_go_on_before_it_ended_was_not_stopped(at, outcome):
    said_at = [moment(NOON // 1000 + int(seconds * 1_000_000)) for seconds in (0.5, at)]
    stop = Ordered("stop", said_at[0], "October", "over it")
    lift = Ordered("lift", said_at[1], "eve", "month end", is_person=True)
    (record,) = records_of("agent desk\n  llm act", orders=[stop, lift])
    assert record.outcome == outcome
    assert said(record, "authority", "what") == [("stop",), ("lift",)]


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        ("agent desk\n  tool publish\n  llm say", "approved"),
        ("agent desk\n  llm plan\n  tool publish", "none"),  # a model asked for it, once more
        ("agent desk\n  tool other\n  tool publish\n  llm say", "none"),
        (f"agent desk\n  tool publish {WAITS}\n  llm say", "none"),  # it waits once more
    ],
)
def test_what_begins_where_the_run_before_waited_was_answered(text, authority):
    (record,) = records_of(text, waited=frozenset({"publish"}))
    assert record.authority == authority
    if authority == "approved":
        fields = "what", "name", "words", "by", "basis", "rule"
        assert said(record, "authority", *fields) == [
            ("approval", "publish", "answered", "somebody", "inferred", "waited")
        ]


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        (f"agent desk\n  llm plan\n  tool pay {WAITS}\nagent desk\n  tool pay", "approved"),
        (f"agent desk\n  llm plan\n  tool pay {WAITS}\nagent other\n  tool pay", "none"),
        (f"agent desk\n  llm plan\n  tool pay {WAITS}\nagent desk\n  tool look", "none"),
        ("agent desk\n  llm plan\n  tool pay\nagent desk\n  tool pay", "none"),
    ],
)
def test_what_goes_on_in_the_same_trace_where_a_run_waited_was_answered(text, authority):
    assert records_of(f"{text}\n  llm say")[-1].authority == authority


OUTCOMES = {
    "done": "agent desk\n  llm act",
    "failed": "agent desk !timeout\n  llm act !timeout",
    "stopped": "agent desk !cancelled\n  llm act",
    "running": "agent desk open\n  llm act",
    "waiting": f"agent desk\n  llm act\n  tool pay {WAITS}",
    "rejected": f"agent desk\n  llm act {REJECTED}",
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_how_it_ended(outcome):
    (record,) = records_of(OUTCOMES[outcome])
    assert record.outcome == outcome
    assert record.body["came_of"][0]["words"] == outcome


def test_who_went_on_after_a_wait_waits_no_longer():
    (record,) = records_of(f"agent desk\n  llm act\n  tool pay {WAITS}\n  llm again")
    assert record.outcome == "done"


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_the_order_of_spans_does_not_matter(seed):
    assert records_of(REFUND, seed) == records_of(REFUND)
