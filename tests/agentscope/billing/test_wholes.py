"""What counts of totals: the outermost, the rest above the calls below, and never a running one."""

import pytest

from agentscope.billing.bill import Terms, bill
from agentscope.billing.wholes import RUNNING_TOTALS
from agentscope.billing.words import billing_reason, billing_word
from agentscope.prices.book import PriceBook
from agentscope.traces.grow import grow
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Flag, Why
from tests.kit.drawing import drawn


def billed(text: str) -> Tree:
    some = drawn(text)
    tree = grow(some)
    bill(tree, some, Terms(PriceBook()))
    return tree


def marks(text: str) -> list[tuple[str, str]]:
    """Mark and reason of each row."""
    return [(row.billing.word, row.why.word) for row in billed(text).rows()]


def used(text: str) -> tuple[int, int]:
    tree = billed(text)
    return int(tree.billed_input.sum()), int(tree.billed_output.sum())


CALLS = "\n  llm chat @m 100+10\n  llm chat @m 200+20"


def test_it_works():
    assert marks("agent a 300+30" + CALLS)[0] == ("wrapper", "sum_of_calls_below")
    assert used("agent a 300+30" + CALLS) == (300, 30)


def test_what_a_total_has_more_counts_at_its_own_row():
    tree = billed("agent a 450+50 cache_read_tokens=40" + CALLS)
    assert (tree.billed_input[0], tree.billed_output[0], tree.billed_cache_read[0]) == (150, 20, 40)
    assert billing_reason(tree.row(0)) == (
        "It reports more than the calls beneath it: only the rest is counted here, as "
        "unattributed. Its cost is unknown: no model was named."
    )
    assert billing_word(tree.row(0)) == "wrapper"
    assert (tree.sum_input[0], tree.sum_output[0], tree.sum_llm_calls[0]) == (450, 50, 2)


def test_the_rest_of_a_total_inside_belongs_to_what_is_below_the_one_around_it():
    told = "agent a 1000+100\n  agent b 450+50\n    llm chat @m 100+10\n    llm chat @m 200+20"
    tree = billed(told)
    assert tree.billed_input.tolist() == [550, 150, 100, 200]
    assert tree.sum_input.tolist() == [1000, 450, 100, 200]


@pytest.mark.parametrize("scope", RUNNING_TOTALS)
def test_a_scope_that_is_known_for_running_totals_has_no_rest(scope):
    told = f"agent a 450+50 scope={scope}.more" + CALLS
    assert (marks(told)[0], used(told)) == (("wrapper", "running_total"), (300, 30))


def test_a_total_that_another_one_of_the_agent_precedes_has_no_rest():
    told = """
        chain c
          agent a 100+10
            llm chat @m 100+10
          agent a 300+30
            llm chat @m 200+20
        """
    assert (marks(told)[3], used(told)) == (("wrapper", "running_total"), (300, 30))


def test_of_an_agents_totals_in_a_row_only_the_first_may_have_a_rest():
    told = """
        chain c
          agent a 150+15
            llm chat @m 100+10
          other pause
          agent a 300+30
            llm chat @m 200+20
        """
    assert (marks(told)[1][0], used(told)) == ("wrapper", (350, 35))
    assert marks(told)[4] == ("wrapper", "running_total")


def test_a_declared_roll_up_is_a_total_whatever_its_kind():
    told = f"llm generate @m 450+50 flags={int(Flag.ROLL_UP)}" + CALLS
    assert (marks(told)[0][0], used(told)) == ("wrapper", (450, 50))
    assert used(f"llm generate @m 450+50 flags={int(Flag.ROLL_UP)}\n  tool t") == (450, 50)


def test_a_declared_roll_up_beside_calls_is_none_and_alone_it_counts():
    flags = f"flags={int(Flag.ROLL_UP)}"
    told = f"agent a\n  llm chat @m 100+10\n  llm record_usage @m 100+10 {flags}"
    assert marks(told)[2] == ("wrapper", "declared_roll_up")
    assert used(told) == (100, 10)
    assert used(f"agent a\n  llm record_usage @m 100+10 {flags}") == (100, 10)


def test_a_side_that_is_more_alone_is_counted_differently():
    told = "agent a 500+30" + CALLS
    assert (marks(told)[0], used(told)) == (("wrapper", "less_than_calls_below"), (300, 30))


def test_a_total_that_leaves_out_the_agents_it_called_is_the_sum_of_its_own_calls():
    told = """
        agent a 300+30
          llm chat @m 100+10
          tool ask
            agent b 50+5
              llm chat @m 50+5
          llm chat @m 200+20
        """
    assert marks(told)[0] == ("wrapper", "sum_of_calls_below")
    assert used(told) == (350, 35)


