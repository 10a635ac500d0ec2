"""What holds whatever happens, in whatever order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agentscope.budgets.models import Budget, Reservation, Spent
from agentscope.budgets.reserved import Held, covered
from agentscope.projects.models import Project
from agentscope.vocabulary import Usage
from tests.agentscope.budgets.told import HOURLY, TODAY, WHOLE, ask, budget, look, tell
from tests.kit.costs import HOUR_NS, call, uuid

few = settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink would take minutes
)
amounts = st.integers(1, 900).map(lambda cents: Decimal(cents) / 100)
held = st.lists(st.tuples(amounts, amounts), max_size=8)


def reservations(said: list[tuple[Decimal, Decimal]]) -> list[Held]:
    """Made one after the other, while their trace used more and more."""
    used, found = Decimal(0), []
    for number, (amount, more) in enumerate(said):
        used += more
        found.append(Held(number, amount, used))
    return found


@given(held, amounts)
def test_what_is_covered_is_never_more_than_what_was_used_since(said, more) -> None:
    made = reservations(said)
    used = (made[-1].used_before if made else Decimal(0)) + more
    found = list(covered(made, used))
    assert all(0 <= each.covered <= of.amount for each, of in zip(found, made, strict=True))
    first = made[0].used_before if made else used
    assert sum(each.covered for each in found) <= used - first


@given(held, amounts, amounts)
def test_what_is_closed_need_not_be_known_any_more(said, more, later) -> None:
    made = reservations(said)
    used = (made[-1].used_before if made else Decimal(0)) + more
    first = {each.id: each for each in covered(made, used)}
    left = [
        Held(each.id, each.amount, first[each.id].begin)
        for each in made
        if first[each.id].covered < each.amount
    ]
    whole = {each.id: each.covered for each in covered(made, used + later)}
    again = {each.id: each.covered for each in covered(left, used + later)}
    assert again == {each.id: whole[each.id] for each in left}


@given(held, amounts, amounts)
def test_the_more_is_used_the_more_is_covered(said, more, later) -> None:
    made = reservations(said)
    before = [each.covered for each in covered(made, more)]
    after = [each.covered for each in covered(made, more + later)]
    assert all(one <= other for one, other in zip(before, after, strict=True))


AGENTS, HOURS = ("a", "b"), range(-14, 2)
spans = st.lists(
    st.tuples(
        st.integers(1, 3),  # trace
        st.sampled_from(["s1", "s2"]),
        st.sampled_from(HOURS),
        st.integers(1, 500),  # cents; 500: no price
    ),
    min_size=1,
    max_size=8,
)
SCOPES: list[dict[str, Any]] = [
    {"window": TODAY},
    {"window": HOURLY},
    {"window": TODAY, "each": "session"},
    {"window": WHOLE, "each": "trace"},
    {"window": HOURLY, "only": {"session": "s1"}},
    {"window": TODAY, "only": {"session": "s2"}, "each": "trace"},
]
AFTER = 90 * 60 * 10**9  # it is asked at half past one


def is_in(said: dict[str, Any], hour: int) -> bool:
    """Whether a window has a span of this hour after noon."""
    if said["window"] == WHOLE:
        return True
    return hour >= (-12 if said["window"] == TODAY else 1)


def expected(said: dict[str, Any], told: list[Any]) -> dict[str, Decimal]:
    """What each group has spent, added up by the plainest means."""
    found: dict[str, Decimal] = {}
    for _, (trace, session, hour, cents) in told:
        group = {"": "", "session": session, "trace": str(uuid(trace))}[said.get("each", "")]
        if said.get("only", {}).get("session", session) == session and is_in(said, hour):
            cost = Decimal(0 if cents == 500 else cents) / 100
            found[group] = found.get(group, Decimal(0)) + cost
    return {group: cost for group, cost in found.items() if cost}


@few
@given(spans, st.randoms(use_true_random=False), st.integers(0, 8))
def test_what_is_spent_is_what_was_metered(db, said, random, seen_before) -> None:
    with transaction.atomic():
        project = Project.objects.create(name="laws")
        for number, scope in enumerate(SCOPES):
            budget(project, name=str(number), **scope)
        told = list(enumerate(said))
        random.shuffle(told)
        session_of = {trace: session for _, (trace, session, _, _) in told}  # a trace has one
        told = [(at, (each[0], session_of[each[0]], *each[2:])) for at, each in told]
        for part in (told[:seen_before], told[seen_before:], told[:1]):
            tell(project, *(made(*each) for each in part))
            look(project, AFTER)
        for number, scope in enumerate(SCOPES):
            rows = Spent.objects.filter(budget__name=str(number), spent__gt=0)
            assert dict(rows.values_list("group", "spent")) == expected(scope, told)
        transaction.set_rollback(True)


def made(at: int, said: tuple[int, str, int, int]) -> Any:
    """A model call."""
    trace, session, hour, cents = said
    usd, model = ("", "nobody knows") if cents == 500 else (str(Decimal(cents) / 100), "gpt-4o")
    own = {"session": session, "usage": Usage(10 + at, 5)}  # alike ones would be copies
    return call(trace, at + 1, 0, usd, model, after=hour * HOUR_NS + at, **own)


@few
@given(st.lists(st.tuples(st.sampled_from("ask settle spend look".split()), amounts), max_size=14))
def test_reservations_against_the_plainest_model(db, steps) -> None:
    """Of one trace: never negative, never more than was let in, and what is spent and reserved
    never falls short of what calls came to that were let in and did not cost more than they said.
    """
    with transaction.atomic():
        project = Project.objects.create(name="laws")
        limit = Decimal(20)
        budget(project, str(limit))
        promised = spent = Decimal(0)  # by those that were let in
        keys: list[str] = []
        for number, (what, amount) in enumerate(steps):
            if what == "ask":
                answer = ask(project, trace=uuid(1), usd=amount, reserve=True)
                if answer["decision"] != "stop":
                    promised += amount
                    keys.append(answer["reservation"]["id"])
            elif what == "spend" and spent + amount <= promised:
                tell(project, call(1, number + 1, 0, str(amount)))
                spent += amount
            elif what == "look":
                look(project)
            found = ask(project)
            taken = Decimal(found["spent"]) + Decimal(found["reserved"])
            assert Decimal(found["reserved"]) >= 0
            assert spent <= taken <= promised <= limit
        assert Budget.objects.count() == 1
        assert Reservation.objects.count() == len(keys)
        transaction.set_rollback(True)
