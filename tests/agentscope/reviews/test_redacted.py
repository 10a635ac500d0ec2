"""The agent that people said something of may be called by what is redacted afterwards."""

import re
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from agentscope.jobs.models import Job
from agentscope.projects.models import Project
from agentscope.redaction.cleaner import Cleaner
from agentscope.redaction.derived import tables
from agentscope.redaction.policy import Action, Own, Policy
from agentscope.redaction.redactor import Redactor
from agentscope.redaction.step import Step
from agentscope.retention.models import Hold
from agentscope.reviews.models import Item, Review
from agentscope.reviews.write import review
from tests.agentscope.reviews.decided import ANN, record
from tests.kit.costs import uuid

NAMED = "assistant of C-4711"


@pytest.fixture
def shop(db):
    return Project.objects.create(name="shop").pk


@pytest.fixture
def said(shop):
    """A verdict on a decision of an agent that is called by a customer."""
    return review(record(shop, agent=NAMED, effects=["refund C-4711"]), ANN, "wrong", "of C-4711")


def redact(project_id, action=Action.MASK):
    """All tables, by a pattern that came later."""
    policy = Policy(own=(Own("customer", r"C-\d+", False, action),))
    job = Job(project_id=project_id, asked_by="ada", kind=Job.Kind.REDACT)
    step = Step(job, Cleaner(Redactor(policy, b"k" * 32)))
    for table in tables():
        assert table.texts(step, None) is None
    return job.result


@pytest.mark.parametrize(
    ("action", "agent"),
    [
        (Action.MASK, r"assistant of \[redacted customer\]"),
        (Action.HASH, r"assistant of \[hashed customer [0-9a-f]{12}\]"),
        (Action.DROP, r"\[REDACTED\]"),
    ],
)
def test_its_name_is_replaced_and_the_rest_stays(shop, said, action, agent):
    before = Review.objects.values().get()
    assert redact(shop, action)["texts"] == 2
    after = Review.objects.values().get()
    assert {name for name in after if after[name] != before[name]} == {"agent"}
    item = Item.objects.get()
    assert re.fullmatch(agent, after["agent"])
    assert item.agent == after["agent"]
    assert "C-4711" not in item.effects[0]
    assert item.verdict == "wrong"
    assert redact(shop, action).get("texts", 0) == 0


def test_what_is_held_keeps_it(shop, said):
    Hold.objects.create(project_id=shop, trace_id=uuid(1), reason="a lawsuit")
    assert redact(shop)["held_texts"] == 2
    assert (Review.objects.get().agent, Item.objects.get().agent) == (NAMED, NAMED)


@pytest.mark.parametrize(
    "change",
    [
        {"agent": "another"},
        {"agent": ""},
        {"agent": "[redacted]"},
        {"agent": "[redacted customer]", "verdict": "approved"},
        {"agent": "[redacted customer]", "trace_id": UUID(int=9)},
        {"text": "fine"},
    ],
)
def test_nothing_else_is_changed(said, change):
    with pytest.raises(IntegrityError, match="UPDATE of review is refused"), transaction.atomic():
        Review.objects.update(**change)
    assert Review.objects.get().agent == NAMED
