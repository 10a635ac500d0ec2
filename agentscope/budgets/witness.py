"""What was answered is told to the ledger, many answers an entry, after they were given: whoever
asks waits for none of it.

Each answer is in exactly one entry, or not told of yet. Answers that are written at the same time
become visible in any order, so what was passed by is remembered as gaps, and told when it comes.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agentscope.budgets.models import Answer, Witnessed
from agentscope.budgets.write import KEPT
from agentscope.ledger.canonical import canonical
from agentscope.ledger.kinds import ANSWERS, REDACTED
from agentscope.ledger.read import each_of, moment, parsed
from agentscope.ledger.write import append, erase
from agentscope.projects.models import Project

AT_ONCE = 1_000  # answers of an entry, at most
LONGEST = timedelta(days=7)  # that nobody takes to write an answer
DIGEST = 32  # bytes
MANY = 500  # entries whose digests are erased together
SERVER = "this server"  # who did it, where nobody asked for it
ONE = 1  # the row that says how far it is
COLUMNS = "id, project_id, at, decision, budget, trace, session, agent, asked, said"
NEXT = f"""
(select {COLUMNS} from budget_answer where id > %(upto)s order by id limit %(limit)s)
union all
(select {COLUMNS} from unnest(%(firsts)s::int8[], %(lasts)s::int8[]) as gap (first, last)
    join budget_answer on id between gap.first and gap.last limit %(limit)s)
order by project_id, id
"""  # noqa: S608 — our own words
BY_ID = f"select {COLUMNS} from budget_answer where id = any(%(ids)s) order by id"  # noqa: S608
Gap = tuple[int, int]  # ids of answers that were not there, the first and the last


class Row(NamedTuple):
    """An answer as it is stored."""

    id: int
    project_id: int
    at: datetime
    decision: str
    budget: int | None
    trace: UUID | None
    session: str
    agent: str
    asked: dict[str, Any]
    said: dict[str, Any]


def tell_answers() -> int:
    """Tell of the next answers, an entry for each project; how many they were."""
    Witnessed.objects.get_or_create(pk=ONE)
    with transaction.atomic():
        state = Witnessed.objects.select_for_update().get(pk=ONE)
        rows = next_rows(state)
        for project_id, some in groupby(rows, itemgetter(1)):
            append(project_id, ANSWERS, told_of(list(some)))
        move(state, sorted(row.id for row in rows))
    return len(rows)


def next_rows(state: Witnessed) -> list[Row]:
    """The answers to tell of next, by project."""
    said = {
        "upto": state.upto,
        "limit": AT_ONCE,
        "firsts": [first for first, _ in state.gaps],
        "lasts": [last for _, last in state.gaps],
    }
    return [Row(*row) for row in stored(NEXT, said)]


def stored(sql: str, said: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of answers, their JSON read."""
    found = Answer.objects.raw(sql, said)
    names = COLUMNS.split(", ")
    return [tuple(getattr(each, name) for name in names) for each in found]


def told_of(rows: Sequence[Row]) -> dict[str, Any]:
    """What an entry says of answers, in the order of their ids."""
    times = [row.at for row in rows]
    return {
        "what": f"{answers_were(len(rows))} given to who asked whether a call may be made.",
        "from": moment(min(times)),
        "to": moment(max(times)),
        "ids": [row.id for row in rows],
        "digests": joined(rows),
    }


def digest_of(row: Row) -> bytes:
    """The SHA-256 of an answer."""
    return sha256(text_of(row).encode()).digest()


def text_of(row: Row) -> str:
    """An answer as canonical JSON."""
    said = row._asdict() | {"at": moment(row.at), "trace": row.trace.hex if row.trace else None}
    return canonical(said)


def digests_of(said: str) -> list[bytes]:
    """The digests that an entry holds."""
    whole = b64decode(said)
    return [whole[at : at + DIGEST] for at in range(0, len(whole), DIGEST)]


def of_ids(ids: list[int]) -> list[Row]:
    """Answers as they are stored, in the order of their ids."""
    return [Row(*row) for row in stored(BY_ID, {"ids": ids})]


def tell_redacted(project_id: int, before: Sequence[Row], after: Sequence[Row], who: str) -> None:
    """Tell of answers that somebody let be redacted, in the transaction in which they were."""
    changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    if changed:
        were, are = zip(*changed, strict=True)
        told = {"who": who, **told_of(are), "before": joined(were)}
        told["what"] = f"{answers_were(len(are))} redacted."
        append(project_id, REDACTED, told)


def answers_were(answers: int) -> str:
    """The beginning of a sentence about some answers."""
    return f"{answers:,} {'answer was' if answers == 1 else 'answers were'}"


def joined(rows: Iterable[Row]) -> str:
    """The digests of answers, as an entry holds them."""
    return b64encode(b"".join(map(digest_of, rows))).decode()


def move(state: Witnessed, ids: Sequence[int]) -> None:
    """Say how far it is: what is missing up to there may come yet, but not behind what was there
    for LONGEST."""
    if not ids:
        return
    upto = max(state.upto, ids[-1])
    oldest = Answer.objects.order_by("pk").first()
    begin = oldest.pk if oldest and oldest.at < timezone.now() - LONGEST else 0
    before = [*state.gaps, (state.upto + 1, upto)]
    found = (hole for first, last in before for hole in holes(first, last, ids))
    state.upto, state.gaps = upto, [hole for hole in found if hole[1] >= begin]
    state.save()


def forget_told(now: datetime) -> None:
    """Erase the digests of answers that are not kept any more, once they are many."""
    for project_id in Project.objects.values_list("pk", flat=True):
        old = entries_before(project_id, now - KEPT)
        if len(old) >= MANY:
            erase(project_id, old[:MANY], SERVER, f"answers are kept for {KEPT.days} days")


def entries_before(project_id: int, before: datetime) -> list[int]:
    """The positions of entries that tell of nothing but older answers."""
    found: list[int] = []
    for told in each_of(project_id, ANSWERS):
        if len(found) == MANY or parsed(told.said["to"]) >= before:
            break
        found.append(told.position)
    return found


def holes(first: int, last: int, ids: Iterable[int]) -> list[Gap]:
    """What is missing from `first` to `last`, of ids in their order."""
    found = []
    for each in ids:
        if first <= each <= last:
            if each > first:
                found.append((first, each - 1))
            first = each + 1
    return [*found, (first, last)] if first <= last else found
