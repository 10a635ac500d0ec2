"""Lists of the audit, of people and of keys take as many queries for many lines as for one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agentscope.accounts.invitations import invite
from agentscope.erasure.models import Erasure
from agentscope.jobs.models import Job
from agentscope.ledger.write import checkpoint
from agentscope.packs.models import StoredPack
from agentscope.projects.changes import INSTALLATION, note_change
from agentscope.projects.models import Key, Member, Project, User
from agentscope.projects.roles import Role
from agentscope.projects.write import create_key
from agentscope.retention.models import Hold
from agentscope.reviews.write import comment, review
from tests.agentscope.reviews.decided import ANN, queue, record

FEW, MANY = 2, 9
PASSWORD = "correct horse"


def job(project: Project, kind: Job.Kind) -> int:
    """A job that is done."""
    return Job.objects.create(project_id=project.pk, kind=kind, state=Job.State.DONE).pk


def a_queue(project: Project, number: int) -> None:
    queue(project.pk, name=f"queue {number}")


def a_mention(project: Project, number: int) -> None:
    comment(record(project.pk, number), ANN, f"@somebody look at {number}")


def a_review(project: Project, number: int) -> None:
    review(record(project.pk, number, agent=f"agent {number}"), ANN, "wrong", "it is not so")


def a_pack(project: Project, number: int) -> None:
    expires = timezone.now() + timedelta(days=1)
    StoredPack.objects.create(
        project_id=project.pk, asked={}, words=f"pack {number}", asked_by="ann",
        job=job(project, Job.Kind.PACK), made_at=timezone.now(), expires_at=expires,
        counts=dict.fromkeys(("traces", "decisions", "reviews"), 1),
    )  # fmt: skip


def an_erasure(project: Project, number: int) -> None:
    Erasure.objects.create(
        project_id=project.pk, of="user", said=f"user {number}", digest=f"{number:064}",
        mentions=True, reason="asked for", asked_by="ann",
        counting=job(project, Job.Kind.ERASE), erasing=job(project, Job.Kind.ERASE),
    )  # fmt: skip


def a_hold(project: Project, number: int) -> None:
    Hold.objects.create(
        trace_id=UUID(int=number), project_id=project.pk, reason=f"case {number}", who="ann"
    )


def a_key(project: Project, number: int) -> None:
    create_key(project, Key.Scope.INGEST, f"key {number}")


def a_checkpoint(project: Project, number: int) -> None:
    note_change("view", project.pk, "ann", f"Saved view {number}", {})
    checkpoint(project.pk)


def of_the_installation(_: Project, number: int) -> None:
    note_change("organisation", INSTALLATION, "ann", f"Made organisation {number}", {})


def a_member(project: Project, number: int) -> None:
    user = User.objects.create_user(f"user {number}")
    Member.objects.create(project=project, user=user, role=Role.VIEWER)


def an_invitation(project: Project, number: int) -> None:
    invite(project, f"user{number}@example.com", Role.VIEWER, "alice", Role.OWNER)


def a_login(_: Project, number: int) -> None:
    Client().post("/login/", {"username": "alice", "password": PASSWORD})


def grows(client: Client, project: Project, address: str, add: Any) -> tuple[int, int, int]:
    """How many queries a page takes with few lines and with many, and how many lines came."""
    taken, sizes = [], []
    for numbers in (range(1, FEW + 1), range(FEW + 1, MANY + 1)):
        for number in numbers:
            add(project, number)
        client.get(address)  # what is looked up once is known by then
        with CaptureQueriesContext(connection) as asked:
            text = client.get(address).text
        taken.append(len(asked))
        sizes.append(text.count("<tr") + text.count("<li"))
    return taken[0], taken[1], sizes[1] - sizes[0]


@pytest.mark.parametrize(
    ("address", "add"),
    [
        ("/p/shop/audit/reviews/queues/", a_queue),
        ("/p/shop/audit/reviews/mentions/", a_mention),
        ("/p/shop/audit/reviews/?show=reviewed", a_review),
        ("/p/shop/audit/packs/", a_pack),
        ("/p/shop/audit/ledger/checkpoints/", a_checkpoint),
        ("/installation/ledger/", of_the_installation),
        ("/p/shop/settings/storage/erasures/", an_erasure),
        ("/p/shop/settings/storage/holds/", a_hold),
        ("/p/shop/settings/keys/", a_key),
    ],
)
def test_of_what_is_done(client, project, embedded, address, add):
    few, many, more = grows(client, project, address, add)
    assert few == many
    assert more == MANY - FEW


@pytest.mark.parametrize(
    ("address", "add"),
    [
        ("/p/shop/settings/members/", a_member),
        ("/p/shop/settings/invitations/", an_invitation),
        ("/account/", a_login),
    ],
)
def test_of_people(client, project, production, alice, address, add):
    alice.set_password(PASSWORD)
    alice.save()
    client.post("/login/", {"username": "alice", "password": PASSWORD})
    few, many, more = grows(client, project, address, add)
    assert few == many
    assert more >= MANY - FEW
