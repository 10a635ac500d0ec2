"""Each answer is told to the ledger once, whenever it becomes visible."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from agentscope.budgets import witness
from agentscope.budgets.models import Answer, Witnessed
from agentscope.budgets.verified import verify_answers
from agentscope.budgets.witness import LONGEST, forget_told, holes, tell_answers
from agentscope.budgets.write import KEPT, forget_answers
from agentscope.ledger.kinds import ANSWERS
from agentscope.ledger.read import StoredLedger, each_of
from agentscope.ledger.verifier import verify
from agentscope.projects.changes import note_change
from agentscope.projects.models import Project
from tests.agentscope.budgets.told import ask

SHOP, OTHER = 1, 2


def answer(number=None, project=SHOP, **said):
    """An answer that was given."""
    plain = {"at": timezone.now(), "decision": "allow", "asked": {"n": 1.5}, "said": {"why": "é"}}
    return Answer.objects.create(pk=number, project_id=project, **(plain | said))


def told(project=SHOP):
    """The ids that the entries tell of, by entry."""
    return [each.said["ids"] for each in each_of(project, ANSWERS)]


def gaps():
    return [tuple(gap) for gap in Witnessed.objects.get().gaps]


def verified(project=SHOP, after=timedelta()):
    return verify_answers(project, timezone.now() + after)


@pytest.mark.django_db
def test_answers_are_told_of_by_project_once() -> None:
    mine = [answer().pk for _ in range(3)]
    others = [answer(project=OTHER).pk]
    assert tell_answers() == 4
    assert tell_answers() == 0
    assert (told(), told(OTHER)) == ([mine], [others])
    assert verified().compared == 3
    assert verify(StoredLedger(SHOP)).fault is None


@pytest.mark.django_db
def test_what_decide_wrote_is_told_of_and_verified(project: Project) -> None:
    for name in ("ada", "bob"):
        ask(project, agent=name)
    assert tell_answers() == 2
    assert (verified(project.pk).compared, verified(project.pk).fault) == (2, None)


@pytest.mark.django_db
def test_many_are_told_of_in_several_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(witness, "AT_ONCE", 2)
    ids = [answer().pk for _ in range(5)]
    while tell_answers():
        pass
    assert told() == [ids[:2], ids[2:4], ids[4:]]


@pytest.mark.django_db
def test_an_answer_that_becomes_visible_late_is_told_of_then() -> None:
    for number in (10, 12, 15):
        answer(number)
    tell_answers()
    assert gaps() == [(1, 9), (11, 11), (13, 14)]
    answer(13)
    answer(16)
    tell_answers()
    assert gaps() == [(1, 9), (11, 11), (14, 14)]
    assert told() == [[10, 12, 15], [13, 16]]


@pytest.mark.django_db(transaction=True)
def test_an_answer_whose_transaction_is_slow_is_told_of_once_it_commits() -> None:
    def others() -> None:
        answer()
        tell_answers()
        connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        first = answer().pk
        pool.submit(others).result()
        assert told() == [[first + 1]]
    tell_answers()
    assert told() == [[first + 1], [first]]


@pytest.mark.django_db
def test_gaps_before_all_that_is_kept_are_forgotten() -> None:
    for number in (10, 12, 14):
        answer(number)
    tell_answers()
    Answer.objects.filter(pk__lte=12).delete()
    answer(15)
    tell_answers()
    assert gaps() == [(1, 9), (11, 11), (13, 13)]
    Answer.objects.update(at=timezone.now() - LONGEST)
    answer(16)
    tell_answers()
    assert gaps() == []


@given(first=st.integers(1, 20), ids=st.sets(st.integers(1, 40)), size=st.integers(0, 20))
def test_holes_and_what_is_there_make_up_the_whole(first: int, ids: set[int], size: int) -> None:
    found = holes(first, first + size, sorted(ids))
    missing = [each for begin, end in found for each in range(begin, end + 1)]
    assert missing == [each for each in range(first, first + size + 1) if each not in ids]


def changes():
    return {
        "the decision": {"decision": "stop"},
        "what was said": {"said": {"why": "e"}},
        "what was asked": {"asked": {"n": 1.25}},
        "when": {"at": timezone.now() + timedelta(microseconds=1)},
        "whose it was": {"project_id": OTHER},
        "for which agent": {"agent": "eve"},
    }


@pytest.mark.django_db
@pytest.mark.parametrize("name", changes())
def test_an_answer_that_was_changed_is_named(name: str) -> None:
    ids = [answer().pk for _ in range(3)]
    tell_answers()
    Answer.objects.filter(pk=ids[1]).update(**changes()[name])
    fault = verified().fault
    assert fault == (2, f"answer {ids[1]}, of which it tells, was changed")


@pytest.mark.django_db
def test_an_answer_that_was_deleted_is_named_until_it_is_old() -> None:
    ids = [answer().pk for _ in range(2)]
    tell_answers()
    Answer.objects.filter(pk=ids[1]).delete()
    assert verified().fault == (
        2,
        f"answer {ids[1]}, of which it tells, was deleted before its time",
    )
    later = verified(after=KEPT + timedelta(minutes=1))
    assert (later.fault, later.compared, later.forgotten) == (None, 1, 1)


@pytest.mark.django_db
def test_answers_that_are_forgotten_when_they_are_old_are_not_missed() -> None:
    answer(at=timezone.now() - KEPT - timedelta(hours=1))
    tell_answers()
    forget_answers()
    assert (verified().fault, verified().forgotten) == (None, 1)


@pytest.mark.django_db
def test_an_answer_that_somebody_asked_to_erase_is_not_missed() -> None:
    number = answer().pk
    tell_answers()
    Answer.objects.all().delete()
    note_change("erasure", SHOP, "ann", "Erased what eve was answered.", {"answers": [number]})
    assert (verified().fault, verified().forgotten) == (None, 1)


@pytest.mark.django_db
def test_digests_of_answers_that_are_not_kept_are_erased_once_they_are_many(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness, "MANY", 2)
    now = timezone.now()
    for days in (3, 2, 1):
        answer(project=project.pk, at=now - timedelta(days=days))
        tell_answers()
        forget_told(now + KEPT - timedelta(days=2))  # the first is old then, the second as it is
    assert len(told(project.pk)) == 3
    forget_told(now + KEPT - timedelta(days=1, hours=1))
    assert len(told(project.pk)) == 1
    verdict = verify(StoredLedger(project.pk))
    assert (verdict.fault, verdict.erased) == (None, 2)


@pytest.mark.django_db
def test_what_is_not_told_of_yet_is_not_looked_at() -> None:
    answer()
    assert (verified().compared, verified().fault) == (0, None)
