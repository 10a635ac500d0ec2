"""What was considered, done and rejected for each decision of a run, from its tree."""

from textwrap import dedent

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agentscope.billing.bill import Terms, bill
from agentscope.decisions.deciding import Decision, Decisions
from agentscope.prices.book import PriceBook
from agentscope.traces.above import NONE
from agentscope.traces.grow import grow, subtree_sums
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Flag, Kind
from tests.kit.drawing import SECOND, drawn, shuffled
from tests.kit.forests import Told, told
from tests.kit.spans import NOON

COST = "reported_cost=100"
NAMED = ("calls", "verdicts", "plans", "did", "rejected")


def billed(text: str, seed: int | None = None) -> Tree:
    some = drawn(dedent(text))
    some = some if seed is None else shuffled(some, seed)
    tree = grow(some)
    bill(tree, some, Terms(PriceBook()))
    return tree


def row(tree: Tree, name: str) -> int:
    """The row of a name, which is there once."""
    (found,) = (each.at for each in tree.rows() if each.text("name") == name)
    return found


def of(tree: Tree, name: str) -> Decision:
    found = Decisions(tree).of_row(row(tree, name))
    assert found
    return found


def names(tree: Tree, rows: list[int]) -> list[str]:
    return [tree.row(at).text("name") for at in rows]


def said(tree: Tree, name: str) -> dict[str, list[str]]:
    """The lists of a decision that hold anything, by names."""
    found = of(tree, name)
    lists = {part: names(tree, getattr(found, part)) for part in NAMED}
    return {part: rows for part, rows in lists.items() if rows}


GUARDED = f"""\
    agent support
      guardrail topic
        llm judge @m 1+1 {COST}
      chain planning
      llm first @m 10+5 {COST}
      tool search
      handoff transfer_to_billing
      guardrail answer
    agent billing
      llm second @m 20+5 {COST}
      tool refund
      evaluator grounded
    """


def test_a_decision_is_a_call_with_what_was_around_it():
    tree = billed(GUARDED)
    assert said(tree, "first") == {
        "calls": ["first"],
        "verdicts": ["topic", "answer"],
        "plans": ["planning"],
        "did": ["search", "transfer_to_billing"],
    }
    assert said(tree, "second") == {
        "calls": ["second"],
        "verdicts": ["grounded"],
        "did": ["refund"],
    }


def test_a_judge_decides_for_itself_alone():
    tree = billed(GUARDED)
    assert said(tree, "judge") == {"calls": ["judge"]}


def test_an_agent_stands_for_all_that_it_decided():
    tree = billed(
        """\
        agent lead
          llm one
          tool ask
            agent helper
              llm inner
              tool fetch
          llm two
          tool save
        """
    )
    assert said(tree, "lead") == {"calls": ["one", "two"], "did": ["ask", "save"]}
    assert said(tree, "helper") == {"calls": ["inner"], "did": ["fetch"]}
    assert of(tree, "lead").agent == 0
    assert of(tree, "one").agent == NONE


def test_what_a_decision_led_to_knows_it():
    tree = billed(GUARDED)
    found = Decisions(tree)
    asked = {
        name: found.asked_by(row(tree, name)) for name in ("search", "topic", "refund", "planning")
    }
    assert asked == {
        "search": row(tree, "first"),
        "topic": row(tree, "first"),
        "refund": row(tree, "second"),
        "planning": NONE,
    }
    assert found.of_row(row(tree, "search")) is None


def test_an_agent_that_is_called_without_a_tool_is_what_a_decision_did():
    tree = billed("agent boss\n  llm think\n  agent worker\n    llm work\n  llm end")
    assert said(tree, "think") == {"calls": ["think"], "did": ["worker"]}


def test_a_guardrail_around_an_agent_judges_its_decisions():
    tree = billed("chain task\n  agent a\n    llm one\n    llm two\n  guardrail check")
    assert said(tree, "two")["verdicts"] == ["check"]
    assert "verdicts" not in said(tree, "one")


def test_an_agent_that_calls_no_model_is_what_the_decision_before_it_did():
    tree = billed("agent boss\n  llm think\n  agent worker\n  llm end")
    assert said(tree, "think")["did"] == ["worker"]
    assert said(tree, "worker") == {"calls": ["worker"]}


def test_a_plan_is_made_for_the_turn_behind_it_and_not_for_its_own():
    tree = billed("agent a\n  chain planning\n    llm think\n  llm act\n  tool t")
    assert said(tree, "act") == {"calls": ["act"], "plans": ["planning"], "did": ["t"]}
    assert said(tree, "think") == {"calls": ["think"]}


def test_the_plan_of_a_graph_is_made_for_the_agent_behind_it():
    tree = billed(
        """\
        chain app
          chain planner
            llm think
          agent executor
            llm act
          chain replan
            llm again
          agent other
            llm finish
        """
    )
    assert said(tree, "act")["plans"] == ["planner"]
    assert said(tree, "finish")["plans"] == ["replan"]
    assert "plans" not in said(tree, "again")


