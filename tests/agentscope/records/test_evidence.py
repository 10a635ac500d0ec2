"""What was said, found by the digests of a record."""

import pytest

from agentscope.projects.models import Project
from agentscope.records.evidence import evidence, items
from agentscope.records.item import digest_of
from agentscope.traces.models import SpanPayload
from tests.ui.records import refunded

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Project:
    return Project.objects.create(name="shop")


def digests(record):
    sides = (item.get(side) for item in items(record) for side in ("input", "output"))
    return {each["sha256"] for each in sides if each}


def test_all_that_a_record_has_digests_of_is_found(shop):
    record = refunded(shop)
    kept = evidence(record)
    assert digests(record) <= kept.keys()
    assert kept[digest_of("The parcel never came.")["sha256"]] == "The parcel never came."
    assert kept[digest_of({"order": 7})["sha256"]] == {"order": 7}
    assert kept[digest_of("Yes!")["sha256"]] == "Yes!"


def test_what_was_erased_is_not_there_and_the_digest_is(shop):
    record = refunded(shop)
    SpanPayload.objects.filter(project_id=shop.pk).delete()
    assert len(digests(record)) > 5
    assert evidence(record).keys() & digests(record) == set()


def test_few_queries_whatever_there_is_to_read(shop, django_assert_max_num_queries):
    record = refunded(shop)
    with django_assert_max_num_queries(6):
        evidence(record)
