"""Invitations: for one address, once, for a week, by who may."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone

from agentscope.accounts import invitations, letters
from agentscope.accounts.invitations import (
    GOOD_FOR,
    BadInvitation,
    Gone,
    accept,
    accept_as_new,
    invitation_of,
    invitations_for,
    invitations_of,
    invite,
    revoke,
)
from agentscope.accounts.models import Invitation
from agentscope.projects.changes import COMMAND_LINE, changes_of
from agentscope.projects.members import role_of
from agentscope.projects.membership import set_role, set_role_everywhere
from agentscope.projects.models import Key, Member, Project, User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_key, revoke_key

ANN = "ann@example.com"


@pytest.fixture
def clock():
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as found:
        yield found


@pytest.fixture
def ada(project):
    """An admin, who invites."""
    user = User.objects.create_user("ada")
    add_member(project, user, Role.ADMIN)
    return user


@pytest.fixture
def invited(project, ada):
    return invite(project, ANN, Role.OPERATOR, "ada", Role.ADMIN)


def test_who_accepts_is_a_member(project, invited, alice):
    other = User.objects.create_user("ann")
    invitation, token = invited
    assert invitation_of(token) == invitation
    assert accept(invitation, other) == Role.OPERATOR
    assert [(change.who, change.what) for change in changes_of(project.pk, None, 9)] == [
        ("ann", f"ann accepted the invitation of {ANN}, and is operator now"),
        ("ada", f"Invited {ANN} as operator"),
    ]


def test_it_works_once(invited, alice):
    invitation, token = invited
    accept(invitation, alice)
    assert invitation_of(token) is None
    with pytest.raises(Gone):
        accept(invitation, User.objects.create_user("bob"))


def test_a_member_stays_what_they_are(project, invited, alice):
    before = Member.objects.get(user=alice).role
    assert before != Role.OPERATOR
    assert accept(invited[0], alice) == before


@pytest.mark.parametrize("there", [Role.OWNER, Role.ADMIN, Role.VIEWER])
def test_a_member_of_the_organisation_stays_what_they_are_too(project, invited, there):
    other = User.objects.create_user("ann", email="ann@elsewhere.example")
    set_role_everywhere(project.organisation, other, there)
    assert accept(invited[0], other) == there == role_of(other, project)
    other.email = ANN
    other.save()
    with pytest.raises(BadInvitation, match="a member already"):
        invite(project, ANN, "viewer", "ada", Role.ADMIN)


def test_no_account_is_made_for_what_was_accepted(invited, alice):
    """The second of two clicks makes the same account."""
    accept(invited[0], alice)
    with pytest.raises(Gone):
        accept_as_new(invited[0], User(username="alice"))


def test_it_expires(project, invited, alice, clock):
    invitation, token = invite(project, "bob@example.com", Role.VIEWER, "ada", Role.ADMIN)
    clock.shift(GOOD_FOR)
    assert invitation_of(token) is None
    assert list(invitations_of(project).filter(pk=invitation.pk)) == []
    with pytest.raises(Gone):
        accept(invitation, alice)


def test_it_can_be_taken_back_once(project, invited, alice):
    invitation, token = invited
    assert not revoke(Project.objects.create(name="other"), invitation.pk, "eve")
    assert revoke(project, invitation.pk, "ada")
    assert not revoke(project, invitation.pk, "ada")
    assert invitation_of(token) is None
    with pytest.raises(Gone):
        accept(invitation, alice)


def leave(project, ada):
    set_role(project, ada, None)


def become_operator(project, ada):
    set_role(project, ada, Role.OPERATOR)


def be_switched_off(project, ada):
    User.objects.filter(pk=ada.pk).update(is_active=False)


def be_deleted(project, ada):
    ada.delete()


@pytest.mark.parametrize("meanwhile", [leave, become_operator, be_switched_off, be_deleted])
def test_who_was_let_go_does_not_come_back_by_a_link_of_their_own(
    project, invited, ada, alice, meanwhile
):
    invitation, token = invited
    meanwhile(project, ada)
    assert invitation_of(token) is None
    assert invitations_for(ANN) == []
    with pytest.raises(Gone):
        accept(invitation, alice)
    assert invitations_of(project).get() == invitation  # to be taken back, or good again


def test_to_all_of_an_organisation_invites_who_may_so_there(project, ada):
    _, token = invite(project, ANN, Role.VIEWER, "ada", Role.ADMIN, everywhere=True)
    assert invitation_of(token) is None
    set_role_everywhere(project.organisation, ada, Role.ADMIN)
    set_role(project, ada, Role.VIEWER)
    assert invitation_of(token)
    set_role_everywhere(project.organisation, ada, Role.OPERATOR)
    assert invitation_of(token) is None


def test_what_a_key_invited_to_ends_with_the_key(project, clock):
    key, _ = create_key(project, Key.Scope.ADMIN, "people")
    _, token = invite(project, ANN, Role.VIEWER, key.shown, Role.ADMIN)
    assert invitation_of(token)
    revoke_key(key, "ada")
    assert invitation_of(token) is None


def test_what_a_key_invited_to_ends_when_the_key_is_over(project, clock):
    until = timezone.now() + GOOD_FOR / 2
    key, _ = create_key(project, Key.Scope.ADMIN, "people", until)
    _, token = invite(project, ANN, Role.VIEWER, key.shown, Role.ADMIN)
    assert invitation_of(token)
    clock.shift(GOOD_FOR / 2)
    assert invitation_of(token) is None


def test_a_key_of_another_project_or_scope_stands_for_nothing(project):
    key, _ = create_key(project, Key.Scope.ADMIN, "people")
    _, token = invite(project, ANN, Role.VIEWER, key.shown, Role.ADMIN)
    Key.objects.update(scope=Key.Scope.MANAGE)
    assert invitation_of(token) is None
    Key.objects.update(scope=Key.Scope.ADMIN, project=Project.objects.create(name="bank"))
    assert invitation_of(token) is None


def test_an_owner_who_is_an_admin_now_makes_no_owner(project, ada):
    _, token = invite(project, ANN, Role.OWNER, "ada", Role.OWNER)
    assert invitation_of(token) is None
    set_role(project, ada, Role.OWNER)
    assert invitation_of(token)


@pytest.mark.parametrize(
    ("invited", "other"),
    [
        ("mike", "m\u0131ke"),
        ("m\u0131ke", "mike"),
        ("smith", "\u017fmith"),
        ("\u017fmith", "smith"),
    ],
)
def test_letters_that_a_database_takes_for_the_same_are_another_address(
    project, ada, invited, other
):
    Invitation.objects.create(
        project=project,
        email=f"{invited}@example.com",
        role=Role.VIEWER,
        digest=b"1",
        invited_by="ada",
        expires_at=timezone.now() + GOOD_FOR,
    )
    assert len(invitations_for(f"{invited}@EXAMPLE.com")) == 1
    assert invitations_for(f"{other}@example.com") == []


def test_another_one_for_the_same_address_replaces_it(project, invited):
    _, token = invite(project, ANN.upper(), Role.VIEWER, "ada", Role.ADMIN)
    assert invitation_of(invited[1]) is None
    assert [each.role for each in invitations_of(project)] == ["viewer"]
    assert invitation_of(token)


def test_tokens_are_not_kept(invited):
    assert invited[1] not in str(list(Invitation.objects.values()))
    assert len(invited[1]) > 40
    for wrong in ("", "x", invited[1][:-1], invited[1].swapcase(), "\0"):
        assert invitation_of(wrong) is None


@pytest.mark.parametrize(
    ("email", "role", "by", "said"),
    [
        ("ann", "viewer", Role.ADMIN, {"email": "Write an address of e-mail, as ann@example.com."}),
        ("", "viewer", Role.ADMIN, {"email": "Write an address of e-mail, as ann@example.com."}),
        (
            "ann@example.com\nBcc: eve@example.com",
            "viewer",
            Role.ADMIN,
            {"email": "Write an address of e-mail, as ann@example.com."},
        ),
        (ANN, "king", Role.ADMIN, {"role": "Choose one of the roles."}),
        (ANN, "owner", Role.ADMIN, {"role": "Only owners may make owners"}),
        (ANN, "viewer", Role.OPERATOR, {"role": "Only owners and admins may change settings"}),
    ],
)
def test_what_cannot_be_is_said(project, email, role, by, said):
    with pytest.raises(BadInvitation) as refused:
        invite(project, email, role, "ada", by)
    ((name, sentence),) = refused.value.errors.items()
    assert name in said
    assert sentence.startswith(said[name])
    assert not Invitation.objects.exists()


def test_members_are_not_invited(project, alice):
    alice.email = ANN
    alice.save()
    with pytest.raises(BadInvitation, match="a member already"):
        invite(project, ANN.title(), "viewer", "ada", Role.OWNER)


def test_there_are_not_too_many(project, monkeypatch):
    monkeypatch.setattr(invitations, "MOST_OPEN", 2)
    for name in ("a", "b"):
        invite(project, f"{name}@example.com", "viewer", "ada", Role.OWNER)
    with pytest.raises(BadInvitation, match="2 invitations wait already"):
        invite(project, "c@example.com", "viewer", "ada", Role.OWNER)
    invite(project, "b@example.com", "viewer", "ada", Role.OWNER)


def test_the_mail_has_the_link(project, settings):
    settings.EMAIL_HOST = "mail.example.com"
    settings.AGENTSCOPE_PUBLIC_URL = "https://scope.example.com/below"
    project.name = "shop\nBcc: x"
    project.save()
    invitation, token = invite(project, ANN, "viewer", "ada", Role.OWNER)
    with pytest.raises(ValueError, match="newlines"):
        letters.send(invitation, token)
    invitation.project.name = "shop"
    letters.send(invitation, token)
    (letter,) = mail.outbox
    assert letter.to == [ANN]
    assert f"\nhttps://scope.example.com/below/invitations/{token}/\n" in letter.body
    assert "ada invites you to the project shop of AgentScope, as viewer." in letter.body


def test_without_a_mail_server_none_is_sent(project, invited):
    with pytest.raises(letters.NotSent):
        letters.send(*invited)
    assert mail.outbox == []


def test_a_mail_server_that_is_away_is_told(project, invited, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(letters.NotSent, match="The mail server says"):
        letters.send(*invited)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_accepts():
    project = Project.objects.create(name="shop")
    invitation, _ = invite(project, ANN, "viewer", COMMAND_LINE, Role.OWNER)
    users = [User.objects.create_user(f"user {number}") for number in range(8)]

    def accepted(user):
        try:
            accept(invitation, user)
        except Gone:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(accepted, users)).count(True) == 1
    assert Member.objects.count() == 1