def test_an_attempt_is_rejected_for_the_one_that_took_its_place():
    tree = billed(
        f"""\
        agent a
          llm chat @m 10+1 !server {COST}
          llm chat @m 10+1 !server {COST}
          llm chat @m 10+1 reported_cost=300
          tool t
        """
    )
    found = Decisions(tree)
    kept, lost = found.of_row(3), found.of_row(1)
    assert kept
    assert lost
    assert (kept.rejected, kept.rejected_cost, kept.did) == ([1, 2], 200, [4])
    assert (lost.rejected, lost.rejected_cost, lost.instead) == ([], 0, 3)


def test_a_failed_call_of_a_tool_is_rejected_by_who_asked_for_it():
    tree = billed("agent a\n  llm one\n  tool t !timeout\n  tool t\n  llm two")
    assert said(tree, "one") == {"calls": ["one"], "did": ["t", "t"], "rejected": ["t"]}
    assert "rejected" not in said(tree, "two")


def test_an_attempt_inside_a_call_is_rejected_by_that_call():
    attempt = f"llm attempt @m 8+8 {COST} flags={int(Flag.ADDITIVE)}"
    tree = billed(f"agent a\n  llm one @m 9+9 {COST}\n    {attempt}\n  llm two @m 3+3 {COST}")
    assert said(tree, "one")["rejected"] == ["attempt"]
    assert "rejected" not in said(tree, "two")


def test_of_answers_to_one_question_the_one_taken_up_rejected_the_others():
    together = f"start_ns={NOON} end_ns={NOON + SECOND}"
    later = f"start_ns={NOON + 9 * SECOND} end_ns={NOON + 10 * SECOND}"
    tree = billed(
        f"""\
        agent a start_ns={NOON} end_ns={NOON + 10 * SECOND}
          llm ask @m 10+1 {COST} {together}
            tool t {together}
          llm ask @m 10+2 {COST} {together}
          llm ask @m 10+3 {COST} {together}
          llm next @m 50+1 {COST} {later}
        """
    )
    taken = Decisions(tree).of_row(1)
    assert taken
    assert names(tree, taken.rejected) == ["ask", "ask"]
    assert taken.rejected_cost == 200
    assert "rejected" not in said(tree, "next")


def test_work_that_a_guardrail_stopped_is_rejected_though_nothing_took_its_place():
    tree = billed(f"agent a !content_filter\n  guardrail g\n  llm one @m 10+1 {COST}")
    found = of(tree, "one")
    assert (names(tree, found.rejected), found.rejected_cost) == (["a"], 100)
    assert names(tree, found.verdicts) == ["g"]
    assert found.instead == NONE


def test_only_calls_and_agents_decide():
    tree = billed("chain c\n  tool t\n  retrieval r")
    found = Decisions(tree)
    assert [found.of_row(at) for at in range(3)] == [None, None, None]
    assert [found.asked_by(at) for at in range(3)] == [NONE, NONE, NONE]


@st.composite
def wasteful(draw: st.DrawFn) -> Tree:
    """Any trace, of which some work was discarded, with all that is below it."""
    tree = draw(told()).tree
    each = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    reason = np.where(each.random(len(tree)) < 0.2, each.integers(1, 5, len(tree)), 0)
    for at, above in enumerate(tree.parent.tolist()):
        reason[at] = reason[at] or (reason[above] if above >= 0 else 0)
    tree.discarded = reason.astype(np.uint8)
    cost = np.maximum(tree.cost, 0)
    tree.sum_discarded = subtree_sums(np.where(reason > 0, cost, 0), tree.end)
    tree.agent = (each.integers(0, 3, len(tree)) * (tree.kind == Kind.AGENT)).astype(np.int32)
    return tree


@given(wasteful())
def test_rejected_work_is_told_once_to_the_last_digit(tree: Tree):
    found = Decisions(tree)
    decisions = [found.of_turn(turn) for turn in range(len(found.turns))]
    rejected = [at for each in decisions for at in each.rejected]
    assert len(rejected) == len(set(rejected))
    assert all(tree.discarded[at] for at in rejected)
    if decisions:
        assert (
            sum(each.rejected_cost for each in decisions)
            == tree.sum_discarded[tree.parent == -1].sum()
        )
        replaced = [each for each in decisions if each.instead != NONE]
        assert all(tree.discarded[each.calls[0]] for each in replaced)


@given(told())
def test_everything_belongs_to_one_decision_at_most(said: Told):
    found = Decisions(said.tree)
    decisions = [found.of_turn(turn) for turn in range(len(found.turns))]
    for part in NAMED:
        rows = [at for each in decisions for at in getattr(each, part)]
        assert len(rows) == len(set(rows))
        assert rows == [] or max(rows) < len(said.tree)
    assert {each.calls[0] for each in decisions} == set(found.turns.rows.tolist())


@given(st.integers(0, 2**16))
def test_order_of_arrival_does_not_matter(seed: int):
    tree, other = billed(GUARDED), billed(GUARDED, seed)
    for name in ("support", "first", "second", "billing", "judge"):
        assert of(tree, name) == of(other, name)
