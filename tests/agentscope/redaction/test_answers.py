"""Answers that are redacted are told to the ledger as they are then, and one that somebody changed
before is named all the same."""

import pytest
from django.utils import timezone

from agentscope.budgets.models import Answer
from agentscope.budgets.verified import verify_answers
from agentscope.budgets.witness import tell_answers
from agentscope.redaction.derived import tables
from tests.agentscope.redaction.test_restated import SECRET, step

pytestmark = pytest.mark.django_db
__all__ = ["step"]


def answer(step, session):
    said = {"decision": "allow", "asked": {}, "said": {}, "project_id": step.project_id}
    return Answer.objects.create(at=timezone.now(), session=session, **said)


def redact(step):
    (table,) = (each for each in tables() if each.name == "budget_answer")
    table.texts(step, None)


def verified(step):
    return verify_answers(step.project_id, timezone.now())


def test_what_was_redacted_verifies(step):
    answer(step, f"of {SECRET}")
    answer(step, "of ann")
    tell_answers()
    redact(step)
    assert not Answer.objects.filter(session__contains=SECRET).exists()
    assert (verified(step).fault, verified(step).compared) == (None, 2)


def test_what_was_redacted_before_it_was_told_of_verifies(step):
    answer(step, f"of {SECRET}")
    redact(step)
    tell_answers()
    assert (verified(step).fault, verified(step).compared) == (None, 1)


def test_redacting_does_not_hide_what_was_changed_before(step):
    found = answer(step, f"of {SECRET}")
    tell_answers()
    Answer.objects.filter(pk=found.pk).update(session=f"of {SECRET}, they say")
    redact(step)
    assert verified(step).fault.reason == f"answer {found.pk}, of which it tells, was changed"


def test_what_is_changed_afterwards_is_named(step):
    found = answer(step, f"of {SECRET}")
    tell_answers()
    redact(step)
    Answer.objects.filter(pk=found.pk).update(session="of nobody")
    assert "was changed" in verified(step).fault.reason
