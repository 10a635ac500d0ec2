"""Recorded runs: every call of a model that ended is in one use, and what is advised is cheaper."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F, Sum

from agentscope.billing.buckets import NAMES
from agentscope.routing.advised import Verdict
from agentscope.routing.models import ModelUse
from agentscope.routing.read import HOUR, advice
from agentscope.traces.models import Trace
from tests.kit.corpus import cases, replay

pytestmark = pytest.mark.django_db

PROJECT = 1


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_call_is_in_one_use(case):
    replay(case, PROJECT)
    uses = ModelUse.objects.filter(project_id=PROJECT)
    said = Trace.objects.filter(project_id=PROJECT).aggregate(
        model_calls=Sum("llm_calls"),
        tokens=Sum(F("input_tokens") + F("output_tokens")),
    )
    found = uses.aggregate(model_calls=Sum("calls"), **{name: Sum(name) for name in NAMES})
    assert (found["model_calls"] or 0) == (said["model_calls"] or 0)
    assert sum(found[name] or 0 for name in NAMES) <= (said["tokens"] or 0)
    check_advice(uses)


def check_advice(uses):
    """What is advised saves something, and is no more sure than its evidence."""
    hours = [use.hour for use in uses]
    if not hours:
        return
    since, until = (
        datetime.fromtimestamp(hour * HOUR, UTC) for hour in (min(hours), max(hours) + 1)
    )
    for found in advice(PROJECT, since, until + timedelta(hours=1)):
        assert found.saving > 0
        assert found.best.model != found.model
        assert found.best.verdict != Verdict.PROVEN or found.best.evidence
