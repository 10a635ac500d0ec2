"""One call told side by side."""

from agentscope.billing.bill import Terms, bill
from agentscope.prices.book import PriceBook
from agentscope.traces.grow import grow
from agentscope.vocabulary import Flag, Kind
from tests.kit.drawing import SECOND, spans
from tests.kit.spans import NOON

CALL = {"kind": Kind.LLM, "model": "m", "input_tokens": 100, "output_tokens": 10}


def at(start: float, end: float, **said):
    """A call from one second to another."""
    times = {"start_ns": NOON + int(start * SECOND), "end_ns": NOON + int(end * SECOND)}
    return CALL | times | said


def billings(*told) -> list[str]:
    """The marks, in order of time."""
    some = spans(*told)
    tree = grow(some)
    bill(tree, some, Terms(PriceBook()))
    return [row.billing.word for row in tree.rows()]


TWO = ["counted", "counted"]
ONE = ["counted", "duplicate"]


def test_it_works():
    assert billings(at(0, 9, scope="a"), at(1, 8, scope="b")) == ONE


def test_anywhere_in_the_trace():
    agents = [{"kind": Kind.AGENT}, {"kind": Kind.AGENT}]
    one = at(5, 9, scope="a", parent_id=1)
    assert billings(*agents, one, at(6, 8, scope="b", parent_id=2)).count("counted") == 1


def test_each_of_the_conditions_is_needed():
    one = at(0, 9, scope="a")
    assert billings(one, at(1, 8, scope="a")) == TWO
    assert billings(one, at(1, 8, scope="b", model="n")) == TWO
    assert billings(one, at(1, 8, scope="b", output_tokens=11)) == TWO
    assert billings(one | {"cache_read_tokens": 5}, at(1, 8, scope="b", cache_read_tokens=6)) == TWO
    assert billings(one, at(5, 12, scope="b")) == TWO
    assert billings(one | {"response_id": "r"}, at(1, 8, scope="b", response_id="s")) == TWO


def test_a_kind_of_token_that_only_one_of_them_reports_does_not_matter():
    one, other = at(0, 9, scope="a"), at(1, 8, scope="b", cache_read_tokens=5)
    assert billings(one, other) == ["duplicate", "counted"]


def test_times_in_whole_milliseconds_are_within_one():
    assert billings(at(0, 9, scope="a"), at(0.0004, 9.0006, scope="b")) == ONE


def test_two_parallel_calls_of_one_instrumentation_are_two_and_pair_one_by_one():
    told = [at(0, 9, scope=scope) for scope in "aabb"]
    assert sorted(billings(*told)) == ["counted", "counted", "duplicate", "duplicate"]


def test_one_response_logged_again_for_each_block_of_content_is_one_call():
    blocks = [at(0, 9, scope="a", response_id="msg", output_tokens=n) for n in (10, 10, 10)]
    assert billings(*blocks) == ["counted", "duplicate", "duplicate"]


def test_the_span_counts_rather_than_what_was_made_of_log_records():
    logs = at(9, 9, scope="a", flags=int(Flag.FROM_LOGS))
    assert billings(at(0, 9, scope="a"), logs) == ONE


def test_the_model_that_only_the_other_report_names_is_the_model():
    some = spans(
        at(0, 9, scope="a", model="", cache_read_tokens=0, response_id="r"),
        at(1, 8, scope="b", model="gpt-4o", response_id="r"),
    )
    tree = grow(some)
    bill(tree, some, Terms(PriceBook()))
    assert tree.row(0).why.word == "unknown_model"  # not "no_model"