def test_calls_of_which_nothing_is_known_are_paid_by_the_rest_of_their_total():
    tree = billed("agent a 450+50\n  llm chat @m 300+30\n  llm chat @m")
    assert (tree.sum_llm_calls[0], tree.cost[2]) == (2, 0)
    assert (tree.sum_input[0], tree.sum_unpriced[0]) == (450, 2)  # the rest, and the known call


def test_a_call_around_several_calls_may_have_a_rest_but_not_around_one():
    assert used("llm generate @m 450+50" + CALLS) == (450, 50)
    assert used("llm generate @m 450+50\n  llm step @m 100+10") == (100, 10)


def test_running_totals_of_steps_that_end_in_the_total_around_them_are_one():
    told = "chain c 60+6\n  agent a 10+1\n  agent a 30+3\n  agent a 60+6"
    assert marks(told) == [("aggregate", "no_model")] + [("wrapper", "same_total_outside")] * 3


def test_running_totals_of_a_scope_that_is_known_for_them_count_once():
    scope = "scope=strands.telemetry.tracer"
    told = f"chain c\n  agent a 10+1 {scope}\n  agent a 30+3 {scope}\n  agent a 5+1 {scope}"
    assert used(told) == (35, 4)  # the third one began anew
    assert marks(told)[1] == ("wrapper", "running_total")


def test_calls_of_a_tool_inside_a_call_are_others():
    told = "llm chat @m 100+10\n  tool research\n    agent b\n      llm chat @n 50+5"
    assert (used(told), marks(told)[0]) == ((150, 15), ("counted", "unknown_model"))


def test_unless_they_add_up_to_it():
    told = "llm chat @m 50+5\n  tool research\n    agent b\n      llm chat @n 50+5"
    assert (used(told), marks(told)[0]) == ((50, 5), ("wrapper", "sum_of_calls_below"))


def test_another_answer_of_another_size_inside_a_call_has_the_wrong_parent():
    told = "llm a @m 100+10 response_id=r1\n  llm b @m 50+5 response_id=r2"
    assert used(told) == (150, 15)


@pytest.mark.parametrize("told", ["embedding e @m 9+0", "rerank r @m 9+0", "agent a 9+9"])
def test_what_is_no_call_of_a_language_model_may_be_charged_all_the_same(told):
    tree = billed(told)
    assert (tree.sum_llm_calls[0], tree.sum_unpriced[0]) == (0, 1)


def test_what_is_additive_counts_on_top():
    flags = f"flags={int(Flag.ADDITIVE)}"
    attempt = billed(f"llm chat @m 100+10\n  llm attempt @m 90+9 {flags}")
    assert (attempt.sum_input[0], attempt.sum_llm_calls[0]) == (190, 1)
    assert attempt.sum_unpriced[0] == 2, "a charge of its own, inside of one call"
    compaction = billed(f"agent a\n  llm chat @m 100+10\n  other record_usage 500+50 {flags}")
    assert (compaction.sum_input[0], compaction.sum_llm_calls[0]) == (600, 1)


def test_administration_calls_no_model():
    told = "agent a\n  llm chat @m 100+10\n  other fetch_response 100+10"
    assert (used(told), marks(told)[2]) == ((100, 10), ("wrapper", "administrative"))


def test_an_answer_from_a_cache_is_free_however_often_it_is_told():
    flags = f"flags={int(Flag.CACHED_ANSWER)}"
    tree = billed(f"llm outer @m 100+10\n  llm litellm @m 100+10 {flags}\nllm silent @m {flags}")
    assert [row.billing.word for row in tree.rows()] == ["duplicate", "free", "free"]
    assert (tree.sum_input.sum(), tree.sum_llm_calls.sum(), tree.cost.tolist()) == (0, 0, [0, 0, 0])
    assert tree.row(1).why == Why.CACHED_ANSWER


def test_what_a_cache_answered_is_no_rest_of_the_total_around_it():
    flags = f"flags={int(Flag.CACHED_ANSWER)}"
    assert used(f"agent a 300+30\n  llm x @m 100+10\n  llm y @m 200+20 {flags}") == (100, 10)


def test_a_step_that_names_the_answer_of_a_call_beside_it_is_that_call_told_again():
    told = (
        "chain run\n  chain one\n    llm chat @m 100+10 response_id=r-1"
        "\n  agent told 100+10 response_id=r-1"
    )
    assert marks(told)[3] == ("duplicate", "same_response_id")
    assert used(told) == (100, 10)


def test_a_step_that_names_the_answer_of_a_call_but_used_more_is_a_total():
    told = (
        "chain run\n  chain one\n    llm chat @m 100+10 response_id=r-1"
        "\n  agent told 300+10 response_id=r-1"
    )
    assert marks(told)[3][0] == "aggregate"
