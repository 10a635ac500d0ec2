"""Keeping, for each place where a model is called, the cheaper model that has proven itself there.

Only what is proven is suggested, and only where nearly all that is done there is of kinds for which
it is: nobody knows beforehand of which kind the next call will be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction

from agentscope.prices.names import bare_model
from agentscope.projects.models import Project
from agentscope.routing.advised import Advice, Candidate, Verdict
from agentscope.routing.models import SuggestedModel
from agentscope.routing.read import report

LOOKED_AT = timedelta(days=30)
STEADY = 0.9  # of what is done at a place must be of kinds for which the model is proven
LOCK = "select pg_advisory_xact_lock(hashtextextended('suggested models', %s))"


class Suggested(NamedTuple):
    """A row of SuggestedModel."""

    agent: str
    path: str
    model: str
    suggested: str
    most_tokens: int
    saving: Decimal  # USD in the days LOOKED_AT


def suggest_all(now: datetime) -> None:
    """Suggest anew in every project."""
    for project_id in Project.objects.order_by("pk").values_list("pk", flat=True):
        suggest(project_id, now)


def suggest(project_id: int, now: datetime) -> None:
    """Make the suggestions of a project what the calls of the days LOOKED_AT come to. Raises
    TookTooLong; the earlier ones stay then."""
    found = suggestions(report(project_id, now - LOOKED_AT, now).advice)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [project_id])
        SuggestedModel.objects.filter(project_id=project_id).delete()
        SuggestedModel.objects.bulk_create(
            SuggestedModel(project_id=project_id, **each._asdict()) for each in found
        )


def suggestions(advice: Iterable[Advice]) -> list[Suggested]:
    """What is suggested at each place; and for an agent as a whole, where its places agree."""
    places: defaultdict[tuple[str, str, str], list[Advice]] = defaultdict(list)
    for each in advice:
        places[each.path, each.model, each.provider].append(each)
    found = [best for some in places.values() if (best := suggestion(some))]
    return sorted([*found, *of_agents(found)])


def suggestion(advice: Sequence[Advice]) -> Suggested | None:
    """What is suggested at a place about which these are: the model that saves most of those that
    are proven for nearly all that is done there."""
    first = advice[0]
    by_model: defaultdict[str, list[tuple[Advice, Candidate]]] = defaultdict(list)
    for each, candidate in proven(advice):
        by_model[candidate.model].append((each, candidate))
    steady = {
        model: some
        for model, some in by_model.items()
        if sum(each.calls for each, _ in some) >= STEADY * first.calls_of_place
    }
    saving = {name: added(c.saving.usd for _, c in some) for name, some in steady.items()}
    if not steady:
        return None
    model = max(steady, key=lambda each: (saving[each], each))
    most = min(largest(each, candidate) for each, candidate in steady[model])
    return Suggested(first.agent, first.path, bare_model(first.model), model, most, saving[model])


def proven(advice: Iterable[Advice]) -> Iterator[tuple[Advice, Candidate]]:
    """Each advice with each candidate that is proven for it."""
    for each in advice:
        for candidate in (each.best, *each.others):
            if candidate.verdict == Verdict.PROVEN:
                yield each, candidate


def largest(advice: Advice, candidate: Candidate) -> int:
    """Tokens of a call that a model is known to hold: by the price list, else as many as there
    were."""
    return candidate.context or advice.most_input


def of_agents(found: Iterable[Suggested]) -> Iterator[Suggested]:
    """The suggestions for agents whose places have the same one; wherever they work."""
    agents: defaultdict[tuple[str, str], list[Suggested]] = defaultdict(list)
    for each in found:
        agents[each.agent, each.model].append(each)
    for some in agents.values():
        if len({each.suggested for each in some}) == 1:
            yield some[0]._replace(
                path="",
                most_tokens=min(each.most_tokens for each in some),
                saving=added(each.saving for each in some),
            )


def added(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts in USD."""
    return sum(amounts, Decimal(0))
