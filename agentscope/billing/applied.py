"""How the computed cost of a row came about: which tokens, at which rates, from which list."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from agentscope.billing.buckets import buckets, disjoint
from agentscope.billing.costs import DAY_NS, day_of
from agentscope.prices.book import FINEST, PriceBook
from agentscope.prices.price import Call, price_call
from agentscope.prices.rates import BUCKETS, Rates, amounts_of, rates_for
from agentscope.traces.tree import Row
from agentscope.vocabulary import Billing, Why

PROMPT = slice(0, 5)  # of the buckets: what went in


@dataclass(slots=True, frozen=True)
class Applied:
    """The rates that make up a cost. Money in USD, of a million where nothing else is said."""

    tokens: list[tuple[str, int, Decimal]]  # bucket, how many, and what a million costs
    request: Decimal  # a million of them; 0: nothing is charged
    searches: tuple[int, Decimal]
    source: str  # the price list


def applied(row: Row, book: PriceBook) -> Applied | None:
    """The rates by which a counted row was priced; None where it has no computed cost, or where
    the prices of today make another one: then its history was not priced again."""
    computed = int(row.tree.computed_cost[row.at])
    if computed <= 0 or row.billing not in {Billing.COUNTED, Billing.AGGREGATE}:
        return None
    call = call_of(row)
    sheet = book.sheet(call.provider, call.model, call.day, call.service_tier)
    if isinstance(sheet, Why) or price_call(book, call).pico != computed:
        return None
    return told(call, rates_for(sheet, sum(amounts_of(call.buckets)[PROMPT])))


def call_of(row: Row) -> Call:
    """A row as a call that is priced."""
    return Call(
        provider=row.text("provider"),
        model=row.text("model"),
        day=day_of(int(row.tree.start_ns[row.at]) // DAY_NS),
        service_tier=row.text("service_tier"),
        buckets=buckets(disjoint(row.tree), row.at),
        web_searches=row.number("web_searches") or 0,
        is_total=row.billing == Billing.AGGREGATE,
    )


def told(call: Call, rates: Rates) -> Applied:
    """A call and its rates in the units that people know."""
    used = zip(BUCKETS, amounts_of(call.buckets), rates.by_bucket, strict=True)
    return Applied(
        tokens=[(bucket, count, rate * FINEST) for bucket, count, rate in used if count and rate],
        request=rates.request * FINEST,
        searches=(call.web_searches, (rates.web_search or 0) * FINEST),
        source=rates.source,
    )
