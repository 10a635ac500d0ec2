"""Each model call is billed once, however many spans report it."""

from textwrap import dedent

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.billing.bill import Terms, bill
from agentscope.billing.words import why_unpriced
from agentscope.prices.book import PriceBook
from agentscope.traces.grow import grow
from agentscope.traces.load import MOST_USD, Spans
from agentscope.traces.totals import totals
from agentscope.traces.tree import UNKNOWN, Tree
from agentscope.vocabulary import PICO, Billing, Flag, Kind, Status
from tests.kit.drawing import SECOND, drawing, drawn, shuffled, spans
from tests.kit.spans import NOON


def billed(some: Spans) -> Tree:
    tree = grow(some)
    bill(tree, some, Terms(PriceBook()))
    return tree


def marked(text: str) -> str:
    """What is drawn with the mark of each row behind its name."""
    return drawing(billed(drawn(text)), "billing")


def marks(text: str) -> list[str]:
    return [line.split()[-1] for line in marked(text).splitlines()]


def test_it_works():
    assert marked(
        """
        agent planner 110+15
          llm chat @gpt-4o 10+5
          agent researcher 100+10
            llm chat @gpt-4o 100+10
          tool search
        """
    ) == dedent(
        """\
        agent planner wrapper
          llm chat counted
          agent researcher wrapper
            llm chat counted
          tool search none"""
    )


def test_a_running_total_is_not_counted_for_what_it_has_more():
    told = "agent a 900+90 scope=strands.telemetry.tracer\n  llm chat @gpt-4o 10+5"
    assert (marks(told), used(told)) == (["wrapper", "counted"], (10, 5))


def test_what_a_total_has_more_than_the_calls_below_it_counts_too():
    told = "agent a 900+90\n  llm chat @gpt-4o 10+5"
    assert (marks(told), used(told)) == (["wrapper", "counted"], (900, 90))


def used(text: str) -> tuple[int, int]:
    """The tokens of what is drawn that count."""
    tree = billed(drawn(text))
    return int(tree.billed_input.sum()), int(tree.billed_output.sum())


def test_one_call_told_by_a_framework_and_an_sdk_inside_it():
    told = "llm ChatOpenAI @gpt-4o 10+5\n  llm openai.chat @gpt-4o-2024-08-06 10+5"
    assert marks(told) == ["duplicate", "counted"]


def test_of_two_reports_the_one_that_says_more_counts():
    told = "llm outer @gpt-4o 10+5 cache_read_tokens=4\n  llm inner @gpt-4o 10+5"
    assert marks(told) == ["counted", "duplicate"]


def test_a_part_that_only_the_other_report_tells_is_taken_from_there():
    inner = "  llm inner @m {} response_id=r cache_read_tokens=4 cache_write_tokens=0"
    outer = "llm outer @m 10+5 response_id=r reasoning_tokens=3"
    some = drawn(f"{outer}\n{inner.format('10+5')}")
    found = totals(billed(some), some)
    assert (found.cache_read_tokens, found.reasoning_tokens) == (4, 3)
    some = drawn(f"{outer}\n{inner.format('11+6')}")  # which counts otherwise: parts of what?
    assert totals(billed(some), some).reasoning_tokens is None


def test_a_part_is_found_through_a_report_between():
    told = (
        "llm a @m 10+5 reasoning_tokens=3\n  llm b @m 10+5 cache_write_tokens=1"
        "\n    llm c @m 10+5 cache_read_tokens=4"
    )
    some = drawn(told)
    found = totals(billed(some), some)
    assert (found.cache_read_tokens, found.cache_write_tokens, found.reasoning_tokens) == (4, 1, 3)


def test_the_same_response_is_the_same_call_whatever_its_tokens():
    told = "llm outer @a 10+5 response_id=r1\n  llm inner @b 11+6 response_id=r1"
    assert marks(told) == ["duplicate", "counted"]


def test_a_call_around_several_calls_repeats_them():
    told = "llm generate @m 30+9\n  llm step @m 10+4\n  llm step @m 20+5"
    assert marks(told) == ["wrapper", "counted", "counted"]


def test_three_reports_of_one_call():
    told = "llm a @m 10+5\n  llm b @m 10+5\n    llm c @m 10+5"
    assert marks(told) == ["duplicate", "duplicate", "counted"]


