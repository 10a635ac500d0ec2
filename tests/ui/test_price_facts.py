"""How a cost came about: exact, by the prices that it was billed at, whatever is said today."""

from datetime import date
from decimal import Decimal

import pytest

from agentscope.billing.bill import Terms, bill
from agentscope.prices.book import PriceBook, book_of
from agentscope.traces import tree as tree_module
from agentscope.traces.grow import grow
from agentscope.traces.load import load_spans
from agentscope.traces.tree import Row, unpack
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Kind, Meaning, Usage
from tests.ui.traces import TRACE_ID, span
from ui.price_facts import price_facts

pytestmark = pytest.mark.django_db


def book(usd=1):
    prices = {
        "input": usd,
        "output": 10,
        "cache_read": "0.5",
        "request": 5000,
        "web_search": 10_000,
    }
    return book_of(
        ("acme", "m", unit, "", 0, Decimal(price), None, date.max, "list, 1")
        for unit, price in prices.items()
    )


def billed(project, prices: PriceBook, web_searches=2, **said) -> Row:
    """The row of a call, billed."""
    usage = Usage(1200, 80, cache_read=200, web_searches=web_searches)
    call = Meaning(Kind.LLM, model="m", provider="acme", usage=usage, **said)
    save_spans(project.pk, [span(1, meaning=call, name="chat m")])
    spans = load_spans(project.pk, TRACE_ID)
    tree = grow(spans)
    bill(tree, spans, Terms(prices))
    return tree.row(0)


def test_it_works(project):
    row = billed(project, book())
    assert dict(price_facts(row, book())) == {
        "Prices": "1,000 fresh input at $1, 200 cache read at $0.5, 80 output text at $10 for a"
        " million tokens; $0.005 for the request; 2 web searches at $10 for a thousand",
        "Price list": "acme m, since ever, list, 1",
    }
    assert row.usd("cost") == Decimal("0.0269")


def test_other_prices_of_today_are_not_those_of_the_cost(project):
    row = billed(project, book())
    dearer, none = dict(price_facts(row, book(usd=2))), dict(price_facts(row, book_of([])))
    assert dearer["Prices"] == none["Prices"] == dict(price_facts(row, book()))["Prices"]
    again = "Price history again to apply that."
    assert dearer["Prices today"] == f"Billed at $0.0269; today's give $0.0279. {again}"
    assert none["Prices today"] == f"Billed at $0.0269; today no price is known for it. {again}"


def test_a_price_that_is_known_since(project):
    row = billed(project, book_of([]))
    assert dict(price_facts(row, book())) == {
        "Prices today": "It was billed with its cost unknown; today's give $0.0269."
        " Price history again to apply that."
    }


def test_a_price_of_the_project_says_so_and_from_when(project):
    own = ("", "m", "input", "", 0, Decimal(3), date(2025, 2, 1), None, "project")
    output = ("", "m", "output", "", 0, Decimal(3), date(2025, 3, 1), None, "project")
    row = billed(project, book_of([], [own, output]), web_searches=0)
    told = dict(price_facts(row, book_of([], [own, output])))
    assert told["Price list"] == "m, since 2025-03-01, set by this project instead of the list"
    assert "Prices today" not in told


def test_a_tree_that_an_earlier_version_packed_is_read_without_its_prices(project, monkeypatch):
    row = billed(project, book())
    monkeypatch.setattr(tree_module, "FORMAT", 4)
    monkeypatch.setattr(tree_module, "PACKED", [n for n in tree_module.PACKED if n != "price"])
    packed = row.tree.pack()
    monkeypatch.undo()
    old = unpack(packed).row(0)
    assert old.usd("cost") == row.usd("cost")
    assert list(price_facts(old, book())) == []


def test_reported_and_computed_stand_side_by_side(project):
    row = billed(project, book(), reported_cost=Decimal("0.02"))
    found = dict(price_facts(row, book()))
    assert (found["Reported cost"], found["Computed cost"]) == ("$0.02", "$0.0269")
    assert row.usd("cost") == Decimal("0.02")


def test_without_a_price_nothing_is_said(project):
    assert list(price_facts(billed(project, book_of([])), book_of([]))) == []
