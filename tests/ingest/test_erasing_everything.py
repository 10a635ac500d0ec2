"""An erasure reaches every column of every table in which a person may be named, but for those that
are told here."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone

from agentscope.budgets.models import Budget, Spent
from agentscope.erasure.models import Erasure
from agentscope.erasure.run import Forgotten, person_of
from agentscope.erasure.write import ask_erasure, withdraw
from agentscope.projects.models import Project
from tests.ingest.conftest import Post
from tests.ingest.test_erasing import ANN, at_once, erase, project, send
from tests.ingest.test_erasing import ended as ended_job
from tests.kit.everything import places_of
from tests.kit.filled import fill, row_of
from tests.kit.otlp import a_span, pair, traces

__all__ = ("at_once", "project")
pytestmark = pytest.mark.django_db(transaction=True)
# They are made of other rows, or begin work: test_erasing.py fills them as senders do. The last two
# are Django's, which migrations alone write.
LEFT_OUT = frozenset(
    "ledger_entry ledger_content ledger_checkpoint ledger_anchored inbox dead_letter job envelope"
    " span_log decision_record auth_permission django_content_type".split()
)
# Accounts and what they did: who did something stays.
ACCOUNTS = ("account_", "auth_", "user_account.", "django_", "organisation.")
WHO = re.compile(r"\.(who|by|\w+_by|assigned_to)$")
# What people set for the project, and words of ours.
SET = frozenset(
    "project allowed_tools attribute_mapping tool_effects model_alias model_price project_key"
    " redaction redaction_rule redacted finding_threshold channel".split()
)
OURS = frozenset(
    "alert.state alert_event.state attribute_cost.outcome budget_witnessed.gaps day_cost.outcome"
    " review.verdict finding_cause.code path_cost.outcome refusal.reason session_cost.outcome"
    " erasure.answers erasure.digest erasure.resources review_item.verdict budget_answer.decision"
    " budget_otherwise.decision evidence_pack.digest evidence_pack.manifest".split()
)
# The names of keys, which people set.
KEYS = frozenset(("metered.key", "quarter_metered.key"))


def stays(place: str) -> bool:
    """Whether a column may hold the name afterwards."""
    table = place.partition(".")[0]
    is_set = table in SET or place in OURS | KEYS
    return is_set or place.startswith(ACCOUNTS) or bool(WHO.search(place))


def test_no_table_is_forgotten(post: Post, project: Project) -> None:
    fill(project.pk, ANN, LEFT_OUT)
    Erasure.objects.filter(said=ANN).update(said="")
    before = {place for place in places_of(ANN) if not stays(place)}
    assert {place.partition(".")[0] for place in before} >= {
        *("alert_mute", "budget_spent", "erasure", "trace_hold", "session", "review_item"),
        *("budget_lift", "review", "review_comment", "finding", "delivery"),
    }
    erase(project)
    assert {place for place in places_of(ANN) if not stays(place)} == set()


def without_key(row: Spent) -> dict[str, Any]:
    """What makes another row like this one."""
    names = (field.attname for field in Spent._meta.concrete_fields if field.attname != "id")
    return {name: getattr(row, name) for name in names}


def test_what_she_spent_is_added_up_anew_without_her(post: Post, project: Project) -> None:
    hers = row_of(Spent, project.pk, ANN)
    Spent.objects.filter(pk=hers.pk).update(group="bob")
    Spent.objects.bulk_create([Spent(**without_key(hers))])
    Budget.objects.update(looked_at=timezone.now())
    erase(project)
    assert [each.group for each in Spent.objects.all()] == ["bob"]
    assert Budget.objects.get().looked_at is None


def test_others_who_asked_for_the_same_are_done_as_well(post: Post, project: Project) -> None:
    said = [pair("user.id", string_value=ANN)]
    send(post, traces(a_span(attributes=said)))
    first = ask_erasure(project, "user", ANN, "because", "ada")
    ended_job(first.counting)
    waiting = ask_erasure(project, "session", "another", "because", "ada")
    erase(project)
    first.refresh_from_db()
    waiting.refresh_from_db()
    assert (first.said, waiting.said) == ("", "another")


def test_nobody_is_looked_for_who_is_forgotten(post: Post, project: Project) -> None:
    erasure = ask_erasure(project, "user", ANN, "because", "ada")
    withdraw(erasure)
    erasure.refresh_from_db()
    with pytest.raises(Forgotten, match="Ask anew"):
        person_of(erasure)
