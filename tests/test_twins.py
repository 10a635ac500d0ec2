"""Two projects with the same traces, by the same ids: neither is told of the other, and what is
done to one leaves the other as it was. Ids of traces are the senders', who may choose the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from agentscope.audit.verifying import verify
from agentscope.budgets.witness import tell_answers
from agentscope.erasure import run
from agentscope.erasure.export import export_person
from agentscope.erasure.person import Person
from agentscope.erasure.tasks import keep_to
from agentscope.erasure.write import ask_erasure, confirm
from agentscope.inbox.models import DeadLetter, Signal
from agentscope.jobs.models import Job
from agentscope.jobs.write import ask
from agentscope.packs.ask import ask_pack, remove, take
from agentscope.packs.asked import Asked
from agentscope.projects.models import Key, Project
from agentscope.projects.roles import Role
from agentscope.projects.write import create_key, create_project
from agentscope.records.read import is_recorded
from agentscope.records.witness import tell_records
from agentscope.redaction import stored
from agentscope.retention.models import Hold, Periods
from agentscope.retention.read import hold_of, in_force, kept_of
from agentscope.retention.write import lift, set_periods
from agentscope.reviews.case import Case, Who
from agentscope.reviews.fill import fill_new_queue
from agentscope.reviews.letters import want_letters, wants_letters
from agentscope.reviews.models import Item, Mention, Queue
from agentscope.reviews.queues import delete_queue, queues
from agentscope.reviews.read import counts, mentions, queues_named
from agentscope.reviews.sittings import opened
from agentscope.reviews.two_persons import tools_of_two
from agentscope.reviews.write import comment, review, seen, set_two_persons
from tests import test_every_route as routes
from tests.agentscope.reviews.decided import queue
from tests.kit.costs import uuid
from tests.kit.jobs import end_jobs
from tests.kit.twin import THEIRS, make_twin, naming, rows_of

pytestmark = pytest.mark.django_db
shop, parts, other = routes.shop, routes.parts, routes.other
SESSION = "its session"
TOLD = {"ledger_entry", "ledger_content"}  # which go on meanwhile
ADA, BOB = Who("ada"), Who("bob")
# Of the installation, or of this moment; and what is told in the ledger.
UNLIKE = {"api/v1/storage", "api/v1/system/status", "api/v1/advice"}
UNLIKE |= {"api/v1/packs/<int:pack_id>/content"}


@pytest.fixture
def twin(settings, shop, parts, other, monkeypatch):
    """A project with the rows of the shop in other words; its jobs are over."""
    settings.AGENTSCOPE_EMBEDDED = True
    for module in (run, stored):
        monkeypatch.setattr(module, "SETTLED", timedelta(0))
    more_of(shop)
    make_twin(shop.pk, other.pk)
    Periods.objects.filter(project_id=other.pk).update(metadata_days=20)
    Job.objects.filter(project_id=other.pk).update(state=Job.State.DONE)
    while tell_answers() or tell_records():  # which is told of all projects at once
        pass
    return other


def more_of(shop: Project) -> None:
    """What people said of a decision, and a request that could not be stored."""
    said = comment(case(shop), BOB, f"secret of {SESSION}: see @ada")
    Mention.objects.create(comment=said, project_id=shop.pk, who="ada")
    review(case(shop), BOB, "wrong", "secret reason")
    opened(case(shop), "ada", 2)
    set_two_persons(shop.pk, ["secret tool"], "ada")
    want_letters(shop.pk, "bob", wanted=False)
    set_periods(shop.pk, None, 25, "ada")
    DeadLetter.objects.create(
        received_at=timezone.now(),
        project_id=shop.pk,
        signal=Signal.TRACES,
        content_type="application/json",
        body=b"not readable: its session",
        error="secret error",
    )


def case(shop: Project) -> Case:
    """A decision of the shop."""
    return Case(shop.pk, uuid(1), 1)


def test_a_twin_is_like_it_in_other_words(shop, twin):
    ours, theirs = rows_of(shop.pk), rows_of(twin.pk)
    fewer = {table for table in ours if ours[table].split()[0] != theirs[table].split()[0]}
    assert fewer - TOLD == {"alert", "alert_event", "delivery", "review_mention"}
    filled = {table for table, rows in ours.items() if not rows.startswith("0 ")}
    assert filled >= {
        *("trace", "span", "span_payload", "finding", "decision_record", "ledger_entry"),
        *("ledger_content", "evidence_pack", "erasure", "trace_hold", "review", "review_comment"),
        *("review_queue", "review_sitting", "dead_letter", "budget_answer", "session"),
    }


def test_the_api_says_the_same_of_it_with_and_without_a_twin(settings, shop, parts, other):
    key = create_key(shop, Key.Scope.ADMIN)[1]
    settings.AGENTSCOPE_EMBEDDED = False
    more_of(shop)
    asked = [route for route in routes.READS if route not in UNLIKE]
    alone = {route: told(routes.read(route, parts, key)) for route in asked}
    make_twin(shop.pk, other.pk)
    Periods.objects.filter(project_id=other.pk).update(metadata_days=20)
    assert {route: told(routes.read(route, parts, key)) for route in asked} == alone


def told(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_pages_say_nothing_of_a_twin(shop, parts, twin):
    client = Client(headers={"host": "localhost"})
    for route in routes.PAGES:
        answer = client.get(routes.address(route, parts), {"range": "all"}, follow=True)
        assert THEIRS not in answer.content.decode(), route


def test_an_empty_project_is_told_of_neither(shop, twin):
    bare, now = create_project("bare").pk, timezone.now()
    queue(shop.pk, name="of the shop")
    queue(bare, name="of nothing")
    while fill_new_queue():
        pass
    assert counts(shop.pk, now)
    assert set(counts(bare, now)) == set()
    assert not Item.objects.filter(project_id=bare).exists()
    assert queues_named(bare, list(Queue.objects.values_list("pk", flat=True))) == list(
        Queue.objects.filter(project_id=bare)
    )
    assert (tools_of_two(bare), wants_letters(bare, "bob")) == ([], True)
    assert (hold_of(bare, uuid(2)), kept_of(bare)) == (None, in_force(None))
    assert not is_recorded(bare, uuid(1), 1)
    assert not mentions(bare, "ada").exists()
    seen(bare, "ada", case(shop))
    assert Mention.objects.filter(seen_at=None).count() == 1


def erase(shop: Project) -> None:
    for held in Hold.objects.filter(project_id=shop.pk):
        lift(held, "over", "ada")
    asked = ask_erasure(shop, "session", SESSION, "asked for", "ada")
    end_jobs()
    confirm(asked, "bob")
    end_jobs()
    assert naming(shop.pk, SESSION) == set()


def pack_up(shop: Project) -> None:
    made = ask_pack(Asked(shop, session=SESSION), "ada")
    end_jobs()
    made.refresh_from_db()
    files = ZipFile(BytesIO(b"".join(take(made, "ada"))))
    assert not [name for name in files.namelist() if THEIRS.encode() in files.read(name)]
    remove(made, "ada", Role.AUDITOR)


def take_a_copy(shop: Project) -> None:
    files = ZipFile(BytesIO(b"".join(export_person(Person(shop.pk, "session", SESSION), "ada"))))
    assert b"secret tool" in b"".join(files.read(name) for name in files.namelist())
    assert not [name for name in files.namelist() if THEIRS.encode() in files.read(name)]


def go_through(shop: Project) -> None:
    """What people do about reviews."""
    review(case(shop), ADA, "approved", "")
    seen(shop.pk, "ada", case(shop))
    set_two_persons(shop.pk, [], "ada")
    want_letters(shop.pk, "bob", wanted=True)
    delete_queue(queues(shop.pk)[0], "ada")


def keep_less(shop: Project) -> None:
    set_periods(shop.pk, 1, 2, "ada")
    while keep_to(shop.pk, kept_of(shop.pk)):
        pass


def redact(shop: Project) -> None:
    ask(shop.pk, Job.Kind.REDACT, {}, "ada")
    end_jobs()


def verify_it(shop: Project) -> None:
    verify(shop.pk, "ada", whole=True)
    end_jobs()


@pytest.mark.parametrize(
    "do", [erase, pack_up, take_a_copy, go_through, keep_less, redact, verify_it]
)
def test_what_is_done_to_one_leaves_the_other_alone(shop, twin, do: Callable[[Project], None]):
    ours, theirs = rows_of(shop.pk), rows_of(twin.pk)
    do(shop)
    assert rows_of(twin.pk) == theirs
    assert rows_of(shop.pk) != ours
