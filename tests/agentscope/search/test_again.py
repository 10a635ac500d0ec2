"""What is stored is kept anew for searching by jobs that rewrite it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agentscope.jobs.models import Job
from agentscope.jobs.run import run_due
from agentscope.jobs.write import ask
from agentscope.pipeline import RUNNERS
from agentscope.search import again as keeping
from agentscope.search.models import SearchBlock
from agentscope.search.sieve import holds
from agentscope.search.terms import terms_of_words
from agentscope.traces import again
from tests.kit.searching import call, found, record, step, store, store_records

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Steps need not wait until all know of the job."""
    monkeypatch.setattr(again, "SETTLED", timedelta(0))


def understand_again() -> None:
    ask(1, Job.Kind.UNDERSTAND, {}, "ada")
    for _ in range(20):
        run_due(RUNNERS)
    assert Job.objects.get().state == Job.State.DONE


def test_what_an_earlier_version_stored_can_be_found_afterwards():
    store(call(1, "a blue parcel"), step(2, shop__tier="gold"))
    store_records(record(3, "black ravens"))
    store(step(3))
    SearchBlock.objects.all().delete()
    assert found("parcel") == []
    understand_again()
    assert (found("parcel"), found("shop.tier=gold"), found("ravens")) == ([1], [2], [3])


def test_blocks_from_before_go(monkeypatch):
    monkeypatch.setattr(again, "BATCH", 2)
    monkeypatch.setattr(keeping, "BATCH", 2)
    store(*(call(number, f"parcel{number}") for number in range(1, 6)))
    SearchBlock.objects.filter(pk__in=[SearchBlock.objects.first().pk]).update(
        sieve=b"\xff" * 16, digest=5
    )
    understand_again()
    assert SearchBlock.objects.count() == 5
    assert [found(f"parcel{number}") for number in range(1, 6)] == [[1], [2], [3], [4], [5]]
    [other] = terms_of_words(["nothing"])
    assert sum(holds(bytes(block.sieve), other) for block in SearchBlock.objects.all()) == 0


def test_another_project_is_left_alone():
    store(call(1, "parcel"), project=2)
    [before] = SearchBlock.objects.values_list("digest", "written_at")
    understand_again()
    assert list(SearchBlock.objects.values_list("digest", "written_at")) == [before]
