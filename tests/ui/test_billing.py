"""Whether a span counts, as a quiet pill in the tree and a sentence in its panel."""

from uuid import UUID

import pytest

from agentscope.pipeline import examine
from agentscope.vocabulary import Basis, Billing, Discarded, Kind, Meaning, Usage, Why
from tests.ui.growing import tree
from tests.ui.traces import TRACE_ID, save_trace, span
from ui.billing import billing_facts, billing_pills, billing_sentence, copy_address

pytestmark = pytest.mark.usefixtures("embedded")


def pills(grown, at=0) -> list[tuple[str, str]]:
    return [(pill.text, pill.title) for pill in billing_pills(grown.row(at))]


@pytest.mark.parametrize(
    ("billing", "why", "pill"),
    [
        (
            Billing.WRAPPER,
            Why.SUM_OF_CALLS_BELOW,
            ("wrapper", "Not counted here. It repeats what is counted beneath."),
        ),
        (
            Billing.DUPLICATE,
            Why.SAME_RESPONSE_ID,
            ("duplicate", "Not counted: told twice. The same response is counted elsewhere."),
        ),
        (
            Billing.COPIED,
            Why.SAME_RESPONSE_ID,
            (
                "copied",
                "Not counted: told by another trace before. "
                "The same response is counted elsewhere.",
            ),
        ),
        (
            Billing.FREE,
            Why.CACHED_ANSWER,
            ("free", "Costs nothing. A cache answered: nothing to pay."),
        ),
        (
            Billing.AGGREGATE,
            Why.NONE,
            (
                "aggregate",
                "Counted. A total of an unknown number of calls: nothing beneath it says more.",
            ),
        ),
    ],
)
def test_a_mark_is_a_pill_that_says_why(billing, why, pill):
    grown = tree([-1], billing={0: billing}, why={0: why})
    assert pills(grown) == [pill]
    assert list(billing_facts(grown.row(0))) == [("Billing", pill[1])]


def test_what_counts_needs_no_pill_but_is_said_in_the_panel():
    grown = tree([-1], billing={0: Billing.COUNTED})
    assert pills(grown) == []
    assert billing_sentence(grown.row(0)) == "Counted."
    assert billing_sentence(tree([-1]).row(0)) == ""


def test_an_unknown_price_is_a_pill():
    grown = tree(
        [-1],
        billing={0: Billing.COUNTED},
        cost={0: -1},
        why={0: Why.UNKNOWN_MODEL},
        model={0: "secret-7b"},
    )
    assert pills(grown) == [
        ("unpriced", "Counted. Its cost is unknown: no price for model secret-7b.")
    ]


def test_the_rest_of_a_total_is_not_said_to_be_left_out():
    grown = tree(
        [-1], billing={0: Billing.WRAPPER}, why={0: Why.MORE_THAN_CALLS_BELOW}, billed_input={0: 5}
    )
    assert pills(grown)[0][1] == (
        "It reports more than the calls beneath it: only the rest is counted here, as unattributed."
    )


def test_discarded_work_is_marked_where_it_begins():
    grown = tree(
        [-1, 0, 1],
        discarded={1: Discarded.RETRIED, 2: Discarded.RETRIED},
        discard_basis={1: Basis.INFERRED, 2: Basis.INFERRED},
    )
    said = "Discarded work: done again afterwards (inferred from the shape of the trace)."
    assert [pills(grown, at) for at in range(3)] == [[], [("replaced", said)], []]
    assert list(billing_facts(grown.row(2))) == [("Discarded", said)]


def test_a_copy_links_to_its_original():
    original = (UUID(int=5), 9)
    copy = tree([-1], billing={0: Billing.COPIED}).row(0)
    address, words = copy_address(copy, original)
    assert address == f"../{UUID(int=5).hex}/?span=0000000000000009"
    assert words == f"{UUID(int=5).hex} 0000000000000009"
    assert copy_address(copy, None) is None
    assert copy_address(tree([-1]).row(0), original) is None


def test_the_panel_of_a_copy_leads_to_the_call_that_is_billed(client, project):
    told = Meaning(kind=Kind.LLM, model="gpt-4o", usage=Usage(100, 10), response_id="r1")
    other = UUID(int=7)
    save_trace(project, span(1, meaning=told))
    save_trace(project, span(2, trace_id=other, meaning=told), trace_id=other)
    for trace_id in (TRACE_ID, other):
        examine(project.pk, trace_id)
    text = client.get(f"/p/shop/traces/{other.hex}/?span={2:016x}").text
    assert "Not counted: told by another trace before." in text
    assert f'href="../{TRACE_ID.hex}/?span={1:016x}"' in text
    assert (
        "The call is billed in"
        not in client.get(f"/p/shop/traces/{TRACE_ID.hex}/?span={1:016x}").text
    )
