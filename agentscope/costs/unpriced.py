"""Models whose calls have no known cost: which, how much of it, since when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from agentscope.prices.book import PriceBook, price_book
from agentscope.vocabulary import Why

RECENT = timedelta(days=30)
MOST = 200  # models

# Days are added up a second or two after a trace was examined.
UNPRICED = """
with models as (
    select provider, model, sum(unpriced_calls) as calls, sum(unpriced_tokens) as tokens,
        min(day) as first, max(day) as last
    from day_cost where project_id = %(project)s and day >= %(since)s
    and (unpriced_calls > 0 or unpriced_tokens > 0)
    group by provider, model)
select provider, model, calls, tokens, first, last, count(*) over (), sum(calls) over (),
    sum(tokens) over ()
from models order by tokens desc, calls desc, model, provider limit %(limit)s
"""

NAMES = """
select distinct provider, model from day_cost where project_id = %(project)s and model <> ''
"""


@dataclass(slots=True, frozen=True)
class UnpricedModel:
    """A model as its senders name it."""

    provider: str
    model: str  # "": none was named
    calls: int
    tokens: int  # that are known; 0 where no usage was reported
    first: date  # UTC
    last: date
    why: Why  # by the prices of today; NONE: it has a price now, which its history lacks


@dataclass(slots=True, frozen=True)
class Unpriced:
    """The models without a price, those with most tokens first; and what all of them come to."""

    items: list[UnpricedModel]
    models: int
    calls: int
    tokens: int
    since: date


def unpriced(project_id: int, limit: int = MOST) -> Unpriced:
    """What the newest RECENT have no price for."""
    since = timezone.now().date() - RECENT
    with connection.cursor() as cursor:
        cursor.execute(UNPRICED, {"project": project_id, "since": since, "limit": limit})
        rows = cursor.fetchall()
    book = price_book(project_id)
    items = [
        UnpricedModel(
            provider,
            model,
            int(calls),
            int(tokens),
            first,
            last,
            why_now(book, provider, model, int(tokens)),
        )
        for provider, model, calls, tokens, first, last, *_ in rows
    ]
    models, calls, tokens = map(int, rows[0][6:]) if rows else (0, 0, 0)
    return Unpriced(items, models, calls, tokens, since)


def why_now(book: PriceBook, provider: str, model: str, tokens: int) -> Why:
    """Why calls of a model would have no price today; NONE if they may have one."""
    if not tokens:
        return Why.NO_USAGE
    found = book.sheet(provider, model, timezone.now().date(), "")
    return found if isinstance(found, Why) and found != Why.FREE_MODEL else Why.NONE


def names_meaning(project_id: int, provider: str, model: str) -> list[str]:
    """The names in the costs of a project, as they were sent, that are priced as this model."""
    book, wanted = price_book(project_id), (provider, model)
    said = names_sent(project_id)
    return sorted({name for seller, name in said if wanted in book.meanings(seller, name)})


def names_written(project_id: int, name: str) -> list[str]:
    """How a name is written in the costs of a project, in capitals or not."""
    low = name.strip().lower()
    return sorted({model for _, model in names_sent(project_id) if model.strip().lower() == low})


def names_sent(project_id: int) -> list[tuple[str, str]]:
    """Providers and models in the costs of a project."""
    with connection.cursor() as cursor:
        cursor.execute(NAMES, {"project": project_id})
        return list(cursor.fetchall())
