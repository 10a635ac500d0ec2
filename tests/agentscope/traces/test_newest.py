"""The spans that are offered to choose from."""

import pytest

from agentscope.projects.models import Project
from agentscope.traces.models import Span
from agentscope.traces.newest import newest_spans
from agentscope.vocabulary import Kind, Meaning
from tests.ui.traces import TRACE_ID, save_trace, span

pytestmark = pytest.mark.django_db


def test_model_calls_come_first_then_the_newest():
    shop = Project.objects.create(name="shop")
    assert newest_spans(shop.pk, 5) == []
    calls = [span(number, meaning=Meaning(Kind.LLM), name=f"call {number}") for number in (1, 2)]
    save_trace(shop, *calls, span(3, name="work"))
    assert [each.name for each in newest_spans(shop.pk, 5)] == ["call 2", "call 1", "work"]
    assert newest_spans(shop.pk, 1)[0].key == f"{TRACE_ID.hex}-{2:016x}"
    assert newest_spans(Project.objects.create(name="other").pk, 5) == []


def test_a_span_whose_copies_disagree_about_their_start_is_offered_once():
    shop = Project.objects.create(name="shop")
    save_trace(shop, span(1, name="work"))
    save_trace(shop, span(1, name="work"))
    assert Span.objects.count() == 2
    assert [each.name for each in newest_spans(shop.pk, 5)] == ["work"]