def test_two_instrumentations_side_by_side_at_the_same_time():
    told = f"""
        agent coder
          llm messages.stream @claude 442+34 scope=a
          llm messages.create @claude 442+34 scope=b start_ns={NOON + 2 * SECOND + 9}
        """
    assert marks(told) == ["none", "counted", "duplicate"]


def test_equal_calls_of_one_instrumentation_are_two_calls():
    told = """
        agent coder
          llm create @claude 442+34 scope=a
          llm create @claude 442+34 scope=a
        """
    assert marks(told) == ["none", "counted", "counted"]


def test_three_instrumentations_of_two_parallel_calls():
    said = {"kind": Kind.LLM, "input_tokens": 1, "output_tokens": 1, "end_ns": 9, "model": "m"}
    told = [said | {"scope": scope, "start_ns": 1} for scope in "aabbcc"]
    assert np.count_nonzero(billed(spans(*told)).billing == Billing.COUNTED) == 2


def test_two_answers_are_two_calls_whoever_tells_them():
    told = """
        agent coder
          llm create @claude 442+34 scope=a response_id=r1
          llm create @claude 442+34 scope=b response_id=r2
        """
    assert marks(told) == ["none", "counted", "counted"]


def test_one_answer_is_one_call_whenever_it_is_told():
    told = "llm a @m 1+1 response_id=r\nother b\nother c\nllm d @m 1+1 response_id=r"
    assert marks(told) == ["counted", "none", "none", "duplicate"]


def test_an_id_that_a_server_gives_every_answer_is_none():
    told = "llm a @m 1+1 response_id=r\nother b\nother c\nllm d @m 9+1 response_id=r"
    assert marks(told) == ["counted", "none", "none", "counted"]


def test_a_total_counts_where_nothing_below_it_does_and_the_outermost():
    told = "agent a 30+3\n  agent b 10+1\n  agent c 20+2\n    tool t"
    assert marks(told) == ["aggregate", "wrapper", "wrapper", "none"]


def test_totals_inside_that_add_up_to_more_count_instead():
    told = "agent a 20+3\n  agent b 10+1\n  agent c 20+2"
    assert marks(told) == ["wrapper", "aggregate", "aggregate"]


def test_embeddings_are_billed_but_are_no_model_calls():
    tree = billed(drawn("chain a\n  embedding embed @e 10+0\n  llm chat @m 10+5"))
    assert (tree.sum_input[0], tree.sum_llm_calls[0]) == (20, 1)


def test_a_failed_call_is_a_call_that_costs_nothing():
    tree = billed(drawn("agent a\n  llm chat @m !rate_limit\n  llm chat @m 10+5"))
    assert (tree.sum_llm_calls[0], tree.cost[1]) == (2, 0)


def test_a_call_that_does_not_say_what_it_used_has_an_unknown_cost():
    tree = billed(drawn("agent a\n  llm chat @m\n  llm chat @m open"))
    assert tree.cost.tolist() == [0, UNKNOWN, 0]
    assert (tree.sum_llm_calls[0], tree.sum_unpriced[0]) == (2, 1)


def test_the_reason_of_an_unknown_cost():
    tree = billed(drawn("llm a @m\nllm b @m 10+5\nllm c 10+5\nllm d 10+5 reported_cost=1"))
    assert [why_unpriced(row) for row in tree.rows()] == [
        "no tokens were reported",
        "no price for model m",
        "no model was named",
        "",
    ]


def test_calls_inside_a_counted_total_are_paid_by_it():
    tree = billed(drawn(f"agent a 10+5 reported_cost={10**9}\n  llm chat @m\n  llm chat @m"))
    assert (tree.sum_llm_calls[0], tree.sum_unpriced[0], tree.sum_cost[0]) == (2, 0, 10**9)


def test_what_is_inside_a_counted_call_is_no_second_one():
    tree = billed(drawn("llm chat @m 10+5\n  llm http @m"))
    assert (tree.sum_llm_calls[0], tree.sum_unpriced[0]) == (1, 1)  # no price, but one call


def test_a_cost_that_only_the_duplicate_names_is_taken():
    tree = billed(drawn("llm outer @m 10+5 reported_cost=700\n  llm inner @m 10+5"))
    assert (tree.cost.tolist(), tree.sum_cost.tolist()) == ([0, 700], [700, 700])


def test_costs_too_great_to_be_added_up_are_mistakes():
    most = int(MOST_USD / PICO)
    tree = billed(
        spans(*({"kind": Kind.LLM, "input_tokens": 1, "reported_cost": most} for _ in range(1000)))
    )
    assert tree.sum_unpriced.sum() == 1000
    assert tree.sum_cost.sum() == 0


