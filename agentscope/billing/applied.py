"""How the computed cost of a row came about: which tokens, at which rates, from which list; and
what the price list of today makes of the same row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agentscope.billing.buckets import buckets, disjoint
from agentscope.billing.costs import DAY_NS, computed, day_of
from agentscope.billing.words import is_rest
from agentscope.prices.book import FINEST, PriceBook
from agentscope.prices.kept import read
from agentscope.prices.price import Call
from agentscope.prices.rates import BUCKETS, Rates, amounts_of
from agentscope.traces.tree import UNKNOWN, Row
from agentscope.vocabulary import PICO, Billing

COUNTING = {Billing.COUNTED, Billing.AGGREGATE}


@dataclass(slots=True, frozen=True)
class Applied:
    """The rates that make up a cost. Money in USD, of a million where nothing else is said."""

    tokens: list[tuple[str, int, Decimal]]  # bucket, how many, and what a million costs
    request: Decimal  # a million of them; 0: nothing is charged
    searches: tuple[int, Decimal]
    provider: str  # as in the price list, here and below; "": whoever sells the model
    model: str
    since: date | None  # from which day on these rates held; None: since ever
    source: str  # the price list
    is_own: bool  # a price that the project set


def applied(row: Row) -> Applied | None:
    """The rates by which a row was priced when it was examined last, whatever the price list says
    by now. None where it has no computed cost, is free by its name, or was examined by a version
    that did not keep them."""
    rates = read(row.text("price"))
    return told(call_of(row), rates) if rates else None


def cost_now(row: Row, book: PriceBook) -> Decimal | None:
    """What a row would cost in USD by the prices that are known today for its day; None: unknown,
    or it does not count. Where another report of the call names the model, it is looked for by the
    name that the price list had for it."""
    if not has_charge(row):
        return None
    call, rates = call_of(row), read(row.text("price"))
    if rates and not call.model:
        call = call._replace(provider=rates.provider, model=rates.model)
    pico, *_ = computed(call, book)
    return None if pico == UNKNOWN else pico * PICO


def is_outdated(row: Row, book: PriceBook) -> bool:
    """Whether the prices of today make another cost of a row than the one that is kept: its
    history was not priced again."""
    return has_charge(row) and cost_now(row, book) != row.usd("computed_cost")


def has_charge(row: Row) -> bool:
    """Whether a row is priced: it counts, be it for what it has more than the calls below it."""
    return row.billing in COUNTING or is_rest(row)


def call_of(row: Row) -> Call:
    """A row as a call that is priced."""
    return Call(
        provider=row.text("provider"),
        model=row.text("model"),
        day=day_of(int(row.tree.start_ns[row.at]) // DAY_NS),
        service_tier=row.text("service_tier"),
        buckets=buckets(disjoint(row.tree), row.at),
        web_searches=row.number("web_searches") or 0,
        is_total=row.billing in {Billing.AGGREGATE, Billing.WRAPPER},
    )


def told(call: Call, rates: Rates) -> Applied:
    """A call and its rates in the units that people know."""
    used = zip(BUCKETS, amounts_of(call.buckets), rates.by_bucket, strict=True)
    return Applied(
        tokens=[(bucket, count, rate * FINEST) for bucket, count, rate in used if count and rate],
        request=rates.request * FINEST,
        searches=(call.web_searches, (rates.web_search or 0) * FINEST),
        provider=rates.provider,
        model=rates.model,
        since=None if rates.since == date.min else rates.since,
        source=rates.source,
        is_own=rates.is_own,
    )