FLAGS = [0, 0, 0, *map(int, (Flag.ADDITIVE, Flag.ROLL_UP, Flag.CACHED_ANSWER, Flag.FROM_LOGS))]


@st.composite
def any_calls(draw):
    """Up to a dozen spans of all kinds that matter, in any tree."""
    size = draw(st.integers(min_value=1, max_value=12))
    few = st.integers(min_value=-1, max_value=3)
    return spans(
        *(
            {
                "parent_id": draw(st.integers(min_value=0, max_value=number)),
                "start_ns": draw(st.integers(min_value=0, max_value=3)),
                "end_ns": draw(st.integers(min_value=0, max_value=5)),
                "kind": draw(st.sampled_from([Kind.AGENT, Kind.LLM, Kind.TOOL, Kind.EMBEDDING])),
                "status": draw(st.sampled_from([Status.OK, Status.ERROR])),
                "model": draw(st.sampled_from(["m", "m-2024-08-06", "n"])),
                "scope": draw(st.sampled_from("ab")),
                "response_id": draw(st.sampled_from(["", "r", "s"])),
                "flags": draw(st.sampled_from(FLAGS)),
                "error_class": draw(st.sampled_from(["", "cancelled"])),
                "discarded": draw(st.sampled_from([0, 0, 0, 2])),
                "input_tokens": draw(few),
                "output_tokens": draw(few),
                "reported_cost": draw(few),
            }
            for number in range(size)
        )
    )


@given(any_calls())
def test_the_parts_add_up_to_the_whole_at_every_level(some):
    tree = billed(some)
    own = {
        "sum_cost": np.where(tree.cost == UNKNOWN, 0, tree.cost),
        "sum_input": tree.billed_input,
        "sum_output": tree.billed_output,
        "sum_unpriced": tree.cost == UNKNOWN,
    }
    for column, each in own.items():
        children = np.zeros(len(tree) + 1, np.int64)
        np.add.at(children, tree.parent, getattr(tree, column))
        assert (getattr(tree, column) == each + children[:-1]).all()


@given(any_calls())
def test_nothing_counts_inside_a_total_that_counts_but_what_is_on_top(some):
    tree = billed(some)
    counts = np.isin(tree.billing, (Billing.COUNTED, Billing.AGGREGATE))
    counts &= (tree.flags & int(Flag.ADDITIVE)) == 0
    for at in np.flatnonzero(tree.billing == Billing.AGGREGATE):
        assert not counts[at + 1 : tree.end[at]].any()


@given(any_calls())
def test_what_does_not_count_has_no_tokens_and_what_counts_has_all_of_them(some):
    tree = billed(some)
    reported = np.maximum(tree.input_tokens, 0)
    counts = np.isin(tree.billing, (Billing.COUNTED, Billing.AGGREGATE))
    assert (tree.billed_input[counts] == reported[counts]).all()
    rest = tree.billing == Billing.WRAPPER
    assert (tree.billed_input[rest] <= reported[rest]).all()
    assert not tree.billed_input[~counts & ~rest].any()


@given(any_calls())
def test_discarded_work_is_a_part_of_what_was_spent(some):
    tree = billed(some)
    assert ((tree.sum_discarded >= 0) & (tree.sum_discarded <= tree.sum_cost)).all()
    assert ((tree.discarded == 0) == (tree.discard_basis == 0)).all()


@given(any_calls(), st.integers(min_value=0))
def test_order_does_not_matter(some, seed):
    mixed = shuffled(some, seed)
    assert billed(mixed).pack() == billed(some).pack()
    assert totals(billed(mixed), mixed) == totals(billed(some), some)


@given(any_calls())
def test_what_was_used_is_never_lost_entirely(some):
    tree = billed(some)
    used = (tree.input_tokens > 0) | (tree.output_tokens > 0)
    if used.any():
        said = (Billing.COUNTED, Billing.AGGREGATE, Billing.FREE)
        assert np.isin(tree.billing, said).any()


@pytest.mark.parametrize("kind", [Kind.LLM, Kind.AGENT])
def test_a_chain_of_any_depth(kind):
    deep = 20_000
    told = {"kind": kind, "model": "m", "output_tokens": 1}
    tree = billed(spans(*(told | {"parent_id": at, "input_tokens": at + 1} for at in range(deep))))
    assert tree.sum_input[0] == deep
